"""F50: the bank account was changed just before it is paid."""

import datetime as dt

from models.finding import Signal, SignalEffect
from tasks.fraud.accounts import account_on, changed_on
from tasks.fraud.figures import Figures
from tasks.fraud.history import History
from tasks.fraud.subject import BOTH, Subject

RULE_ID = "F50"
VERSION = "1"
SINCE = dt.date(2026, 1, 1)
MOMENT = BOTH


def signals(subject: Subject, history: History, figures: Figures) -> tuple[Signal, ...]:
    """Hold a payment to an account that replaced another a few days ago; longer for large ones.

    A first account is no change.
    """
    accounts = history.accounts.get(subject.payee_id, ())
    account = account_on(accounts, subject.day)
    since = None if account is None else changed_on(account, accounts)
    if since is None:
        return ()
    is_large = subject.due_minor > figures.at(RULE_ID, "large_above_minor", subject.day)
    name = "hold_within_days_large" if is_large else "hold_within_days"
    days_max = figures.at(RULE_ID, name, subject.day)
    if (subject.day - since).days > days_max:
        return ()
    params = {
        "changed_on": since.isoformat(),
        "days_max": str(days_max),
    }
    points = figures.points(RULE_ID, SignalEffect.HOLD, subject.day)
    return (Signal(RULE_ID, VERSION, SignalEffect.HOLD, points, None, params),)
