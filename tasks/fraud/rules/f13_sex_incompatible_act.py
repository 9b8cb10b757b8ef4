"""F13: an act that only the other sex can have."""

import datetime as dt

from models.finding import Signal, SignalEffect
from tasks.fraud.act_tables import in_force
from tasks.fraud.figures import Figures
from tasks.fraud.history import History
from tasks.fraud.subject import LOT, Subject

RULE_ID = "F13"
VERSION = "1"
SINCE = dt.date(2026, 1, 1)
MOMENT = LOT


def signals(subject: Subject, history: History, figures: Figures) -> tuple[Signal, ...]:
    """Hold lines whose act the table gives to the other sex; an unknown sex says nothing."""
    person = history.persons.get(subject.person_id)
    sex = person.sex if person is not None else subject.validated.beneficiary_sex
    if not sex:
        return ()
    found: list[Signal] = []
    for line in subject.dossier.lines:
        act = line.code or line.letter
        limit = in_force(figures.act_limits.get(act, ()), line.care_date)
        if limit is not None and limit.sex and limit.sex != sex:
            points = figures.points(RULE_ID, SignalEffect.HOLD, subject.day)
            found.append(
                Signal(RULE_ID, VERSION, SignalEffect.HOLD, points, line.line_no, {"act": act})
            )
    return tuple(found)
