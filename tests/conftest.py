"""What every test stands on: databases of both kinds, and examples that depend on no clock."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.configuration import set_hypothesis_home_dir

from infra.database import Database
from infra.settings import quiet_telemetry
from infra.throwaway import Throwaway, start_postgresql
from tests.databases import a_database, copy_file, prepared

quiet_telemetry()

BACKENDS = ("sqlite", "postgresql")

# A property is tried on the same examples every time, and never against the clock: a slow machine
# is no fault of the code. Other examples: pytest --hypothesis-profile=search.
UNTIMED = {"deadline": None, "suppress_health_check": (HealthCheck.too_slow,), "database": None}
settings.register_profile("suite", derandomize=True, **UNTIMED)
settings.register_profile("search", derandomize=False, print_blob=True, **UNTIMED)
settings.load_profile("suite")


def pytest_configure(config: pytest.Config) -> None:
    """What Hypothesis writes down of the sources stays out of the work tree."""
    folder = tempfile.TemporaryDirectory(prefix="tasfiya-hypothesis-")
    set_hypothesis_home_dir(folder.name)
    config.add_cleanup(folder.cleanup)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL server: the one named in the environment, or one of our own."""
    url = os.environ.get("TASFIYA_TEST_DATABASE_URL", "")
    if url:
        yield url
        return
    server: Throwaway = start_postgresql()
    yield server.url
    server.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A SQLite database with all tables and no rows, to be copied."""
    return prepared(f"sqlite:///{tmp_path_factory.mktemp('template') / 'template.db'}")


@pytest.fixture(scope="session")
def postgresql_template(postgresql: str) -> Iterator[str]:
    """A PostgreSQL database with all tables and no rows, to be copied."""
    with a_database(postgresql, "template") as url:
        yield prepared(url)


@pytest.fixture(params=BACKENDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.db'}"
        return
    with a_database(request.getfixturevalue("postgresql"), "empty") as url:
        yield url


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind with all tables, closed."""
    template = request.getfixturevalue(f"{request.param}_template")
    if request.param == "sqlite":
        yield copy_file(template, tmp_path / "test.db")
        return
    with a_database(request.getfixturevalue("postgresql"), "test", template) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database of each kind with all tables."""
    opened = Database(database_url)
    yield opened
    opened.close()
