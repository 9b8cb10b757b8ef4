"""The amounts of a receipt's rows: what each is, by the words beside it, and who read it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from models.reading import Box
from tasks.extraction.acceptance import Reading
from tasks.extraction.fields import parse_amount
from tasks.extraction.receipts.rows import ReceiptRow
from tasks.extraction.receipts.words import ReceiptWords, Role, holds_any

#: A letter O between digits and points is a nought.
_NOUGHT = re.compile(
    r"(?<=[\d.,])[OoQÓUθ](?=[\d.,]|\b)|(?:(?<=[^A-Za-z])|(?<=RM)|^)[OoQ](?=[.,]\d)"
)
_AMOUNT = re.compile(
    r"(?<![\d.,/:])(?P<sign>[-−–(])?(?:[$€£¥]\s?)?"
    r"(?P<number>\d{1,3}(?:,\d{3})+\.\d{2}|\d{1,3}(?:[ .]\d{3})+,\d{2}|\d+\s?\.\s?\d{2}|\d+,\d{2}"
    r"|(?<![A-Za-z])\.\d{2})"
    r"(?!\d|\s?%|[.,/:]\d|[.,]?\d?\s?(?:KG|ML|CM|MM|GM|L)\b)(?P<after>\s?-(?!\d)|\s?\))?",
    re.IGNORECASE,
)
#: Rows that have a word of an amount but no amount look for it this many heights away.
_NEAR_HEIGHTS = 1.6
#: A rounding line changes a total by at most this.
ROUNDING_MAX = 10
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount in whole minor units, as both engines read it in one place."""

    minor: int
    reading: Reading
    box: Box
    is_agreed: bool


@dataclass(frozen=True, slots=True)
class AmountRow:
    """The amounts of one row and what they are; ``is_strong``: said to be the one to be paid."""

    row_no: int
    role: Role
    is_strong: bool
    is_summary: bool
    amounts: tuple[Amount, ...]

    @property
    def last(self) -> Amount:
        """The rightmost amount, which is the row's own."""
        return self.amounts[-1]


def amount_rows(rows: Sequence[ReceiptRow], words: ReceiptWords) -> tuple[AmountRow, ...]:
    """Return the rows that have amounts, from top to bottom, each with its role."""
    found = [tuple(_amounts(row)) for row in rows]
    labels = [_label(row, words) for row in rows]
    heights = sorted(row.height for row in rows) or [1.0]
    reach = _NEAR_HEIGHTS * heights[len(heights) // 2]
    summary_from = next(
        (number for number, row in enumerate(rows) if holds_any(words.summary, row.text)), len(rows)
    )
    taken: set[int] = set()
    answer = []
    for number, row in enumerate(rows):
        role = role_of(labels[number], words)
        amounts, place = found[number], number
        if not amounts and role is not Role.ITEM:
            for place in (number + 1, number - 1):
                is_free = 0 <= place < len(rows) and found[place] and place not in taken
                if (
                    is_free
                    and not _LETTER.search(labels[place])
                    and abs(rows[place].middle - row.middle) <= reach
                ):
                    amounts = found[place]
                    break
        if not amounts or place in taken:
            continue
        taken.add(place)
        answer.append(
            AmountRow(
                row_no=number,
                role=_by_size(role, amounts[-1]),
                is_strong=role is Role.TOTAL and holds_any(words.strong, labels[number]),
                is_summary=number > summary_from,
                amounts=amounts,
            )
        )
    return tuple(answer)


def role_of(label: str, words: ReceiptWords) -> Role:
    """Return what the amounts beside a label are; an item when no word says more."""
    for one in words.roles:
        if holds_any(one.words, label) and not holds_any(one.unless, label):
            return one.role
    return Role.ITEM


def _by_size(role: Role, own: Amount) -> Role:
    """A rounding is less than a coin; a larger amount is what was rounded."""
    is_rounded = role is Role.ROUNDING and own.minor > ROUNDING_MAX
    return Role.TOTAL if is_rounded else role


def amounts_in(text: str) -> tuple[tuple[int, str], ...]:
    """Return the amounts written in a text, in minor units and as written.

    Those with a minus or in brackets are negative.
    """
    found = []
    for match in _AMOUNT.finditer(_NOUGHT.sub("0", text)):
        number = re.sub(r"\s(?=[.,])|(?<=\.)\s", "", match["number"])
        number = f"0{number}" if number.startswith(".") else number
        parsed = parse_amount(number)
        if parsed.is_valid:
            marks = f"{match['sign'] or ''}{match['after'] or ''}".replace(" ", "")
            is_negative = marks.strip("()") != "" or marks == "()"
            found.append((-int(parsed.value) if is_negative else int(parsed.value), number))
    return tuple(found)


def _amounts(row: ReceiptRow) -> Iterator[Amount]:
    for part in row.parts:
        reading = part.reading
        firsts = {abs(minor): number for minor, number in amounts_in(reading.first)}
        for minor, number in amounts_in(part.text):
            is_agreed = abs(minor) in firsts and bool(reading.second)
            first = firsts[abs(minor)] if is_agreed else reading.first
            yield Amount(minor, replace(reading, first=first, second=number), part.box, is_agreed)


def _label(row: ReceiptRow, words: ReceiptWords) -> str:
    """The words of a row without its amounts and signs of currency."""
    text = _AMOUNT.sub(" ", _NOUGHT.sub("0", row.text))
    signs = "|".join(re.escape(sign) for sign in words.currencies)
    return re.sub(rf"(?<![A-Za-z])(?:{signs})(?![A-Za-z])", " ", text, flags=re.IGNORECASE)
