"""Registers that change after the decision: rights that open late, and rights that never were."""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest

from infra.stores.balance import day_balance
from infra.stores.register_delta import load_delta, reopen_for_rights
from infra.stores.registers import load_slice
from models.registers import RegisterSlice
from tasks.doors import Doors
from tasks.overpayments import list_overpayments
from tests.flows.world import (
    AFTER,
    DAY,
    EVE,
    apply_delta,
    dossier_of,
    pay,
    process,
    rows,
    sent_record,
    truth,
)


@pytest.mark.parametrize("fault", ["arrears_paid_later", "declared_later"])
def test_late_rights_decide_the_suspended_dossier_again(
    world: Doors, simulated: Path, fault: str
) -> None:
    waiting = truth(simulated, EVE, fault)
    assert waiting
    assert {dossier_of(world, row).status for row in waiting} == {"suspended"}
    _, reopened = apply_delta(world, simulated, DAY)
    process(world, DAY)
    for row in waiting:
        dossier = dossier_of(world, row)
        after = row["after_delta"]
        assert dossier.dossier_id in reopened
        first, second = rows(world.database, "decision", dossier_id=dossier.dossier_id)
        assert (first.outcome, second.outcome) == ("suspended", after["outcome"])
        assert (second.version, second.due_minor) == (after["version"], after["due_minor"])
        versions = rows(world.database, "dossier_version", dossier_id=dossier.dossier_id)
        assert versions[-1].reason == "rights_changed"
    assert day_balance(world.database, DAY).is_balanced


def test_a_fact_that_opens_rights_late_decides_the_refused_dossier_again(
    world: Doors, simulated: Path
) -> None:
    """Somebody with too few days turns out to be a pensioner, first with too small a pension."""
    (row, *_) = truth(simulated, DAY, "few_days")
    dossier = dossier_of(world, row)
    assert dossier.status == "refused"
    (held,) = rows(
        world.database, "validated_dossier", dossier_id=dossier.dossier_id, version=dossier.version
    )
    person = held.insured_person_id
    (member,) = rows(world.database, "register_affiliation", person_id=person, known_to=None)
    pensioner = {"person_id": person, "scheme": member.scheme, "number": member.number}
    since = member.valid_from.isoformat()
    membership = fact_row("affiliation", pensioner | {"category": "pensioner"}, since)
    outcomes = []
    for number, amount in enumerate(("499", "500"), start=1):
        fact = {"subject_id": person, "scheme": member.scheme, "name": "pension_monthly"}
        delta = "\n".join((membership, fact_row("fact", fact | {"value": amount}, since)))
        day = DAY + dt.timedelta(days=number)
        report = load_delta(world.database, delta.encode(), day, "register-load")
        again = reopen_for_rights(world.database, report.concerned, day, "register-load")
        assert dossier.dossier_id in again
        process(world, day)
        decisions = rows(world.database, "decision", dossier_id=dossier.dossier_id)
        findings = rows(
            world.database, "finding", dossier_id=dossier.dossier_id, version=number + 1
        )
        outcomes.append((decisions[-1].outcome, {one.code for one in findings}))
    assert outcomes[0] == ("refused", {"CONDITION_DROITS"})
    assert outcomes[1][0] == "accepted"


def fact_row(register: str, values: dict[str, str], since: str) -> str:
    row = {"register": register, "op": "assert", "valid_from": since, "values": values}
    return json.dumps(row)


def test_the_same_delta_a_second_time_opens_no_version(world: Doors, simulated: Path) -> None:
    apply_delta(world, simulated, DAY)
    process(world, DAY)
    before = rows(world.database, "dossier_version")
    report, reopened = apply_delta(world, simulated, DAY)
    assert not report.is_new
    assert reopened == []
    assert rows(world.database, "dossier_version") == before


def test_what_was_paid_under_cancelled_rights_is_listed_once(world: Doors, simulated: Path) -> None:
    pay(world, DAY)
    cancelled = truth(simulated, DAY, "cancelled_after_payment")
    assert cancelled
    report, _ = apply_delta(world, simulated, AFTER)
    arguments = (world.database, world.settings, report.narrowed, AFTER, "register-load")
    listed = list_overpayments(*arguments)
    assert listed
    assert list_overpayments(*arguments) == []
    wanted = {
        dossier_of(world, row).dossier_id: row["after_delta"]["overpaid_minor"] for row in cancelled
    }
    found = {
        row.dossier_id: row.paid_minor
        for row in rows(world.database, "overpayment", cause="DROITS_FERMES")
    }
    assert found == wanted
    assert {dossier_of(world, row).status for row in cancelled} == {"paid"}


def card_of(doors: Doors, simulated: Path, fault: str) -> tuple[str, str]:
    """Registration number and identity card, as known on the day, of a planted case's person."""
    (row, *_) = truth(simulated, DAY, fault)
    number = sent_record(doors, dossier_of(doors, row).dossier_id)["insured_id"]
    (held, *_) = rows(doors.database, "register_affiliation", number=number, known_to=None)
    (person,) = rows(doors.database, "register_person", person_id=held.person_id, known_to=None)
    return number, person.cin


def slice_about(doors: Doors, card: tuple[str, str], day: dt.date) -> RegisterSlice:
    """What the registers, as known on a day, say about a person."""
    number, cin = card
    with doors.database.reading() as connection:
        return load_slice(
            connection,
            numbers=[number],
            cins=[cin],
            inpes=[],
            care_from=DAY - dt.timedelta(days=60),
            day=day,
        )


@pytest.mark.parametrize("fault", ["merged_person", "changed_cin", "moved_scheme"])
def test_a_changed_register_is_still_read_as_it_was_known_before(
    world: Doors, simulated: Path, fault: str
) -> None:
    card = card_of(world, simulated, fault)
    before = slice_about(world, card, DAY)
    apply_delta(world, simulated, AFTER)
    assert slice_about(world, card, DAY) == before
    after = slice_about(world, card, AFTER)
    assert replace(after, known_on=DAY) != before


@pytest.mark.parametrize("fault", ["merged_person", "changed_cin", "moved_scheme"])
def test_a_paid_dossier_of_a_changed_person_is_not_listed_as_overpaid(
    world: Doors, simulated: Path, fault: str
) -> None:
    pay(world, DAY)
    report, _ = apply_delta(world, simulated, AFTER)
    everybody = report.narrowed | report.concerned
    listed = list_overpayments(world.database, world.settings, everybody, AFTER, "register-load")
    paid = {dossier_of(world, row).dossier_id for row in truth(simulated, DAY, fault)}
    assert paid
    assert {dossier_of(world, row).status for row in truth(simulated, DAY, fault)} == {"paid"}
    assert not paid & set(listed)
