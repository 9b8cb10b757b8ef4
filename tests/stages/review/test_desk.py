"""The rules of the desk: who may answer, who must confirm, what follows."""

from dataclasses import replace
from typing import Any

import pytest

from models.errors import ApprovalRefused, UsageError
from models.finding import Effect
from models.outcome import DecisionOutcome
from models.stage import Status
from tasks.review.desk import (
    NOTE_MAX,
    Answer,
    DeskAnswer,
    TaskFacts,
    check_answer,
    judge,
)

LIMIT = 1_000_000
ACCEPT = DeskAnswer(Answer.ACCEPT)
REFUSE = DeskAnswer(Answer.REFUSE, "F01")
RETURN = DeskAnswer(Answer.RETURN, "ILLISIBLE")


def a_task(**changes: Any) -> TaskFacts:
    values: dict[str, Any] = {
        "kind": "finding",
        "is_agreement": False,
        "asked_minor": 8000,
        "proposed_minor": 5600,
        "already_paid_minor": 0,
        "first_by": "",
        "first_answer": "",
        "barred": frozenset(),
    }
    return TaskFacts(**(values | changes))


@pytest.mark.parametrize(
    ("given", "outcome", "status", "due"),
    [
        (ACCEPT, DecisionOutcome.ACCEPTED, Status.APPROVED, 5600),
        (REFUSE, DecisionOutcome.REFUSED, Status.REFUSED, 0),
        (RETURN, DecisionOutcome.RETURNED, Status.RETURNED, 0),
    ],
)
def test_one_person_answers_an_ordinary_task(
    given: DeskAnswer, outcome: DecisionOutcome, status: Status, due: int
) -> None:
    verdict = judge(a_task(), given, "amina", LIMIT)
    assert verdict.is_final
    assert (verdict.outcome, verdict.status, verdict.due_minor) == (outcome, status, due)


def test_at_the_limit_one_person_is_enough() -> None:
    assert judge(a_task(proposed_minor=LIMIT, asked_minor=LIMIT), ACCEPT, "amina", LIMIT).is_final


@pytest.mark.parametrize(("given", "is_final"), [(ACCEPT, False), (REFUSE, False), (RETURN, True)])
def test_above_the_limit_paying_and_refusing_take_two_people(
    given: DeskAnswer, is_final: bool
) -> None:
    task = a_task(proposed_minor=LIMIT + 1, asked_minor=2 * LIMIT)
    assert judge(task, given, "amina", LIMIT).is_final is is_final


def test_an_amount_raised_above_the_limit_takes_two_people() -> None:
    task = a_task(proposed_minor=0, asked_minor=2 * LIMIT)
    assert not judge(task, DeskAnswer(Answer.ACCEPT, "", LIMIT + 1), "amina", LIMIT).is_final


def test_a_large_request_for_agreement_takes_two_people() -> None:
    task = a_task(is_agreement=True, proposed_minor=0, estimated_minor=5600, asked_minor=LIMIT + 1)
    assert not judge(task, ACCEPT, "amina", LIMIT).is_final


def _answered(by: str, given: DeskAnswer) -> TaskFacts:
    return a_task(
        proposed_minor=LIMIT + 1,
        asked_minor=2 * LIMIT,
        first_by=by,
        first_answer=given.as_text(),
    )


def test_a_second_person_with_the_same_answer_makes_it_final() -> None:
    assert judge(_answered("amina", ACCEPT), ACCEPT, "brahim", LIMIT).is_final


def test_the_same_person_is_not_the_second() -> None:
    with pytest.raises(ApprovalRefused, match="another must confirm"):
        judge(_answered("amina", ACCEPT), ACCEPT, "amina", LIMIT)


@pytest.mark.parametrize(
    "other", [REFUSE, DeskAnswer(Answer.ACCEPT, "", 100)], ids=["refusal", "other amount"]
)
def test_a_second_person_with_another_answer_is_not_a_confirmation(other: DeskAnswer) -> None:
    assert not judge(_answered("amina", ACCEPT), other, "brahim", LIMIT).is_final


@pytest.mark.parametrize("by", ["", "  ", "machine"])
def test_an_answer_needs_a_person(by: str) -> None:
    with pytest.raises(ApprovalRefused):
        judge(a_task(), ACCEPT, by, LIMIT)


def test_an_appeal_is_not_answered_by_whoever_decided_before() -> None:
    task = a_task(kind="appeal", barred=frozenset({"amina"}))
    with pytest.raises(ApprovalRefused, match="did not decide before"):
        judge(task, ACCEPT, "amina", LIMIT)
    assert judge(task, ACCEPT, "brahim", LIMIT).is_final


def test_whoever_decided_before_may_answer_what_is_no_appeal() -> None:
    assert judge(a_task(barred=frozenset({"amina"})), ACCEPT, "amina", LIMIT).is_final


@pytest.mark.parametrize("due", [-1, 8001])
def test_an_accepted_amount_lies_between_zero_and_what_is_asked(due: int) -> None:
    with pytest.raises(UsageError, match="between 0 and what is asked"):
        judge(a_task(), DeskAnswer(Answer.ACCEPT, "", due), "amina", LIMIT)


