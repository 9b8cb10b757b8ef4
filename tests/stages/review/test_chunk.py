"""A chunk of dossiers decided: the rows, the tasks and the states that follow."""

import datetime as dt
import json
import pickle
from dataclasses import replace
from typing import Any

import pytest

from models.finding import Effect, Finding
from models.outcome import DecisionInput
from models.stage import Status
from models.work import ChunkOutput
from tasks.review.chunk import ReviewContext, decide_chunk
from tests.builders import a_dossier, a_priced, a_validated

DAY = dt.date(2026, 11, 20)
CONTEXT = ReviewContext(DAY)


def a_case(*effects: Effect, **changes: Any) -> DecisionInput:
    values: dict[str, Any] = {
        "dossier": a_dossier(),
        "validated": a_validated(),
        "priced": a_priced(),
        "findings": tuple(Finding(f"CODE_{effect.value}", effect) for effect in effects),
        "signals": (),
        "version_reason": "first",
        "previous_decided_by": "",
        "already_paid_minor": 0,
    }
    return DecisionInput(**(values | changes))


def _rows(output: ChunkOutput, name: str) -> list[dict[str, Any]]:
    table = output.tables[name]
    return [dict(zip(table.names, row, strict=True)) for row in table.rows]


@pytest.mark.parametrize(
    ("case", "status"),
    [
        (a_case(), Status.APPROVED),
        (a_case(priced=a_priced(due_minor=0)), Status.CLOSED_AT_ZERO),
        (a_case(already_paid_minor=5600), Status.PAID),
        (a_case(already_paid_minor=100), Status.APPROVED),
        (a_case(Effect.REFUSE), Status.REFUSED),
        (a_case(Effect.RETURN), Status.RETURNED),
        (a_case(Effect.SUSPEND), Status.SUSPENDED),
        (a_case(Effect.REVIEW), Status.IN_REVIEW),
        (a_case(version_reason="appeal"), Status.UNDER_APPEAL),
    ],
)
def test_each_outcome_leaves_its_state(case: DecisionInput, status: Status) -> None:
    assert decide_chunk([case], CONTEXT).stops["D0001"].status is status


def test_every_dossier_has_a_decision_row_and_a_stop() -> None:
    cases = [
        a_case(effect, dossier=a_dossier(dossier_id=f"D{number}"))
        for number, effect in enumerate(Effect)
    ]
    output = decide_chunk(cases, CONTEXT)
    assert next(iter(output.tables)) == "decision"
    wanted = [case.dossier.dossier_id for case in cases]
    assert [row["dossier_id"] for row in _rows(output, "decision")] == wanted
    assert sorted(output.stops) == sorted(wanted)


def test_a_decision_row_says_who_when_how_much_and_why() -> None:
    (row,) = _rows(decide_chunk([a_case(Effect.REFUSE)], CONTEXT), "decision")
    assert row == {
        "dossier_id": "D0001",
        "version": 1,
        "outcome": "refused",
        "due_minor": 0,
        "currency": "MAD",
        "decided_by": "machine",
        "decided_on": DAY,
        "reasons": json.dumps(["CODE_refuse"]),
    }


def test_a_review_opens_a_task_that_is_due_after_the_working_days() -> None:
    (row,) = _rows(decide_chunk([a_case(Effect.REVIEW)], CONTEXT), "review_task")
    assert (row["kind"], row["reasons"], row["state"]) == ("finding", "CODE_review", "open")
    assert (row["opened_on"], row["due_on"]) == (DAY, dt.date(2026, 11, 27))
    assert row["decided_by"] == row["answer"] == row["decided_at"] == ""


def test_what_the_machine_decides_opens_no_task() -> None:
    output = decide_chunk([a_case(), a_case(Effect.REFUSE)], CONTEXT)
    assert _rows(output, "review_task") == []


def test_a_second_run_gives_the_same_rows() -> None:
    cases = [a_case(Effect.REVIEW), a_case(Effect.REFUSE)]
    assert decide_chunk(cases, CONTEXT) == decide_chunk(cases, CONTEXT)


def test_two_versions_of_a_dossier_have_two_tasks() -> None:
    first, second = (
        _rows(
            decide_chunk([a_case(Effect.REVIEW, dossier=a_dossier(version=number))], CONTEXT),
            "review_task",
        )[0]["task_id"]
        for number in (1, 2)
    )
    assert first != second


def test_what_goes_to_a_child_process_can_be_pickled() -> None:
    request = ([a_case(Effect.REVIEW)], CONTEXT)
    assert pickle.loads(pickle.dumps(request)) == request


def test_what_one_hand_wrote_is_accepted_by_no_machine_above_the_limit_of_two() -> None:
    context = replace(CONTEXT, due_beside={"D0001": 0}, four_eyes_above_minor=5_600)
    decided = decide_chunk([a_case()], context)
    assert decided.stops["D0001"].status is Status.APPROVED
    context = replace(context, four_eyes_above_minor=5_599)
    decided = decide_chunk([a_case()], context)
    assert decided.stops["D0001"].status is Status.IN_REVIEW
    # What was paid already is not asked again when the next version owes the same.
    paid = decide_chunk([a_case(already_paid_minor=5_600)], context)
    assert paid.stops["D0001"].status is Status.PAID
    # Nobody wrote the other one: the limit of the payer's policy alone holds for it.
    decided = decide_chunk([a_case()], replace(context, due_beside={"D0002": 0}))
    assert decided.stops["D0001"].status is Status.APPROVED


def test_what_the_other_parts_of_a_divided_dossier_owe_counts() -> None:
    context = replace(CONTEXT, due_beside={"D0001": 400}, four_eyes_above_minor=6_000)
    assert decide_chunk([a_case()], context).stops["D0001"].status is Status.APPROVED
    context = replace(context, due_beside={"D0001": 401})
    assert decide_chunk([a_case()], context).stops["D0001"].status is Status.IN_REVIEW
