"""Looks for signs of fraud in priced dossiers and their history."""
