"""Imports one official list into its table: read, date, merge, check, write."""

import datetime as dt
import fcntl
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from models.errors import UsageError
from tasks.pricing.figures import Status
from tasks.pricing.lists.merge import Cells, ListMark, Merged, columns_of, merge
from tasks.pricing.lists.official_list import Importer, Reading
from tasks.pricing.lists.reading import ListFile, open_list
from tasks.pricing.lists.records import (
    ImportRecord,
    read_records,
    records_path,
    records_text,
)
from tasks.pricing.lists.report import ImportReport
from tasks.pricing.lists.table_file import table_text, write_whole
from tasks.pricing.tables import TableSpec, read_rows, read_specs, read_table

#: A whole list that drops more than half of what is held is rather a part, or was cut.
CLOSED_SHARE_MAX = 0.5
#: With fewer codes held, a share says nothing.
CODES_HELD_FEW = 100
#: Whoever copied the file, tasfiya did not see it on the authority's own site.
STATUS = Status.SECONDARY
#: A day or a year in a file's name: ``cnops_2014.csv``, ``liste-2026-05-26.csv``, ``20260526``.
_DAY_IN_NAME = re.compile(r"(?<!\d)(20\d\d)[-_.]?(\d\d)[-_.]?(\d\d)(?!\d)")
_YEAR_IN_NAME = re.compile(r"(?<!\d)(20\d\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class Wish:
    """What the caller says of a list: its first day, whether it is a part, what may be closed.

    ``today`` is the day of the import; without ``valid_from`` the list's own date counts, without
    ``reviewed_until`` nobody says until when the list is in force.
    """

    today: dt.date
    valid_from: dt.date | None = None
    is_extract: bool = False
    may_close_many: bool = False
    reviewed_until: dt.date | None = None


def import_list(
    path: Path, importer: Importer, wish: Wish, *, national_dir: Path, imported_dir: Path
) -> ImportReport:
    """Import a list's file and say row by row what became of it.

    Raises:
        UsageError: when the file is not that list, has no date, is older than what is held, or
            would close most of it. The table stays as it was.
        CatalogueError: when the table held, or the one written, breaks the catalogue's rules.
    """
    file = open_list(path)
    reading = importer.read(file, wish.today)
    if not reading.rows:
        raise UsageError(f"{file.name}: none of {reading.rows_read} rows can be taken")
    spec = _spec_of(importer, national_dir)
    folder = imported_dir / importer.country
    folder.mkdir(parents=True, exist_ok=True)
    table_path = folder / f"{importer.table}.csv"
    with _alone(folder):
        records = read_records(records_path(table_path))
        date, date_from = _date_of(file, reading, records, wish)
        _refuse_older(file.name, date, records)
        held = _held(table_path, spec)
        source = f"{importer.source}-{date.isoformat()}-{file.sha256[:8]}"
        merged = merge(held, reading.rows, spec, ListMark(date, source, STATUS, wish.is_extract))
        _check_sums(reading, merged)
        if not wish.may_close_many:
            _refuse_many_closed(file.name, held, merged, spec)
        report = _report_of(importer, file, reading, merged, date, date_from, wish)
        known = next((record for record in records if record.source == source), None)
        reviewed_until = wish.reviewed_until or (known.reviewed_until if known else None)
        is_same = known is not None and known.reviewed_until == reviewed_until
        if is_same and table_path.exists() and held == merged.rows:
            return report
        others = [record for record in records if record.source != source]
        record = _record_of(importer, report, source, reviewed_until)
        _write(table_path, spec, merged, [*others, record])
    return report


def _spec_of(importer: Importer, national_dir: Path) -> TableSpec:
    folder = national_dir / importer.country
    spec = None
    if (folder / "tables.yaml").exists():
        spec = read_specs(folder, currency=importer.currency).get(importer.table)
    if spec is None:
        raise UsageError(
            f"{importer.name}: this catalogue's {importer.country}/tables.yaml describes no table "
            f"{importer.table}"
        )
    return spec


def _date_of(
    file: ListFile, reading: Reading, records: Sequence[ImportRecord], wish: Wish
) -> tuple[dt.date, str]:
    """The list's date, and where it was found."""
    if wish.valid_from is not None:
        return wish.valid_from, "option"
    for record in reversed(records):
        if record.sha256 == file.sha256:
            return record.list_date, record.list_date_from
    named = _date_in_name(file.name)
    if named is not None:
        return named, "file name"
    if reading.own_date is not None:
        return reading.own_date, "newest date in the file"
    raise UsageError(f"{file.name}: says no date; give its first day with --valid-from")


def _date_in_name(name: str) -> dt.date | None:
    if found := _DAY_IN_NAME.search(name):
        try:
            return dt.date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            return None
    year = _YEAR_IN_NAME.search(name)
    return dt.date(int(year[1]), 1, 1) if year else None


def _refuse_older(name: str, date: dt.date, records: Sequence[ImportRecord]) -> None:
    newest = max((record.list_date for record in records), default=None)
    if newest is not None and date < newest:
        raise UsageError(
            f"{name}: list of {date}, but the table holds the list of {newest}; lists are "
            "imported in the order of their dates"
        )


def _refuse_many_closed(name: str, held: Sequence[Cells], merged: Merged, spec: TableSpec) -> None:
    key = spec.key[0]
    codes = {row[key] for row in held if not row["valid_to"]}
    if len(codes) >= CODES_HELD_FEW and merged.codes_closed > len(codes) * CLOSED_SHARE_MAX:
        raise UsageError(
            f"{name}: would close {merged.codes_closed} of {len(codes)} codes; a part of a list "
            "is imported with --extract; if the list is whole, say --close-many"
        )


def _check_sums(reading: Reading, merged: Merged) -> None:
    """Every row read is taken, unchanged, joined or refused; anything else is our mistake."""
    told = merged.rows_taken + merged.rows_unchanged + reading.rows_joined + len(reading.refusals)
    assert told == reading.rows_read, f"{told} rows told of {reading.rows_read} read"


def _report_of(
    importer: Importer,
    file: ListFile,
    reading: Reading,
    merged: Merged,
    date: dt.date,
    date_from: str,
    wish: Wish,
) -> ImportReport:
    return ImportReport(
        list_name=importer.name,
        table=f"{importer.country}/{importer.table}",
        file=file.name,
        sha256=file.sha256,
        encoding=file.encoding,
        list_date=date,
        list_date_from=date_from,
        imported_on=wish.today,
        is_extract=wish.is_extract,
        rows_read=reading.rows_read,
        rows_taken=merged.rows_taken,
        rows_unchanged=merged.rows_unchanged,
        rows_joined=reading.rows_joined,
        rows_refused=len(reading.refusals),
        codes_added=merged.codes_added,
        codes_changed=merged.codes_changed,
        codes_closed=merged.codes_closed,
        reasons=Counter(refusal.reason for refusal in reading.refusals),
        warnings=reading.warnings,
        refusals=tuple(sorted(reading.refusals, key=lambda refusal: refusal.line)),
    )


def _record_of(
    importer: Importer, report: ImportReport, source: str, reviewed_until: dt.date | None
) -> ImportRecord:
    return ImportRecord(
        source=source,
        title=f"{importer.title}, {report.list_date.isoformat()}, {report.file}",
        issuer=importer.issuer,
        url=importer.url,
        list_name=importer.name,
        list_date=report.list_date,
        list_date_from=report.list_date_from,
        file=report.file,
        sha256=report.sha256,
        imported_on=report.imported_on,
        is_extract=report.is_extract,
        reviewed_until=reviewed_until,
        counts=report.counts(),
    )


def _held(path: Path, spec: TableSpec) -> list[Cells]:
    """The rows of the table as it is, none before the first import."""
    if not path.exists():
        return []
    rows: list[Cells] = [cells for _, cells in read_rows(path, spec)]
    if rows and set(rows[0]) != set(columns_of(spec)):
        raise UsageError(f"imported {path.name}: holds columns that no import writes")
    return rows


def _write(path: Path, spec: TableSpec, merged: Merged, records: Sequence[ImportRecord]) -> None:
    """Write the table and its record.

    The record goes first: a table without its sources could not be loaded, while a source that no
    row names harms nobody. The new table is read by the catalogue's own reader before it takes
    the old one's place.
    """
    text = table_text(merged.rows, columns_of(spec))
    sources = {record.source for record in records}

    def check(written: Path) -> None:
        read_table(written, spec, sources=sources)

    with (
        write_whole(path, text, check=check),
        write_whole(records_path(path), records_text(records)),
    ):
        pass


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder against another import at the same time."""
    handle = os.open(folder / ".lock", os.O_CREAT | os.O_RDWR, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
