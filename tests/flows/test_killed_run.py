"""SIGKILL in the middle of every stage, then a direct re-run: the tables are as if undisturbed."""

import datetime as dt
import multiprocessing
import signal
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest

from infra.database import Database, shared_database
from infra.migrate import migrate
from infra.settings import ROOT
from infra.simulation.day import simulate
from models.records.all_tables import metadata, table
from models.stage import Stage
from tests.flows.conftest import DRUGS, admin
from tests.flows.killed_run import FINISHED, run_in_own_group
from tests.flows.world import DAY, load_folder, open_world, rows

#: More deaths than there are moments; beyond it the work never ends.
DEATHS_MAX = 120
#: Every step of the day must have been killed before and after its commit.
STEPS = (
    "intake",
    "lots",
    "intake contract",
    Stage.EXTRACTION.value,
    Stage.VALIDATION.value,
    Stage.PRICING.value,
    Stage.FRAUD.value,
    Stage.REVIEW.value,
    "proposal",
    "build",
    "approval",
    "publish",
)
#: Columns that say when, how long or in which attempt, and hashes over those.
VOLATILE = frozenset(
    {
        "received_at", "first_received_at", "created_at", "finished_at", "held_at", "released_at",
        "checked_at", "happened_at", "sealed_at", "prepared_at", "approved_at", "published_at",
        "decided_at", "corrected_at", "seconds", "contract_seconds", "audit_seconds",
        "hash", "previous_hash", "head_hash", "file_sha256", "stage_run_id", "approval_id",
        "row_id", "correction_id", "overpayment_id",
    }
)  # fmt: skip


def business_tables(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables without their volatile columns, in an order of their own."""
    database = Database(url)
    found: dict[str, list[tuple[Any, ...]]] = {}
    with database.reading() as connection:
        for name in sorted(metadata().tables):
            source = table(name)
            columns = [column for column in source.c if column.name not in VOLATILE]
            found_rows = connection.execute(source.select().with_only_columns(*columns)).all()
            found[name] = sorted((tuple(row) for row in found_rows), key=repr)
    database.close()
    return found


@pytest.fixture(scope="module")
def small_day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    simulate(folder, seed=2, day=DAY, electronic=60, drugs_csv=DRUGS)
    return folder


class Days:
    """Two days of the same inbox, each in a home and a database of its own."""

    def __init__(self, folder: Path, server: str, inbox: Path) -> None:
        self.folder = folder
        self.server = server
        self.inbox = inbox
        self.context = multiprocessing.get_context("forkserver")

    def prepare(self, name: str, registers: Path) -> tuple[Path, str]:
        home = self.folder / name
        home.mkdir()
        url = f"sqlite:///{home / 'tasfiya.db'}"
        if self.server:
            database = f"{name}_{uuid.uuid4().hex[:12]}"
            admin(self.server, f"CREATE DATABASE {database}")
            url = f"{self.server.rpartition('/')[0]}/{database}"
        migrate(opened := Database(url))
        opened.close()
        doors = open_world(home, url)
        load_folder(doors, registers)
        doors.database.close()
        return home, url

    def work(self, home: Path, url: str, deaths: Path, *, is_armed: bool) -> int:
        """Work through the day in a process group of its own; return the exit code."""
        # Children come from a clean server that has imported everything once; a worker pool of
        # another test may have named other modules since.
        self.context.set_forkserver_preload(["tests.flows.killed_run"])
        child = self.context.Process(
            target=run_in_own_group, args=(home, url, self.inbox, deaths, is_armed)
        )
        child.start()
        child.join()
        assert child.exitcode is not None
        return child.exitcode

    def drop(self, *urls: str) -> None:
        for url in urls:
            shared_database(url).close()
            if self.server:
                admin(self.server, f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")


@pytest.fixture(params=("sqlite", "postgresql"))
def days(request: pytest.FixtureRequest, small_day: Path, tmp_path: Path) -> tuple[Days, Path]:
    server = request.getfixturevalue("postgresql") if request.param == "postgresql" else ""
    inbox = small_day / "inbox" / DAY.isoformat()
    return Days(tmp_path, server, inbox), small_day / "registers"


def test_a_day_killed_at_every_moment_ends_as_an_undisturbed_one(
    days: tuple[Days, Path],
) -> None:
    day, registers = days
    calm_home, calm_url = day.prepare("calm", registers)
    assert day.work(calm_home, calm_url, day.folder / "calm.txt", is_armed=False) == 0
    home, url = day.prepare("killed", registers)
    deaths = day.folder / "deaths.txt"
    codes = []
    while not codes or codes[-1] == -signal.SIGKILL:
        codes.append(day.work(home, url, deaths, is_armed=True))
        assert len(codes) < DEATHS_MAX
    died = deaths.read_text(encoding="utf-8").splitlines()
    assert codes[-1] == 0
    assert died[-1] == FINISHED
    assert len(codes) == len(died)
    assert {f"{step}:before commit" for step in STEPS} <= set(died)
    assert {f"{step}:after commit" for step in STEPS} <= set(died)
    assert {"build:after put", "publish:after put", "fraud:after compute"} <= set(died)
    calm, killed = business_tables(calm_url), business_tables(url)
    for name, expected in calm.items():
        assert killed[name] == expected, name
    assert calm["payment"]
    assert dt.date.fromisoformat(str(calm["payment_batch"][0][1])) == DAY
    day.drop(calm_url, url)


def test_a_group_killed_from_a_child_that_computes_is_finished_by_a_direct_run(
    small_day: Path, tmp_path: Path
) -> None:
    inbox = small_day / "inbox" / DAY.isoformat()
    day = Days(tmp_path, "", inbox)
    calm_home, calm_url = day.prepare("calm", small_day / "registers")
    assert day.work(calm_home, calm_url, tmp_path / "calm.txt", is_armed=False) == 0
    home, url = day.prepare("killed", small_day / "registers")
    deaths = tmp_path / "deaths.txt"
    killed = subprocess.Popen(
        [sys.executable, "-m", "tests.flows.killed_run", home, url, inbox, deaths],
        cwd=ROOT,
        start_new_session=True,
    )
    assert killed.wait() == -signal.SIGKILL
    assert deaths.read_text(encoding="utf-8") == "pricing:in a child\n"
    assert {row.stage for row in rows(Database(url), "dossier")} == {"validation"}
    assert day.work(home, url, tmp_path / "again.txt", is_armed=False) == 0
    assert business_tables(url) == business_tables(calm_url)
