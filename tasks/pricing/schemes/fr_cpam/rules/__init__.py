"""The rules of the French general scheme, one legal rule each."""
