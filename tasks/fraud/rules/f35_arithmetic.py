"""F35: just before payment, the lines do not add up to the written total."""

import datetime as dt

from models.finding import Signal, SignalEffect
from tasks.fraud.figures import Figures
from tasks.fraud.history import History
from tasks.fraud.subject import PAYMENT, Subject

RULE_ID = "F35"
VERSION = "1"
SINCE = dt.date(2026, 1, 1)
MOMENT = PAYMENT


def signals(subject: Subject, history: History, figures: Figures) -> tuple[Signal, ...]:
    """Hold a dossier whose total is not the sum of its lines, and one that pays more than it."""
    lines_minor = sum(line.amount_minor for line in subject.dossier.lines)
    total_minor = subject.dossier.total_minor
    if lines_minor == total_minor and subject.due_minor <= total_minor:
        return ()
    params = {
        "lines_minor": str(lines_minor),
        "total_minor": str(total_minor),
        "due_minor": str(subject.due_minor),
    }
    points = figures.points(RULE_ID, SignalEffect.HOLD, subject.day)
    return (Signal(RULE_ID, VERSION, SignalEffect.HOLD, points, None, params),)
