"""Rules of the Chinese schemes, used by those whose scheme.yaml names them."""
