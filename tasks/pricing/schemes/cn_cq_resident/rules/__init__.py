"""Rules of this scheme alone."""
