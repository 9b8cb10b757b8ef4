"""The lines of a paper dossier: rows of the sheet, with drugs and analyses from their own bills."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation

from models.dossier import DossierLine, LineKind
from tasks.extraction.acceptance import P_DOUBTFUL, P_EMPTY, Judged, Source
from tasks.extraction.analyses import AnalysesBill, AnalysisItem
from tasks.extraction.closure import (
    BOTH,
    AmountReading,
    amount_reading,
    close_amounts,
    read_amount,
)
from tasks.extraction.found import Found, missing
from tasks.extraction.hospital import HospitalBill, care_day_of, line_of
from tasks.extraction.invoice import DrugItem, Invoice
from tasks.extraction.sheet import Sheet, SheetRow
from tasks.extraction.vocabulary import Vocabulary

#: Shown in the place of a date that could not be read; the field is doubtful then.
NO_DATE = dt.date(1900, 1, 1)
#: The prefix of fields that a scheme asks for beyond those of the common form.
FACTS = "facts."
#: From here on, numbers of used bills mean hospital invoices.
_STAYS = 1_000


@dataclass(frozen=True, slots=True)
class DatedInvoice:
    """An invoice with its date as read, and all days that stand on it (ISO dates)."""

    date: Found
    invoice: Invoice
    days: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Bills:
    """The bills of a dossier that list lines of their own."""

    invoices: tuple[DatedInvoice, ...] = ()
    analyses: tuple[AnalysesBill, ...] = ()
    stays: tuple[HospitalBill, ...] = ()

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of documents that are there."""
        names = (
            ("pharmacy_invoice", self.invoices),
            ("lab_bill", self.analyses),
            ("hospital_invoice", self.stays),
        )
        return frozenset(name for name, bills in names if bills)

    def closed_totals(self, kind: str) -> frozenset[int]:
        """The totals of the bills of one kind that add up, in minor units."""
        bills: Mapping[str, Sequence[Invoice | AnalysesBill | HospitalBill]] = {
            "pharmacy_invoice": [dated.invoice for dated in self.invoices],
            "lab_bill": self.analyses,
            "hospital_invoice": self.stays,
        }
        return frozenset(int(bill.total.value) for bill in bills.get(kind, ()) if bill.is_closed)


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line with the evidence of each of its fields."""

    line: DossierLine
    found: Mapping[str, Found]


@dataclass(frozen=True, slots=True)
class ReadLines:
    """All lines of a dossier, its total, and whether the sheet's rows add up to it.

    ``kept`` is what stands behind lines that are sums: a bill's own rows, as evidence alone.
    """

    lines: tuple[ReadLine, ...]
    total: Found
    is_closed: bool
    kept: Mapping[str, Found] = field(default_factory=dict)


def read_lines(sheet: Sheet, bills: Bills, vocabulary: Vocabulary) -> ReadLines:
    """Return the lines of a dossier in the order of the sheet's rows."""
    summaries = {
        act: kind
        for table in sheet.template.tables
        for act, kind in table.summaries.items()
        if kind in bills.kinds
    }
    total = _total_reading(sheet)
    acts = [row.cells["act"].value.upper() for row in sheet.rows]
    amounts = [
        _row_amount(row, bills.closed_totals(summaries.get(act, "")))
        for row, act in zip(sheet.rows, acts, strict=True)
    ]
    closed = close_amounts(amounts, total)
    lines: list[ReadLine] = []
    used: set[int] = set()
    places = set(range(len(bills.invoices)))
    for row, judged in zip(sheet.rows, closed.amounts, strict=True):
        amount = row.cells["amount_minor"].judged_as(judged)
        act = row.cells["act"].value.upper()
        kind = summaries.get(act)
        if kind == "pharmacy_invoice" and len(used & places) < len(places):
            lines += _drug_lines(row, amount, bills, used, len(lines))
        elif kind == "lab_bill":
            is_one_of_many = acts.count(act) > len(bills.analyses)
            lines += _analysis_lines(row, bills, used, len(lines), is_one_of_many)
        elif kind == "hospital_invoice":
            is_only = acts.count(act) == 1
            lines += _stay_lines(row, bills, used, len(lines), is_only=is_only)
        else:
            lines.append(_sheet_line(row, amount, len(lines) + 1, vocabulary))
    total_found = sheet.fields["total_minor"].judged_as(closed.total)
    return ReadLines(tuple(lines), total_found, closed.is_closed)


