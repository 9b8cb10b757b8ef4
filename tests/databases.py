"""Databases of the tests' own: made from a template, whose tables were made once, and dropped."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.database import Database
from infra.migrate import migrate


def admin(server: str, statement: str) -> None:
    """Run a statement of the server itself, outside any transaction."""
    opened = Database(server)
    with opened.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(statement)
    opened.close()


def create(server: str, kind: str, template: str = "") -> str:
    """Create a database on a PostgreSQL server, empty or a copy of another; return its URL."""
    name = f"{kind}_{uuid.uuid4().hex[:12]}"
    copied = f" TEMPLATE {template.rpartition('/')[2]}" if template else ""
    admin(server, f"CREATE DATABASE {name}{copied}")
    return f"{server.rpartition('/')[0]}/{name}"


def drop(server: str, url: str) -> None:
    """Drop a database, whoever is still connected."""
    admin(server, f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")


@contextmanager
def a_database(server: str, kind: str, template: str = "") -> Iterator[str]:
    """A database on a PostgreSQL server while the block runs, empty or a copy of another."""
    url = create(server, kind, template)
    yield url
    drop(server, url)


def prepared(url: str) -> str:
    """Make all tables and leave no connection behind, so that the database can be copied."""
    opened = Database(url)
    migrate(opened)
    opened.close()
    return url


def copy_file(template: str, path: Path) -> str:
    """Copy the file of a SQLite database; return the URL of the copy."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(template.removeprefix("sqlite:///"), path)
    return f"sqlite:///{path}"
