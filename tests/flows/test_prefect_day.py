"""A day as Prefect runs it: artifacts, a lot that fails alone, and nothing personal anywhere."""

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL, PREFECT_HOME
from prefect.testing.utilities import prefect_test_harness

from flows.process_day import process_day
from infra.services import START_SECONDS_MAX
from infra.simulation.day import simulate
from infra.simulation.grading import grade
from infra.stores.balance import day_balance
from infra.stores.decision_versions import open_versions
from infra.stores.dossiers import DOSSIER, heads_where
from infra.stores.lots import make_lot_of_one, unfinished_lots
from models.records.all_tables import table
from models.stage import VersionReason
from tasks.doors import Doors, open_doors, open_gate
from tests.flows.ceilings import BASE, FIRST, SECOND, a_crown_record, crown, dues, reasons
from tests.flows.conftest import DRUGS
from tests.flows.world import DAY, EVE, load_folder, rows

pytestmark = pytest.mark.prefect

CHUNK_BYTES = 1_000_000
#: Every logger that hands its records to nobody above it, and the one above all others.
LOGGERS = ("", "prefect", "prefect.flow_runs", "prefect.task_runs")


@dataclass(frozen=True, slots=True)
class PrefectDay:
    """What one Prefect day left: the doors, the simulated folder, Prefect's files, the log."""

    doors: Doors
    simulated: Path
    prefect_home: Path
    prefect_database: Path
    log: Path
    failed_lots: int


@pytest.fixture(scope="module")
def prefect_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrefectDay]:
    """The eve and the day processed once by the real flow, with a pool and Great Expectations."""
    folder = tmp_path_factory.mktemp("prefect-day")
    simulated = folder / "simulated"
    simulate(simulated, seed=3, day=DAY, electronic=100, drugs_csv=DRUGS)
    log = folder / "everything.log"
    handler = logging.FileHandler(log, encoding="utf-8")
    for name in LOGGERS:
        logging.getLogger(name).addHandler(handler)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TASFIYA_HOME", str(folder / "home"))
        patch.setenv("TASFIYA_ENVIRONMENT", "demo")
        patch.setenv("TASFIYA_WORKERS", "2")
        patch.setenv("TASFIYA_LOT_SIZE_ELECTRONIC", "60")
        patch.delenv("DATABASE_URL", raising=False)
        patch.delenv("STORAGE_URL", raising=False)
        open_doors.cache_clear()
        open_gate.cache_clear()
        with prefect_test_harness(server_startup_timeout=START_SECONDS_MAX):
            doors = open_doors()
            load_folder(doors, simulated / "registers")
            inbox = simulated / "inbox"
            failed = process_day(EVE, str(inbox / EVE.isoformat()), close=False)
            failed += process_day(DAY, str(inbox / DAY.isoformat()))
            url = str(PREFECT_API_DATABASE_CONNECTION_URL.value())
            yield PrefectDay(
                doors,
                simulated,
                Path(PREFECT_HOME.value()),
                Path(re.sub(r"^sqlite\+aiosqlite:/+", "/", url)),
                log,
                failed,
            )
            doors.pool.close()
            doors.database.close()
        open_doors.cache_clear()
        open_gate.cache_clear()
    for name in LOGGERS:
        logging.getLogger(name).removeHandler(handler)


def artifact_keys() -> set[str]:
    with get_client(sync_client=True) as client:
        return {str(artifact.key) for artifact in client.read_artifacts()}


def test_every_lot_passed_and_the_day_is_as_its_truth(prefect_day: PrefectDay) -> None:
    assert prefect_day.failed_lots == 0
    assert len(rows(prefect_day.doors.database, "lot", day=DAY)) > 1
    for day in (EVE, DAY):
        truth = prefect_day.simulated / "truth" / f"{day.isoformat()}.jsonl"
        assert grade(prefect_day.doors.database, truth).differences == ()
    assert day_balance(prefect_day.doors.database, DAY).is_balanced


