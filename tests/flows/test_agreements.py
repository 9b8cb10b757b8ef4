"""A request for prior agreement from its answer to the dossiers that stand on the agreement."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from infra.clock import now_text
from infra.stores.audit_trail import export, verify
from models.finding import Effect
from tasks.doors import Doors
from tasks.review.desk import Answer, DeskAnswer, Signed, Verdict
from tasks.review.store import answer_task
from tests.flows.world import DAY, dossier_of, pay, rows, send, sent_record, truth

LATER = dt.date(2026, 11, 27)
CODES = {"ENTENTE_REFUSEE": Effect.REFUSE}
REFUSE = DeskAnswer(Answer.REFUSE, code="ENTENTE_REFUSEE")


def a_request(doors: Doors, simulated: Path) -> Any:
    """The dossier of the simulated request for agreement."""
    return dossier_of(doors, truth(simulated, DAY, "agreement_request")[0])


def answer(doors: Doors, dossier_id: str, given: DeskAnswer, person: str = "amina") -> Verdict:
    (task,) = rows(doors.database, "review_task", dossier_id=dossier_id, state="open")
    return answer_task(
        doors.database,
        task.task_id,
        given,
        Signed(person, DAY, now_text()),
        four_eyes_above_minor=doors.settings.four_eyes_above_minor,
        codes=CODES,
    )


def agree(doors: Doors, dossier_id: str, amount_minor: int | None = None) -> Any:
    """Accept a request; return the row of the agreement that it became."""
    assert answer(doors, dossier_id, DeskAnswer(Answer.ACCEPT, "", amount_minor)).is_final
    (agreement,) = rows(doors.database, "register_agreement", known_from=DAY, known_to=None)
    return agreement


def under(record: Mapping[str, Any], number: str, day: int, sequence: int) -> dict[str, Any]:
    """The care that was asked for, done on a day of November and sent for reimbursement."""
    care = dt.date(2026, 11, day).isoformat()
    return {
        **record,
        "request": "reimbursement",
        "public_number": f"ACCORD-{sequence:04d}",
        "agreement_number": number,
        "deposit_date": LATER.isoformat(),
        "prescription": {**record["prescription"], "date": care},
        "lines": [{**line, "date": care} for line in record["lines"]],
    }


def decided(doors: Doors, public_number: str) -> tuple[str, int, list[tuple[str, str]]]:
    """Outcome, amount and codes of a dossier's decision."""
    (dossier,) = rows(doors.database, "dossier", public_number=public_number)
    (decision,) = rows(doors.database, "decision", dossier_id=dossier.dossier_id)
    findings = rows(doors.database, "finding", dossier_id=dossier.dossier_id)
    said = [(one.stage, one.code) for one in findings if one.effect != "note"]
    return decision.outcome, decision.due_minor, said


def test_an_accepted_request_is_never_paid_and_becomes_an_agreement(
    world: Doors, simulated: Path
) -> None:
    request = a_request(world, simulated)
    agreement = agree(world, request.dossier_id)
    (priced,) = rows(world.database, "priced_dossier", dossier_id=request.dossier_id)
    (validated,) = rows(world.database, "validated_dossier", dossier_id=request.dossier_id)
    assert agreement.agreement_number.startswith(f"PEC-{request.deposit_date.year}-")
    assert (agreement.decision, agreement.amount_minor) == ("accepted", priced.due_minor)
    assert (agreement.used_minor, agreement.act_key) == (0, "B×450")
    assert agreement.person_id == validated.beneficiary_person_id
    assert (agreement.valid_from, agreement.valid_to) == (DAY, DAY + dt.timedelta(days=180))
    assert dossier_of(world, request._mapping).status == "closed_at_zero"
    pay(world, DAY)
    assert rows(world.database, "obligation", dossier_id=request.dossier_id) == []
    assert rows(world.database, "payment_obligation", dossier_id=request.dossier_id) == []
    actions = {event["action"] for event in export(world.database, request.dossier_id)}
    assert {"desk_accept", "agreement_accepted"} <= actions
    assert verify(world.database, world.storage) == []


