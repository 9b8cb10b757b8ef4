import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from models.stage import Status
from tasks.intake.decide import (
    Decision,
    Filing,
    Known,
    Opening,
    ReceivedFile,
    Reply,
    Standing,
    decide,
    dossier_id_of,
    paper_numbers,
    submission_id_of,
)
from tasks.intake.result import Pages, ReceivedRecord, Refused

SHA256 = "ab" * 32
FILE = ReceivedFile(SHA256, "cd" * 32, dt.date(2026, 11, 20), "2026-11-20T08:00:00Z")
NUMBER = "AMO-2026-0001"
PAGES = Pages("application/pdf", 2)


def a_record(**changes: Any) -> ReceivedRecord:
    record = ReceivedRecord(
        public_number=NUMBER,
        kind_of_submission="first",
        scheme="ma-amo-salaries",
        channel="electronic",
        agency="AG-01",
        region="R-01",
        deposit_date=dt.date(2026, 11, 18),
        insured_id="100000001",
        payload="{}",
    )
    return replace(record, **changes)


def standing(status: Status, **changes: Any) -> Known:
    known = Standing(
        dossier_id="D1",
        public_number=NUMBER,
        scheme="ma-amo-salaries",
        stage="review",
        status=status.value,
        version=1,
        insured_id="100000001",
    )
    return Known({NUMBER: replace(known, **changes)})


def answer(decision: Decision) -> tuple[str, str]:
    return decision.reply.value, decision.code


def test_a_new_number_opens_a_dossier() -> None:
    decision = decide(FILE, 1, a_record(), Known({}))
    assert answer(decision) == ("accepted", "IN_ACCEPTED")
    assert (decision.dossier_id, decision.version) == (dossier_id_of(NUMBER), 1)


def test_a_known_number_sent_as_first_is_a_duplicate() -> None:
    decision = decide(FILE, 1, a_record(), standing(Status.PAID))
    assert answer(decision) == ("duplicate", "DOUBLON_NUMERO")
    assert (decision.dossier_id, decision.duplicate_of) == ("", "D1")


def test_the_second_of_two_equal_numbers_in_one_file_is_a_duplicate() -> None:
    known = Known({})
    decide(FILE, 1, a_record(), known)
    assert answer(decide(FILE, 2, a_record(), known)) == ("duplicate", "DOUBLON_NUMERO")


def test_the_same_bytes_in_another_file_are_a_duplicate_of_what_they_opened() -> None:
    known = standing(Status.IN_PROGRESS)
    known.accepted_before = {1: known.by_number[NUMBER]}
    decision = decide(FILE, 1, PAGES, known)
    assert answer(decision) == ("duplicate", "DOUBLON_FICHIER")
    assert (decision.public_number, decision.duplicate_of) == (NUMBER, "D1")


def test_a_refusal_opens_nothing_and_keeps_the_senders_number() -> None:
    decision = decide(FILE, 1, Refused("IN_SCHEME", {}, NUMBER), Known({}))
    assert answer(decision) == ("refused", "IN_SCHEME")
    assert (decision.public_number, decision.dossier_id, decision.opening) == (
        NUMBER,
        "",
        Opening.NOTHING,
    )


_TAKEN = {
    "complement": {Status.RETURNED, Status.SUSPENDED, Status.IN_REVIEW},
    "appeal": {Status.REFUSED, Status.PAID, Status.CLOSED_AT_ZERO},
    "withdrawal": {
        Status.IN_PROGRESS,
        Status.IN_REVIEW,
        Status.SUSPENDED,
        Status.RETURNED,
        Status.UNDER_APPEAL,
        Status.QUARANTINED,
    },
}
_ANSWERS = {
    "complement": ("IN_COMPLEMENT", "IN_NOT_COMPLETABLE"),
    "appeal": ("IN_APPEAL", "IN_NOT_APPEALABLE"),
    "withdrawal": ("IN_WITHDRAWN", "IN_NOT_WITHDRAWABLE"),
}


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("kind", ["complement", "appeal", "withdrawal"])
def test_what_comes_later_is_taken_in_its_states_and_in_no_other(kind: str, status: Status) -> None:
    decision = decide(FILE, 1, a_record(kind_of_submission=kind), standing(status))
    taken, refused = _ANSWERS[kind]
    expected = ("accepted", taken) if status in _TAKEN[kind] else ("refused", refused)
    assert answer(decision) == expected


