"""Chongqing basic medical insurance of employees (职工): pool, large-amount layer, maternity."""