def test_dossiers_under_one_agreement_never_take_more_than_its_amount(
    world: Doors, simulated: Path, tmp_path: Path
) -> None:
    request = a_request(world, simulated)
    (priced,) = rows(world.database, "priced_dossier", dossier_id=request.dossier_id)
    agreement = agree(world, request.dossier_id)
    record, number = sent_record(world, request.dossier_id), agreement.agreement_number
    both = [under(record, number, 23, 1), under(record, number, 25, 2)]
    send(world, tmp_path / "sent", LATER, *both)
    assert decided(world, "ACCORD-0001") == ("accepted", priced.due_minor, [])
    outcome, _, said = decided(world, "ACCORD-0002")
    assert (outcome, said) == ("review", [("review", "ENTENTE_DEPASSEE")])
    # A dossier of a later lot finds the agreement used up before anything is priced.
    send(world, tmp_path / "sent", LATER, under(record, number, 26, 3))
    assert decided(world, "ACCORD-0003") == (
        "returned", 0, [("validation", "ENTENTE_PREALABLE")]
    )  # fmt: skip


def test_an_agreement_with_room_for_two_pays_both(
    world: Doors, simulated: Path, tmp_path: Path
) -> None:
    request = a_request(world, simulated)
    agreement = agree(world, request.dossier_id)
    record, number = sent_record(world, request.dossier_id), agreement.agreement_number
    both = [under(record, number, day, sequence) for sequence, day in enumerate((23, 25), start=1)]
    for sent in both:
        line = {**sent["lines"][0], "amount_minor": 20_000, "unit_amount_minor": 20_000}
        sent |= {"lines": [line], "total_minor": 20_000}
    send(world, tmp_path / "sent", LATER, *both)
    assert [decided(world, f"ACCORD-{number:04d}") for number in (1, 2)] == [
        ("accepted", 14_000, []),
        ("accepted", 14_000, []),
    ]


def test_a_refused_request_leaves_a_refusal_that_no_dossier_can_stand_on(
    world: Doors, simulated: Path, tmp_path: Path
) -> None:
    request = a_request(world, simulated)
    assert answer(world, request.dossier_id, REFUSE).is_final
    (row,) = rows(world.database, "register_agreement", known_from=DAY, known_to=None)
    assert (row.decision, row.amount_minor) == ("refused", 0)
    record = sent_record(world, request.dossier_id)
    send(world, tmp_path / "sent", LATER, under(record, row.agreement_number, 23, 1))
    outcome, _, said = decided(world, "ACCORD-0001")
    assert (outcome, said) == ("returned", [("validation", "ENTENTE_PREALABLE")])


def test_an_appeal_that_is_accepted_replaces_the_refusal_and_keeps_it_known_before(
    world: Doors, simulated: Path, tmp_path: Path
) -> None:
    request = a_request(world, simulated)
    answer(world, request.dossier_id, REFUSE)
    appeal = {**sent_record(world, request.dossier_id), "kind_of_submission": "appeal"}
    assert send(world, tmp_path / "sent", DAY, appeal) == ["IN_APPEAL"]
    (decision,) = rows(world.database, "decision", dossier_id=request.dossier_id, version=2)
    assert (decision.outcome, decision.due_minor) == ("review", 0)
    answer(world, request.dossier_id, DeskAnswer(Answer.ACCEPT), "brahim")
    (number,) = {
        row.agreement_number for row in rows(world.database, "register_agreement", known_from=DAY)
    }
    found = rows(world.database, "register_agreement", agreement_number=number)
    assert [(row.decision, row.known_to) for row in found] == [("refused", DAY), ("accepted", None)]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"agreement_number": "PEC-2026-0000000000"}, "unknown"),
        ({"coefficient": 120}, "other_act"),
        ({"date": "2026-11-10"}, "not_in_force"),
    ],
)
def test_an_agreement_is_good_for_its_act_and_its_time_alone(
    world: Doors, simulated: Path, tmp_path: Path, change: dict[str, Any], reason: str
) -> None:
    request = a_request(world, simulated)
    agreement = agree(world, request.dossier_id)
    sent = under(sent_record(world, request.dossier_id), agreement.agreement_number, 23, 1)
    sent["lines"][0] |= {key: value for key, value in change.items() if key in sent["lines"][0]}
    sent |= {key: value for key, value in change.items() if key in sent}
    sent["prescription"]["date"] = sent["lines"][0]["date"]
    send(world, tmp_path / "sent", LATER, sent)
    (dossier,) = rows(world.database, "dossier", public_number="ACCORD-0001")
    found = rows(world.database, "finding", dossier_id=dossier.dossier_id, code="ENTENTE_PREALABLE")
    assert [f'"reason": "{reason}"' in one.params for one in found] == [True]
