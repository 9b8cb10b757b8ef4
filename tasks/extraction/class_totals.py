"""Lines of Chinese bills: the totals of the classes 甲, 乙 and 丙 of the national lists.

A receipt names what was done in words and gives each item's class; a settlement list sums up the
classes by kind of charge. Neither prints the national codes, so a line stands for a class, as on
the settlement list itself (interface 4101: claa_sumfee, clab_amt, fulamt_ownpay_amt, oth_amt).
"""

from collections.abc import Mapping, Sequence

from models.dossier import DossierLine, LineKind
from models.reading import Box
from tasks.extraction.acceptance import P_AGREED, P_DOUBTFUL, Judged, Reading, Source
from tasks.extraction.capital_amounts import minor_of_capitals
from tasks.extraction.closure import AmountReading, close_bill, read_amount
from tasks.extraction.found import Found
from tasks.extraction.lines import ReadLine, ReadLines, date_of
from tasks.extraction.sheet import Sheet, SheetRow

#: The codes by which the schemes of China price a class as a whole.
CLASS_CODES: Mapping[str, str] = {"A": "TOTAL-A", "B": "TOTAL-B", "C": "TOTAL-C"}
#: What is in no class: no scheme prices it, so that it goes to a person.
OTHER_CODE = "TOTAL-OTHER"
#: Columns of a settlement list, the zone with each one's total, and the code of its line.
CATEGORY_COLUMNS: Mapping[str, tuple[str, str]] = {
    "class_a": ("total_class_a", "TOTAL-A"),
    "class_b": ("total_class_b", "TOTAL-B"),
    "class_c": ("total_class_c", "TOTAL-C"),
    "class_other": ("total_class_other", OTHER_CODE),
}
#: The beginning of the names under which a bill's own rows are kept as evidence.
ITEMS = "items"


def read_class_totals(sheet: Sheet) -> ReadLines:
    """Return the lines of a receipt: one a class, the sum of its items.

    The items must add up to the total, which stands in figures and in capitals; else every amount
    is doubtful.
    """
    readings = [read_amount(row.cells["amount_minor"].reading) for row in sheet.rows]
    closed = close_bill(readings, total_with_capitals(sheet))
    rows = [
        (row, row.cells["amount_minor"].judged_as(judged))
        for row, judged in zip(sheet.rows, closed.amounts, strict=True)
    ]
    groups: dict[str, list[tuple[SheetRow, Found]]] = {}
    for row, amount in rows:
        groups.setdefault(_class_of(row), []).append((row, amount))
    day = _first_of(sheet, ("care_date", "bill_date"))
    lines = [
        _class_line(number, name, groups[name], day)
        for number, name in enumerate(sorted(groups), start=1)
    ]
    total = sheet.fields["total_minor"].judged_as(closed.total)
    return ReadLines(tuple(lines), total, closed.is_closed, _kept_rows(rows))


def read_category_totals(sheet: Sheet) -> ReadLines:
    """Return the lines of a settlement list: one a class, its printed total.

    The totals of the classes must add up to the total of all. The rows above are second witnesses:
    of each class's total the sum of its column, of the whole the sum of the charges.
    """
    columns = [
        (code, _zone(sheet, zone), _witnessed(_zone(sheet, zone), _column_sum(sheet, column)))
        for column, (zone, code) in CATEGORY_COLUMNS.items()
    ]
    used = [one for one in columns if one[1].reading.first or one[1].reading.second]
    total = _witnessed(sheet.fields["total_minor"], _column_sum(sheet, "amount_minor"))
    closed = close_bill([reading for _, _, reading in used], total)
    day = sheet.fields["stay.admission_date"]
    lines: list[ReadLine] = []
    for (code, found, _), judged in zip(used, closed.amounts, strict=True):
        if judged.value != "0" or judged.is_doubtful:
            amount = found.judged_as(judged)
            lines.append(_line(len(lines) + 1, code, amount, day, _sure(code, found)))
    whole = sheet.fields["total_minor"].judged_as(closed.total)
    kept = _kept_rows([(row, row.cells["amount_minor"]) for row in sheet.rows])
    return ReadLines(tuple(lines), whole, closed.is_closed, kept)


def total_with_capitals(sheet: Sheet) -> AmountReading:
    """Return the total in figures with what the capitals (大写) say of it.

    Capitals that say the same as one reading of the figures settle it. Capitals that say another
    amount leave it open: the paper contradicts itself, or one of the two is misread.
    """
    capitals = _capital_values(sheet.zones["total_capitals"])
    own = read_amount(sheet.fields["total_minor"].reading)
    common = [value for value in own.candidates if value in capitals]
    if len(common) == 1:
        value = common[0]
        is_contradicted = len(set(capitals)) > 1 and not own.is_agreed
        return AmountReading((value,), not is_contradicted, value)
    if not capitals:
        return own
    return AmountReading((), is_agreed=False, likeliest=own.likeliest or capitals[0])


