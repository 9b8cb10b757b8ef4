"""One urgent dossier decided alone, outside the day's lots."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.database import shared_database
from infra.settings import ROOT
from infra.stores.audit_trail import verify
from infra.stores.balance import day_balance
from models.errors import UsageError
from tasks.doors import Doors
from tasks.urgent import decide_urgent
from tests.flows.world import DAY, load_folder, open_world, process, receive, rows, truth

#: Tables whose rows must be the same whether a dossier came alone or with its lot.
SAME = (
    "dossier_version",
    "extracted_dossier",
    "extracted_line",
    "validated_dossier",
    "priced_dossier",
    "priced_line",
    "finding",
    "fraud_score",
    "decision",
)


@pytest.fixture
def doors(database_url: str, simulated: Path, tmp_path: Path) -> Iterator[Doors]:
    """A payer that knows its people and has received nothing yet."""
    opened = open_world(tmp_path / "home", database_url)
    load_folder(opened, simulated / "registers")
    yield opened
    opened.database.close()
    shared_database(database_url).close()


def clean_file(simulated: Path) -> tuple[Path, dict[str, object]]:
    """A file that holds one clean dossier, and its truth."""
    inbox = simulated / "inbox" / DAY.isoformat()
    for row in truth(simulated, DAY):
        for name in (f"{row['public_number']}.json", f"{row['public_number']}.fhir.json"):
            if row["is_clean"] and (inbox / name).exists():
                return inbox / name, row
    raise AssertionError("the simulated day holds no single clean file")


def test_an_urgent_dossier_is_decided_at_once(doors: Doors, simulated: Path) -> None:
    path, row = clean_file(simulated)
    decided = decide_urgent(doors, path, DAY)
    assert (decided.outcome, decided.status) == ("accepted", "approved")
    assert decided.due_minor == row["due_minor"]
    assert decided.public_number == row["public_number"]
    assert day_balance(doors.database, DAY).is_balanced
    assert verify(doors.database, doors.storage) == []


def test_the_same_call_again_changes_nothing(doors: Doors, simulated: Path) -> None:
    path, _ = clean_file(simulated)
    first = decide_urgent(doors, path, DAY)
    events = len(rows(doors.database, "audit_event"))
    assert decide_urgent(doors, path, DAY) == first
    assert len(rows(doors.database, "audit_event")) == events


def test_an_urgent_dossier_leaves_the_rows_that_its_lot_would_leave(
    doors: Doors, simulated: Path, world: Doors
) -> None:
    path, _ = clean_file(simulated)
    key = decide_urgent(doors, path, DAY).dossier_id
    for name in SAME:
        alone = rows(doors.database, name, dossier_id=key)
        assert alone == rows(world.database, name, dossier_id=key), name
    assert rows(doors.database, "decision", dossier_id=key)


def test_the_day_s_lots_leave_an_urgent_dossier_alone(doors: Doors, simulated: Path) -> None:
    path, _ = clean_file(simulated)
    decided = decide_urgent(doors, path, DAY)
    receive(doors, simulated / "inbox" / DAY.isoformat(), DAY)
    lots = process(doors, DAY)
    assert decided.lot_id not in lots
    (decision,) = rows(doors.database, "decision", dossier_id=decided.dossier_id)
    assert decision.due_minor == decided.due_minor


def test_a_file_of_several_dossiers_is_not_urgent(doors: Doors, simulated: Path) -> None:
    (path,) = (simulated / "inbox" / DAY.isoformat()).glob("dossiers-0001.jsonl")
    with pytest.raises(UsageError, match="an urgent file holds one"):
        decide_urgent(doors, path, DAY)
    assert process(doors, DAY)


def test_a_refused_file_opens_nothing(doors: Doors, tmp_path: Path) -> None:
    path = tmp_path / "empty.json"
    path.write_text(json.dumps({}), encoding="utf-8")
    decided = decide_urgent(doors, path, DAY)
    assert (decided.codes, decided.dossier_id) == (("IN_SCHEMA",), "")
    assert rows(doors.database, "dossier") == []


def test_the_command_decides_one_file_in_a_process_of_its_own(
    simulated: Path, tmp_path: Path
) -> None:
    home, url = tmp_path / "home", f"sqlite:///{tmp_path / 'urgent.db'}"
    opened = open_world(home, url)
    load_folder(opened, simulated / "registers")
    opened.database.close()
    path, _ = clean_file(simulated)
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", "urgent", path, "--day", DAY.isoformat(), "--json"],
        cwd=ROOT, capture_output=True, text=True, check=True,
        env=os.environ | {"TASFIYA_HOME": str(home), "DATABASE_URL": url},
    )  # fmt: skip
    assert json.loads(done.stdout)["outcome"] == "accepted"