def test_the_runs_and_artifacts_bear_business_names(prefect_day: PrefectDay) -> None:
    with get_client(sync_client=True) as client:
        runs = {run.name for run in client.read_flow_runs()}
    lots = rows(prefect_day.doors.database, "lot", day=DAY)
    titles = {f"lot {lot.lot_id} · {lot.channel} · {lot.dossier_count}" for lot in lots}
    assert titles <= runs
    assert f"day {DAY}" in runs
    wanted = {f"lot-{lot.lot_id.replace('/', '-')}" for lot in lots}
    wanted |= {f"day-{DAY}-{name}" for name in ("progress", "balance", "data-docs")}
    assert wanted <= artifact_keys()


def test_nothing_personal_is_in_prefect_s_files_the_log_or_the_data_docs(
    prefect_day: PrefectDay,
) -> None:
    canaries = json.loads((prefect_day.simulated / "truth" / "canaries.json").read_text("utf-8"))
    words = [word.encode() for word in canaries]
    words += [json.dumps(word)[1:-1].encode() for word in canaries]
    docs = prefect_day.doors.settings.home / "data-docs"
    searched = [
        prefect_day.log,
        *files_below(prefect_day.prefect_home),
        *prefect_day.prefect_database.parent.glob(f"{prefect_day.prefect_database.name}*"),
        *files_below(docs),
    ]
    assert prefect_day.prefect_database in searched
    assert any(path.suffix == ".html" for path in searched)
    assert prefect_day.log.stat().st_size > 0
    hits = {path.name for path in searched if holds_any(path, words)}
    assert hits == set()
    assert any(holds_any(path, [b"process lot"]) for path in searched)
    # The same search finds them where they belong: in our own database.
    assert holds_any(prefect_day.doors.settings.home / "tasfiya.db", words)


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def holds_any(path: Path, words: list[bytes]) -> bool:
    """Whether a file holds one of the words; read piece by piece, with an overlap."""
    overlap = max(map(len, words))
    tail = b""
    with path.open("rb") as file:
        while piece := file.read(CHUNK_BYTES):
            if any(word in tail + piece for word in words):
                return True
            tail = piece[-overlap:]
    return False


def test_a_late_dossier_has_the_one_after_it_decided_again_before_the_day_is_closed(
    prefect_day: PrefectDay, tmp_path: Path
) -> None:
    doors = prefect_day.doors
    record = a_crown_record(doors, tmp_path)
    late = tmp_path / "inbox" / "late.jsonl"
    late.parent.mkdir()
    late.write_text(json.dumps(crown(record, "EARLY", -9)), encoding="utf-8")
    process_day(DAY, str(late.parent))
    assert reasons(doors, BASE) == ["first", "counters_changed"]
    assert dues(doors, "CROWN-EARLY", BASE) == [FIRST, SECOND]
    assert "decided-again" in {lot.channel for lot in rows(doors.database, "lot", day=DAY)}
    assert day_balance(doors.database, DAY).is_balanced


def test_a_lot_that_fails_does_not_stop_the_others(prefect_day: PrefectDay) -> None:
    doors = prefect_day.doors
    broken, sound = two_reopened_dossiers(doors)
    damage(doors, broken)
    first, second = (make_lot_of_one(doors.database, DAY, key) for key in (broken, sound))
    assert first is not None
    assert second is not None
    assert process_day(DAY, close=False) == 1
    assert dossier(doors, broken).status == "in_progress"
    assert dossier(doors, sound).status == "approved"
    assert [lot.lot_id for lot in unfinished_lots(doors.database, DAY)] == [first.lot_id]


def two_reopened_dossiers(doors: Doors) -> list[str]:
    """Two approved dossiers that are to be decided again."""
    with doors.database.transaction() as connection:
        heads = heads_where(connection, DOSSIER.c.status == "approved", DOSSIER.c.version == 1)[:2]
        open_versions(
            doors.database, connection, heads, VersionReason.CORRECTION, DAY, "operator",
            chain=f"register:{DAY.isoformat()}",
        )  # fmt: skip
    return [head.dossier_id for head in heads]


def damage(doors: Doors, dossier_id: str) -> None:
    """Make a row unreadable, as a failing disk or a wrong hand would."""
    extracted = table("extracted_dossier")
    with doors.database.transaction() as connection:
        connection.execute(
            extracted.update().where(extracted.c.dossier_id == dossier_id).values(pieces="{")
        )


def dossier(doors: Doors, dossier_id: str) -> Any:
    (found,) = rows(doors.database, "dossier", dossier_id=dossier_id)
    return found
