"""Dated figures of the catalogue: in force from one day to another, known from a day on."""

import datetime as dt
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from models.errors import CatalogueError
from models.money import Rounding

#: What an amount can be counted per, after the currency: ``MAD/day``.
PER = ("day", "unit", "session", "box", "act", "stay", "km", "month", "year")
#: Units that are no money.
PLAIN_UNITS = ("rate", "coefficient", "count", "days", "months", "years")


class Status(StrEnum):
    """How far a figure can be trusted."""

    CONFIRMED = "confirmed"
    SECONDARY = "secondary-source"
    CONFLICT = "conflict"
    ILLUSTRATIVE = "illustrative"
    DRAFT = "draft-not-in-force"


#: Figures that may price a dossier, but never without saying so.
DOUBTFUL = frozenset({Status.CONFLICT, Status.ILLUSTRATIVE})


class EffectiveBy(StrEnum):
    """Which day decides about the figure in force."""

    CARE_DATE = "care_date"
    DISPENSING_DATE = "dispensing_date"
    DAY_OF_STAY = "day_of_stay"
    ADMISSION_DATE = "admission_date"
    STOP_START = "stop_start"
    BIRTH_DATE = "birth_date"


def is_unit(unit: str, currency: str) -> bool:
    """Tell whether a unit is on the list: a plain one, the currency, or the currency per thing."""
    if unit in PLAIN_UNITS or unit == currency:
        return True
    money, _, per = unit.partition("/")
    return money == currency and per in PER


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another value that a source gives for a figure in conflict."""

    value: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, or one row of a table, with its interval, source and status.

    ``value`` is in major units for money, ``minor`` the same in minor units, still exact.
    ``end`` is the last day in force, None while it is open; ``known_from`` is the day on which the
    payer learnt of it, None when it was known all along. ``numbers`` and ``texts`` are a table
    row's other cells; an empty optional cell is absent from them.
    """

    figure_id: str
    key: str
    value: Decimal
    unit: str
    start: dt.date
    end: dt.date | None
    known_from: dt.date | None
    source: str
    status: Status
    rounding: Rounding
    reviewed_until: dt.date
    numbers: Mapping[str, Decimal] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    alternatives: tuple[Alternative, ...] = ()
    quote: str = ""
    notes: str = ""
    minor: Decimal = Decimal(0)
    is_doubtful: bool = False
    last_day: dt.date = dt.date.max

    @property
    def interval(self) -> str:
        """The days in force as people read them."""
        return f"{self.start.isoformat()} – {self.end.isoformat() if self.end else '…'}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One interval of a key as written; ``figure`` is None where the law gives no value."""

    start: dt.date
    end: dt.date | None
    known_from: dt.date | None
    figure: Figure | None

    @property
    def last_day(self) -> dt.date:
        """The last day of the interval; the end of time while it is open."""
        return self.end or dt.date.max

    @property
    def known(self) -> dt.date:
        """The first day on which the payer knew it; the beginning of time if known all along."""
        return self.known_from or dt.date.min


class Timeline:
    """The intervals of one key that count under one state of knowledge, in order of time.

    Where two intervals meet on a day, the one learnt of later counts: a retroactive text
    overlays the older one, which stays written so that yesterday's price can be found again.
    """

    __slots__ = ("entries", "figures")

    def __init__(self, entries: Sequence[Entry], known_on: dt.date | None = None) -> None:
        self.entries = tuple(entries)
        self.figures = tuple(_resolve(entries, known_on))

    def at(self, day: dt.date) -> Figure | None:
        """Return the figure in force on a day, or None when there is none."""
        for figure in self.figures:
            if figure.start <= day <= figure.last_day:
                return figure
        return None

    def as_known(self, known_on: dt.date) -> "Timeline":
        """Return the timeline as it was known on a day."""
        return Timeline(self.entries, known_on)


def check_entries(entries: Sequence[Entry], where: str) -> None:
    """Refuse two intervals of the same knowledge on one day, and days without an interval.

    Raises:
        CatalogueError: names the file and key in ``where``, and the first day concerned.
    """
    ordered = sorted(entries, key=lambda entry: (entry.known, entry.start))
    for before, after in itertools.pairwise(ordered):
        if before.known == after.known and after.start <= before.last_day:
            raise CatalogueError(
                f"{where}: {after.start}: overlap with the interval from {before.start}; "
                "end the earlier one, or give the later one a known_from"
            )
    reached: dt.date | None = None
    for entry in sorted(entries, key=lambda entry: entry.start):
        if reached is not None and entry.start > next_day(reached):
            raise CatalogueError(
                f"{where}: {next_day(reached)}: gap until {entry.start}; "
                "write an interval with no value if nothing was in force"
            )
        reached = entry.last_day if reached is None else max(reached, entry.last_day)


def next_day(day: dt.date) -> dt.date:
    """Return the day after; the end of time stays where it is."""
    return day if day == dt.date.max else day + dt.timedelta(days=1)


def day_before(day: dt.date) -> dt.date:
    """Return the day before."""
    return day - dt.timedelta(days=1)


def _resolve(entries: Iterable[Entry], known_on: dt.date | None) -> Iterable[Figure]:
    known = [entry for entry in entries if known_on is None or entry.known <= known_on]
    if len(known) == 1:
        return [known[0].figure] if known[0].figure is not None else []
    cuts = {entry.start for entry in known}
    cuts |= {next_day(entry.last_day) for entry in known if entry.end is not None}
    ordered = sorted(cuts)
    pieces: list[tuple[dt.date, dt.date, Entry]] = []
    for position, start in enumerate(ordered):
        covering = [entry for entry in known if entry.start <= start <= entry.last_day]
        if not covering:
            continue
        counting = max(covering, key=lambda entry: entry.known)
        is_last = position + 1 == len(ordered)
        last_day = dt.date.max if is_last else day_before(ordered[position + 1])
        if pieces and pieces[-1][2] is counting and next_day(pieces[-1][1]) == start:
            pieces[-1] = (pieces[-1][0], last_day, counting)
        else:
            pieces.append((start, last_day, counting))
    return [_clip(entry.figure, start, last) for start, last, entry in pieces if entry.figure]


def _clip(figure: Figure, start: dt.date, last_day: dt.date) -> Figure:
    end = None if last_day == dt.date.max else last_day
    return replace(figure, start=start, end=end, last_day=last_day)
