"""The numbers of a page without zones, each read by both engines, because money hangs on them."""

import re
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from models.reading import Box, Token
from tasks.ocr.agreement import agreement, letters_of
from tasks.ocr.engines.engine import GreyImage
from tasks.ocr.gaps import lone_boxes
from tasks.ocr.pieces import covered_share
from tasks.ocr.runs import Run, number_runs
from tasks.ocr.zones import LAYER_AGREEMENT_MIN, Readers

#: Language of a page that no form speaks for.
FREE_LANGUAGE = "fra"
#: White pixels kept around a number that is read again.
_PADDING_PX = 4
#: Numbers of one page that the second reader looks at; a page has no more.
_NUMBERS_MAX = 150
#: Disputed numbers of one page that the first engine looks at again; more is a bad page.
_DISPUTED_MAX = 12
#: Standard deviation of the smoothing before a second look, in pixels.
_SMOOTH_PX = 1.0
#: Of a page's print at least this share stands in its text layer: honest layers without the
#: Arabic of the page have 0.69 and more, a header over a scan hardly any of it.
LAYER_COVER_MIN = 0.5
_AMOUNT = re.compile(r"\d[.,]\s?\d{2}$")


def read_numbers(
    image: GreyImage, words: Sequence[Token], readers: Readers, dpi: int
) -> tuple[Token, ...]:
    """Return what the second engine reads in the place of each number."""
    boxes = [run.box for run in _runs(words)]
    tokens = readers.second.read_crops(
        [_padded(image, box) for box in boxes], language=FREE_LANGUAGE, charset="", dpi=dpi
    )
    return tuple(replace(token, box=box) for token, box in zip(tokens, boxes, strict=True))


def read_disputed_again(
    image: GreyImage,
    words: Sequence[Token],
    numbers: Sequence[Token],
    readers: Readers,
    dpi: int,
) -> tuple[Token, ...]:
    """Return the words with disputed numbers as the first engine reads them on a smoothed crop.

    A second reading counts only when it says what the other engine says.
    """
    pairs = [
        (run, number)
        for run, number in zip(_runs(words), numbers, strict=True)
        if letters_of(run.text) != letters_of(number.text)
    ]
    if not 0 < len(pairs) <= _DISPUTED_MAX:
        return tuple(words)
    crops = [
        np.asarray(cv2.GaussianBlur(_padded(image, run.box), (0, 0), _SMOOTH_PX), dtype=np.uint8)
        for run, _ in pairs
    ]
    tokens = readers.first.read_crops(crops, language=FREE_LANGUAGE, charset="", dpi=dpi)
    settled: dict[Token, Token | None] = {}
    for (run, number), token in zip(pairs, tokens, strict=True):
        if letters_of(token.text) == letters_of(number.text):
            settled.update(dict.fromkeys(run.words))
            settled[run.words[0]] = replace(token, box=run.box)
    told = (settled.get(word, word) for word in words)
    return tuple(word for word in told if word is not None)


def read_lone_digits(
    image: GreyImage, words: Sequence[Token], readers: Readers, dpi: int
) -> tuple[Token, ...]:
    """Return the digits beside amounts that the first engine left out."""
    boxes = lone_boxes(image, words, number_runs(words))
    tokens = readers.second.read_crops(
        [_padded(image, box) for box in boxes], language=FREE_LANGUAGE, charset="", dpi=dpi
    )
    return tuple(
        replace(token, box=box)
        for token, box in zip(tokens, boxes, strict=True)
        if token.text.isascii() and token.text.isdigit()
    )


def layer_holds(
    image: GreyImage,
    words: Sequence[Token],
    numbers: Sequence[Token],
    readers: Readers,
    dpi: int,
) -> bool:
    """Whether a text layer says what stands on the picture; ``numbers`` are the second engine's.

    Most of the print is in it, most of its numbers are read on the picture, and each of its
    amounts is: by the second engine, or by the first one where that one reads something else.
    """
    runs = _runs(words)
    first = {str(place): Token(run.text, run.box, 0.0, "") for place, run in enumerate(runs)}
    second = {str(place): token for place, token in enumerate(numbers)}
    if covered_share(image, words) < LAYER_COVER_MIN:
        return False
    if numbers and agreement(first, second) < LAYER_AGREEMENT_MIN:
        return False
    denied = [
        run
        for run, number in zip(runs, numbers, strict=True)
        if _AMOUNT.search(run.text) and letters_of(run.text) != letters_of(number.text)
    ]
    crops = [_padded(image, run.box) for run in denied]
    again = readers.first.read_crops(crops, language=FREE_LANGUAGE, charset="", dpi=dpi)
    return all(
        letters_of(run.text) == letters_of(token.text)
        for run, token in zip(denied, again, strict=True)
    )


def _runs(words: Sequence[Token]) -> tuple[Run, ...]:
    return number_runs(words)[:_NUMBERS_MAX]


def _padded(image: GreyImage, box: Box) -> GreyImage:
    return image[
        max(0, box.top - _PADDING_PX) : box.top + box.height + _PADDING_PX,
        max(0, box.left - _PADDING_PX) : box.left + box.width + _PADDING_PX,
    ]
