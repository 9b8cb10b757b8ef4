"""F14: an act outside the ages at which it is done."""

import datetime as dt

from models.finding import Signal, SignalEffect
from tasks.fraud.act_tables import ActLimit, in_force
from tasks.fraud.figures import Figures
from tasks.fraud.history import History
from tasks.fraud.subject import LOT, Subject

RULE_ID = "F14"
VERSION = "1"
SINCE = dt.date(2026, 1, 1)
MOMENT = LOT


def signals(subject: Subject, history: History, figures: Figures) -> tuple[Signal, ...]:
    """Hold lines whose act the table does not give to a person of that age on that day."""
    person = history.persons.get(subject.person_id)
    known = person.birth_date if person is not None else None
    birth = known or subject.validated.beneficiary_birth_date
    if birth is None:
        return ()
    found: list[Signal] = []
    for line in subject.dossier.lines:
        act = line.code or line.letter
        limit = in_force(figures.act_limits.get(act, ()), line.care_date)
        age = full_years(birth, line.care_date)
        if limit is not None and _is_outside(limit, age):
            params = {
                "act": act,
                "age": str(age),
                "age_min": _text(limit.age_min_years),
                "age_max": _text(limit.age_max_years),
            }
            points = figures.points(RULE_ID, SignalEffect.HOLD, subject.day)
            found.append(Signal(RULE_ID, VERSION, SignalEffect.HOLD, points, line.line_no, params))
    return tuple(found)


def full_years(birth: dt.date, day: dt.date) -> int:
    """Return the age in full years on a day."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def _is_outside(limit: ActLimit, age: int) -> bool:
    low, high = limit.age_min_years, limit.age_max_years
    return (low is not None and age < low) or (high is not None and age > high)


def _text(limit: int | None) -> str:
    return "–" if limit is None else str(limit)
