"""SIGKILL in the middle of every stage, then a direct re-run: the tables are as if undisturbed."""

import datetime as dt
import json
import multiprocessing
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.database import Database, shared_database
from infra.settings import ROOT, Settings
from infra.simulation.day import simulate
from infra.simulation.paper.dossier import paper_from_electronic
from infra.simulation.paper.paper_day import simulate_paper
from models.records.all_tables import metadata, table
from models.stage import Stage
from tests.databases import create, drop
from tests.flows.conftest import DRUGS
from tests.flows.killed_run import FINISHED, Deaths, run_in_own_group
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
            url = create(self.server, name)
        doors = open_world(home, url)
        load_folder(doors, registers)
        doors.database.close()
        return home, url

    def work(self, home: Path, url: str, deaths: Deaths) -> int:
        """Work through the day in a process group of its own; return the exit code."""
        # Children come from a clean server that has imported everything once; a worker pool of
        # another test may have named other modules since.
        self.context.set_forkserver_preload(["tests.flows.killed_run"])
        child = self.context.Process(target=run_in_own_group, args=(home, url, self.inbox, deaths))
        child.start()
        child.join()
        assert child.exitcode is not None
        return child.exitcode

    def work_until_done(self, home: Path, url: str, deaths: Deaths) -> list[str]:
        """Work again and again until nothing kills it any more; return where it died."""
        codes: list[int] = []
        while not codes or codes[-1] == -signal.SIGKILL:
            codes.append(self.work(home, url, deaths))
            assert len(codes) < DEATHS_MAX
        died = deaths.path.read_text(encoding="utf-8").splitlines()
        assert codes[-1] == 0
        assert died[-1] == FINISHED
        assert len(codes) == len(died)
        return died

    def drop(self, *urls: str) -> None:
        for url in urls:
            shared_database(url).close()
            if self.server:
                drop(self.server, url)


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
    assert day.work(calm_home, calm_url, Deaths(day.folder / "calm.txt", is_armed=False)) == 0
    home, url = day.prepare("killed", registers)
    deaths = day.folder / "deaths.txt"
    died = day.work_until_done(home, url, Deaths(deaths, is_armed=True))
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
    assert day.work(calm_home, calm_url, Deaths(tmp_path / "calm.txt", is_armed=False)) == 0
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
    assert day.work(home, url, Deaths(tmp_path / "again.txt", is_armed=False)) == 0
    assert business_tables(url) == business_tables(calm_url)


@pytest.fixture(scope="module")
def paper_day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One dossier on paper."""
    folder = tmp_path_factory.mktemp("paper")
    simulate(folder, seed=2, day=DAY, electronic=20, drugs_csv=DRUGS, paper=1)
    shutil.rmtree(folder / "inbox")
    text = (folder / "paper" / "drafts.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in text.splitlines()]
    dossiers = [
        paper_from_electronic(row["dossier"], row["identity"], truth=row["truth"]) for row in rows
    ]
    simulate_paper(folder, seed=2, day=DAY, dossiers=dossiers, forms_dir=Settings().forms_dir)
    return folder


@pytest.mark.tesseract
def test_a_paper_dossier_killed_while_it_is_read_ends_as_an_undisturbed_one(
    paper_day: Path, tmp_path: Path
) -> None:
    day = Days(tmp_path, "", paper_day / "inbox" / DAY.isoformat())
    calm_home, calm_url = day.prepare("calm", paper_day / "registers")
    assert day.work(calm_home, calm_url, Deaths(tmp_path / "calm.txt", is_armed=False)) == 0
    home, url = day.prepare("killed", paper_day / "registers")
    deadly = frozenset({Stage.OCR.value, Stage.EXTRACTION.value})
    died = day.work_until_done(
        home, url, Deaths(tmp_path / "deaths.txt", is_armed=True, deadly=deadly)
    )
    assert {"ocr:after put", "ocr:before commit", "extraction:after commit"} <= set(died)
    calm = business_tables(calm_url)
    assert calm["page_reading"]
    assert calm["field_evidence"]
    assert business_tables(url) == calm
