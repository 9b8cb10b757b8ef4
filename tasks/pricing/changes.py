"""Changed figures laid over the catalogue: what would a figure, a text or its absence have cost?

A change file is a list of intervals for figures that the catalogue has a place for. They count as
learnt of later than everything written, so they overlay it from their first day to their last;
nothing in the scheme's own files is touched.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from models.money import Rounding
from tasks.pricing.catalogue import Catalogue
from tasks.pricing.figure_fields import check_source, complete, figure_id, read_status
from tasks.pricing.figures import Entry, Figure, Status, Timeline, next_day
from tasks.pricing.parameters import Parameter
from tasks.pricing.scheme import Scheme, bind
from tasks.pricing.sources import KEYS as SOURCE_KEYS
from tasks.pricing.sources import Authority, Source
from tasks.pricing.strict_yaml import (
    Node,
    as_date,
    as_date_or_none,
    as_decimal,
    as_list,
    as_mapping,
    as_text,
    as_texts,
    fail,
    read_yaml,
)
from tasks.pricing.tables import Key, Table

CHANGE_KEYS = ("scheme", "from", "to", "source", "status")
CHANGE_KEYS_OPTIONAL = (
    "parameter", "table", "key", "value", "numbers", "drop", "known_from", "notes",
)  # fmt: skip
#: How many changes a file holds at most; more are a new tariff, not a question about one.
CHANGES_MAX = 1_000


@dataclass(frozen=True, slots=True)
class FigureChange:
    """One figure from one day to another (None: open), or its absence (``value`` None).

    ``key`` is empty for a parameter; for a table it names one row, or every row where ``value`` is
    None. ``numbers`` are a row's other columns where they change too. ``place`` names file and
    entry for messages.
    """

    place: str
    scheme_id: str
    name: str
    is_table: bool
    key: Key
    start: dt.date
    end: dt.date | None
    value: Decimal | None
    numbers: tuple[tuple[str, Decimal], ...]
    source: Source
    status: Status
    known_from: dt.date | None
    notes: str

    @property
    def last_day(self) -> dt.date:
        """The last day; the end of time while it is open."""
        return self.end or dt.date.max

    @property
    def target(self) -> str:
        """What the figure is called in the ids of figures; a whole table ends with a dot."""
        return ".".join((self.name, *(self.key if self.key or not self.is_table else ("",))))

    def is_of(self, id_of_figure: str) -> bool:
        """Whether a figure's id names the figure that is changed."""
        key = id_of_figure.partition("@")[0]
        return key.startswith(self.target) if self.target.endswith(".") else key == self.target


def read_changes(path: Path, catalogue: Catalogue) -> tuple[FigureChange, ...]:
    """Return the changes of a file, each checked against the place it changes.

    Raises:
        CatalogueError: names the file, the key and the date of the first fault.
    """
    nodes = as_list(read_yaml(path), path.name)
    if not 0 < len(nodes) <= CHANGES_MAX:
        fail(path.name, f"holds {len(nodes)} changes; write 1 to {CHANGES_MAX}")
    changes = tuple(
        _read_change(node, f"{path.name}: entry {number}", catalogue)
        for number, node in enumerate(nodes, start=1)
    )
    for number, change in enumerate(changes):
        for other in changes[:number]:
            if _is_same_place(change, other) and _overlap(change, other):
                fail(change.place, f"overlaps {other.place}; each day of a figure changes once")
    return changes


def _is_same_place(one: FigureChange, other: FigureChange) -> bool:
    is_near = one.scheme_id == other.scheme_id and one.name == other.name
    return is_near and (one.key == other.key or not one.key or not other.key)


def _overlap(one: FigureChange, other: FigureChange) -> bool:
    return one.start <= other.last_day and other.start <= one.last_day


def _read_change(node: Node, place: str, catalogue: Catalogue) -> FigureChange:
    entry = as_mapping(node, place, required=CHANGE_KEYS, optional=CHANGE_KEYS_OPTIONAL)
    scheme = catalogue.schemes.get(as_text(entry["scheme"], f"{place}: scheme"))
    if scheme is None:
        fail(
            f"{place}: scheme", f"unknown; the catalogue has {', '.join(sorted(catalogue.schemes))}"
        )
    is_table = "table" in entry
    if is_table == ("parameter" in entry):
        fail(place, "names either a parameter or a table")
    name = as_text(entry["table" if is_table else "parameter"], place)
    start = as_date(entry["from"], f"{place}: {name}: from")
    where = f"{place}: {name}: {start}"
    end = as_date_or_none(entry["to"], f"{where}: to")
    if end is not None and end < start:
        fail(where, f"ends on {end}, before it starts")
    change = FigureChange(
        place=where,
        scheme_id=scheme.scheme_id,
        name=name,
        is_table=is_table,
        key=as_texts(entry.get("key") or [], f"{where}: key"),
        start=start,
        end=end,
        value=_read_value(entry, where),
        numbers=_read_numbers(entry.get("numbers"), where),
        source=_read_source(entry["source"], where, catalogue.sources),
        status=read_status(entry["status"], where),
        known_from=as_date_or_none(entry.get("known_from"), f"{where}: known_from"),
        notes=str(entry.get("notes") or ""),
    )
    _check_place(change, scheme)
    return change


