"""The rows of a page without zones: words side by side, each number with both engines' readings."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from models.reading import Box, PageText, Segment, Token
from tasks.extraction.acceptance import Reading
from tasks.extraction.fields import plain_letters

#: Name of the second reader's tokens on pages without zones.
SECOND_READER = "rapidocr"
#: A word of a segment; thousands may be parted by blanks.
_WORD = re.compile(r"\d{1,3}(?: \d{3})+[.,]\d{2}(?!\d)|\S+")
#: Two words stand on one row when the middle of one lies within the other by this share.
_OVERLAP_MIN = 0.4


@dataclass(frozen=True, slots=True)
class Cell:
    """A word, or a number with both readings, at its place."""

    reading: Reading
    box: Box
    is_number: bool

    @property
    def middle(self) -> float:
        """Height of its middle on the page."""
        return self.box.top + self.box.height / 2


@dataclass(frozen=True, slots=True)
class Row:
    """Cells on one line of the page, from left to right."""

    cells: tuple[Cell, ...]

    @property
    def text(self) -> str:
        """The row as the first engine read it."""
        return " ".join(cell.reading.first for cell in self.cells if cell.reading.first)

    @property
    def plain(self) -> str:
        """The row in capitals without accents, by which words are looked for."""
        return plain_letters(self.text)

    @property
    def numbers(self) -> tuple[Cell, ...]:
        """The cells that are numbers."""
        return tuple(cell for cell in self.cells if cell.is_number)

    @property
    def middle(self) -> float:
        """Mean height of its cells on the page."""
        return sum(cell.middle for cell in self.cells) / len(self.cells)


def rows_of(page: PageText) -> tuple[Row, ...]:
    """Return the rows of a page from top to bottom."""
    rows: list[list[Cell]] = []
    for cell in sorted(cells_of(page), key=lambda cell: cell.middle):
        home = next((row for row in reversed(rows[-3:]) if _stands_beside(row[-1], cell)), None)
        if home is None:
            rows.append([cell])
        else:
            home.append(cell)
    ordered = (tuple(sorted(row, key=lambda cell: cell.box.left)) for row in rows)
    return tuple(sorted((Row(row) for row in ordered), key=lambda row: row.middle))


def cells_of(page: PageText) -> list[Cell]:
    """Return the page's words; those that the second reader read again become one number each.

    What neither engine reads with a digit is a word.

    On a receipt both engines have read each segment: its words are parted here.
    """
    if page.segments:
        return [cell for segment in page.segments for cell in _parted(segment)]
    seconds = [word for word in page.words if word.engine == SECOND_READER]
    firsts = [word for word in page.words if word.engine != SECOND_READER]
    taken: set[int] = set()
    cells = []
    for second in seconds:
        mine = [
            number
            for number, word in enumerate(firsts)
            if number not in taken and _lies_in(word.box, second.box)
        ]
        taken.update(mine)
        texts = [second.text, *(firsts[number].text for number in mine)]
        if any(sign.isdigit() for text in texts for sign in text):
            cells.append(_number([firsts[number] for number in mine], second))
        else:  # a word that the first engine left out
            reading = Reading(first=second.text, first_confidence=second.raw_confidence)
            cells.append(Cell(reading, second.box, is_number=False))
    for number, word in enumerate(firsts):
        if number not in taken:
            reading = Reading(first=word.text, first_confidence=word.raw_confidence)
            cells.append(Cell(reading, word.box, is_number=False))
    return cells


def _parted(segment: Segment) -> list[Cell]:
    """The words of a segment as the better reader has them, its numbers with both readings."""
    texts = {token.engine == SECOND_READER: token for token in segment.readings}
    first, second = texts.get(False), texts.get(True)
    better = second if second and second.text else first
    if better is None:
        return []
    others = _WORD.findall(first.text) if first else []
    places = list(_WORD.finditer(better.text))
    cells = []
    for number, match in enumerate(places):
        is_number = any(sign.isdigit() for sign in match[0])
        other = _other(match[0], others, number, is_one_to_one=len(others) == len(places))
        reading = Reading(
            first=other if is_number else match[0],
            second=match[0] if is_number else "",
            first_confidence=first.raw_confidence if first else 0.0,
            second_confidence=better.raw_confidence,
        )
        cells.append(Cell(reading, _part_box(segment.box, match, len(better.text)), is_number))
    return cells


def _other(word: str, others: Sequence[str], number: int, *, is_one_to_one: bool) -> str:
    """The other engine's reading of a word: in the same place, or the same word elsewhere."""
    if is_one_to_one:
        return others[number]
    return word if word in others else ""


def _part_box(box: Box, match: re.Match[str], length: int) -> Box:
    """Where a part of a text stands, as if all its characters were equally wide."""
    left = box.left + box.width * match.start() // length
    right = box.left + box.width * match.end() // length
    return Box(left, box.top, max(1, right - left), box.height)


def _number(firsts: Sequence[Token], second: Token) -> Cell:
    words = sorted(firsts, key=lambda word: word.box.left)
    reading = Reading(
        first=" ".join(word.text for word in words),
        second=second.text,
        first_confidence=min((word.raw_confidence for word in words), default=0.0),
        second_confidence=second.raw_confidence,
    )
    return Cell(reading, second.box, is_number=True)


def _lies_in(inner: Box, outer: Box) -> bool:
    x, y = inner.left + inner.width / 2, inner.top + inner.height / 2
    return (
        outer.left <= x <= outer.left + outer.width and outer.top <= y <= outer.top + outer.height
    )


def _stands_beside(cell: Cell, other: Cell) -> bool:
    overlap = min(cell.box.top + cell.box.height, other.box.top + other.box.height) - max(
        cell.box.top, other.box.top
    )
    return overlap >= _OVERLAP_MIN * min(cell.box.height, other.box.height)
