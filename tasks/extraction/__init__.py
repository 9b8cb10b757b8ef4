"""Turns words or electronic records into typed fields with evidence."""
