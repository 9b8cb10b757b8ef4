"""The printed rows of a receipt: text segments side by side, each as both engines read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from models.reading import Box, PageText, Token
from tasks.extraction.acceptance import Reading
from tasks.extraction.rows import SECOND_READER

#: Segments stand on one row when they share this part of the lower one's height…
_OVERLAP_MIN = 0.45
#: … and neither is higher than the other by more than this: a stamp lies across rows.
_HEIGHT_RATIO_MAX = 1.9


@dataclass(frozen=True, slots=True)
class Part:
    """A text segment; ``reading.second`` is the better reader's on a receipt."""

    reading: Reading
    box: Box

    @property
    def text(self) -> str:
        """The segment as the second reader read it, which reads receipts better."""
        return self.reading.second or self.reading.first

    @property
    def middle(self) -> float:
        """Height of its middle on the page."""
        return self.box.top + self.box.height / 2


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """Segments on one printed row, from left to right."""

    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """The whole row."""
        return " ".join(part.text for part in self.parts)

    @property
    def other_text(self) -> str:
        """The whole row as the reference engine read it."""
        return " ".join(part.reading.first for part in self.parts)

    @property
    def middle(self) -> float:
        """Mean height on the page."""
        return sum(part.middle for part in self.parts) / len(self.parts)

    @property
    def height(self) -> float:
        """Usual height of its print."""
        return float(median(part.box.height for part in self.parts))

    @property
    def box(self) -> Box:
        """The rectangle around all segments."""
        return around([part.box for part in self.parts])


def around(boxes: Sequence[Box]) -> Box:
    """Return the rectangle around some boxes."""
    left, top = min(box.left for box in boxes), min(box.top for box in boxes)
    right = max(box.left + box.width for box in boxes)
    bottom = max(box.top + box.height for box in boxes)
    return Box(left, top, right - left, bottom - top)


def receipt_rows(page: PageText) -> tuple[ReceiptRow, ...]:
    """Return the printed rows of a page from top to bottom."""
    parts = [_part(segment.box, segment.readings) for segment in page.segments]
    return group_rows([part for part in parts if part.text])


def group_rows(parts: Sequence[Part]) -> tuple[ReceiptRow, ...]:
    """Return segments as rows; each joins the row whose nearest segment it stands beside."""
    rows: list[list[Part]] = []
    for part in sorted(parts, key=lambda part: part.middle):
        homes = [row for row in rows[-4:] if _fits(row, part)]
        if homes:
            min(homes, key=lambda row: abs(_nearest(row, part).middle - part.middle)).append(part)
        else:
            rows.append([part])
    ordered = (ReceiptRow(tuple(sorted(row, key=lambda part: part.box.left))) for row in rows)
    return tuple(sorted(ordered, key=lambda row: row.middle))


def _part(box: Box, readings: Sequence[Token]) -> Part:
    first = next((token for token in readings if token.engine != SECOND_READER), None)
    second = next((token for token in readings if token.engine == SECOND_READER), None)
    return Part(
        Reading(
            first=first.text if first else "",
            second=second.text if second else "",
            first_confidence=first.raw_confidence if first else 0.0,
            second_confidence=second.raw_confidence if second else 0.0,
        ),
        box,
    )


def _fits(row: Sequence[Part], part: Part) -> bool:
    """Whether a segment stands beside its neighbour in a row, and over none of the others."""
    if any(_share_width(other, part) for other in row):
        return False
    near = _nearest(row, part)
    low, high = sorted((near.box.height, part.box.height))
    overlap = min(near.box.top + near.box.height, part.box.top + part.box.height) - max(
        near.box.top, part.box.top
    )
    return overlap >= _OVERLAP_MIN * low and high <= _HEIGHT_RATIO_MAX * low


def _nearest(row: Sequence[Part], part: Part) -> Part:
    return min(row, key=lambda other: _gap(other, part))


def _gap(one: Part, other: Part) -> int:
    left, right = sorted((one.box, other.box), key=lambda box: box.left)
    return max(0, right.left - (left.left + left.width))


def _share_width(one: Part, other: Part) -> bool:
    shared = min(one.box.left + one.box.width, other.box.left + other.box.width) - max(
        one.box.left, other.box.left
    )
    return shared > 0.4 * min(one.box.width, other.box.width)