@pytest.mark.parametrize(("due", "status"), [(0, Status.CLOSED_AT_ZERO), (8000, Status.APPROVED)])
def test_an_accepted_amount_may_be_set(due: int, status: Status) -> None:
    verdict = judge(a_task(), DeskAnswer(Answer.ACCEPT, "", due), "amina", LIMIT)
    assert (verdict.due_minor, verdict.status) == (due, status)


def a_request(**changes: Any) -> TaskFacts:
    values: dict[str, Any] = {
        "is_agreement": True,
        "kind": "agreement",
        "proposed_minor": 0,
        "estimated_minor": 5600,
    }
    return a_task(**(values | changes))


@pytest.mark.parametrize(("named", "agreed"), [(None, 5600), (1, 1), (8000, 8000)])
def test_an_accepted_request_agrees_to_an_amount_and_is_never_paid(
    named: int | None, agreed: int
) -> None:
    verdict = judge(a_request(), DeskAnswer(Answer.ACCEPT, "", named), "amina", LIMIT)
    assert (verdict.due_minor, verdict.status) == (0, Status.CLOSED_AT_ZERO)
    assert verdict.agreed_minor == agreed


@pytest.mark.parametrize("named", [-1, 0, 8001])
def test_an_agreement_is_for_something_and_at_most_for_what_is_asked(named: int) -> None:
    with pytest.raises(UsageError, match="more than 0"):
        judge(a_request(), DeskAnswer(Answer.ACCEPT, "", named), "amina", LIMIT)


def test_a_request_without_a_known_tariff_needs_an_amount() -> None:
    request = a_request(estimated_minor=None)
    with pytest.raises(UsageError, match="name the amount"):
        judge(request, ACCEPT, "amina", LIMIT)
    assert judge(request, DeskAnswer(Answer.ACCEPT, "", 700), "amina", LIMIT).agreed_minor == 700


def test_a_refused_request_agrees_to_nothing() -> None:
    assert judge(a_request(), REFUSE, "amina", LIMIT).agreed_minor is None


def test_what_was_not_read_to_its_end_is_refused_or_returned_but_not_accepted() -> None:
    unread = a_task(kind="reading", asked_minor=0, proposed_minor=0)
    with pytest.raises(UsageError, match="correct its fields"):
        judge(unread, ACCEPT, "amina", LIMIT)
    assert judge(unread, RETURN, "amina", LIMIT).status is Status.RETURNED


@pytest.mark.parametrize(
    ("given", "status", "overpaid"),
    [(ACCEPT, Status.PAID, 400), (REFUSE, Status.REFUSED, 6000), (RETURN, Status.RETURNED, 0)],
)
def test_what_was_paid_too_much_is_listed(given: DeskAnswer, status: Status, overpaid: int) -> None:
    verdict = judge(a_task(kind="overpaid", already_paid_minor=6000), given, "amina", LIMIT)
    assert (verdict.status, verdict.overpaid_minor) == (status, overpaid)


def test_an_unchanged_amount_leaves_a_paid_dossier_paid() -> None:
    verdict = judge(a_task(already_paid_minor=5600), ACCEPT, "amina", LIMIT)
    assert (verdict.status, verdict.overpaid_minor) == (Status.PAID, 0)


def test_what_payment_asked_goes_back_to_payment() -> None:
    task = a_task(kind="payment_difference", already_paid_minor=6000)
    verdict = judge(task, ACCEPT, "amina", LIMIT)
    assert (verdict.status, verdict.overpaid_minor) == (Status.APPROVED, 0)


CODES = (("FRAUDE_CONFIRMEE", Effect.REFUSE), ("ILLISIBLE", Effect.RETURN))


@pytest.mark.parametrize(
    "given",
    [
        DeskAnswer(Answer.REFUSE, "FRAUDE_CONFIRMEE"),
        DeskAnswer(Answer.REFUSE, "F19"),
        DeskAnswer(Answer.RETURN, "ILLISIBLE"),
        ACCEPT,
    ],
)
def test_a_refusal_names_a_code_of_the_desk_or_one_said_of_the_dossier(given: DeskAnswer) -> None:
    check_answer(given, CODES, ["F19"], "")


@pytest.mark.parametrize(
    "given",
    [
        DeskAnswer(Answer.REFUSE),
        DeskAnswer(Answer.REFUSE, "ILLISIBLE"),
        DeskAnswer(Answer.REFUSE, "F20"),
        DeskAnswer(Answer.REFUSE, "F19", 100),
        DeskAnswer(Answer.RETURN, "FRAUDE_CONFIRMEE"),
        DeskAnswer(Answer.ACCEPT, "F19"),
    ],
)
def test_another_code_is_refused(given: DeskAnswer) -> None:
    with pytest.raises(UsageError):
        check_answer(given, CODES, ["F19"], "")


def test_a_remark_has_a_longest_length() -> None:
    check_answer(ACCEPT, CODES, (), "x" * NOTE_MAX)
    with pytest.raises(UsageError, match="at most"):
        check_answer(ACCEPT, CODES, (), "x" * (NOTE_MAX + 1))


def test_a_dossier_that_was_divided_is_decided_by_two_as_the_whole_would_be() -> None:
    part = a_task(asked_minor=LIMIT, proposed_minor=600_000, beside_minor=400_001)
    assert not judge(part, ACCEPT, "amina", LIMIT).is_final
    assert judge(replace(part, beside_minor=400_000), ACCEPT, "amina", LIMIT).is_final
