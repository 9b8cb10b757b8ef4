"""Reads the tables of the catalogue: CSV files with dated rows, described in ``tables.yaml``."""

import csv
import datetime as dt
import itertools
from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from models.errors import CatalogueError
from models.money import Rounding
from tasks.pricing.figure_fields import (
    check_source,
    complete,
    figure_id,
    read_effective_by,
    read_rounding,
    read_status,
)
from tasks.pricing.figures import (
    Alternative,
    EffectiveBy,
    Entry,
    Figure,
    Status,
    Timeline,
    check_entries,
    is_unit,
)
from tasks.pricing.lists.records import reviewed_until_of
from tasks.pricing.strict_yaml import (
    as_date,
    as_date_or_none,
    as_decimal,
    as_labels,
    as_list,
    as_mapping,
    as_text,
    as_texts,
    fail,
    read_yaml,
)

TABLE_KEYS = (
    "id",
    "file",
    "label",
    "key",
    "value",
    "numbers",
    "texts",
    "effective_by",
    "rounding",
    "reviewed_until",
    "reviewed_by",
)
TABLE_KEYS_OPTIONAL = ("band", "may_be_empty")
#: Columns that every table has, and those that any table may have.
DATED_COLUMNS = ("valid_from", "valid_to", "source", "status")
DATED_COLUMNS_OPTIONAL = ("known_from", "alternative_value", "alternative_source", "note")
#: Between the values, and between the sources, where a row has several alternatives.
ALTERNATIVES_SEPARATOR = ";"
#: How many resolved bands are remembered; one for each key and day asked for.
BANDS_REMEMBERED = 20_000

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableSpec:
    """What ``tables.yaml`` says of one table; ``band`` names its first and last column, if any."""

    table_id: str
    file: str
    label: Mapping[str, str]
    key: Key
    band: tuple[str, str] | None
    value: str
    numbers: Mapping[str, str]
    texts: Key
    may_be_empty: Key
    effective_by: EffectiveBy
    rounding: Rounding
    reviewed_until: dt.date
    reviewed_by: str


class Table:
    """The rows of one table by key and day; a banded table is asked with a number inside a band."""

    __slots__ = ("_bands", "_groups", "by_key", "drafts", "spec")

    def __init__(
        self, spec: TableSpec, by_key: Mapping[Key, Timeline], drafts: Sequence[Figure]
    ) -> None:
        self.spec = spec
        self.by_key = by_key
        self.drafts = tuple(drafts)
        self._bands: dict[tuple[Key, dt.date], tuple[list[Decimal], list[Figure]]] = {}
        self._groups: dict[Key, list[Timeline]] = {}
        if spec.band is not None:
            for key, timeline in by_key.items():
                self._groups.setdefault(key[:-1], []).append(timeline)

    def at(self, key: Key, day: dt.date) -> Figure | None:
        """Return the row of a key in force on a day, or None."""
        timeline = self.by_key.get(key)
        return None if timeline is None else timeline.at(day)

    def band_at(self, key: Key, number: Decimal, day: dt.date) -> Figure | None:
        """Return the row whose band holds the whole part of a number on a day, or None."""
        found = self._bands.get((key, day))
        if found is None:
            found = self._resolve_bands(key, day)
        position = bisect_right(found[0], number) - 1
        if position < 0:
            return None
        row = found[1][position]
        last = row.numbers.get(self.spec.band[1]) if self.spec.band else None
        return row if last is None or number < last + 1 else None

    def as_known(self, known_on: dt.date) -> "Table":
        """Return the table as it was known on a day."""
        known = {key: timeline.as_known(known_on) for key, timeline in self.by_key.items()}
        return Table(self.spec, known, self.drafts)

    def check_bands(self, where: str) -> None:
        """Refuse bands that overlap or leave a hole on any day on which one starts.

        Raises:
            CatalogueError: names the file, the key and the day.
        """
        if self.spec.band is None:
            return
        first, last = self.spec.band
        for key, group in self._groups.items():
            for day in sorted({figure.start for line in group for figure in line.figures}):
                rows = self._resolve_bands(key, day)[1]
                for lower, upper in itertools.pairwise(rows):
                    end = lower.numbers.get(last)
                    if end is None or upper.numbers[first] != end + 1:
                        fail(
                            f"{where}: {'.'.join(key)}: {day}",
                            f"bands do not meet at {upper.numbers[first]}",
                        )

    def _resolve_bands(self, key: Key, day: dt.date) -> tuple[list[Decimal], list[Figure]]:
        first = self.spec.band[0] if self.spec.band else ""
        rows = [row for line in self._groups.get(key, ()) if (row := line.at(day)) is not None]
        rows.sort(key=lambda row: row.numbers[first])
        found = ([row.numbers[first] for row in rows], rows)
        if len(self._bands) >= BANDS_REMEMBERED:
            self._bands.clear()
        self._bands[(key, day)] = found
        return found


