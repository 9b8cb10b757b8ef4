"""What an importer is, and how the rows of its list are taken, joined or refused."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tasks.pricing.lists.cells import Reason, RowRefused
from tasks.pricing.lists.reading import ListFile, NumberedCells

#: Signs of a code that a report repeats; a damaged cell may hold anything.
CODE_LENGTH_MAX = 20
#: What stands between the substances of one drug, as the CNOPS list writes them.
BETWEEN = " / "


@dataclass(frozen=True, slots=True)
class ListedRow:
    """One row of a list as the table wants it; without ``start`` the list's own date counts."""

    line: int
    code: str
    cells: Mapping[str, str]
    start: dt.date | None = None
    end: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not taken: where it stands, its code, and why."""

    line: int
    code: str
    reason: Reason


@dataclass(slots=True)
class Reading:
    """What a list holds: rows to take, rows joined with another of the same code, refusals."""

    rows: list[ListedRow] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    warnings: Counter[Reason] = field(default_factory=Counter)
    rows_read: int = 0
    rows_joined: int = 0
    own_date: dt.date | None = None

    def refuse(self, rows: Iterable[ListedRow], reason: Reason) -> None:
        """Refuse rows for one reason."""
        self.refusals.extend(Refusal(row.line, row.code, reason) for row in rows)


@dataclass(frozen=True, slots=True)
class Importer:
    """One official list: into which table of which country it goes, and how it is read.

    ``read`` SHALL return every row of the file as taken, joined or refused; it MAY find the
    list's own date, no later than the day given, which is that of the import. ``source`` begins
    the id under which rows name the list.
    """

    name: str
    country: str
    currency: str
    table: str
    source: str
    title: str
    issuer: str
    url: str
    read: Callable[[ListFile, dt.date], Reading]


def take_rows(
    rows: Iterable[NumberedCells],
    code_column: str,
    read_row: Callable[[int, Mapping[str, str], Counter[Reason]], ListedRow],
) -> Reading:
    """Return the rows of a list, each read by ``read_row`` or refused for the reason it gives."""
    reading = Reading()
    for line, cells in rows:
        reading.rows_read += 1
        try:
            reading.rows.append(read_row(line, cells, reading.warnings))
        except RowRefused as refused:
            code = cells[code_column].strip()[:CODE_LENGTH_MAX]
            reading.refusals.append(Refusal(line, code, refused.reason))
    return reading


def join_rows(reading: Reading, *, agree: Sequence[str], gather: Sequence[str] = ()) -> None:
    """Join the rows of one code: a list may have a row for each substance of a drug.

    Cells that SHALL ``agree`` are compared, and where they do not, every row of the code is
    refused; those to ``gather`` are put side by side in the order of the alphabet, so that the
    order of the file changes nothing.
    """
    by_code: dict[str, list[ListedRow]] = {}
    for row in reading.rows:
        by_code.setdefault(row.code, []).append(row)
    reading.rows = []
    for rows in by_code.values():
        first = min(rows, key=lambda row: sorted(row.cells.items()))
        if len({tuple(row.cells[name] for name in agree) for row in rows}) > 1:
            reading.refuse(rows, Reason.ROWS_DISAGREE)
            continue
        parts = sorted({tuple(row.cells[name] for name in gather) for row in rows})
        gathered = {
            name: BETWEEN.join(part[place] for part in parts if part[place])
            for place, name in enumerate(gather)
        }
        reading.rows.append(replace(first, line=rows[0].line, cells={**first.cells, **gathered}))
        reading.rows_joined += len(rows) - 1


def join_intervals(reading: Reading) -> None:
    """Join the dated rows of one code that overlap and say the same; refuse a code that disagrees.

    Two rows of a code may begin a day apart and both stay open: they are one interval.
    """
    by_code: dict[str, list[ListedRow]] = {}
    for row in reading.rows:
        by_code.setdefault(row.code, []).append(row)
    reading.rows = []
    for rows in by_code.values():
        kept: list[ListedRow] = []
        joined = 0
        for row in sorted(rows, key=lambda row: row.start or dt.date.min):
            last = kept[-1] if kept else None
            if last is None or (row.start or dt.date.min) > (last.end or dt.date.max):
                kept.append(row)
            elif row.cells == last.cells:
                ends = (last.end, row.end)
                end = None if None in ends else max(end for end in ends if end is not None)
                kept[-1] = replace(last, end=end)
                joined += 1
            else:
                reading.refuse(rows, Reason.ROWS_DISAGREE)
                break
        else:
            reading.rows.extend(kept)
            reading.rows_joined += joined
