"""A clinic's invoice of free layout: days of the stay, rows with letters, codes or names, parts.

Rows add up to the total; the third party's part and the patient's part add up to it as well, and
are a second witness of it. Within a row, price times number is the amount.
"""

import datetime as dt
import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from models.dossier import DossierLine, LineKind
from models.errors import CatalogueError
from models.yaml_loader import safe_load
from tasks.extraction.acceptance import (
    P_AGREED,
    P_ALONE,
    P_DOUBTFUL,
    P_EMPTY,
    Judged,
    Reading,
    Source,
    judge,
)
from tasks.extraction.bill import BillBody, Item, reading_of
from tasks.extraction.closure import AmountReading, Closed, amount_reading, close_bill
from tasks.extraction.fields import parse_date, parse_decimal, plain_letters
from tasks.extraction.found import Found, missing
from tasks.extraction.invoice import stated_quantities, total_of
from tasks.extraction.kinds import Document
from tasks.extraction.rows import Cell, Row
from tasks.extraction.vocabulary import Vocabulary

WORDS_FILE = Path(__file__).with_name("hospital.yaml")
THIRD_PARTY, PATIENT = "third_party_minor", "patient_part_minor"
ADMISSION, DISCHARGE = "stay.admission_date", "stay.discharge_date"
_KEYS = frozenset({"days", "others", "other", "admission", "discharge", "third_party", "patient"})
_DATE = re.compile(r"\d{1,2}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*\d{4}")
#: A key letter and its coefficient in one piece: K50, Z x 25.
_COTED = re.compile(r"^([A-Za-z]{1,5})\s*[x×*]?\s*(\d{1,4}(?:[.,]\d{1,2})?)$")
_COEFFICIENT = re.compile(r"^\d{1,4}(?:[.,]\d{1,2})?$")
#: A code as printed: HJ-MED, ACC-VB; a bare word is a label.
_CODE = re.compile(r"^[A-Z]{2,6}-[A-Z0-9]{1,6}$")
_QUANTITY_MAX = 400


@dataclass(frozen=True, slots=True)
class HospitalWords:
    """The words of ``hospital.yaml``, plain and in their order."""

    days: tuple[tuple[str, tuple[str, ...]], ...]
    others: tuple[tuple[str, tuple[str, ...]], ...]
    other: str
    places: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class HospitalItem:
    """One row: an act with letter and coefficient, or a code; amounts in minor units."""

    label: Found
    letter: str
    coefficient: Found | None
    code: Found
    date: Found | None
    quantity: Found
    unit: Found | None
    amount: Found


@dataclass(frozen=True, slots=True)
class HospitalBill:
    """The rows of one invoice, its total and parts, and the two days of the stay."""

    items: tuple[HospitalItem, ...]
    total: Found
    is_closed: bool
    admission: Found
    discharge: Found
    third_party: Found
    patient: Found


@functools.cache
def read_words(path: Path = WORDS_FILE) -> HospitalWords:
    """Return the words of a hospital's invoice; read once for each process.

    Raises:
        CatalogueError: when a key is missing or unknown.
    """
    raw = safe_load(path.read_text(encoding="utf-8"))
    if set(raw) != _KEYS:
        raise CatalogueError(f"{path.name}: keys must be {', '.join(sorted(_KEYS))}")
    return HospitalWords(
        days=tuple((code, tuple(words)) for code, words in raw["days"].items()),
        others=tuple((code, tuple(words)) for code, words in raw["others"].items()),
        other=str(raw["other"]),
        places={
            name: tuple(raw[name]) for name in ("admission", "discharge", "third_party", "patient")
        },
    )


def read_hospital(
    pages: Sequence[Document], body: BillBody, vocabulary: Vocabulary
) -> HospitalBill:
    """Return what a hospital's invoice says."""
    words = read_words()
    third_party, patient = (_part(pages, words.places[name]) for name in ("third_party", "patient"))
    total = _witnessed(reading_of(body.total), third_party[0], patient[0])
    closed: Closed = close_bill([reading_of(item.amount) for item in body.items], total)
    items = tuple(
        _item(item, amount, vocabulary, words)
        for item, amount in zip(body.items, closed.amounts, strict=True)
    )
    return HospitalBill(
        items=items,
        total=total_of(body, closed),
        is_closed=closed.is_closed,
        admission=_day(pages, words.places["admission"]),
        discharge=_day(pages, words.places["discharge"]),
        third_party=_judged_part(pages, third_party),
        patient=_judged_part(pages, patient),
    )


