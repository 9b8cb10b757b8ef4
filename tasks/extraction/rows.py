"""The rows of a page without zones: words side by side, each number with both engines' readings."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.reading import Box, PageText, Token
from tasks.extraction.acceptance import Reading
from tasks.extraction.fields import plain_letters

#: Name of the second reader's tokens on pages without zones.
SECOND_READER = "rapidocr"
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
    """Return the page's words; those that the second reader read again become one number each."""
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
        cells.append(_number([firsts[number] for number in mine], second))
    for number, word in enumerate(firsts):
        if number not in taken:
            reading = Reading(first=word.text, first_confidence=word.raw_confidence)
            cells.append(Cell(reading, word.box, is_number=False))
    return cells


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