def _total_reading(sheet: Sheet) -> AmountReading:
    """The total; the amount of fees at the head of the sheet is a second witness of it.

    What one engine alone reads in both places is not witnessed: it may misread both alike.
    """
    total, fees = read_amount(sheet.fields["total_minor"].reading), amount_reading()
    if "fees_amount" in sheet.zones:
        fees = read_amount(sheet.zones["fees_amount"].reading)
    if total.is_agreed and (not fees.is_agreed or fees.candidates == total.candidates):
        return total
    if total.is_agreed:
        return AmountReading((*total.candidates, *fees.candidates), False, total.likeliest)
    witnessed = [
        value
        for value in total.candidates
        if value in fees.candidates and total.readers_of(value) | fees.readers_of(value) == BOTH
    ]
    if len(witnessed) == 1:
        return AmountReading((witnessed[0],), True, witnessed[0])
    # Of a total that nobody read, the other place says what it may be.
    return total if total.candidates else replace(fees, is_agreed=False)


def _row_amount(row: SheetRow, totals: frozenset[int]) -> AmountReading:
    """The amount of a row; the total of a bill that it stands for is a second witness of it.

    ``totals`` are those of the bills of the row's kind that add up.
    """
    reading = read_amount(row.cells["amount_minor"].reading)
    if reading.is_agreed:
        return reading
    confirmed = [value for value in reading.candidates if value in totals]
    if len(confirmed) == 1:
        return AmountReading((confirmed[0],), True, confirmed[0])
    return reading


def _sheet_line(row: SheetRow, amount: Found, line_no: int, vocabulary: Vocabulary) -> ReadLine:
    cells = dict(row.cells)
    cells["amount_minor"] = amount
    act = cells.pop("act")
    spelled = vocabulary.letters.get(act.value.upper(), "")
    stated = cells.get("coefficient") or missing(act.page_no, chance=P_EMPTY, is_doubtful=False)
    coefficient = _coefficient(stated, spelled, vocabulary)
    letter = spelled or (act.value if coefficient.value else "")
    cells["coefficient"] = coefficient
    cells["letter" if letter else "code"] = act.judged_as(
        replace(act.judged, value=letter or act.value.upper())
    )
    quantity = cells.get("quantity") or missing(act.page_no, chance=P_EMPTY, is_doubtful=False)
    line = DossierLine(
        line_no=line_no,
        kind=LineKind.LETTER if letter else LineKind.CODE,
        code="" if letter else act.value.upper(),
        letter=letter,
        coefficient=decimal_of(coefficient) if letter else None,
        ean="",
        label=cells["label"].value if "label" in cells else "",
        care_date=date_of(cells["care_date"]),
        quantity=number_of(quantity, default=1),
        unit_amount_minor=None,
        amount_minor=number_of(amount, default=0),
        tooth=cells["tooth"].value if "tooth" in cells else "",
        facts=facts_of(cells),
    )
    return ReadLine(line, cells)


def _coefficient(found: Found, letter: str, vocabulary: Vocabulary) -> Found:
    if not letter or (found.value and not found.is_doubtful):
        return found
    readings = (found.reading.first.strip(), found.reading.second.strip())
    if letter in vocabulary.letters_of_one and (not any(readings) or "1" in readings):
        return found.judged_as(Judged("1", P_EMPTY, False, Source.EMPTY))
    if found.value:
        return found
    return found.judged_as(Judged("1", P_DOUBTFUL, True, Source.DOUBTFUL))


def _drug_lines(
    row: SheetRow, amount: Found, bills: Bills, used: set[int], count: int
) -> list[ReadLine]:
    """The drugs of the invoice that a pharmacy row stands for; one of them is not used yet.

    A day of which the invoice knows nothing is for a person: it may be the invoice of another row,
    or one that was handed in before.
    """
    choice = _invoice_of(row, amount, bills.invoices, used)
    used.add(choice)
    dated = bills.invoices[choice]
    day = row.cells["care_date"]
    if dated.days and day.value not in dated.days:
        day = day.judged_as(replace(day.judged, is_doubtful=True, error_probability=P_DOUBTFUL))
    return [
        _drug_line(item, day, count + number)
        for number, item in enumerate(dated.invoice.items, start=1)
    ]


