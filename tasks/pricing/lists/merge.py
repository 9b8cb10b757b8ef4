"""Merges a list into a dated table: what changed closes the old interval and opens a new one."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tasks.pricing.figures import Status, day_before, next_day
from tasks.pricing.lists.official_list import ListedRow
from tasks.pricing.tables import DATED_COLUMNS, TableSpec

#: A row of a table's file, cell by column, as written.
Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ListMark:
    """The list that is merged: its date, the source its rows name, and whether it is a part."""

    date: dt.date
    source: str
    status: Status
    is_extract: bool


@dataclass(slots=True)
class Merged:
    """The table after the merge, and what the merge did."""

    rows: list[Cells] = field(default_factory=list)
    rows_taken: int = 0
    rows_unchanged: int = 0
    codes_added: int = 0
    codes_changed: int = 0
    codes_closed: int = 0


def columns_of(spec: TableSpec) -> tuple[str, ...]:
    """Return the columns of an imported table, in the order in which they are written."""
    return (*spec.key, *spec.texts, *spec.numbers, *DATED_COLUMNS)


def merge(
    held: Iterable[Cells], listed: Iterable[ListedRow], spec: TableSpec, mark: ListMark
) -> Merged:
    """Return the table with a list merged into it.

    A row that says what the table holds leaves it as it is. One that says something else closes
    the interval held on the day before it starts. A code that a whole list does not give any more
    is closed on the day before the list's date; days between two intervals of a code are
    written as having no value.
    """
    values = (*spec.texts, *spec.numbers)
    before = _by_code((row for row in held if any(row[name] for name in values)), spec.key[0])
    now: dict[str, list[ListedRow]] = {}
    for row in listed:
        now.setdefault(row.code, []).append(row)
    merged = Merged()
    for code in sorted(before.keys() | now.keys()):
        old = before.get(code, [])
        if code in now:
            rows = _merge_code(old, now[code], spec, mark, merged)
        elif mark.is_extract:
            rows = list(old)
        else:
            rows = _cut(old, mark.date)
            merged.codes_closed += rows != list(old)
        merged.rows.extend(_without_holes(rows, spec))
    return merged


def _merge_code(
    old: Sequence[Cells],
    listed: Sequence[ListedRow],
    spec: TableSpec,
    mark: ListMark,
    merged: Merged,
) -> list[Cells]:
    """The intervals of one code that the list gives, after those held from before them."""
    fresh = [_row_of(row, spec, mark) for row in listed]
    if listed[0].start is None:
        open_row = old[-1] if old and not old[-1]["valid_to"] else None
        if open_row is not None and _says_the_same(open_row, fresh[0], spec):
            merged.rows_unchanged += 1
            return list(old)
    same = {(row["valid_from"], row["valid_to"]): row for row in old}
    rows = _cut(old, min(dt.date.fromisoformat(row["valid_from"]) for row in fresh))
    taken = 0
    for row in sorted(fresh, key=lambda each: each["valid_from"]):
        known = same.get((row["valid_from"], row["valid_to"]))
        if known is not None and _says_the_same(known, row, spec):
            rows.append(known)
        else:
            rows.append(row)
            taken += 1
    merged.rows_taken += taken
    merged.rows_unchanged += len(fresh) - taken
    merged.codes_added += not old
    merged.codes_changed += bool(old) and rows != list(old)
    return rows


def _row_of(row: ListedRow, spec: TableSpec, mark: ListMark) -> Cells:
    start = row.start or mark.date
    return {
        spec.key[0]: row.code,
        **{name: row.cells[name] for name in (*spec.texts, *spec.numbers)},
        "valid_from": start.isoformat(),
        "valid_to": row.end.isoformat() if row.end else "",
        "source": mark.source,
        "status": mark.status.value,
    }


def _says_the_same(old: Cells, new: Cells, spec: TableSpec) -> bool:
    return all(old[name] == new[name] for name in (*spec.texts, *spec.numbers))


def _cut(rows: Sequence[Cells], day: dt.date) -> list[Cells]:
    """The intervals as they stood before a day: later ones gone, the one in force ended."""
    ends = day_before(day).isoformat()
    return [
        row if row["valid_to"] and row["valid_to"] <= ends else {**row, "valid_to": ends}
        for row in rows
        if row["valid_from"] <= ends
    ]


def _without_holes(rows: Sequence[Cells], spec: TableSpec) -> list[Cells]:
    """The intervals with one of no value wherever days between them have none."""
    whole: list[Cells] = []
    for row in rows:
        if whole:
            first = next_day(dt.date.fromisoformat(whole[-1]["valid_to"]))
            start = dt.date.fromisoformat(row["valid_from"])
            if first < start:
                blank = dict.fromkeys((*spec.texts, *spec.numbers), "")
                last = day_before(start).isoformat()
                whole.append({**row, **blank, "valid_from": first.isoformat(), "valid_to": last})
        whole.append(row)
    return whole


def _by_code(rows: Iterable[Cells], column: str) -> dict[str, list[Cells]]:
    found: dict[str, list[Cells]] = {}
    for row in rows:
        found.setdefault(row[column], []).append(row)
    for dated in found.values():
        dated.sort(key=lambda row: row["valid_from"])
    return found
