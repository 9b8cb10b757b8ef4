"""Pieces of print that a whole-page reading lost: titles, and cells between the lines of a table.

Ruled lines close to the print, and large print alone on its line, make the first engine leave
words out or read nonsense with little confidence. Such places are found by their ink and read one
by one: by the second engine, and numbers by both.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from models.reading import Box, Token
from tasks.ocr.engines.engine import GreyImage
from tasks.ocr.zones import Readers

#: A word of the first engine is trusted from this raw confidence; less asks for a second look.
_SURE_MIN = 60.0
#: Share of a piece that sure words cover when it is read.
_COVERED_MIN = 0.55
#: Height of a piece against the page's words, and width against that height.
_HEIGHT_MIN, _HEIGHT_MAX, _WIDTH_MIN = 0.55, 3.0, 0.35
#: Signs nearer than this share of the words' height belong to one piece.
_GAP_SHARE = 0.75
#: Ink is darker than this share of the paper's grey, a ruled line than the second one.
_INK_SHARE, _FAINT_SHARE = 0.65, 0.8
#: Ink in a piece's rectangle: more is a band, less a scrawl.
_FILL_MIN, _FILL_MAX = 0.1, 0.7
#: Straight strokes of at least so many pixels are ruled lines.
_RULE_ACROSS_PX, _RULE_DOWN_PX = 120, 45
#: How far such a line may lean over that length, in pixels.
_LEAN_PX = 3
#: Pieces of one page that are looked at again; more is a bad page, which they would not save.
_PIECES_MAX = 40
#: A ruled line is near within so many heights, over this share of a piece's width.
_NEAR_RULE, _RULED_SHARE_MIN = 1.5, 0.6
#: So many lost pieces between ruled lines ask for another reading of the page without the lines.
PIECES_LOST_MIN = 3
#: The second engine must be this sure of a piece, the first one of its numbers.
_CONFIDENCE_MIN = 75.0
_PADDING_PX = 4
#: A word stands in a piece when they share this part of the lower one's height.
_LEVEL_SHARE = 0.6
_WORD = re.compile(r"\d{1,3}(?: \d{3})+[.,]\d{2}(?!\d)|\S+")


@dataclass(frozen=True, slots=True)
class Pieces:
    """What lost pieces say: words of both engines, and the places they were read in."""

    first: tuple[Token, ...]
    second: tuple[Token, ...]
    boxes: tuple[Box, ...]


def read_lost_pieces(
    image: GreyImage,
    words: Sequence[Token],
    bars: Sequence[Box],
    readers: Readers,
    *,
    language: str,
    dpi: int,
) -> Pieces:
    """Return the lost pieces of a page, word by word; ``bars`` are its bar codes."""
    boxes = lost_pieces(image, words, bars)
    crops = [_padded(image, box) for box in boxes]
    seconds = readers.second.read_crops(crops, language=language, charset="", dpi=dpi)
    kept = [place for place, token in enumerate(seconds) if _is_text(token)]
    numbers = [place for place in kept if _has_digit(seconds[place].text)]
    firsts = readers.first.read_crops(
        [crops[place] for place in numbers], language=language, charset="", dpi=dpi
    )
    first_words = [
        word
        for place, token in zip(numbers, firsts, strict=True)
        for word in _words(replace(token, box=boxes[place]))
    ]
    second_words = [
        word for place in kept for word in _words(replace(seconds[place], box=boxes[place]))
    ]
    return Pieces(tuple(first_words), tuple(second_words), tuple(boxes[place] for place in kept))


def without_pieces(words: Sequence[Token], boxes: Sequence[Box]) -> tuple[Token, ...]:
    """Return the words that do not stand in one of the places."""
    return tuple(word for word in words if not any(_lies_in(word.box, box) for box in boxes))


def lost_pieces(image: GreyImage, words: Sequence[Token], bars: Sequence[Box]) -> list[Box]:
    """Return the places of print that no sure word covers; none on a page bad as a whole."""
    sure = _sure(words)
    found = [
        box
        for box in _print_pieces(image, sure, bars)
        if _covered(box, sure) < _COVERED_MIN or _is_broken_number(box, words)
    ]
    return found if len(found) <= _PIECES_MAX else []


def covered_share(image: GreyImage, words: Sequence[Token]) -> float:
    """Return the share of a page's print that stands where its words do; 0 of no words."""
    sure = _sure(words)
    pieces = _print_pieces(image, sure, ())
    covered = sum(box.width for box in pieces if _covered(box, sure) >= _COVERED_MIN)
    return covered / sum(box.width for box in pieces) if pieces else 0.0


def _sure(words: Sequence[Token]) -> list[Box]:
    return [word.box for word in words if word.raw_confidence >= _SURE_MIN]


