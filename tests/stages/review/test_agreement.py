"""What an answered request becomes, and what dossiers may take of one agreement together."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from models.agreement import AgreementLimit
from models.finding import Effect, Finding
from models.outcome import DecisionInput
from models.registers import Agreement
from tasks.review.agreement import agreement_number, agreement_rows
from tasks.review.chunk import ReviewContext, decide_chunk
from tasks.review.policy import POLICY_FILE, Policy, read_policy
from tests.builders import DEPOSIT_DAY, a_dossier, a_line, a_priced, a_validated

DAY = dt.date(2026, 11, 24)


def policy(**changes: Any) -> Policy:
    return replace(read_policy(POLICY_FILE, DAY), **changes)


def rows(amount_minor: int | None = 5600, **changes: Any) -> list[Agreement]:
    return agreement_rows(a_dossier(**changes), "P0001", amount_minor, DAY, policy())


def test_the_number_is_public_steady_and_a_dossier_s_own() -> None:
    first = agreement_number("D0001", DEPOSIT_DAY)
    assert first == agreement_number("D0001", DEPOSIT_DAY)
    assert first != agreement_number("D0002", DEPOSIT_DAY)
    assert first.startswith("PEC-2026-")
    assert not set(first.removeprefix("PEC-2026-")) & set("ILOU")


def test_numbers_of_many_requests_do_not_meet() -> None:
    found = {agreement_number(f"D{number:06d}", DEPOSIT_DAY) for number in range(20_000)}
    assert len(found) == 20_000


def test_an_accepted_request_is_an_agreement_on_each_act_once_for_one_amount() -> None:
    lines = (
        a_line(letter="B", coefficient=Decimal("450.0")),
        a_line(line_no=2, letter="B", coefficient=Decimal(450)),
        a_line(line_no=3, letter="K", coefficient=Decimal("2.50")),
    )
    found = rows(lines=lines)
    assert [row.act_key for row in found] == ["B×450", "K×2.5"]
    assert {(row.decision, row.amount_minor, row.used_minor) for row in found} == {
        ("accepted", 5600, 0)
    }
    assert len({row.agreement_number for row in found}) == 1


def test_a_refused_request_is_a_refusal_of_everything_it_named() -> None:
    (row,) = rows(None)
    assert (row.decision, row.amount_minor) == ("refused", 0)


def test_a_request_without_lines_is_about_everything() -> None:
    assert [row.act_key for row in rows(lines=())] == [""]


@pytest.mark.parametrize(
    ("care", "first"),
    [
        (DEPOSIT_DAY - dt.timedelta(days=1), DAY),  # before the request: not agreed afterwards
        (DEPOSIT_DAY, DEPOSIT_DAY),
        (DAY - dt.timedelta(days=1), DAY - dt.timedelta(days=1)),
        (DAY, DAY),
        (DAY + dt.timedelta(days=1), DAY),
    ],
)
def test_care_that_began_while_the_request_waited_is_covered(care: dt.date, first: dt.date) -> None:
    (row,) = rows(lines=(a_line(care_date=care),))
    assert row.valid_from == first


def test_an_agreement_ends_when_the_policy_says() -> None:
    (row,) = rows()
    assert row.valid_to == DAY + dt.timedelta(days=policy().agreement_validity_days or 0)
    endless = policy(agreement_validity_days=None)
    (row,) = agreement_rows(a_dossier(), "P0001", 1, DAY, endless)
    assert row.valid_to is None


def a_case(number: int, *effects: Effect, **changes: Any) -> DecisionInput:
    key = f"D{number:04d}"
    values: dict[str, Any] = {
        "dossier": a_dossier(dossier_id=key),
        "validated": a_validated(dossier_id=key, agreement_number="PEC-1"),
        "priced": a_priced(dossier_id=key),
        "findings": tuple(Finding(f"CODE_{effect.value}", effect) for effect in effects),
        "signals": (),
        "version_reason": "first",
        "previous_decided_by": "",
        "already_paid_minor": 0,
    }
    return DecisionInput(**(values | changes))


def outcomes(*cases: DecisionInput, amount: int, used: int = 0, act_key: str = "C×1") -> list[str]:
    limit = AgreementLimit("PEC-1", frozenset({act_key}), amount, used)
    limits = {case.dossier.dossier_id: limit for case in cases}
    output = decide_chunk(cases, ReviewContext(DAY, limits=limits))
    found = output.tables["finding"].rows
    assert {row[4] for row in found} <= {"ENTENTE_DEPASSEE"}
    exceeding = {row[0] for row in found}
    decisions = output.tables["decision"]
    return [f"{row[2]}{' exceeds' if row[0] in exceeding else ''}" for row in decisions.rows]


@pytest.mark.parametrize(("amount", "outcome"), [(5600, "accepted"), (5599, "review exceeds")])
def test_a_dossier_takes_at_most_what_was_agreed(amount: int, outcome: str) -> None:
    assert outcomes(a_case(1), amount=amount) == [outcome]


@pytest.mark.parametrize(("used", "outcome"), [(4400, "accepted"), (4401, "review exceeds")])
def test_what_others_used_is_not_there_any_more(used: int, outcome: str) -> None:
    assert outcomes(a_case(1), amount=10_000, used=used) == [outcome]


def test_two_dossiers_of_one_day_never_take_more_than_the_agreement_together() -> None:
    pair = (a_case(1), a_case(2))
    assert outcomes(*pair, amount=11_200) == ["accepted", "accepted"]
    assert outcomes(*pair, amount=11_199) == ["accepted", "review exceeds"]


def test_what_waits_for_a_person_is_kept_for_it_and_what_is_refused_is_not() -> None:
    assert outcomes(a_case(1, Effect.REVIEW), a_case(2), amount=5600) == [
        "review", "review exceeds",
    ]  # fmt: skip
    assert outcomes(a_case(1, Effect.REFUSE), a_case(2), amount=5600) == ["refused", "accepted"]


def test_lines_on_other_acts_take_nothing_of_the_agreement() -> None:
    assert outcomes(a_case(1), amount=1, act_key="ODF") == ["accepted"]
    assert outcomes(a_case(1), amount=1, act_key="") == ["review exceeds"]


def test_the_finding_says_what_is_due_and_what_is_left() -> None:
    limit = AgreementLimit("PEC-1", frozenset({""}), 5000, 6000)
    output = decide_chunk([a_case(1)], ReviewContext(DAY, limits={"D0001": limit}))
    (row,) = output.tables["finding"].rows
    assert row[:5] == ("D0001", 1, "review", 1, "ENTENTE_DEPASSEE")
    assert row[-1] == '{"due": "56.00 MAD", "left": "0.00 MAD"}'