def _capital_values(found: Found) -> list[int]:
    readings = (found.reading.first, found.reading.second)
    return [value for text in readings if (value := minor_of_capitals(text)) is not None]


def _witnessed(found: Found, witness: int | None) -> AmountReading:
    """An amount with the sum that says it again; the two that differ leave it open."""
    own = read_amount(found.reading)
    if witness is None:
        return own
    if witness in own.candidates:
        return AmountReading((witness,), True, witness)
    if own.is_agreed:
        return AmountReading((), is_agreed=False, likeliest=own.likeliest)
    return own


def _column_sum(sheet: Sheet, column: str) -> int | None:
    """The sum of a column of which every filled cell was read the same twice; None otherwise."""
    total = 0
    for row in sheet.rows:
        cell = row.cells[column]
        if not cell.reading.first and not cell.reading.second:
            continue
        reading = read_amount(cell.reading)
        if not reading.is_agreed:
            return None
        total += reading.candidates[0]
    return total


def _zone(sheet: Sheet, name: str) -> Found:
    return sheet.zones[name]


def _first_of(sheet: Sheet, names: Sequence[str]) -> Found:
    """The first of some zones that has a value that nobody doubts, else the first of them."""
    for name in names:
        if sheet.zones[name].value and not sheet.zones[name].is_doubtful:
            return sheet.zones[name]
    return sheet.zones[names[0]]


def _class_of(row: SheetRow) -> str:
    """The class of an item; one whose class is doubtful is a line of its own, after the others."""
    stated = row.cells["item_class"]
    if stated.is_doubtful or stated.value not in CLASS_CODES:
        return f"unsure {row.row_no:03d}"
    return stated.value


def _class_line(
    line_no: int, name: str, members: Sequence[tuple[SheetRow, Found]], day: Found
) -> ReadLine:
    classes = [row.cells["item_class"] for row, _ in members]
    code = CLASS_CODES.get(classes[0].value, "")
    if name in CLASS_CODES:
        chance = min(P_DOUBTFUL, sum(one.judged.error_probability for one in classes))
        judged = Judged(code, chance, False, Source.AGREED)
    else:
        judged = Judged(code, P_DOUBTFUL, True, Source.DOUBTFUL)
    stated = classes[0].judged_as(judged)
    return _line(line_no, code, _summed([amount for _, amount in members]), day, stated)


def _summed(amounts: Sequence[Found]) -> Found:
    """The sum of amounts that stand in different places, as one."""
    if len(amounts) == 1:
        return amounts[0]
    is_doubtful = any(one.is_doubtful for one in amounts)
    chance = min(P_DOUBTFUL, sum(one.judged.error_probability for one in amounts))
    value = str(sum(int(one.value or 0) for one in amounts))
    source = Source.DOUBTFUL if is_doubtful else Source.ARITHMETIC
    return Found(
        Judged(value, P_DOUBTFUL if is_doubtful else chance, is_doubtful, source),
        Reading(
            first=" + ".join(one.reading.first for one in amounts),
            second=" + ".join(one.reading.second for one in amounts),
        ),
        amounts[0].page_no,
        _around([one.box for one in amounts]),
    )


def _around(boxes: Sequence[Box]) -> Box:
    left, top = min(box.left for box in boxes), min(box.top for box in boxes)
    right = max(box.left + box.width for box in boxes)
    bottom = max(box.top + box.height for box in boxes)
    return Box(left, top, right - left, bottom - top)


def _sure(code: str, found: Found) -> Found:
    """The code of a class that the place on the form says."""
    return found.judged_as(Judged(code, P_AGREED, False, Source.AGREED))


def _line(line_no: int, code: str, amount: Found, day: Found, stated: Found) -> ReadLine:
    found = {"code": stated, "care_date": day, "amount_minor": amount}
    line = DossierLine(
        line_no=line_no,
        kind=LineKind.CODE,
        code=code,
        letter="",
        coefficient=None,
        ean="",
        label="",
        care_date=date_of(day),
        quantity=1,
        unit_amount_minor=None,
        amount_minor=int(amount.value or 0),
    )
    return ReadLine(line, found)


def _kept_rows(rows: Sequence[tuple[SheetRow, Found]]) -> dict[str, Found]:
    """The rows of a bill as evidence: they say where the lines come from."""
    kept: dict[str, Found] = {}
    for row, amount in rows:
        for name, cell in row.cells.items():
            one = amount if name == "amount_minor" else cell
            if name and (one.value or one.reading.first or one.reading.second):
                kept[f"{ITEMS}[{row.row_no}].{name}"] = one
    return kept
