"""Lone digits that a whole-page reading leaves out: a quantity in its own column, above all.

They are looked for only in rows that hold an amount, where a digit is worth a second look.
"""

import re
from collections.abc import Sequence

import cv2
import numpy as np

from models.reading import Box, Token
from tasks.ocr.engines.engine import GreyImage
from tasks.ocr.runs import Run

_AMOUNT = re.compile(r"\d[.,]\s?\d{2}$")
#: Words of so few signs, without a digit, are looked at again: "il" may be a 1.
_SHORT_WORD_MAX = 2
#: Height of a lone digit against the height of the row's amount, and width against height.
_HEIGHT_MIN, _HEIGHT_MAX, _WIDTH_MAX = 0.6, 1.35, 1.1
#: A gap wider than this share of the height parts two numbers.
_GAP_SHARE = 0.5
#: Ink is darker than this share of the paper's grey, a ruled line than the second one.
_INK_SHARE, _FAINT_SHARE = 0.6, 0.8
#: A vertical stroke of at least so many pixels is a ruled line.
_RULE_PX = 45
#: How far such a line may lean over that length, in pixels.
_LEAN_PX = 3
#: Lone digits of one page that are looked at; a bill has fewer.
_BOXES_MAX = 40


def lone_boxes(image: GreyImage, words: Sequence[Token], runs: Sequence[Run]) -> list[Box]:
    """Return the places of digits beside the page's amounts that no word covers."""
    amounts = [run for run in runs if _AMOUNT.search(run.text)]
    if not amounts:
        return []
    ink = _without_rules(image)
    for word in words:
        box = word.box
        ink[max(0, box.top - 2) : box.top + box.height + 2, box.left : box.left + box.width] = 0
    boxes: list[Box] = []
    seen: list[float] = []
    for amount in amounts:
        middle = amount.box.top + amount.box.height / 2
        if any(abs(middle - other) < amount.box.height for other in seen):
            continue
        seen.append(middle)
        boxes += _blobs(ink, amount.box)
        boxes += [word.box for word in words if _is_short(word) and _is_level(word.box, middle)]
    return boxes[:_BOXES_MAX]


def _without_rules(image: GreyImage) -> GreyImage:
    """The ink without the vertical lines between columns: a piece of one looks like a 1."""
    paper = float(np.median(image))
    ink = (image < paper * _INK_SHARE).astype(np.uint8)
    # A line that is faint in places, or leans by a pixel or two, is still one.
    wide = cv2.dilate((image < paper * _FAINT_SHARE).astype(np.uint8), np.ones((1, _LEAN_PX)))
    rules = cv2.morphologyEx(wide, cv2.MORPH_OPEN, np.ones((_RULE_PX, 1), np.uint8))
    rules = cv2.dilate(rules, np.ones((_RULE_PX, 5), np.uint8))
    return np.asarray(np.where(rules > 0, 0, ink), dtype=np.uint8)


def _blobs(ink: GreyImage, amount: Box) -> list[Box]:
    top = max(0, amount.top - amount.height // 3)
    band = ink[top : amount.top + amount.height + amount.height // 3]
    count, _, stats, _ = cv2.connectedComponentsWithStats(band, connectivity=8)
    found: list[Box] = []
    for number in range(1, count):
        left, up, width, height, _area = (int(value) for value in stats[number])
        if not _HEIGHT_MIN * amount.height <= height <= _HEIGHT_MAX * amount.height:
            continue
        if width <= _WIDTH_MAX * height:
            found.append(Box(left, top + up, width, height))
    return _joined(sorted(found, key=lambda box: box.left))


def _joined(boxes: Sequence[Box]) -> list[Box]:
    joined: list[Box] = []
    for box in boxes:
        before = joined[-1] if joined else None
        if before and box.left - (before.left + before.width) < _GAP_SHARE * box.height:
            top = min(before.top, box.top)
            bottom = max(before.top + before.height, box.top + box.height)
            width = box.left + box.width - before.left
            joined[-1] = Box(before.left, top, width, bottom - top)
        else:
            joined.append(box)
    return joined


def _is_short(word: Token) -> bool:
    return len(word.text) <= _SHORT_WORD_MAX and not any(sign.isdigit() for sign in word.text)


def _is_level(box: Box, middle: float) -> bool:
    return box.top <= middle <= box.top + box.height
