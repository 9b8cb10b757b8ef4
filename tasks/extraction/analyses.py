"""The rows of a laboratory's bill: analysis, key letter with coefficient, amount."""

import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from tasks.extraction.acceptance import (
    P_AGREED,
    P_ALONE,
    P_DOUBTFUL,
    Judged,
    Reading,
    Source,
    judge,
)
from tasks.extraction.bill import BillBody, Item, reading_of
from tasks.extraction.closure import close_bill
from tasks.extraction.fields import parse_decimal
from tasks.extraction.found import Found
from tasks.extraction.invoice import total_of
from tasks.extraction.rows import Cell

#: The letter of biology, alone or with its coefficient ("B 80", "B80").
_LETTER = "B"
_WITH_LETTER = re.compile(r"^(?:B|8\s)\s*[x×*]?\s*(?=\d)")
_COEFFICIENT = re.compile(r"^[_|]?(?:B|8\s)?\s*[x×*]?\s*\d{1,4}(?:[.,]\d{1,2})?$")
#: A coefficient stands within so many heights of the middle of its column.
_COLUMN_HEIGHTS = 2.0


@dataclass(frozen=True, slots=True)
class AnalysisItem:
    """One analysis: its label, coefficient and amount in minor units, with their evidence."""

    label: Found
    coefficient: Found
    amount: Found


@dataclass(frozen=True, slots=True)
class AnalysesBill:
    """The analyses of one bill and whether they add up to its total."""

    items: tuple[AnalysisItem, ...]
    total: Found
    is_closed: bool


def read_analyses(body: BillBody) -> AnalysesBill:
    """Return the analyses of a laboratory's bill."""
    closed = close_bill([reading_of(item.amount) for item in body.items], reading_of(body.total))
    cells = [_coefficient_cell(item) for item in body.items]
    column = _column(cells)
    items = tuple(
        _analysis(item, cell, amount, column)
        for item, cell, amount in zip(body.items, cells, closed.amounts, strict=True)
    )
    return AnalysesBill(items, total_of(body, closed), closed.is_closed)


def _analysis(item: Item, cell: Cell | None, amount: Judged, column: float) -> AnalysisItem:
    words = [
        other.reading.first
        for other in item.before
        if other is not cell and other.reading.first not in {_LETTER, "|"}
    ]
    label = " ".join(word for word in words if word)
    first_box = item.before[0].box if item.before else item.amount.box
    return AnalysisItem(
        label=Found(
            Judged(label, P_ALONE, False, Source.ALONE),
            Reading(first=label),
            item.page_no,
            first_box,
        ),
        coefficient=_coefficient(item, cell, amount, column),
        amount=Found(amount, item.amount.reading, item.page_no, item.amount.box),
    )


def _coefficient_cell(item: Item) -> Cell | None:
    """The number before the amounts that is most likely the coefficient.

    One that gives the amount with the price of a B, or that stands behind the letter B; then one
    that both engines take for a coefficient; of equals the one next to the letter, or the
    rightmost, for numbers in the label stand before it.
    """
    best: tuple[tuple[bool, bool, int, bool], Cell] | None = None
    for place, cell in enumerate(item.before):
        count = sum(_COEFFICIENT.match(text) is not None for text in _texts(cell))
        is_letter = _LETTER in _texts(cell)
        if not cell.is_number or not count or is_letter:
            continue
        before = [other for other in item.before[:place] if _is_word(other)]
        follows = bool(before) and _LETTER in _texts(before[-1])
        has_letter = follows or any(text.startswith(_LETTER) for text in _texts(cell))
        is_next = follows and before[-1] is item.before[place - 1]
        rank = (_gives_amount(item, cell) is not None, has_letter, count, is_next)
        if best is None or rank >= best[0]:
            best = (rank, cell)
    return best[1] if best else None


def _is_word(cell: Cell) -> bool:
    """Whether a cell is no number; a B that one engine took for an 8 is none."""
    return not cell.is_number or _LETTER in _texts(cell)


def _column(cells: Sequence[Cell | None]) -> float:
    """The middle of the column in which the coefficients stand, in pixels; of one row its own."""
    middles = [_middle(cell) for cell in cells if cell is not None]
    return statistics.median(middles) if middles else 0.0


def _middle(cell: Cell) -> float:
    return cell.box.left + cell.box.width / 2


def _texts(cell: Cell) -> tuple[str, str]:
    return (cell.reading.first.strip(), cell.reading.second.strip())


def _gives_amount(item: Item, cell: Cell) -> str | None:
    """The reading of a coefficient that makes the row's amount with the price of a B."""
    units, amounts = reading_of(item.unit).candidates, reading_of(item.amount).candidates
    values = [parse_decimal(_without_letter(text)) for text in _texts(cell)]
    fits = {
        one.value
        for one in values
        for unit in units
        for amount in amounts
        if one.is_valid and Decimal(one.value) * unit == amount
    }
    return fits.pop() if len(fits) == 1 else None


def _coefficient(item: Item, cell: Cell | None, amount: Judged, column: float) -> Found:
    """A row's coefficient: held by arithmetic where the price of a B is printed, else by its place.

    Where the amount, the price and the readings contradict each other, a person looks.
    """
    if cell is None:
        return _derived(item, amount)
    reading = Reading(
        first=_without_letter(cell.reading.first),
        second=_without_letter(cell.reading.second),
        first_confidence=cell.reading.first_confidence,
        second_confidence=cell.reading.second_confidence,
    )
    judged = judge(reading, parse_decimal, is_required=True)
    settled = None if amount.is_doubtful else _gives_amount(item, cell)
    if settled is not None:
        chance = P_ALONE if judged.is_doubtful else P_AGREED
        judged = Judged(settled, chance, False, Source.ARITHMETIC)
    elif _is_contradicted(item, amount) or not _is_in_column(cell, column):
        judged = Judged(judged.value, P_DOUBTFUL, True, Source.DOUBTFUL)
    return Found(judged, cell.reading, item.page_no, cell.box)


def _is_contradicted(item: Item, amount: Judged) -> bool:
    """Whether the price of a B says otherwise, or the row itself is in doubt."""
    return amount.is_doubtful or reading_of(item.unit).is_agreed


def _is_in_column(cell: Cell, column: float) -> bool:
    return abs(_middle(cell) - column) <= _COLUMN_HEIGHTS * cell.box.height + cell.box.width / 2


def _derived(item: Item, amount: Judged) -> Found:
    """A coefficient that nobody read: the amount through the price of a B, when it is whole."""
    unit = reading_of(item.unit)
    judged = Judged("", P_DOUBTFUL, True, Source.DOUBTFUL)
    if unit.is_agreed and unit.candidates[0] and not amount.is_doubtful:
        whole, rest = divmod(int(amount.value), unit.candidates[0])
        if whole and not rest:
            judged = Judged(str(whole), P_ALONE, False, Source.ARITHMETIC)
    return Found(judged, Reading(), item.page_no, item.amount.box)


def _without_letter(text: str) -> str:
    """A coefficient without its B, which may have been read as an 8 with a blank behind it."""
    return _WITH_LETTER.sub("", text.strip(" _|.:"))
