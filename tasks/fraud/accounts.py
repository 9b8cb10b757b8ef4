"""Which of a payee's bank accounts is paid on a day, and whether it replaced another one."""

import datetime as dt
from collections.abc import Sequence

from models.registers import Account, holds_on


def account_on(accounts: Sequence[Account], day: dt.date) -> Account | None:
    """Return the account valid on a day that was made known last, or None."""
    valid = [
        account
        for account in accounts
        if holds_on(account.valid_from, account.valid_to, day) and account.recorded_on <= day
    ]
    return max(valid, key=lambda one: (one.recorded_on, one.valid_from), default=None)


def has_replaced_another(account: Account, accounts: Sequence[Account]) -> bool:
    """Whether money of the same payee went, or was to go, to another account before this one."""
    return any(
        other.rib != account.rib and other.valid_from <= account.valid_from for other in accounts
    )
