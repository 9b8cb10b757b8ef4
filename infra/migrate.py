"""Brings a database to the newest table layout, by itself, on start, under a lock."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from infra.database import Database

#: Key of the advisory lock under which migrations take turns on PostgreSQL.
MIGRATION_LOCK = 7_261_300
FOLDER = Path(__file__).parent / "migrations"


def migrate(database: Database) -> None:
    """Run the migrations that are missing; two processes starting at once take turns.

    On SQLite the write lock of the transaction is the lock.
    """
    config = migration_config()
    newest = ScriptDirectory.from_config(config).get_current_head()
    with database.reading() as connection:
        if _layout(connection) == newest:
            return
    with database.transaction() as connection:
        if database.is_postgresql:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def migration_config() -> Config:
    """Where the migrations stand."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config


def _layout(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
