"""The rules of AMO Tadamon that no other scheme has."""
