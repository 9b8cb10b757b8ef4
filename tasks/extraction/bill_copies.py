"""Bills that came twice: the copy of a bill, and one in another currency, ask for nothing.

A row of the sheet stands for one bill. Where a second row would take the copy of the first one's
bill, it finds none, and a person looks at it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tasks.extraction.bill import BillBody, BillHead, reading_of
from tasks.extraction.fields import plain_letters
from tasks.extraction.found import Found
from tasks.extraction.kinds import Document
from tasks.extraction.rows import Cell
from tasks.extraction.vocabulary import Vocabulary

#: What may stand around the sign of a currency, beside the digits of its amount.
_AROUND = "0123456789 .,:;()[]/|-"


@dataclass(frozen=True, slots=True)
class BillKey:
    """By what a bill is known again: its number and day, and the readings of its amounts."""

    number: Found
    date: Found
    amounts: tuple[frozenset[int], ...]

    def is_copy_of(self, other: "BillKey") -> bool:
        """Whether both are the same bill: as many equal amounts, and the number.

        Where one of the numbers was not read for sure, the day stands for it.
        """
        if len(self.amounts) != len(other.amounts):
            return False
        if not all(one & its for one, its in zip(self.amounts, other.amounts, strict=True)):
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
    for document in pages:
        for row in document.rows:
            for before, cell in zip((None, *row.cells), row.cells, strict=False):
                found = currency_in(cell, vocabulary)
                is_beside = cell.is_number or (before is not None and before.is_number)
                if found and found != own and is_beside:
                    return found
    return ""


def currency_in(cell: Cell, vocabulary: Vocabulary) -> str:
    """Return the currency that a cell names, alone or with the digits of an amount."""
    for text in (cell.reading.first, cell.reading.second):
        word = plain_letters(text).strip(_AROUND)
        if word in vocabulary.currencies:
            return vocabulary.currencies[word]
    return ""


def _is_sure(found: Found) -> bool:
    return bool(found.value) and not found.is_doubtful
