"""The drug lines of a pharmacy's invoice: EAN, quantity, unit price and amount, held by arithmetic.

unit price × quantity = amount in each row, and the rows add up to the total.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from models.reading import Barcode, Box
from tasks.extraction.acceptance import (
    P_AGREED,
    P_ALONE,
    P_CONFIRMED,
    P_DOUBTFUL,
    Judged,
    Reading,
    Source,
    judge,
)
from tasks.extraction.bill import BillBody, Item, reading_of
from tasks.extraction.closure import Closed, close_bill
from tasks.extraction.fields import is_ean, parse_ean, parse_integer
from tasks.extraction.found import Found, missing
from tasks.extraction.kinds import Document
from tasks.extraction.rows import Cell

#: A code belongs to the nearest row when it is nearer than this share of the rows' distance.
_ROW_SHARE_MAX = 0.62
#: Distance of rows when a bill has only one, in pixels at 200 dpi (14 mm).
_ROW_DISTANCE_PX = 110.0
#: Digits of an EAN-13; a cell with nearly as many was meant to be one.
_EAN_DIGITS_MIN = 11
#: More than this many of one drug in a dossier is a misreading.
_QUANTITY_MAX = 1_000


@dataclass(frozen=True, slots=True)
class DrugItem:
    """One row of an invoice: each field with its evidence; amounts in minor units."""

    ean: Found
    label: Found
    quantity: Found
    unit: Found
    amount: Found


@dataclass(frozen=True, slots=True)
class Invoice:
    """The drug rows of one invoice and whether they add up to its total."""

    items: tuple[DrugItem, ...]
    total: Found
    is_closed: bool


def read_invoice(pages: Sequence[Document], body: BillBody) -> Invoice:
    """Return the drug rows of an invoice."""
    closed = close_bill([reading_of(item.amount) for item in body.items], reading_of(body.total))
    codes = _codes_by_item(pages, body)
    items = tuple(
        _drug_item(item, closed.amounts[number], codes[number])
        for number, item in enumerate(body.items)
    )
    return Invoice(items, total_of(body, closed), closed.is_closed)


def total_of(body: BillBody, closed: Closed) -> Found:
    """Return a bill's total with its evidence."""
    if body.total is None:
        return missing(body.total_page_no, chance=P_DOUBTFUL, is_doubtful=True)
    return Found(closed.total, body.total.reading, body.total_page_no, body.total.box)


def _drug_item(item: Item, amount: Judged, ean: Found) -> DrugItem:
    unit, quantity = _unit_and_quantity(item, amount)
    if amount.is_doubtful:  # a row may be lost: which of them this one is, a person says
        ean = ean.judged_as(replace(ean.judged, is_doubtful=True, error_probability=P_DOUBTFUL))
    return DrugItem(
        ean=ean,
        label=_label(item, quantity),
        quantity=quantity,
        unit=unit,
        amount=Found(amount, item.amount.reading, item.page_no, item.amount.box),
    )


def _unit_and_quantity(item: Item, amount: Judged) -> tuple[Found, Found]:
    """The unit price that divides the amount, and how often; a printed quantity confirms it.

    One that says otherwise contradicts it: price, quantity or amount is wrong on the paper, or read
    wrong by both engines.
    """
    cells = _integers(item)
    printed = {value for cell in cells for value in _values(cell)}
    fits = []
    for unit_minor in reading_of(item.unit).candidates if item.unit else ():
        quantity, rest = divmod(int(amount.value), unit_minor) if unit_minor else (0, 1)
        if rest == 0 and 1 <= quantity <= _QUANTITY_MAX:
            fits.append((quantity in printed, unit_minor, quantity))
    best = sorted(fits, reverse=True)[:1]
    is_sure = bool(best) and (
        best[0][0] or (reading_of(item.unit).is_agreed and not stated_quantities(item.before))
    )
    if not best or not is_sure or amount.is_doubtful:
        return _open_unit(item), _open_quantity(item, cells)
    _, unit_minor, quantity = best[0]
    chance = P_AGREED if best[0][0] else P_ALONE
    cell = next((cell for cell in cells if quantity in _values(cell)), None)
    unit_cell = item.unit or item.amount
    return (
        Found(
            Judged(str(unit_minor), chance, False, Source.ARITHMETIC),
            unit_cell.reading,
            item.page_no,
            unit_cell.box,
        ),
        Found(
            Judged(str(quantity), chance, False, Source.ARITHMETIC),
            cell.reading if cell else Reading(),
            item.page_no,
            cell.box if cell else item.amount.box,
        ),
    )


