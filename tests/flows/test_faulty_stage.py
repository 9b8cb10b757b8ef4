"""A stage that breaks its own contract: what it spoilt is quarantined, the rest goes on."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from infra.clock import now_text
from infra.database import shared_database
from infra.simulation.grading import grade
from infra.stores.balance import day_balance
from infra.stores.lots import close_lot, make_lots
from models.stage import Stage
from models.work import ChunkOutput, StageReport, TableRows
from tasks.doors import Doors
from tasks.lot_run import ChunkRequest, check_intake, run_stage
from tasks.pricing.lot import price_lot_chunk
from tasks.review.desk import Signed
from tasks.review.store import release
from tasks.urgent import STAGE_FUNCTIONS
from tests.flows.world import (
    DAY,
    EVE,
    load_folder,
    lot_run,
    open_world,
    pay,
    process,
    receive,
    rows,
    truth,
)

DUE = "due_minor"


class FaultyPricing:
    """Pricing that owes more than the base of one dossier, and loses another altogether."""

    def __init__(self, generous: str, lost: str) -> None:
        self.generous = generous
        self.lost = lost

    def __call__(self, request: ChunkRequest) -> ChunkOutput:
        output = price_lot_chunk(request)
        tables = {name: self._spoil(name, part) for name, part in output.tables.items()}
        return replace(output, tables=tables)

    def _spoil(self, name: str, part: TableRows) -> TableRows:
        kept = [row for row in part.rows if row[0] != self.lost]
        if name in ("priced_dossier", "priced_line"):
            kept = [self._raised(part, row) if row[0] == self.generous else row for row in kept]
        return TableRows(part.names, kept)

    def _raised(self, part: TableRows, row: tuple[Any, ...]) -> tuple[Any, ...]:
        due, base = part.names.index(DUE), part.names.index("base_minor")
        return (*row[:due], row[base] + 1, *row[due + 1 :])


@pytest.fixture
def spoilt(database_url: str, simulated: Path, tmp_path: Path) -> Any:
    """A day whose pricing spoilt two dossiers: the doors, the two, and the stages' reports."""
    doors = open_world(tmp_path / "home", database_url)
    load_folder(doors, simulated / "registers")
    receive(doors, simulated / "inbox" / EVE.isoformat(), EVE)
    process(doors, EVE)
    receive(doors, simulated / "inbox" / DAY.isoformat(), DAY)
    generous, lost = clean_dossiers(doors, simulated)
    reports = run_with(doors, {Stage.PRICING: FaultyPricing(generous, lost)})
    yield doors, generous, lost, reports
    doors.database.close()
    shared_database(database_url).close()


def clean_dossiers(doors: Doors, simulated: Path) -> tuple[str, str]:
    numbers = [row["public_number"] for row in truth(simulated, DAY) if row["is_clean"]]
    first, second = (
        rows(doors.database, "dossier", public_number=number)[0].dossier_id
        for number in numbers[:2]
    )
    return first, second


def run_with(doors: Doors, faulty: Mapping[Stage, Any]) -> dict[Stage, StageReport]:
    (lot,) = make_lots(doors.database, doors.settings, DAY)
    run = lot_run(doors, lot.lot_id, DAY)
    check_intake(run)
    reports = {
        stage: run_stage(run, stage, faulty.get(stage, function))
        for stage, function in STAGE_FUNCTIONS
    }
    close_lot(doors.database, lot.lot_id)
    return reports


def by_hand(dossier_id: str, doors: Doors) -> Stage:
    signed = Signed("operator", dt.date(2026, 11, 20), now_text())
    return release(doors.database, dossier_id, signed, reason="pricing was repaired")


def test_exactly_what_the_stage_spoilt_is_quarantined_with_its_reasons(spoilt: Any) -> None:
    doors, generous, lost, reports = spoilt
    held = {row.dossier_id: row for row in rows(doors.database, "quarantine")}
    assert set(held) == {generous, lost}
    assert reports[Stage.PRICING].quarantined_count == 2
    assert json.loads(held[lost].reasons) == ["dossier_left_by_stage"]
    assert any("due" in rule for rule in json.loads(held[generous].reasons))
    for name in ("priced_dossier", "priced_line", "decision"):
        spoilt_rows = [row for row in rows(doors.database, name) if row.dossier_id in held]
        assert spoilt_rows == []


def test_the_rest_of_the_lot_goes_on_and_the_day_balances(spoilt: Any, simulated: Path) -> None:
    doors, generous, lost, reports = spoilt
    before, after = reports[Stage.PRICING], reports[Stage.REVIEW]
    assert after.dossier_count == before.dossier_count - 2
    balance = day_balance(doors.database, DAY)
    assert balance.is_balanced
    assert balance.closing["quarantined"].dossier_count == 2
    found = grade(doors.database, simulated / "truth" / f"{DAY.isoformat()}.jsonl")
    assert {one.dossier_id for one in found.differences} == {generous, lost}


def test_a_quarantined_dossier_is_not_paid_until_it_is_released_and_decided(
    spoilt: Any, simulated: Path
) -> None:
    doors, generous, lost, _ = spoilt
    assert process(doors, DAY) == []
    first = pay(doors, DAY)
    assert {by_hand(key, doors) for key in (generous, lost)} == {Stage.VALIDATION}
    assert len(process(doors, DAY)) == 1
    found = grade(doors.database, simulated / "truth" / f"{DAY.isoformat()}.jsonl")
    assert found.differences == ()
    assert day_balance(doors.database, DAY).is_balanced
    second = pay(doors, DAY)
    due = [
        row.due_minor
        for row in rows(doors.database, "decision")
        if row.dossier_id in (generous, lost)
    ]
    assert first > 0
    assert second == sum(due) > 0
    assert {row.state for row in rows(doors.database, "quarantine")} == {"released"}
    assert day_balance(doors.database, DAY).is_balanced