def _read_value(entry: Mapping[str, Node], where: str) -> Decimal | None:
    is_drop = entry.get("drop", False)
    if not isinstance(is_drop, bool):
        fail(f"{where}: drop", "is true, or left out")
    if is_drop and entry.get("value") is not None:
        fail(where, "has a value and drops it; write one of both")
    if not is_drop and "value" not in entry:
        fail(where, "missing value; write one, or drop: true to see the figure away")
    return None if entry.get("value") is None else as_decimal(entry["value"], f"{where}: value")


def _read_numbers(node: Node, where: str) -> tuple[tuple[str, Decimal], ...]:
    if node is None:
        return ()
    if not isinstance(node, dict):
        fail(f"{where}: numbers", "must map a column of the table to its figure")
    return tuple(
        (str(column), as_decimal(number, f"{where}: numbers: {column}"))
        for column, number in sorted(node.items())
    )


def _read_source(node: Node, where: str, sources: Mapping[str, Source]) -> Source:
    """A source of the register by its id, or one written out as the register would."""
    if not isinstance(node, dict):
        return sources[check_source(node, where, sources.keys())]
    where = f"{where}: source"
    entry = as_mapping(node, where, required=SOURCE_KEYS)
    if entry["authority"] not in list(Authority):
        fail(where, f"authority must be one of {', '.join(Authority)}")
    return Source(
        as_text(entry["id"], f"{where}: id"),
        as_text(entry["title"], f"{where}: title"),
        as_text(entry["issuer"], f"{where}: issuer"),
        as_date_or_none(entry["date"], f"{where}: date"),
        "" if entry["url"] is None else as_text(entry["url"], f"{where}: url"),
        Authority(str(entry["authority"])),
    )


def _check_place(change: FigureChange, scheme: Scheme) -> None:
    """Refuse a change of something that the scheme has no place for."""
    if not change.is_table:
        if change.name not in scheme.parameters:
            fail(change.place, f"{scheme.scheme_id} has no such parameter")
        if change.key or change.numbers:
            fail(change.place, "a parameter has neither key nor numbers")
        return
    table = scheme.tables.get(change.name)
    if table is None:
        fail(change.place, f"{scheme.scheme_id} has no such table")
    if not change.key and change.value is not None:
        fail(change.place, "missing key; only drop: true may speak of every row")
    columns = table.spec.key if table.spec.band is None else (*table.spec.key, table.spec.band[0])
    if change.key and len(change.key) != len(columns):
        fail(change.place, f"key must be a list of {', '.join(columns)}")
    unknown = {column for column, _ in change.numbers} - set(table.spec.numbers)
    if unknown or table.spec.value in dict(change.numbers):
        fail(f"{change.place}: numbers", f"the other columns of {change.name} go here, no more")


def lay_over(
    catalogue: Catalogue, changes: Sequence[FigureChange], learnt_on: dt.date
) -> Catalogue:
    """Return the catalogue with the changes over it, learnt of on a day unless they say when.

    Raises:
        CatalogueError: when the catalogue learnt of something about the same days later than the
            change says it was learnt of, or a new row lacks a column.
    """
    schemes = dict(catalogue.schemes)
    for change in changes:
        scheme = schemes[change.scheme_id]
        if change.is_table:
            table = _changed_table(scheme.tables[change.name], change, learnt_on)
            scheme = replace(scheme, tables={**scheme.tables, change.name: table})
        else:
            parameter = _changed_parameter(scheme.parameters[change.name], change, learnt_on)
            scheme = replace(scheme, parameters={**scheme.parameters, change.name: parameter})
        schemes[change.scheme_id] = scheme
    for scheme_id in {change.scheme_id for change in changes}:
        scheme = schemes[scheme_id]
        schemes[scheme_id] = bind(
            replace(scheme, tariff_version=f"{scheme.tariff_version}.changed")
        )
    sources = {**catalogue.sources, **{each.source.source_id: each.source for each in changes}}
    return replace(catalogue, schemes=schemes, sources=sources)