def _open_unit(item: Item) -> Found:
    cell = item.unit or item.amount
    value = str(reading_of(cell).likeliest)
    return Found(
        Judged(value, P_DOUBTFUL, True, Source.DOUBTFUL), cell.reading, item.page_no, cell.box
    )


def _open_quantity(item: Item, cells: Sequence[Cell]) -> Found:
    values = [value for cell in cells for value in _values(cell)]
    value = str(values[-1]) if values else "1"
    cell = cells[-1] if cells else item.amount
    return Found(
        Judged(value, P_DOUBTFUL, True, Source.DOUBTFUL), cell.reading, item.page_no, cell.box
    )


def _integers(item: Item) -> list[Cell]:
    return [cell for cell in item.before if cell.is_number and _values(cell)]


def stated_quantities(cells: Sequence[Cell]) -> set[int]:
    """The whole numbers at either end of what stands before a row's amounts, as both engines read.

    There the columns of quantities are; a number within a label is none.
    """
    columns = [cell for cell in cells if not _looks_like_ean(cell)]
    ends = [*columns[:1], *columns[-1:]]
    values = (_values(cell) for cell in ends if cell.is_number and _is_agreed(cell))
    return set().union(*values)


def _is_agreed(cell: Cell) -> bool:
    first, second = parse_integer(cell.reading.first), parse_integer(cell.reading.second)
    return first.is_valid and first == second


def _values(cell: Cell) -> set[int]:
    parsed = (parse_integer(cell.reading.first), parse_integer(cell.reading.second))
    return {int(one.value) for one in parsed if one.is_valid}


def _label(item: Item, quantity: Found) -> Found:
    words = [
        cell
        for cell in item.before
        if not _looks_like_ean(cell) and cell.box != quantity.box and cell.reading.first
    ]
    text = " ".join(cell.reading.first for cell in words).strip(" |")
    box = words[0].box if words else item.amount.box
    if words:
        right = max(cell.box.left + cell.box.width for cell in words)
        box = Box(box.left, box.top, right - box.left, box.height)
    judged = Judged(text, P_ALONE, False, Source.ALONE)
    return Found(judged, Reading(first=text), item.page_no, box)


def _looks_like_ean(cell: Cell) -> bool:
    texts = (cell.reading.first, cell.reading.second)
    return any(sum(sign.isdigit() for sign in text) >= _EAN_DIGITS_MIN for text in texts)


def _codes_by_item(pages: Sequence[Document], body: BillBody) -> list[Found]:
    """The EAN of each row: digits and bar codes nearest to it, and whether they agree."""
    found = []
    for item in body.items:
        document = next(page for page in pages if page.page.page_no == item.page_no)
        middles = [other.row.middle for other in body.items if other.page_no == item.page_no]
        cells = [cell for row in document.rows for cell in row.numbers if _looks_like_ean(cell)]
        near_cells = [cell for cell in cells if _is_nearest(cell.middle, item, middles)]
        near_bars = [
            code
            for code in document.page.barcodes
            if is_ean(code.text) and _is_nearest(_middle(code), item, middles)
        ]
        found.append(_ean(item, near_cells, near_bars))
    return found


def _ean(item: Item, cells: Sequence[Cell], bars: Sequence[Barcode]) -> Found:
    confirmations = frozenset(code.text for code in bars)
    if cells:
        judged = judge(cells[0].reading, parse_ean, is_required=True, confirmations=confirmations)
        return Found(judged, cells[0].reading, item.page_no, cells[0].box)
    if len(confirmations) == 1:
        code = bars[0]
        judged = Judged(code.text, P_CONFIRMED, False, Source.CONFIRMED)
        return Found(judged, Reading(second=code.text), item.page_no, code.box)
    absent = missing(item.page_no, chance=P_DOUBTFUL, is_doubtful=True)
    return Found(absent.judged, absent.reading, item.page_no, item.amount.box)


def _is_nearest(middle: float, item: Item, middles: Sequence[float]) -> bool:
    ordered = sorted(middles)
    gaps = [after - before for before, after in itertools.pairwise(ordered)]
    distance = min(gaps, default=_ROW_DISTANCE_PX)
    nearest = min(middles, key=lambda other: abs(other - middle))
    return nearest == item.row.middle and abs(middle - nearest) <= _ROW_SHARE_MAX * distance


def _middle(code: Barcode) -> float:
    return code.box.top + code.box.height / 2
