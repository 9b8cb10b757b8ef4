"""F12: care after the person's death, or before the birth."""

import datetime as dt

from models.finding import Signal, SignalEffect
from tasks.fraud.figures import Figures
from tasks.fraud.history import History
from tasks.fraud.subject import LOT, Subject

RULE_ID = "F12"
VERSION = "1"
SINCE = dt.date(2026, 1, 1)
MOMENT = LOT


def signals(subject: Subject, history: History, figures: Figures) -> tuple[Signal, ...]:
    """Block lines outside the person's life; care around a birth has days of grace."""
    person = history.persons.get(subject.person_id)
    if person is None:
        return ()
    grace = dt.timedelta(days=figures.at(RULE_ID, "newborn_grace_days", subject.day))
    points = figures.points(RULE_ID, SignalEffect.BLOCK, subject.day)
    found: list[Signal] = []
    for line in subject.dossier.lines:
        is_after = person.death_date is not None and line.care_date > person.death_date
        is_before = person.birth_date is not None and line.care_date < person.birth_date - grace
        if is_after or is_before:
            params = {
                "care_date": line.care_date.isoformat(),
                "side": "death" if is_after else "birth",
            }
            found.append(Signal(RULE_ID, VERSION, SignalEffect.BLOCK, points, line.line_no, params))
    return tuple(found)
