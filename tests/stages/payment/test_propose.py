"""Obligations and their payments."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.messages import read_codes
from models.registers import PayeeKind
from tasks.payment import propose as module
from tasks.payment.payee import Payee, PayeeRegister
from tasks.payment.profile import BankProfile
from tasks.payment.propose import (
    ApprovedDecision,
    EarlierPayments,
    Proposal,
    end_to_end_id,
    payment_id,
    propose,
)
from tasks.payment.states import ObligationState, WaitsFor
from tests.stages.payment.payday import PROFILE, a_rib
from tests.stages.payment.test_payee import a_person, an_account

DAY = dt.date(2026, 11, 20)


def a_decision(
    dossier_id: str = "D1", due_minor: int = 6_000, person: int = 1, **changes: object
) -> ApprovedDecision:
    decision = ApprovedDecision(dossier_id, 1, "ma-amo-salaries", "MAD", due_minor, f"P{person}")
    return replace(decision, **changes)  # type: ignore[arg-type]


def a_register(people: int = 9) -> PayeeRegister:
    numbers = range(1, people + 1)
    return PayeeRegister(
        persons={f"P{n}": a_person(f"P{n}") for n in numbers},
        accounts={f"P{n}": (an_account(f"P{n}", n),) for n in numbers},
    )


def proposed(
    *decisions: ApprovedDecision,
    earlier: dict[str, EarlierPayments] | None = None,
    profile: BankProfile = PROFILE,
) -> Proposal:
    return propose(decisions, earlier or {}, a_register(), profile, DAY)


@pytest.mark.parametrize(
    ("due_minor", "paid_minor", "amount_minor", "state"),
    [
        (6_000, 0, 6_000, ObligationState.PROPOSED),
        (6_000, 5_999, 1, ObligationState.PROPOSED),
        (6_000, 6_000, 0, ObligationState.CLOSED),
        (6_000, 6_001, -1, ObligationState.REVIEW),
        (0, 0, 0, ObligationState.CLOSED),
    ],
)
def test_an_obligation_is_what_is_due_less_what_was_paid(
    due_minor: int, paid_minor: int, amount_minor: int, state: ObligationState
) -> None:
    earlier = {"D1": EarlierPayments({"MAD": paid_minor})}
    [owed] = proposed(a_decision(due_minor=due_minor, version=2), earlier=earlier).owed
    assert (owed.amount_minor, owed.state) == (amount_minor, state)


def test_what_an_earlier_version_still_owes_by_itself_is_not_owed_twice() -> None:
    earlier = {"D1": EarlierPayments({"MAD": 1_500}, {"MAD": 6_000})}
    [owed] = proposed(a_decision(due_minor=8_000, version=3), earlier=earlier).owed
    assert owed.amount_minor == 500


def test_money_paid_in_another_currency_is_for_a_person() -> None:
    earlier = {"D1": EarlierPayments({"EUR": 100})}
    [owed] = proposed(a_decision(version=2), earlier=earlier).owed
    assert (owed.state, owed.review_code) == (ObligationState.REVIEW, "DEVISE_CHANGEE")


def test_a_version_is_held_back_while_an_earlier_payment_is_on_its_way() -> None:
    proposal = proposed(a_decision(version=2), earlier={"D1": EarlierPayments(has_unsent=True)})
    assert proposal.held_back == (("D1", 2),)
    assert proposal.owed == ()


def test_a_settled_amount_is_not_computed_anew() -> None:
    decision = a_decision(known_state="waiting", known_amount_minor=700, version=2)
    [owed] = proposed(decision, earlier={"D1": EarlierPayments({"MAD": 1})}).owed
    assert (owed.amount_minor, owed.state) == (700, ObligationState.PROPOSED)


def test_a_hit_of_the_recheck_stops_before_anything_is_owed() -> None:
    decision = a_decision(recheck_reasons=("F16",))
    proposal = proposed(decision)
    assert (proposal.stopped, proposal.owed, proposal.batches) == ((decision,), (), ())


def test_one_payment_for_each_payee_and_account() -> None:
    proposal = proposed(
        a_decision("D1", 6_000), a_decision("D2", 1_440), a_decision("D3", 100, person=2)
    )
    [batch] = proposal.batches
    assert [payment.amount_minor for payment in batch.payments] == [7_440, 100]


def test_a_payment_above_the_limit_of_a_file_waits() -> None:
    profile = replace(PROFILE, max_amount_file_minor=10_000)
    proposal = proposed(a_decision("D1", 10_001), a_decision("D2", 50, 2), profile=profile)
    waiting, paid = proposal.owed
    assert (waiting.state, waiting.payee.waits_for) == (
        ObligationState.WAITING,
        WaitsFor.BANK_LIMIT,
    )
    assert paid.state is ObligationState.PROPOSED
    assert [len(batch.payments) for batch in proposal.batches] == [1]


@pytest.mark.parametrize(("amount_minor", "files"), [(5_000, 1), (5_001, 2)])
def test_a_file_is_full_at_its_largest_sum(amount_minor: int, files: int) -> None:
    profile = replace(PROFILE, max_amount_file_minor=10_000)
    proposal = proposed(a_decision("D1", 5_000), a_decision("D2", amount_minor, 2), profile=profile)
    assert len(proposal.batches) == files


DECISIONS = st.lists(
    st.tuples(st.integers(0, 20_000), st.integers(1, 12), st.sampled_from(["MAD", "EUR"])),
    max_size=40,
)


@given(DECISIONS, st.integers(1, 7), st.integers(10_000, 60_000))
def test_every_centime_owed_is_paid_once_or_says_why_not(
    given_: list[tuple[int, int, str]], max_tx_file: int, max_amount: int
) -> None:
    decisions = [
        a_decision(f"D{number:03d}", due, person, currency=currency)
        for number, (due, person, currency) in enumerate(given_)
    ]
    profile = replace(PROFILE, max_tx_file=max_tx_file, max_amount_file_minor=max_amount)
    proposal = propose(decisions, {}, a_register(), profile, DAY)
    assert [owed.key for owed in proposal.owed] == [decision.key for decision in decisions]
    in_files = [
        one.key for batch in proposal.batches for payment in batch.payments for one in payment.owed
    ]
    expected = [one.key for one in proposal.owed if one.state is ObligationState.PROPOSED]
    assert sorted(in_files) == sorted(expected)
    for owed in proposal.owed:
        assert (owed.state is ObligationState.CLOSED) == (owed.amount_minor == 0)
        if owed.amount_minor:
            assert (owed.state is ObligationState.WAITING) == bool(owed.payee.waits_for)
    for batch in proposal.batches:
        assert len(batch.payments) <= max_tx_file
        assert sum(payment.amount_minor for payment in batch.payments) <= max_amount
        assert {one.decision.currency for p in batch.payments for one in p.owed} == {batch.currency}
        payees = [payment.payee for payment in batch.payments]
        assert len(payees) == len(set(payees))


@given(DECISIONS, st.randoms(use_true_random=False))
def test_the_order_of_the_decisions_does_not_change_the_files(
    given_: list[tuple[int, int, str]], random: object
) -> None:
    decisions = [
        a_decision(f"D{number:03d}", due, person) for number, (due, person, _) in enumerate(given_)
    ]
    shuffled = list(decisions)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert proposed(*shuffled).batches == proposed(*decisions).batches


PAYEE = Payee(PayeeKind.INSURED, "P1", "ESSAI", a_rib(1), "")


def test_an_end_to_end_id_fits_and_says_nothing_about_a_person() -> None:
    reference = end_to_end_id(payment_id("20261120-mad-001", PAYEE))
    assert len(reference) == 34
    assert reference.isalnum()
    assert a_rib(1) not in reference


@pytest.mark.parametrize(
    ("batch_id", "changes"),
    [
        ("20261120-mad-002", {}),
        ("20261120-mad-001", {"payee_id": "P2"}),
        ("20261120-mad-001", {"account": a_rib(2)}),
        ("20261120-mad-001", {"kind": PayeeKind.HEIR}),
    ],
)
def test_a_payment_id_is_of_its_batch_payee_and_account(
    batch_id: str, changes: dict[str, object]
) -> None:
    other = payment_id(batch_id, replace(PAYEE, **changes))  # type: ignore[arg-type]
    assert other != payment_id("20261120-mad-001", PAYEE)
    assert payment_id("20261120-mad-001", PAYEE) == payment_id("20261120-mad-001", PAYEE)


def test_everything_waited_for_and_reviewed_has_a_sentence() -> None:
    codes = read_codes(Path(module.__file__).with_name("codes.yaml"))
    assert set(codes) == {*map(str, WaitsFor), module.OVERPAID_CODE, module.CURRENCY_CODE}