def line_of(
    item: HospitalItem, day: Found, line_no: int
) -> tuple[DossierLine, Mapping[str, Found]]:
    """Return a row as a line of the dossier with its evidence.

    ``day`` is the day of care of rows that print none.
    """
    care_day = item.date or day
    found = {
        "label": item.label,
        "care_date": care_day,
        "quantity": item.quantity,
        "amount_minor": item.amount,
    }
    if item.coefficient is not None:
        named = item.code.judged_as(Judged(item.letter, P_AGREED, False, Source.AGREED))
        found |= {"letter": named, "coefficient": item.coefficient}
    else:
        found["code"] = item.code
    if item.unit is not None:
        found["unit_amount_minor"] = item.unit
    line = DossierLine(
        line_no=line_no,
        kind=LineKind.LETTER if item.letter else LineKind.CODE,
        code="" if item.letter else item.code.value,
        letter=item.letter,
        coefficient=_coefficient_of(item),
        ean="",
        label=item.label.value,
        care_date=_date_of(care_day),
        quantity=int(item.quantity.value),
        unit_amount_minor=int(item.unit.value) if item.unit and item.unit.value else None,
        amount_minor=int(item.amount.value or 0),
    )
    return line, found


def care_day_of(bill: HospitalBill, row_day: Found) -> Found:
    """The day of care of rows without one: the day of admission, else the sheet's."""
    return bill.admission if bill.admission.value and not bill.admission.is_doubtful else row_day


def with_stay(found: dict[str, Found], bills: Sequence[HospitalBill]) -> None:
    """Let the invoice say the days of the stay that the sheet does not; keep who pays what.

    Days that sheet and invoice say differently are for a person.
    """
    for bill in bills[:1]:
        found |= {
            name: part
            for name, part in ((THIRD_PARTY, bill.third_party), (PATIENT, bill.patient))
            if part.value
        }
        for name, said in ((ADMISSION, bill.admission), (DISCHARGE, bill.discharge)):
            written = found.get(name)
            if not said.value or said.is_doubtful:
                continue
            if written is None or not written.value:
                found[name] = said
            elif written.value != said.value:
                judged = Judged(written.value, P_DOUBTFUL, True, Source.DOUBTFUL)
                found[name] = written.judged_as(judged)


def _item(item: Item, amount: Judged, vocabulary: Vocabulary, words: HospitalWords) -> HospitalItem:
    date = next((cell for cell in item.before if _DATE.search(_either(cell))), None)
    cells = [cell for cell in item.before if cell is not date]
    letter, coefficient, used = _cotation(item, cells, vocabulary)
    rest = [cell for cell in cells if cell not in used]
    label = " ".join(cell.reading.first for cell in rest if not cell.is_number).strip(" |")
    box = rest[0].box if rest else item.amount.box
    quantity, unit = _quantity(item, rest, amount, is_coted=bool(letter))
    return HospitalItem(
        label=Found(
            Judged(label, P_ALONE, False, Source.ALONE), Reading(first=label), item.page_no, box
        ),
        letter=letter,
        coefficient=coefficient,
        code=Found(_code(rest, label, words), Reading(first=label), item.page_no, box),
        date=_date_found(item, date) if date else None,
        quantity=quantity,
        unit=unit,
        amount=Found(amount, item.amount.reading, item.page_no, item.amount.box),
    )


def _cotation(
    item: Item, cells: Sequence[Cell], vocabulary: Vocabulary
) -> tuple[str, Found | None, list[Cell]]:
    """The key letter and its coefficient, in one cell or in two beside one another."""
    for place in range(len(cells) - 1, -1, -1):
        cell = cells[place]
        if not cell.is_number:
            continue
        for text in _texts(cell):
            match = _COTED.match(text)
            if match and match[1].upper() in vocabulary.letters:
                letter = vocabulary.letters[match[1].upper()]
                return letter, _coefficient(item, cell), [cell]
        beside = cells[place - 1] if place else None
        name = beside.reading.first.strip().upper() if beside and not beside.is_number else ""
        if beside and name in vocabulary.letters and any(map(_COEFFICIENT.match, _texts(cell))):
            return vocabulary.letters[name], _coefficient(item, cell), [beside, cell]
    return "", None, []


def _coefficient(item: Item, cell: Cell) -> Found:
    texts = []
    for text in _texts(cell):
        match = _COTED.match(text)
        texts.append(match[2] if match else text)
    reading = Reading(
        texts[0], texts[1], cell.reading.first_confidence, cell.reading.second_confidence
    )
    judged = judge(reading, parse_decimal, is_required=True)
    return Found(judged, cell.reading, item.page_no, cell.box)


def _code(cells: Sequence[Cell], label: str, words: HospitalWords) -> Judged:
    printed = [text for cell in cells for text in _texts(cell) if _CODE.match(text)]
    if printed:
        return Judged(printed[0], P_ALONE, False, Source.ALONE)
    plain = plain_letters(label)
    for code, names in (*words.days, *words.others):
        if any(name in plain for name in names):
            return Judged(code, P_AGREED, False, Source.AGREED)
    return Judged(words.other, P_DOUBTFUL, True, Source.DOUBTFUL)


