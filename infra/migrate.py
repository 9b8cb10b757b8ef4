"""Brings a database to the newest table layout, by itself, on start."""

from infra.database import Database
from models.records.all_tables import metadata


def migrate(database: Database) -> None:
    """Make every table that is not there yet."""
    with database.transaction() as connection:
        metadata().create_all(connection)
