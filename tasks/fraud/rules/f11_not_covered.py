"""F11: just before payment, the registers show no rights on a day of care."""

import datetime as dt

from models.finding import Signal, SignalEffect
from models.registers import RegisterSlice, holds_on
from tasks.fraud.figures import Figures
from tasks.fraud.history import History
from tasks.fraud.subject import PAYMENT, Subject

RULE_ID = "F11"
VERSION = "1"
SINCE = dt.date(2026, 1, 1)
MOMENT = PAYMENT


def signals(subject: Subject, history: History, figures: Figures) -> tuple[Signal, ...]:
    """Block the lines on whose day the insured person is no longer shown as covered.

    Validation owns the rights rule; its answer on the registers of this moment comes in as
    ``uncovered_days``. Where the slice holds the person's affiliations, they are looked at too.
    """
    points = figures.points(RULE_ID, SignalEffect.BLOCK, subject.day)
    found: list[Signal] = []
    for line in subject.dossier.lines:
        is_closed = line.care_date in subject.uncovered_days
        if is_closed or not _is_affiliated(subject, line.care_date):
            params = {"care_date": line.care_date.isoformat()}
            found.append(Signal(RULE_ID, VERSION, SignalEffect.BLOCK, points, line.line_no, params))
    return tuple(found)


def _is_affiliated(subject: Subject, day: dt.date) -> bool:
    registers: RegisterSlice | None = subject.registers
    if registers is None:
        return True
    rows = registers.affiliations.get(subject.validated.insured_person_id)
    return rows is None or any(
        row.scheme == subject.dossier.scheme and holds_on(row.valid_from, row.valid_to, day)
        for row in rows
    )