def _invoice_of(
    row: SheetRow, amount: Found, invoices: Sequence[DatedInvoice], used: set[int]
) -> int:
    """Which unused invoice: of the row's date and amount, of its date, of its amount, the next."""
    day = row.cells["care_date"].value

    def likeness(number: int) -> tuple[bool, bool, int]:
        dated = invoices[number]
        is_same_day = dated.date.value == day
        return (is_same_day, dated.invoice.total.value == amount.value, -number)

    free = [number for number in range(len(invoices)) if number not in used]
    return max(free, key=likeness)


def _drug_line(item: DrugItem, day: Found, line_no: int) -> ReadLine:
    found = {
        "ean": item.ean,
        "label": item.label,
        "care_date": day,
        "quantity": item.quantity,
        "unit_amount_minor": item.unit,
        "amount_minor": item.amount,
    }
    unit = item.unit
    line = DossierLine(
        line_no=line_no,
        kind=LineKind.DRUG,
        code="",
        letter="",
        coefficient=None,
        ean=item.ean.value,
        label=item.label.value,
        care_date=date_of(day),
        quantity=number_of(item.quantity, default=1),
        unit_amount_minor=None if unit.is_doubtful else number_of(unit, default=0),
        amount_minor=number_of(item.amount, default=0),
    )
    return ReadLine(line, found)


def _stay_lines(
    row: SheetRow, bills: Bills, used: set[int], count: int, *, is_only: bool
) -> list[ReadLine]:
    """The rows of the invoice that a row of the sheet stands for; each invoice is used once."""
    free = [number for number in range(len(bills.stays)) if _STAYS + number not in used]
    if not free:
        return []
    amount, day = row.cells["amount_minor"].value, row.cells["care_date"]
    choice = next((number for number in free if bills.stays[number].total.value == amount), free[0])
    used.add(_STAYS + choice)
    bill = bills.stays[choice]
    care_day = care_day_of(bill, day)
    if not is_only:
        # Which of several stays a row means is not said: a person looks at the days.
        care_day = day.judged_as(
            replace(day.judged, is_doubtful=True, error_probability=P_DOUBTFUL)
        )
    return [
        ReadLine(*line_of(item, care_day, count + number))
        for number, item in enumerate(bill.items, start=1)
    ]


def _analysis_lines(
    row: SheetRow, bills: Bills, used: set[int], count: int, is_one_of_many: bool
) -> list[ReadLine]:
    """The analyses of the bill that a row stands for; several rows share one bill once."""
    amount = row.cells["amount_minor"].value
    free = [number for number in range(len(bills.analyses)) if -1 - number not in used]
    if not free:
        return []
    choice = next(
        (number for number in free if bills.analyses[number].total.value == amount), free[0]
    )
    used.add(-1 - choice)
    day = row.cells["care_date"]
    if is_one_of_many:
        # One bill for several days does not say which analysis was made on which day.
        day = day.judged_as(replace(day.judged, is_doubtful=True, error_probability=P_DOUBTFUL))
    return [
        _analysis_line(item, day, count + number)
        for number, item in enumerate(bills.analyses[choice].items, start=1)
    ]


def _analysis_line(item: AnalysisItem, day: Found, line_no: int) -> ReadLine:
    coefficient = item.coefficient
    found = {
        "label": item.label,
        "care_date": day,
        "coefficient": coefficient,
        "amount_minor": item.amount,
    }
    line = DossierLine(
        line_no=line_no,
        kind=LineKind.LETTER,
        code="",
        letter="B",
        coefficient=decimal_of(coefficient) if coefficient.value else Decimal(1),
        ean="",
        label=item.label.value,
        care_date=date_of(day),
        quantity=1,
        unit_amount_minor=None,
        amount_minor=number_of(item.amount, default=0),
    )
    return ReadLine(line, found)


def facts_of(found: Mapping[str, Found]) -> dict[str, str]:
    """Return what is stated of the facts that a scheme asks for, by their names."""
    return {
        name.removeprefix(FACTS): one.value
        for name, one in found.items()
        if name.startswith(FACTS) and one.value
    }


def date_of(found: Found) -> dt.date:
    """Return the day of a date field; ``NO_DATE`` when its reading is no day."""
    try:
        return dt.date.fromisoformat(found.value)
    except ValueError:
        return NO_DATE


def decimal_of(found: Found) -> Decimal | None:
    """Return the coefficient of a field, or None when its reading is no number."""
    try:
        number = Decimal(found.value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def number_of(found: Found, *, default: int) -> int:
    """Return the whole number of a field, or the default when its reading is none."""
    return int(found.value) if found.value.isascii() and found.value.isdigit() else default
