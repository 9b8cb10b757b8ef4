"""What several stages read from the database, as frozen values of ``models``."""
