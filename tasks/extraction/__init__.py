"""Extraction: readings or an electronic record become a typed dossier with evidence."""
