"""F49: one bank account is paid for several households that have nothing to do with each other."""

import datetime as dt

from models.finding import Signal, SignalEffect
from tasks.fraud.accounts import account_on
from tasks.fraud.figures import Figures
from tasks.fraud.history import History
from tasks.fraud.subject import BOTH, Subject

RULE_ID = "F49"
VERSION = "1"
SINCE = dt.date(2026, 1, 1)
MOMENT = BOTH


def signals(subject: Subject, history: History, figures: Figures) -> tuple[Signal, ...]:
    """Hold, and from a larger number block, what would be paid to an account of many households."""
    account = account_on(history.accounts.get(subject.payee_id, ()), subject.day)
    if account is None:
        return ()
    households = len(history.households_by_rib.get(account.rib, ()))
    effect: SignalEffect | None = None
    if households >= figures.at(RULE_ID, "block_from_households", subject.day):
        effect = SignalEffect.BLOCK
    elif households > figures.at(RULE_ID, "hold_above_households", subject.day):
        effect = SignalEffect.HOLD
    if effect is None:
        return ()
    points = figures.points(RULE_ID, effect, subject.day)
    params = {"households": str(households)}
    return (Signal(RULE_ID, VERSION, effect, points, None, params),)
