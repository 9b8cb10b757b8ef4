"""One folder a scheme: figures, tables, rules and texts; schemes never import each other."""