def read_specs(folder: Path, *, currency: str) -> Mapping[str, TableSpec]:
    """Return what a folder's ``tables.yaml`` says of its tables, by id.

    Raises:
        CatalogueError: names the file and the table.
    """
    specs: dict[str, TableSpec] = {}
    path = folder / "tables.yaml"
    for number, node in enumerate(as_list(read_yaml(path), path.name), start=1):
        spec = _read_spec(node, f"{path.name}: entry {number}", currency)
        if spec.table_id in specs:
            fail(f"{path.name}: {spec.table_id}", "described twice")
        specs[spec.table_id] = spec
    return specs


def read_tables(
    folder: Path, *, currency: str, sources: Collection[str], imported: Path | None = None
) -> Mapping[str, Table]:
    """Return the tables that a folder's ``tables.yaml`` describes, by id.

    ``imported`` is the folder of imported tables of the same country, if there is one.

    Raises:
        CatalogueError: names the file, the key and the date.
    """
    specs = read_specs(folder, currency=currency)
    files = {path.stem: path for path in imported_files(imported)}
    if unknown := sorted(files.keys() - specs.keys()):
        fail(f"imported {folder.name}/{unknown[0]}.csv", "no table of tables.yaml has that id")
    return {
        name: read_table(folder / spec.file, spec, sources=sources, imported=files.get(name))
        for name, spec in specs.items()
    }


def imported_files(imported: Path | None) -> list[Path]:
    """Return the imported tables of a country: one CSV file each, named by the table's id."""
    return [] if imported is None else sorted(imported.glob("[!.]*.csv"))


def read_table(
    path: Path, spec: TableSpec, *, sources: Collection[str], imported: Path | None = None
) -> Table:
    """Return one table from its CSV file, overlaid by the imported one.

    Where the imported table holds a key, its rows stand for all shipped rows of that key. They
    are reviewed until the day that the last import names, or the shipped table's.

    Raises:
        CatalogueError: names the file, the key and the date.
    """
    entries = _read_entries(path, path.name, spec, sources)
    if imported is not None:
        name = f"imported {imported.parent.name}/{imported.name}"
        until = reviewed_until_of(imported) or spec.reviewed_until
        newer = _read_entries(imported, name, replace(spec, reviewed_until=until), sources)
        width = len(spec.key)
        held = {key[:width] for key in newer}
        kept = {key: dated for key, dated in entries.items() if key[:width] not in held}
        entries = {**kept, **newer}
    drafts = [
        entry.figure
        for dated in entries.values()
        for entry in dated
        if entry.figure is not None and entry.figure.status is Status.DRAFT
    ]
    by_key: dict[Key, Timeline] = {}
    for key, dated in entries.items():
        in_force = [entry for entry in dated if not _is_draft(entry)] if drafts else dated
        if in_force:
            check_entries(in_force, f"{path.name}: {'.'.join(key)}")
            by_key[key] = Timeline(in_force)
    table = Table(spec, by_key, drafts)
    table.check_bands(path.name)
    return table


def _is_draft(entry: Entry) -> bool:
    return entry.figure is not None and entry.figure.status is Status.DRAFT


def _read_entries(
    path: Path, name: str, spec: TableSpec, sources: Collection[str]
) -> dict[Key, list[Entry]]:
    """The rows of one file by key, drafts among them."""
    entries: dict[Key, list[Entry]] = {}
    columns = _key_columns(spec)
    for number, cells in read_rows(path, spec):
        key = tuple(cells[column] for column in columns)
        where = f"{name}: {'.'.join(key) or f'line {number}'}: {cells['valid_from']}"
        entries.setdefault(key, []).append(_read_row(cells, key, spec, where, sources))
    return entries


def _key_columns(spec: TableSpec) -> Key:
    return spec.key if spec.band is None else (*spec.key, spec.band[0])


