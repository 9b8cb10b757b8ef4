"""A simulated eve and day against the truth that was written beside them, on both databases."""

from pathlib import Path

import pytest

from infra.simulation.grading import grade, paid_wrongly
from infra.stores.balance import day_balance
from tasks.doors import Doors
from tests.flows.world import DAY, EVE, apply_delta, dossier_of, pay, process, rows, truth


@pytest.mark.parametrize("day", [EVE, DAY], ids=str)
def test_every_planted_fault_is_found_and_no_clean_dossier_is_stopped(
    world: Doors, simulated: Path, day: object
) -> None:
    found = grade(world.database, simulated / "truth" / f"{day}.jsonl")
    assert found.differences == ()
    assert found.planted_found == found.planted > 0
    assert found.clean_without_person == found.clean
    assert found.amounts_compared > 0
    assert found.amounts_wrong == 0


def test_the_day_balances_before_and_after_its_payment(world: Doors) -> None:
    before = day_balance(world.database, DAY)
    paid = pay(world, DAY)
    after = day_balance(world.database, DAY)
    assert before.is_balanced
    assert after.is_balanced
    assert before.exits["paid"].dossier_count == 0
    assert 0 < after.exits["paid"].due_minor == paid


def test_a_day_pays_what_the_truth_has_due_and_a_second_run_pays_nothing(
    world: Doors, simulated: Path
) -> None:
    apply_delta(world, simulated, DAY)
    process(world, DAY)
    paid = pay(world, DAY)
    assert paid > 0
    assert pay(world, DAY) == 0
    for day in (EVE, DAY):
        assert paid_wrongly(world.database, simulated / "truth" / f"{day}.jsonl") == []
    sent = rows(world.database, "payment", state="sent")
    assert sum(one.amount_minor for one in sent) == paid


def test_what_the_registers_of_the_moment_forbid_is_not_paid(world: Doors, simulated: Path) -> None:
    stopped = [row for row in truth(simulated, DAY) if row["payment_codes"]]
    assert stopped
    apply_delta(world, simulated, DAY)
    process(world, DAY)
    pay(world, DAY)
    for row in stopped:
        dossier = dossier_of(world, row)
        (task,) = rows(world.database, "review_task", dossier_id=dossier.dossier_id)
        assert (dossier.status, task.kind) == ("in_review", "prepayment")
        assert set(row["payment_codes"]) <= set(task.reasons.split())
        assert rows(world.database, "payment_obligation", dossier_id=dossier.dossier_id) == []