def _print_pieces(image: GreyImage, sure: Sequence[Box], bars: Sequence[Box]) -> list[Box]:
    """The places of print on a page, of whose height its words are the measure."""
    if not sure:
        return []
    height = float(np.median([box.height for box in sure]))
    ink = _print(image)
    for bar in bars:
        ink[max(0, bar.top - 6) : bar.top + bar.height + 6, bar.left : bar.left + bar.width] = 0
    reach = max(3, round(height * _GAP_SHARE))
    lines = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((3, reach), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(lines, connectivity=8)
    found: list[Box] = []
    for number in range(1, count):
        left, top, width, tall, _area = (int(value) for value in stats[number])
        is_print = _HEIGHT_MIN * height <= tall <= _HEIGHT_MAX * height
        if not is_print or width < _WIDTH_MIN * height:
            continue
        box = Box(left, top, width, tall)
        fill = float(ink[top : top + tall, left : left + width].mean())
        if _FILL_MIN <= fill <= _FILL_MAX:
            found.append(box)
    return found


def lost_between_rules(image: GreyImage, words: Sequence[Token], bars: Sequence[Box]) -> int:
    """Return how many lost pieces have a ruled line close above or below them."""
    rules = _rules(image)
    count = 0
    for box in lost_pieces(image, words, bars):
        reach = round(_NEAR_RULE * box.height)
        near = rules[
            max(0, box.top - reach) : box.top + box.height + reach, box.left : box.left + box.width
        ]
        count += float(near.any(axis=0).mean()) >= _RULED_SHARE_MIN
    return count


def without_rules(image: GreyImage) -> GreyImage:
    """Return a page with its ruled lines painted over."""
    return np.asarray(np.where(_rules(image) > 0, np.median(image), image), dtype=np.uint8)


def _print(image: GreyImage) -> GreyImage:
    """The ink of a page without its ruled lines."""
    ink = (image < float(np.median(image)) * _INK_SHARE).astype(np.uint8)
    return np.asarray(np.where(_rules(image) > 0, 0, ink), dtype=np.uint8)


def _rules(image: GreyImage) -> GreyImage:
    """Where the ruled lines of a page are."""
    paper = float(np.median(image))
    faint = (image < paper * _FAINT_SHARE).astype(np.uint8)
    # Thickened by a lean, a ruled line that is not quite level is still straight.
    level = cv2.dilate(faint, np.ones((_LEAN_PX, 1), np.uint8))
    upright = cv2.dilate(faint, np.ones((1, _LEAN_PX), np.uint8))
    across = cv2.morphologyEx(level, cv2.MORPH_OPEN, np.ones((1, _RULE_ACROSS_PX), np.uint8))
    down = cv2.morphologyEx(upright, cv2.MORPH_OPEN, np.ones((_RULE_DOWN_PX, 1), np.uint8))
    rules = cv2.dilate(cv2.bitwise_or(across, down), np.ones((3, 3), np.uint8))
    return np.asarray(rules, dtype=np.uint8)


def _covered(box: Box, sure: Sequence[Box]) -> float:
    """The share of a piece's width over which sure words stand."""
    middle = box.top + box.height / 2
    total = 0
    for other in sure:
        if other.top <= middle <= other.top + other.height:
            right = min(box.left + box.width, other.left + other.width)
            total += max(0, right - max(box.left, other.left))
    return total / max(1, box.width)


def _is_broken_number(box: Box, words: Sequence[Token]) -> bool:
    """Whether digits and something of which nobody is sure stand in one piece: 220 ï 00."""
    own = [word for word in words if _lies_in(word.box, box)]
    is_unsure = any(word.raw_confidence < _SURE_MIN for word in own)
    return is_unsure and any(_has_digit(word.text) for word in own)


def _is_text(token: Token) -> bool:
    return token.raw_confidence >= _CONFIDENCE_MIN and any(sign.isalnum() for sign in token.text)


def _words(token: Token) -> list[Token]:
    """The words of a line, as if all its signs were equally wide."""
    length, box = max(1, len(token.text)), token.box
    words = []
    for match in _WORD.finditer(token.text):
        left = box.left + box.width * match.start() // length
        right = box.left + box.width * match.end() // length
        own = Box(left, box.top, max(1, right - left), box.height)
        words.append(replace(token, text=match[0], box=own))
    return words


def _has_digit(text: str) -> bool:
    return any(sign.isdigit() for sign in text)


def _lies_in(inner: Box, outer: Box) -> bool:
    """Whether a word stands in a piece; its own rectangle may reach up to a ruled line."""
    x = inner.left + inner.width / 2
    overlap = min(inner.top + inner.height, outer.top + outer.height) - max(inner.top, outer.top)
    is_level = overlap >= _LEVEL_SHARE * min(inner.height, outer.height)
    return outer.left <= x <= outer.left + outer.width and is_level


def _padded(image: GreyImage, box: Box) -> GreyImage:
    return image[
        max(0, box.top - _PADDING_PX) : box.top + box.height + _PADDING_PX,
        max(0, box.left - _PADDING_PX) : box.left + box.width + _PADDING_PX,
    ]