def _read_spec(node: object, place: str, currency: str) -> TableSpec:
    entry = as_mapping(node, place, required=TABLE_KEYS, optional=TABLE_KEYS_OPTIONAL)
    where = f"tables.yaml: {entry['id']}"
    numbers = entry["numbers"]
    if not isinstance(numbers, dict):
        fail(where, "numbers must map a column to its unit")
    for column, unit in numbers.items():
        if not is_unit(str(unit), currency):
            fail(f"{where}: {column}", f"unit {unit} is not on the list of units in {currency}")
    value = as_text(entry["value"], f"{where}: value")
    if value not in numbers:
        fail(where, f"value column {value} must be one of numbers")
    band = as_texts(entry["band"], f"{where}: band") if entry.get("band") else ()
    if band and (len(band) != 2 or not set(band) <= set(numbers)):
        fail(where, "band names its first and its last column, both of numbers")
    may_be_empty = as_texts(entry.get("may_be_empty") or [], f"{where}: may_be_empty")
    return TableSpec(
        table_id=as_text(entry["id"], where),
        file=as_text(entry["file"], f"{where}: file"),
        label=as_labels(entry["label"], f"{where}: label"),
        key=as_texts(entry["key"], f"{where}: key"),
        band=(band[0], band[1]) if band else None,
        value=value,
        numbers={str(column): str(unit) for column, unit in numbers.items()},
        texts=as_texts(entry["texts"], f"{where}: texts"),
        may_be_empty=may_be_empty,
        effective_by=read_effective_by(entry["effective_by"], where),
        rounding=read_rounding(entry["rounding"], where),
        reviewed_until=as_date(entry["reviewed_until"], f"{where}: reviewed_until"),
        reviewed_by=as_text(entry["reviewed_by"], f"{where}: reviewed_by"),
    )


def read_rows(path: Path, spec: TableSpec) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of a table's file as written, each with its line number.

    Raises:
        CatalogueError: names the file and the line.
    """
    required = {*spec.key, *spec.numbers, *spec.texts, *DATED_COLUMNS}
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            columns = list(reader.fieldnames or ())
            unknown = sorted(set(columns) - required - set(DATED_COLUMNS_OPTIONAL))
            missing = sorted(required - set(columns))
            if unknown or missing or len(set(columns)) != len(columns):
                fail(
                    path.name,
                    f"columns: unknown {unknown}, missing {missing}; each is written once",
                )
            for cells in reader:
                if None in cells or None in cells.values():
                    fail(f"{path.name}: line {reader.line_num}", "too many or too few cells")
                yield reader.line_num, cells
    except OSError as error:
        raise CatalogueError(f"{path.name}: cannot be read; tables.yaml names it") from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path.name}: is no CSV text in UTF-8") from error


def _read_row(
    cells: Mapping[str, str], key: Key, spec: TableSpec, where: str, sources: Collection[str]
) -> Entry:
    start = as_date(cells["valid_from"], f"{where}: valid_from")
    end = as_date_or_none(cells["valid_to"], f"{where}: valid_to")
    known_from = as_date_or_none(cells.get("known_from"), f"{where}: known_from")
    if end is not None and end < start:
        fail(where, f"ends on {end}, before it starts")
    if not all(key):
        fail(where, "empty key")
    source = check_source(cells["source"], where, sources)
    status = read_status(cells["status"], where)
    if spec.texts and not any(cells[column] for column in (*spec.numbers, *spec.texts)):
        # Nothing but key, dates and source: the key had no value in these days. A single cell
        # left out by mistake is still an error.
        return Entry(start, end, known_from, None)
    figure = Figure(
        figure_id=figure_id(".".join((spec.table_id, *key)), start, known_from),
        key=".".join((spec.table_id, *key)),
        value=Decimal(0),
        unit=spec.numbers[spec.value],
        start=start,
        end=end,
        known_from=known_from,
        source=source,
        status=status,
        rounding=spec.rounding,
        reviewed_until=spec.reviewed_until,
        numbers=_read_numbers(cells, spec, where),
        texts={column: cells[column] for column in spec.texts},
        alternatives=_read_alternative(cells, where, sources),
        notes=cells.get("note", ""),
    )
    if spec.value not in figure.numbers:
        return Entry(start, end, known_from, None)
    valued = replace(figure, value=figure.numbers[spec.value])
    return Entry(start, end, known_from, complete(valued, where))


def _read_numbers(cells: Mapping[str, str], spec: TableSpec, where: str) -> dict[str, Decimal]:
    numbers: dict[str, Decimal] = {}
    for column, unit in spec.numbers.items():
        if cells[column] == "" and column in spec.may_be_empty:
            continue
        number = as_decimal(cells[column], f"{where}: {column}")
        if unit == "rate" and number > 1:
            fail(f"{where}: {column}", "a rate stands between 0 and 1")
        numbers[column] = number
    return numbers


def _read_alternative(
    cells: Mapping[str, str], where: str, sources: Collection[str]
) -> tuple[Alternative, ...]:
    values = cells.get("alternative_value", "")
    if not values:
        return ()
    named = cells.get("alternative_source", "").split(ALTERNATIVES_SEPARATOR)
    written = values.split(ALTERNATIVES_SEPARATOR)
    if len(written) != len(named):
        fail(f"{where}: alternative_value", "each alternative names its source")
    return tuple(
        Alternative(
            as_decimal(value.strip(), f"{where}: alternative_value"),
            check_source(source.strip(), where, sources),
        )
        for value, source in zip(written, named, strict=True)
    )
