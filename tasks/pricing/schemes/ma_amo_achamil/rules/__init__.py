"""The rules of AMO Achamil that no other scheme has."""
