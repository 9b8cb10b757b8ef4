"""Review: everything said about a dossier → a decision, or a task for a person at the desk."""