def _quantity(
    item: Item, cells: Sequence[Cell], amount: Judged, *, is_coted: bool
) -> tuple[Found, Found | None]:
    """How often, by the price of one; an act with a letter stands once.

    A printed number that says otherwise leaves it to a person.
    """
    once = Judged("1", P_EMPTY, False, Source.EMPTY)
    nowhere = Found(once, Reading(), item.page_no, item.amount.box)
    if item.unit is None or is_coted:
        return nowhere, None
    printed = {text: cell for cell in cells if cell.is_number for text in _texts(cell)}
    for unit in reading_of(item.unit).candidates:
        number, rest = divmod(int(amount.value or 0), unit) if unit else (0, 1)
        is_denied = str(number) not in printed and bool(stated_quantities(cells))
        if rest or is_denied or not 1 <= number <= _QUANTITY_MAX:
            continue
        cell = printed.get(str(number), item.unit)
        chance = P_AGREED if str(number) in printed else P_ALONE
        judged = Judged(str(number), chance, False, Source.ARITHMETIC)
        price = Judged(str(unit), chance, False, Source.ARITHMETIC)
        return (
            Found(judged, cell.reading, item.page_no, cell.box),
            Found(price, item.unit.reading, item.page_no, item.unit.box),
        )
    doubt = Judged("1", P_DOUBTFUL, True, Source.DOUBTFUL)
    return Found(doubt, item.unit.reading, item.page_no, item.unit.box), None


def _witnessed(total: AmountReading, *parts: AmountReading) -> AmountReading:
    """The total; two agreed parts that add up to one of its readings decide it."""
    if total.is_agreed or not all(part.is_agreed for part in parts):
        return total
    both = sum(part.candidates[0] for part in parts)
    return AmountReading((both,), True, both) if both in total.candidates else total


def _part(
    pages: Sequence[Document], names: Sequence[str]
) -> tuple[AmountReading, Cell | None, int]:
    for document in reversed(pages):
        for row in reversed(document.rows):
            numbers = [cell for cell in row.numbers if reading_of(cell).candidates]
            if numbers and any(name in row.plain for name in names):
                return reading_of(numbers[-1]), numbers[-1], document.page.page_no
    return amount_reading(), None, pages[-1].page.page_no


def _judged_part(pages: Sequence[Document], part: tuple[AmountReading, Cell | None, int]) -> Found:
    reading, cell, page_no = part
    if cell is None:
        return missing(pages[-1].page.page_no, chance=P_EMPTY, is_doubtful=False)
    judged = Judged(
        str(reading.likeliest),
        P_AGREED if reading.is_agreed else P_DOUBTFUL,
        not reading.is_agreed,
        Source.AGREED if reading.is_agreed else Source.DOUBTFUL,
    )
    return Found(judged, cell.reading, page_no, cell.box)


def _day(pages: Sequence[Document], names: Sequence[str]) -> Found:
    """The first date right of one of the words, in the row in which the word stands."""
    for document in pages:
        for row in document.rows:
            cell = _date_after(row, names)
            if cell is not None:
                judged = judge(_dated(cell), parse_date, is_required=True)
                return Found(judged, cell.reading, document.page.page_no, cell.box)
    return missing(pages[0].page.page_no, chance=P_EMPTY, is_doubtful=False)


def _date_after(row: Row, names: Sequence[str]) -> Cell | None:
    is_behind = False
    seen = ""
    for cell in row.cells:
        if is_behind and _DATE.search(_either(cell)):
            return cell
        if cell.is_number and _DATE.search(_either(cell)):
            seen = ""
            continue
        seen = f"{seen} {plain_letters(cell.reading.first)}"
        is_behind = any(name in seen for name in names)
    return None


def _date_found(item: Item, cell: Cell) -> Found:
    judged = judge(_dated(cell), parse_date, is_required=True)
    return Found(judged, cell.reading, item.page_no, cell.box)


def _dated(cell: Cell) -> Reading:
    first, second = (_DATE.search(text) for text in _texts(cell))
    return Reading(
        first[0] if first else cell.reading.first,
        second[0] if second else cell.reading.second,
        cell.reading.first_confidence,
        cell.reading.second_confidence,
    )


def _coefficient_of(item: HospitalItem) -> Decimal | None:
    if item.coefficient is None:
        return None
    try:
        return Decimal(item.coefficient.value)
    except ArithmeticError:
        return Decimal(1)


def _date_of(found: Found) -> dt.date:
    try:
        return dt.date.fromisoformat(found.value)
    except ValueError:
        return dt.date(1900, 1, 1)


def _texts(cell: Cell) -> tuple[str, str]:
    return cell.reading.first.strip(), cell.reading.second.strip()


def _either(cell: Cell) -> str:
    return f"{cell.reading.first} {cell.reading.second}"
