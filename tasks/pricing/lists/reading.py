"""Reads an official list's file: from bytes to rows of cells, or a sentence about what is wrong."""

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from models.errors import UsageError

#: The largest list known (BDPM) has 5 MB and 21,000 rows; far beyond, it is another file.
FILE_BYTES_MAX = 100_000_000
ROWS_MAX = 300_000
#: What the authorities write their lists in; the first that reads the whole file counts.
ENCODINGS = ("utf-8-sig", "cp1252")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")

#: A row's line number in the file, and its cells by column.
NumberedCells = tuple[int, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class ListFile:
    """An official list as it came: its name, its hash, its encoding and its whole text."""

    name: str
    sha256: str
    encoding: str
    text: str


def open_list(path: Path) -> ListFile:
    """Return a list's file as text.

    Raises:
        UsageError: when it is absent, empty, too large, no text, or its last line is cut off.
    """
    try:
        size = path.stat().st_size
        if size > FILE_BYTES_MAX:
            _refuse(path.name, f"has {size} bytes; a list has at most {FILE_BYTES_MAX}")
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path.name}: cannot be read; name the list's file") from error
    if not data.strip():
        _refuse(path.name, "is empty")
    if _CONTROL.search(data):
        _refuse(path.name, "is no text; a spreadsheet is saved as CSV first")
    if not data.endswith(b"\n"):
        # A number that lost its last digits still looks like a number, so nothing is guessed.
        _refuse(path.name, "is cut off: the last line has no end; fetch the file again")
    encoding, text = _decode(data, path.name)
    return ListFile(path.name, hashlib.sha256(data).hexdigest(), encoding, text)


def headed_rows(file: ListFile, columns: Sequence[str]) -> Iterator[NumberedCells]:
    """Yield the rows of a CSV text whose first line names exactly these columns, in any order.

    Commas or semicolons part the cells: the header tells.

    Raises:
        UsageError: names the columns or the line that are wrong.
    """
    head = file.text.partition("\n")[0]
    delimiter = ";" if head.count(";") > head.count(",") else ","
    reader = csv.reader(io.StringIO(file.text, newline=""), delimiter=delimiter, strict=True)
    try:
        names = [name.strip() for name in next(reader)]
        missing = [name for name in columns if name not in names]
        unknown = [name[:40] for name in names if name not in columns]
        if missing or unknown or len(names) != len(columns):
            _refuse(
                file.name,
                f"has other columns than this list: missing {', '.join(missing) or 'none'}; "
                f"unknown {', '.join(unknown) or 'none'}; each stands once",
            )
        yield from _rows_of(file, ((reader.line_num, cells) for cells in reader), names)
    except csv.Error as error:
        raise UsageError(f"{file.name}: line {reader.line_num}: is no CSV: {error}") from error


def bare_rows(file: ListFile, columns: Sequence[str]) -> Iterator[NumberedCells]:
    """Yield the rows of a text without a header, whose cells are parted by tabs.

    Nothing is quoted in such a file: a quotation mark is a sign like any other.

    Raises:
        UsageError: names the line that has other cells than these columns.
    """
    reader = csv.reader(io.StringIO(file.text, newline=""), delimiter="\t", quoting=csv.QUOTE_NONE)
    try:
        yield from _rows_of(file, ((reader.line_num, cells) for cells in reader), columns)
    except csv.Error as error:
        raise UsageError(f"{file.name}: line {reader.line_num}: {error}") from error


def _rows_of(
    file: ListFile, rows: Iterable[tuple[int, list[str]]], columns: Sequence[str]
) -> Iterator[NumberedCells]:
    count = 0
    for line, cells in rows:
        if not cells:
            continue
        if len(cells) != len(columns):
            _refuse(
                file.name,
                f"line {line} has {len(cells)} cells and not {len(columns)}: another "
                "list, or a damaged file; fetch it again",
            )
        count += 1
        if count > ROWS_MAX:
            _refuse(file.name, f"has more than {ROWS_MAX} rows")
        yield line, dict(zip(columns, cells, strict=True))
    if not count:
        _refuse(file.name, "holds no row")


def _decode(data: bytes, name: str) -> tuple[str, str]:
    for encoding in ENCODINGS:
        try:
            return encoding.removesuffix("-sig"), data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UsageError(f"{name}: is neither UTF-8 nor cp1252 text")


def _refuse(name: str, what: str) -> NoReturn:
    raise UsageError(f"{name}: {what}")
