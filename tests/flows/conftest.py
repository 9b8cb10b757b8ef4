"""A simulated day processed once for each kind of database; every test gets a copy of its own."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra.database import shared_database
from infra.settings import ROOT
from infra.simulation.day import simulate
from tasks.doors import Doors
from tests.databases import create, drop
from tests.flows.world import DAY, EVE, load_folder, open_world, process, receive

DRUGS = ROOT / "tasks" / "pricing" / "national" / "ma" / "drugs.csv"


@dataclass(frozen=True, slots=True)
class Template:
    """A processed payer: its folder and the URL of its database."""

    home: Path
    url: str


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small day with every kind of planted fault."""
    folder = tmp_path_factory.mktemp("simulated")
    simulate(folder, seed=1, day=DAY, electronic=160, drugs_csv=DRUGS)
    return folder


@pytest.fixture(scope="session", params=("sqlite", "postgresql"))
def processed(
    request: pytest.FixtureRequest, simulated: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Template]:
    """The eve and the day received and taken through all stages."""
    home = tmp_path_factory.mktemp("processed")
    url = f"sqlite:///{home / 'tasfiya.db'}"
    server = ""
    if request.param == "postgresql":
        server = request.getfixturevalue("postgresql")
        url = create(server, "processed", request.getfixturevalue("postgresql_template"))
    doors = open_world(home, url)
    load_folder(doors, simulated / "registers")
    for day in (EVE, DAY):
        receive(doors, simulated / "inbox" / day.isoformat(), day)
        process(doors, day)
    doors.database.close()
    shared_database(doors.database.url).close()
    yield Template(home, url)
    if server:
        drop(server, url)


@pytest.fixture
def world(processed: Template, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Doors]:
    """A copy of the processed day, to be changed at will."""
    home = tmp_path / "home"
    shutil.copytree(processed.home, home)
    url = f"sqlite:///{home / 'tasfiya.db'}"
    server = ""
    if processed.url.startswith("postgresql"):
        server = request.getfixturevalue("postgresql")
        url = create(server, "copy", processed.url)
    doors = open_world(home, url)
    yield doors
    doors.database.close()
    shared_database(url).close()
    if server:
        drop(server, url)