def _changed_parameter(parameter: Parameter, change: FigureChange, learnt_on: dt.date) -> Parameter:
    known = _known(parameter.timeline.entries, change, learnt_on)
    figure = None
    if change.value is not None:
        blank = _blank(change, parameter.parameter_id, known)
        figure = replace(
            blank,
            unit=parameter.unit,
            rounding=parameter.rounding,
            reviewed_until=parameter.reviewed_until,
        )
    return replace(parameter, timeline=_with(parameter.timeline, change, known, figure))


def _changed_table(table: Table, change: FigureChange, learnt_on: dt.date) -> Table:
    by_key = dict(table.by_key)
    for key in [change.key] if change.key else list(by_key):
        timeline = by_key.get(key, Timeline(()))
        known = _known(timeline.entries, change, learnt_on)
        figure = None if change.value is None else _row(table, key, change, known)
        by_key[key] = _with(timeline, change, known, figure)
    return Table(table.spec, by_key, table.drafts)


def _row(table: Table, key: Key, change: FigureChange, known: dt.date) -> Figure:
    """A table's row under the change: what it does not speak of stays as it is on its first day."""
    spec = table.spec
    timeline = table.by_key.get(key, Timeline(()))
    before = timeline.at(change.start) or next(iter(timeline.figures), None)
    numbers = dict(before.numbers) if before is not None else {}
    numbers |= {**dict(change.numbers), spec.value: change.value or Decimal(0)}
    missing = sorted(set(spec.numbers) - set(spec.may_be_empty) - set(numbers))
    if before is None and (missing or spec.texts):
        fail(change.place, "a new row needs every column; put it into the table instead")
    return replace(
        _blank(change, ".".join((spec.table_id, *key)), known),
        unit=spec.numbers[spec.value],
        rounding=spec.rounding,
        reviewed_until=spec.reviewed_until,
        numbers=numbers,
        texts=dict(before.texts) if before is not None else {},
    )


def _blank(change: FigureChange, key: str, known: dt.date) -> Figure:
    """The figure of a change; unit, rounding and review come from its place."""
    return Figure(
        figure_id=figure_id(key, change.start, known),
        key=key,
        value=change.value or Decimal(0),
        unit="",
        start=change.start,
        end=change.end,
        known_from=known,
        source=change.source.source_id,
        status=change.status,
        rounding=Rounding.HALF_UP,
        reviewed_until=change.start,
        notes=change.notes,
    )


def _with(
    timeline: Timeline, change: FigureChange, known: dt.date, figure: Figure | None
) -> Timeline:
    ready = None if figure is None else complete(figure, change.place)
    return Timeline((*timeline.entries, Entry(change.start, change.end, known, ready)))


def _known(entries: Sequence[Entry], change: FigureChange, learnt_on: dt.date) -> dt.date:
    """Since when the change is known; later than everything known about its days."""
    latest = max(
        (
            entry.known
            for entry in entries
            if entry.start <= change.last_day and change.start <= entry.last_day
        ),
        default=dt.date.min,
    )
    if change.known_from is None:
        return max(learnt_on, next_day(latest))
    if change.known_from <= latest:
        fail(f"{change.place}: known_from", f"the catalogue learnt of these days on {latest}")
    return change.known_from


def first_difference(catalogue: Catalogue, change: FigureChange) -> dt.date | None:
    """The first day of a change on which the catalogue says something else; None if on none."""
    scheme = catalogue.schemes[change.scheme_id]
    days = [
        day
        for timeline in _timelines(scheme, change)
        if (day := _differs_on(timeline, change)) is not None
    ]
    return min(days, default=None)


def _timelines(scheme: Scheme, change: FigureChange) -> Iterator[Timeline]:
    if not change.is_table:
        yield scheme.parameters[change.name].timeline
    elif change.key:
        yield scheme.tables[change.name].by_key.get(change.key, Timeline(()))
    else:
        yield from scheme.tables[change.name].by_key.values()


def _differs_on(timeline: Timeline, change: FigureChange) -> dt.date | None:
    if change.value is None:
        starts = [
            max(figure.start, change.start)
            for figure in timeline.figures
            if figure.start <= change.last_day and change.start <= figure.last_day
        ]
        return min(starts, default=None)
    day = change.start
    while True:
        figure = timeline.at(day)
        if figure is None or figure.value != change.value:
            return day
        if any(figure.numbers.get(column) != number for column, number in change.numbers):
            return day
        if figure.last_day >= change.last_day:
            return None
        day = next_day(figure.last_day)
