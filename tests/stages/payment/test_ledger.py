"""Double entries."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.payment.ledger import (
    Entry,
    LedgerAccount,
    Posted,
    accrue,
    balances,
    reverse_accrual,
    send,
    unbalanced,
)

DAY = dt.date(2026, 11, 20)


def posted(amount_minor: int = 6_000, currency: str = "MAD") -> Posted:
    return Posted(amount_minor, currency, DAY, "D1:1")


def test_a_decision_owes_and_a_publication_sends() -> None:
    entries = [*accrue("D1", 1, posted()), *send("pay-1", posted())]
    assert balances(entries) == {
        (LedgerAccount.BENEFIT_EXPENSE, "MAD"): 6_000,
        (LedgerAccount.LIABILITY_INSURED, "MAD"): 0,
        (LedgerAccount.PAYMENTS_IN_TRANSIT, "MAD"): -6_000,
    }


def test_a_reversal_leaves_nothing() -> None:
    entries = [*accrue("D1", 1, posted()), *reverse_accrual("D1", 1, posted())]
    assert set(balances(entries).values()) == {0}
    assert len({entry.entry_id for entry in entries}) == 4


def test_the_same_posting_has_the_same_ids() -> None:
    assert accrue("D1", 1, posted()) == accrue("D1", 1, posted())


@pytest.mark.parametrize("amount_minor", [0, -1])
def test_nothing_and_less_cannot_be_posted(amount_minor: int) -> None:
    with pytest.raises(AssertionError):
        accrue("D1", 1, posted(amount_minor))


def test_a_posting_that_does_not_balance_is_named() -> None:
    debit, credit = accrue("D1", 1, posted())
    assert unbalanced([debit, credit]) == ()
    assert unbalanced([debit]) == ("owe:D1:1",)


def test_two_currencies_never_balance_each_other() -> None:
    debit, _ = accrue("D1", 1, posted(currency="EUR"))
    _, credit = accrue("D1", 1, posted(currency="MAD"))
    assert unbalanced([debit, credit]) == ("owe:D1:1",)


@given(st.lists(st.integers(1, 10**12), max_size=20))
def test_all_accounts_together_are_zero(amounts: list[int]) -> None:
    entries: list[Entry] = []
    for number, amount in enumerate(amounts):
        entries += accrue(f"D{number}", 1, posted(amount))
        if number % 2:
            entries += send(f"pay-{number}", posted(amount))
    assert sum(balances(entries).values()) == 0
    assert unbalanced(entries) == ()
