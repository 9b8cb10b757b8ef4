"""F23: an act comes more often than its ceiling allows in the window around its day."""

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from models.dossier import DossierLine
from models.finding import Signal, SignalEffect
from models.registers import holds_on
from tasks.fraud.act_tables import ANY_ACT, FrequencyCeiling
from tasks.fraud.figures import Figures
from tasks.fraud.history import History, HistoryLine
from tasks.fraud.subject import LOT, Subject, stands_before

RULE_ID = "F23"
VERSION = "1"
SINCE = dt.date(2026, 1, 1)
MOMENT = LOT


@dataclass(frozen=True, slots=True)
class _Event:
    day: dt.date
    units: int


def signals(subject: Subject, history: History, figures: Figures) -> tuple[Signal, ...]:
    """Block the lines that go over a ceiling of their act for their person, or their tooth."""
    if not subject.person_id:
        return ()
    found: list[Signal] = []
    counted: set[str] = set()
    for line in subject.dossier.lines:
        care_kind = subject.dossier.care_kind.value
        for ceiling in _ceilings(figures, line.code, line.letter, care_kind):
            is_dated = holds_on(ceiling.valid_from, ceiling.valid_to, line.care_date)
            is_told = ceiling.counts_dossiers and ceiling.ceiling in counted
            if not is_dated or is_told or (ceiling.is_per_tooth and not line.tooth):
                continue
            counted.add(ceiling.ceiling)
            events = [*_own(subject, figures, ceiling, line)]
            events += _others(subject, history, figures, ceiling, line)
            count = _most_in_window(events, line.care_date, ceiling.window_months)
            if count > ceiling.count_max:
                found.append(_signal(subject, figures, ceiling, line, count))
    return tuple(found)


def _ceilings(
    figures: Figures, code: str, letter: str, care_kind: str
) -> Iterator[FrequencyCeiling]:
    for act in (code or letter, ANY_ACT):
        for ceiling in figures.ceilings.get(act, ()):
            if not ceiling.care_kind or ceiling.care_kind == care_kind:
                yield ceiling


def _own(
    subject: Subject, figures: Figures, ceiling: FrequencyCeiling, line: DossierLine
) -> Iterator[_Event]:
    """The line itself and, where units are counted, the lines of its dossier above it."""
    if ceiling.counts_dossiers:
        yield _Event(line.care_date, 1)
        return
    care_kind = subject.dossier.care_kind.value
    for own in subject.dossier.lines:
        is_same = any(
            one.ceiling == ceiling.ceiling
            for one in _ceilings(figures, own.code, own.letter, care_kind)
        )
        if is_same and own.line_no <= line.line_no and _is_same_tooth(ceiling, own.tooth, line):
            yield _Event(own.care_date, own.quantity)


def _others(
    subject: Subject,
    history: History,
    figures: Figures,
    ceiling: FrequencyCeiling,
    line: DossierLine,
) -> Iterator[_Event]:
    first: dict[str, dt.date] = {}
    for other in history.lines.get(subject.person_id, ()):
        if not _counts(other, subject, figures, ceiling, line):
            continue
        if ceiling.counts_dossiers:
            first[other.dossier_id] = min(
                first.get(other.dossier_id, other.care_date), other.care_date
            )
        else:
            yield _Event(other.care_date, other.quantity)
    yield from (_Event(day, 1) for day in first.values())


def _counts(
    other: HistoryLine,
    subject: Subject,
    figures: Figures,
    ceiling: FrequencyCeiling,
    line: DossierLine,
) -> bool:
    return (
        any(
            one.ceiling == ceiling.ceiling
            for one in _ceilings(figures, other.code, other.letter, other.care_kind)
        )
        and _is_same_tooth(ceiling, other.tooth, line)
        and stands_before(other, subject)
    )


def _is_same_tooth(ceiling: FrequencyCeiling, tooth: str, line: DossierLine) -> bool:
    return not ceiling.is_per_tooth or tooth == line.tooth


def _most_in_window(events: list[_Event], day: dt.date, months: int) -> int:
    """The most units in any window that holds the day; dossiers may come in any order."""
    most = 0
    for start in {event.day for event in events}:
        end = add_months(start, months)
        if start <= day < end:
            most = max(most, sum(event.units for event in events if start <= event.day < end))
    return most


def add_months(day: dt.date, months: int) -> dt.date:
    """Return the same day of a later month, or that month's last day.

    Past the last year of the calendar it is the last day there is: a dossier may say any date.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > dt.MAXYEAR:
        return dt.date.max
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def _signal(
    subject: Subject, figures: Figures, ceiling: FrequencyCeiling, line: DossierLine, count: int
) -> Signal:
    params = {
        "ceiling": ceiling.ceiling,
        "count": str(count),
        "count_max": str(ceiling.count_max),
        "months": str(ceiling.window_months),
    }
    points = figures.points(RULE_ID, SignalEffect.BLOCK, subject.day)
    return Signal(RULE_ID, VERSION, SignalEffect.BLOCK, points, line.line_no, params)
