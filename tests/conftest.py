"""The databases of the tests: SQLite in a folder, and a throw-away PostgreSQL of our own."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.database import Database
from infra.migrate import migrate
from infra.settings import quiet_telemetry
from infra.throwaway import Throwaway, start_postgresql

quiet_telemetry()

BACKENDS = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL server: the one named in the environment, or one of our own."""
    url = os.environ.get("TASFIYA_TEST_DATABASE_URL", "")
    if url:
        yield url
        return
    server: Throwaway = start_postgresql()
    yield server.url
    server.stop()


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.db'}"
        return
    server = request.getfixturevalue("postgresql")
    name = f"test_{uuid.uuid4().hex[:12]}"
    admin = Database(server)
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield f"{server.rpartition('/')[0]}/{name}"
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    admin.close()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database of each kind with all tables."""
    opened = Database(database_url)
    migrate(opened)
    yield opened
    opened.close()
