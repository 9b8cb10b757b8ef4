"""F01: the same act for the same person, provider, day and amount stands in another dossier."""

import datetime as dt

from models.dossier import DossierLine
from models.finding import Signal, SignalEffect
from tasks.fraud.figures import Figures
from tasks.fraud.history import History, HistoryLine, bill_key
from tasks.fraud.subject import LOT, Subject, stands_before

RULE_ID = "F01"
VERSION = "1"
SINCE = dt.date(2026, 1, 1)
MOMENT = LOT


def signals(subject: Subject, history: History, figures: Figures) -> tuple[Signal, ...]:
    """Block each line that another dossier, paid or pending, already bills."""
    if not subject.person_id or not subject.validated.provider_id:
        return ()
    others = history.lines.get(subject.person_id, ())
    points = figures.points(RULE_ID, SignalEffect.BLOCK, subject.day)
    found: list[Signal] = []
    for line in subject.dossier.lines:
        other = next((other for other in others if _is_same(line, other, subject)), None)
        if other is not None:
            params = {"other": other.dossier_id, "care_date": line.care_date.isoformat()}
            found.append(Signal(RULE_ID, VERSION, SignalEffect.BLOCK, points, line.line_no, params))
    return tuple(found)


def _is_same(line: DossierLine, other: HistoryLine, subject: Subject) -> bool:
    return (
        other.care_date == line.care_date
        and other.amount_minor == line.amount_minor
        and other.provider_id == subject.validated.provider_id
        and other.bill_key == bill_key(line)
        # The same act on two teeth of one sitting is no duplicate.
        and not (other.tooth and line.tooth and other.tooth != line.tooth)
        and stands_before(other, subject)
    )
