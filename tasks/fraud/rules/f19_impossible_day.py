"""F19: a provider bills more standard minutes on one day than a person can work."""

import datetime as dt

from models.finding import Signal, SignalEffect
from tasks.fraud.figures import Figures
from tasks.fraud.history import History
from tasks.fraud.minutes import own_minutes
from tasks.fraud.subject import LOT, Subject, stands_before

RULE_ID = "F19"
VERSION = "1"
SINCE = dt.date(2026, 1, 1)
MOMENT = LOT


def signals(subject: Subject, history: History, figures: Figures) -> tuple[Signal, ...]:
    """Score, hold or block the dossier with which the provider's day grows too long.

    Only dossiers that stand before this one are added up, so the ones that still fitted into the
    day are left alone; and no dossier makes an impossible day by itself.
    """
    validated = subject.validated
    if not validated.provider_id:
        return ()
    own = own_minutes(subject.dossier, validated.provider_kind, figures.standard_minutes)
    found: list[Signal] = []
    for day in sorted(own):
        loads = history.day_loads.get((validated.provider_id, day), ())
        before = sum(load.minutes for load in loads if stands_before(load, subject))
        effect = _effect(before + own[day], subject.day, figures) if before and own[day] else None
        if effect is not None:
            params = {"care_date": day.isoformat(), "minutes": str(before + own[day])}
            points = figures.points(RULE_ID, effect, subject.day)
            found.append(Signal(RULE_ID, VERSION, effect, points, None, params))
    return tuple(found)


def _effect(minutes: int, day: dt.date, figures: Figures) -> SignalEffect | None:
    for effect in (SignalEffect.BLOCK, SignalEffect.HOLD, SignalEffect.SCORE):
        if minutes > figures.at(RULE_ID, f"{effect.value}_above_minutes", day):
            return effect
    return None
