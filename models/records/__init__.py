"""The database tables, one file for each part of the work; import ``models.records.all_tables``."""
