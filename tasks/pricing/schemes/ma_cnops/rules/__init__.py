"""The rules of the CNOPS that no other scheme has."""
