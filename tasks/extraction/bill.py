"""A bill in free layout: its number, date and ICE, its rows with amounts, its total."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from models.reading import Box
from tasks.extraction.acceptance import P_DOUBTFUL, P_EMPTY, Reading, judge
from tasks.extraction.closure import AmountReading, amount_reading, read_amount
from tasks.extraction.fields import Parser, parse_date, parse_number_code, parser_of
from tasks.extraction.found import Found, missing
from tasks.extraction.kinds import Document, find_row
from tasks.extraction.receipts.receipt import read_receipt
from tasks.extraction.rows import Cell, Row
from tasks.extraction.vocabulary import Vocabulary

_DATE = re.compile(r"\d{1,2}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*\d{4}")
_NUMBER = re.compile(r"[A-Za-z]{0,4}[-/]?\d[0-9A-Za-z/\-]{2,}")
_ICE = re.compile(r"(?<!\d)\d{15}(?!\d)")
_MINUS = re.compile(r"[-‐‑‒–—−]")
#: A dash farther from an amount than this share of its height is a column left empty.
_MINUS_GAP_MAX = 0.7
#: Digits of the common identifier of an enterprise (ICE).
_ICE_DIGITS = 15
_ICE_WORD = re.compile(r"\bICE\b")


@dataclass(frozen=True, slots=True)
class BillHead:
    """A bill's number, date and ICE, each with its evidence."""

    number: Found
    date: Found
    ice: Found


@dataclass(frozen=True, slots=True)
class Item:
    """A row of a bill that ends in an amount; ``before`` are its cells left of the amounts."""

    page_no: int
    row: Row
    before: tuple[Cell, ...]
    amounts: tuple[Cell, ...]

    @property
    def amount(self) -> Cell:
        """The amount of the whole row: the last one."""
        return self.amounts[-1]

    @property
    def unit(self) -> Cell | None:
        """The price of one, when two amounts stand in the row."""
        return self.amounts[-2] if len(self.amounts) > 1 else None


@dataclass(frozen=True, slots=True)
class BillBody:
    """The items of all pages of a bill and its total, if one was found."""

    items: tuple[Item, ...]
    total: Cell | None
    total_page_no: int


def read_head(
    pages: Sequence[Document], vocabulary: Vocabulary, latest: dt.date = dt.date.max
) -> BillHead:
    """Return what a bill says of itself; its last page may hold the identifiers."""
    number = missing(pages[0].page.page_no, chance=P_EMPTY, is_doubtful=False)
    for row in pages[0].rows:
        if any(word in _joined(row) for word in map(_squeeze, vocabulary.invoice_words)):
            # A number is announced: nothing read behind it is a doubt.
            unread = missing(number.page_no, chance=P_DOUBTFUL, is_doubtful=True)
            number = _first(pages[:1], (row,), _NUMBER, parse_number_code) or unread
            break
    return BillHead(number=number, date=read_date(pages, latest), ice=_read_ice(pages))


def read_date(pages: Sequence[Document], latest: dt.date = dt.date.max) -> Found:
    """Return the topmost date of a document; nothing is there when none is.

    ``latest`` bounds the forms of a date that till's paper alone has.
    """
    found = _first(pages, None, _DATE, parse_date) or _receipt_date(pages, latest)
    return found or missing(pages[0].page.page_no, chance=P_EMPTY, is_doubtful=False)


def days_on(pages: Sequence[Document]) -> frozenset[str]:
    """Return all days that either engine reads in figures on a document, as ISO dates."""
    texts = (
        text
        for document in pages
        for row in document.rows
        for cell in row.numbers
        for text in (cell.reading.first, cell.reading.second)
    )
    dates = (parse_date(match[0]) for text in texts for match in _DATE.finditer(text))
    return frozenset(date.value for date in dates if date.is_valid)


