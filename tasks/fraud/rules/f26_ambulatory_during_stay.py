"""F26: ambulatory care by somebody else on a day the person lay in an establishment."""

import datetime as dt

from models.dossier import CareKind
from models.finding import Signal, SignalEffect
from tasks.fraud.figures import Figures
from tasks.fraud.history import History
from tasks.fraud.subject import LOT, Subject, stands_before

RULE_ID = "F26"
VERSION = "1"
SINCE = dt.date(2026, 1, 1)
MOMENT = LOT


def signals(subject: Subject, history: History, figures: Figures) -> tuple[Signal, ...]:
    """Hold the later of an ambulatory dossier and a stay that contradict one another.

    The days of admission and discharge do not count: one may see a doctor before and after.
    """
    if not subject.person_id:
        return ()
    points = figures.points(RULE_ID, SignalEffect.HOLD, subject.day)
    return tuple(
        Signal(
            RULE_ID,
            VERSION,
            SignalEffect.HOLD,
            points,
            line_no,
            {"other": other, "care_date": care_date.isoformat()},
        )
        for line_no, other, care_date in (
            *_lines_in_stays(subject, history),
            *_lines_in_own_stay(subject, history),
        )
    )


def _lines_in_stays(subject: Subject, history: History) -> list[tuple[int | None, str, dt.date]]:
    """Own ambulatory lines inside a stay of an earlier dossier."""
    if subject.dossier.care_kind is CareKind.HOSPITAL:
        return []
    stays = [
        stay
        for stay in history.stays.get(subject.person_id, ())
        if stay.provider_id != subject.validated.provider_id and stands_before(stay, subject)
    ]
    found: list[tuple[int | None, str, dt.date]] = []
    for line in subject.dossier.lines:
        for stay in stays:
            if stay.admission_date < line.care_date < stay.discharge_date:
                found.append((line.line_no, stay.dossier_id, line.care_date))
                break
    return found


def _lines_in_own_stay(subject: Subject, history: History) -> list[tuple[int | None, str, dt.date]]:
    """Ambulatory lines of earlier dossiers inside the subject's own stay, one a dossier."""
    stay = subject.dossier.stay
    if stay is None or subject.dossier.care_kind is not CareKind.HOSPITAL:
        return []
    found: dict[str, tuple[int | None, str, dt.date]] = {}
    for other in history.lines.get(subject.person_id, ()):
        if (
            other.care_kind != CareKind.HOSPITAL.value
            and stay.admission_date < other.care_date < stay.discharge_date
            and other.provider_id != subject.validated.provider_id
            and stands_before(other, subject)
        ):
            found.setdefault(other.dossier_id, (None, other.dossier_id, other.care_date))
    return [found[key] for key in sorted(found)]
