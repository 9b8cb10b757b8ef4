"""Fraud rules: a priced dossier and what is known besides it → signals and a score."""