def read_body(pages: Sequence[Document], vocabulary: Vocabulary) -> BillBody:
    """Return the rows that end in amounts, above the total, and the total."""
    items: list[Item] = []
    total: Cell | None = None
    total_page_no = pages[-1].page.page_no
    for document in pages:
        rows = [row for row in document.rows if _amounts(row)]
        total_row = find_row(rows, vocabulary.total_words)
        for row in rows:
            if total_row is not None and row.middle >= total_row.middle:
                break
            items.append(_item(document.page.page_no, row, _amounts(row)[-2:]))
        if total_row is not None:
            total, total_page_no = _amounts(total_row)[-1], document.page.page_no
    if total is None:
        total, total_page_no = _receipt_total(pages) or (None, total_page_no)
    return BillBody(tuple(items), total, total_page_no)


def _receipt_date(pages: Sequence[Document], latest: dt.date) -> Found | None:
    """The date of a bill on a till's paper, which may be written in many more forms."""
    for document in pages:
        if document.page.segments:
            found = read_receipt(document.page, latest).date
            return found if found.value else None
    return None


def _receipt_total(pages: Sequence[Document]) -> tuple[Cell, int] | None:
    """The total of a bill on a till's paper, when none stands beside a word that bills have."""
    for document in reversed(pages):
        if document.page.segments:
            found = read_receipt(document.page).total
            cell = Cell(found.reading, found.box, is_number=True)
            return (cell, found.page_no) if found.value else None
    return None


def reading_of(cell: Cell | None) -> AmountReading:
    """Return the valid amounts the engines read in a cell."""
    return amount_reading() if cell is None else read_amount(cell.reading)


def _item(page_no: int, row: Row, amounts: tuple[Cell, ...]) -> Item:
    before = tuple(cell for cell in row.cells if cell.box.left < amounts[0].box.left)
    return Item(page_no, row, before, amounts)


def has_amounts(pages: Sequence[Document]) -> bool:
    """Whether amounts stand on the pages of a document."""
    return any(_amounts(row) for document in pages for row in document.rows)


def _amounts(row: Row) -> tuple[Cell, ...]:
    """The amounts of a row; one with a minus before it is none, whether in its word or not."""
    pairs = zip((None, *row.cells), row.cells, strict=False)
    return tuple(
        cell
        for before, cell in pairs
        if cell.is_number and reading_of(cell).candidates and not _is_minus(before, cell)
    )


def _is_minus(before: Cell | None, cell: Cell) -> bool:
    """Whether a dash stands right before an amount, as a word of its own."""
    if before is None or not _MINUS.fullmatch(before.reading.first.strip()):
        return False
    gap = cell.box.left - (before.box.left + before.box.width)
    return gap <= _MINUS_GAP_MAX * cell.box.height


def _read_ice(pages: Sequence[Document]) -> Found:
    found = _first(pages, None, _ICE, parser_of("digits", length=_ICE_DIGITS))
    if found is not None:
        return found
    for document in pages:
        for row in document.rows:
            if _ICE_WORD.search(row.plain) and row.numbers:
                absent = missing(document.page.page_no, chance=P_DOUBTFUL, is_doubtful=True)
                return Found(absent.judged, row.numbers[-1].reading, absent.page_no, _box(row))
    return missing(pages[0].page.page_no, chance=P_EMPTY, is_doubtful=False)


def _first(
    pages: Sequence[Document],
    rows: Sequence[Row] | None,
    pattern: re.Pattern[str],
    parse: Parser,
) -> Found | None:
    for document in pages:
        for row in rows if rows is not None else document.rows:
            for cell in row.numbers:
                reading = _narrowed(cell.reading, pattern)
                if reading is not None:
                    judged = judge(reading, parse, is_required=True)
                    return Found(judged, reading, document.page.page_no, cell.box)
    return None


def _narrowed(reading: Reading, pattern: re.Pattern[str]) -> Reading | None:
    """Cut both readings to the part that has the pattern; None when neither has it."""
    first, second = pattern.search(reading.first), pattern.search(reading.second)
    if first is None and second is None:
        return None
    return Reading(
        first=first[0] if first else reading.first,
        second=second[0] if second else reading.second,
        first_confidence=reading.first_confidence,
        second_confidence=reading.second_confidence,
    )


def _joined(row: Row) -> str:
    return _squeeze(row.plain)


def _squeeze(text: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", text)


def _box(row: Row) -> Box:
    return row.numbers[-1].box
