"""Which of a payee's bank accounts is paid on a day, and since when the payer knows of it."""

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


def changed_on(account: Account, accounts: Sequence[Account]) -> dt.date | None:
    """Return the day on which the payer learnt that this account replaced another, or None.

    An account recorded anew later is no second change, and what came with the first record of the
    payee is no change at all. ``accounts`` is everything the payer ever recorded of the payee.
    """
    others = [
        other.recorded_on
        for other in accounts
        if other.rib != account.rib
        and other.valid_from <= account.valid_from
        and other.recorded_on <= account.recorded_on
    ]
    if not others:
        return None
    since = min(
        same.recorded_on
        for same in accounts
        if same.rib == account.rib and same.recorded_on >= max(others)
    )
    is_first_record = since == min(one.recorded_on for one in accounts)
    return None if is_first_record else since
