"""The rows of a laboratory's bill: analysis, key letter with coefficient, amount."""

import re
from dataclasses import dataclass

from tasks.extraction.acceptance import P_ALONE, P_DOUBTFUL, Judged, Reading, Source, judge
from tasks.extraction.bill import BillBody, Item, reading_of
from tasks.extraction.closure import close_bill
from tasks.extraction.fields import parse_decimal
from tasks.extraction.found import Found
from tasks.extraction.invoice import total_of
from tasks.extraction.rows import Cell

#: The letter of biology, alone or with its coefficient ("B 80", "B80").
_LETTER = "B"
_WITH_LETTER = re.compile(r"^[B8]\s*[x×*]?\s*(?=\d)")
_COEFFICIENT = re.compile(r"^B?\s*[x×*]?\s*\d{1,4}(?:[.,]\d{1,2})?$")


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
    items = tuple(
        _analysis(item, amount) for item, amount in zip(body.items, closed.amounts, strict=True)
    )
    return AnalysesBill(items, total_of(body, closed), closed.is_closed)


def _analysis(item: Item, amount: Judged) -> AnalysisItem:
    cell = _coefficient_cell(item)
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
        coefficient=_coefficient(item, cell),
        amount=Found(amount, item.amount.reading, item.page_no, item.amount.box),
    )


def _coefficient_cell(item: Item) -> Cell | None:
    """The number before the amounts that both engines take for a coefficient, or one of them.

    The rightmost of equals: numbers in the label stand before it.
    """
    fits = [
        (sum(_COEFFICIENT.match(text.strip()) is not None for text in _texts(cell)), place)
        for place, cell in enumerate(item.before)
        if cell.is_number
    ]
    best = max(fits, default=(0, 0))
    return item.before[best[1]] if best[0] else None


def _texts(cell: Cell) -> tuple[str, str]:
    return (cell.reading.first, cell.reading.second)


def _coefficient(item: Item, cell: Cell | None) -> Found:
    if cell is None:
        judged = Judged("", P_DOUBTFUL, True, Source.DOUBTFUL)
        return Found(judged, Reading(), item.page_no, item.amount.box)
    reading = Reading(
        first=_without_letter(cell.reading.first),
        second=_without_letter(cell.reading.second),
        first_confidence=cell.reading.first_confidence,
        second_confidence=cell.reading.second_confidence,
    )
    judged = judge(reading, parse_decimal, is_required=True)
    return Found(judged, cell.reading, item.page_no, cell.box)


def _without_letter(text: str) -> str:
    stripped = text.strip()
    return _WITH_LETTER.sub("", stripped) if stripped[:1] == _LETTER else stripped
