"""Decides dossiers, and hands to people what a machine may not decide."""
