"""Checks a dossier against itself and the registers."""