def test_a_complement_makes_the_next_version_of_its_dossier() -> None:
    known = standing(Status.RETURNED, version=2)
    decision = decide(FILE, 1, a_record(kind_of_submission="complement"), known)
    assert (decision.dossier_id, decision.version) == ("D1", 3)
    after = known.by_number[NUMBER]
    assert (after.stage, after.status, after.version) == ("intake", "in_progress", 3)


def test_a_second_complement_in_the_same_file_finds_the_dossier_under_way() -> None:
    known = standing(Status.RETURNED)
    decide(FILE, 1, a_record(kind_of_submission="complement"), known)
    again = decide(FILE, 2, a_record(kind_of_submission="complement"), known)
    assert answer(again) == ("refused", "IN_NOT_COMPLETABLE")


def test_a_withdrawal_makes_no_version() -> None:
    known = standing(Status.IN_REVIEW)
    decision = decide(FILE, 1, a_record(kind_of_submission="withdrawal"), known)
    assert decision.version == 1
    assert known.by_number[NUMBER].status == Status.WITHDRAWN.value


def test_a_complement_to_no_dossier_is_refused() -> None:
    decision = decide(FILE, 1, a_record(kind_of_submission="complement"), Known({}))
    assert answer(decision) == ("refused", "IN_NO_PRIOR")


@pytest.mark.parametrize("changes", [{"insured_id": "100000002"}, {"scheme": "other"}])
def test_a_complement_to_somebody_elses_dossier_is_refused(changes: dict[str, str]) -> None:
    record = a_record(kind_of_submission="complement", **changes)
    decision = decide(FILE, 1, record, standing(Status.RETURNED))
    assert answer(decision) == ("refused", "IN_PRIOR_MISMATCH")


def test_a_complement_under_the_scheme_it_was_sent_under_is_taken_after_a_choice() -> None:
    record = a_record(kind_of_submission="complement")
    moved = {"scheme": "ma-cnops", "sent_scheme": record.scheme}
    decision = decide(FILE, 1, record, standing(Status.RETURNED, **moved))
    assert answer(decision) == ("accepted", "IN_COMPLEMENT")


def test_paper_is_given_a_number_made_of_its_bytes() -> None:
    decision = decide(FILE, 1, PAGES, Known({}))
    assert decision.public_number == paper_numbers(SHA256)[0] == "AMO-P-VOV2XK5LVO"


def test_paper_whose_number_is_taken_by_another_file_is_given_a_longer_one() -> None:
    taken = standing(Status.PAID).by_number[NUMBER]
    decision = decide(FILE, 1, PAGES, Known({paper_numbers(SHA256)[0]: taken}))
    assert decision.reply is Reply.ACCEPTED
    assert decision.public_number == paper_numbers(SHA256)[1]


def test_the_same_sheet_may_complete_its_own_dossier() -> None:
    filing = Filing(kind=Opening.COMPLEMENT, public_number=NUMBER)
    file = replace(FILE, filing=filing)
    known = standing(Status.RETURNED)
    known.accepted_before = {1: known.by_number[NUMBER]}
    decision = decide(file, 1, PAGES, known)
    assert answer(decision) == ("accepted", "IN_COMPLEMENT")
    assert decision.version == 2
    assert submission_id_of(file, 1) != submission_id_of(FILE, 1)


def test_a_submission_has_the_same_id_again_and_another_under_another_name_or_day() -> None:
    first = submission_id_of(FILE, 1)
    assert first == submission_id_of(replace(FILE, received_at="later"), 1)
    others = [
        submission_id_of(FILE, 2),
        submission_id_of(replace(FILE, file_ref="ef" * 32), 1),
        submission_id_of(replace(FILE, business_day=dt.date(2026, 11, 21)), 1),
        submission_id_of(replace(FILE, sha256="ff" * 32), 1),
    ]
    assert len({first, *others}) == 5
