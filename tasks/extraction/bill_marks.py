"""What is no bill of its own: the copy of a bill, and amounts in another currency.

A row of the sheet stands for one bill. Where a second row would take the copy of the first one's
bill, it finds none, and a person looks at it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tasks.extraction.acceptance import Reading
from tasks.extraction.bill import BillBody, BillHead, reading_of
from tasks.extraction.fields import parse_amount, plain_letters
from tasks.extraction.found import Found
from tasks.extraction.kinds import Document
from tasks.extraction.rows import Cell
from tasks.extraction.sheet import Sheet
from tasks.extraction.vocabulary import Vocabulary

#: The amounts of a sheet beside those of its rows.
_SHEET_AMOUNTS = ("total_minor",)
#: What may stand around the sign of a currency or an amount with one.
_AROUND = " .,:;()[]/|-"


@dataclass(frozen=True, slots=True)
class BillKey:
    """By what a bill is known again: its number and day, and the readings of its amounts."""

    number: Found
    date: Found
    amounts: tuple[frozenset[int], ...]

    def is_copy_of(self, other: "BillKey") -> bool:
        """Whether both are the same bill: as many equal amounts, and number and day.

        Where one of the numbers was not read for sure, the day alone stands for it.
        """
        if len(self.amounts) != len(other.amounts):
            return False
        if not all(one & its for one, its in zip(self.amounts, other.amounts, strict=True)):
            return False
        if _is_sure(self.date) and _is_sure(other.date) and self.date.value != other.date.value:
            return False
        if _is_sure(self.number) and _is_sure(other.number):
            return self.number.value.upper() == other.number.value.upper()
        return self.date.value == other.date.value


def key_of(head: BillHead, body: BillBody) -> BillKey:
    """Return by what a bill is known again."""
    cells = [*(item.amount for item in body.items), body.total]
    amounts = tuple(frozenset(reading_of(cell).candidates) for cell in cells)
    return BillKey(head.number, head.date, amounts)


def other_currency(pages: Sequence[Document], own: str, vocabulary: Vocabulary) -> str:
    """Return the other currency that stands beside amounts of a bill; empty when none does."""
    named = (
        currency
        for document in pages
        for row in document.rows
        for before, cell in zip((None, *row.cells), row.cells, strict=False)
        for currency in _currencies(before, cell, vocabulary)
    )
    return next((one for one in named if one and one != own), "")


def sheet_currency(sheet: Sheet, own: str, vocabulary: Vocabulary) -> str:
    """Return the other currency in which an amount of a sheet is written; empty when none is."""
    amounts = [
        *(sheet.fields[name] for name in _SHEET_AMOUNTS if name in sheet.fields),
        *(row.cells["amount_minor"] for row in sheet.rows if "amount_minor" in row.cells),
    ]
    named = (currency_with(one.reading, vocabulary) for one in amounts)
    return next((one for one in named if one and one != own), "")


def currency_with(reading: Reading, vocabulary: Vocabulary) -> str:
    """Return the currency written before or behind an amount; empty when none is.

    A digit may be misread as a sign: what is left of the text has to be an amount, and the other
    engine reads no other one.
    """
    first, second = reading.first, reading.second
    for text, other in ((first, second), (second, first)):
        plain = plain_letters(text).strip(_AROUND)
        for word, currency in vocabulary.currencies.items():
            for rest in (plain.removeprefix(word), plain.removesuffix(word)):
                if rest != plain and _is_amount(rest, other):
                    return currency
    return ""


def _is_amount(rest: str, other: str) -> bool:
    own, its = parse_amount(rest), parse_amount(other)
    return own.is_valid and (not its.is_valid or its.value == own.value)


def _currencies(before: Cell | None, cell: Cell, vocabulary: Vocabulary) -> list[str]:
    """The currencies that a cell names: with its own amount, or alone behind another one's."""
    if cell.is_number:
        return [currency_with(cell.reading, vocabulary)]
    if before is None or not reading_of(before).candidates:
        return []
    texts = (cell.reading.first, cell.reading.second)
    return [vocabulary.currencies.get(plain_letters(text).strip(_AROUND), "") for text in texts]


def _is_sure(found: Found) -> bool:
    return bool(found.value) and not found.is_doubtful
