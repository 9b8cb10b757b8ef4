"""Receives files: limits, safe decoding, acknowledgement, dossiers."""
