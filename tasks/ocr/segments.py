"""Receipts of free layout: told by their narrow print, and read piece by piece by both engines.

On receipts the second reader finds and reads more than the reference engine (word recall 0.84
against 0.75 on 30 real ones), at 3 CPU seconds a page; so it reads no other page whole.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import median

import numpy as np

from models.reading import Box, Segment, Token
from tasks.ocr.engines.engine import GreyImage
from tasks.ocr.numbers import FREE_LANGUAGE
from tasks.ocr.zones import Readers

#: A till prints 32 to 48 characters a line, at most 64; a page of A4 has 80 and more.
LINE_CHARACTERS_MAX = 66
#: Fewer words say nothing of how wide a print is.
_WORDS_MIN = 12
#: Words that tell the width of a character, and of the print.
_LETTERS_MIN, _CONFIDENCE_MIN = 3, 50.0
#: Sheets are 1.41 times as long as wide (A4), or 1.3 (letter).
_STRIP_RATIO_MIN = 1.6
#: The second engine alone is believed when it is this sure of most pieces.
_SURE_CONFIDENCE, _SURE_SHARE_MIN = 80.0, 0.7
#: Share of the words left out on either side: specks and shadows at the edges.
_EDGE_SHARE = 0.03
#: Crops that the reference engine reads with one call: more make an image too high for it.
_CROPS_MAX = 120
#: Pixels kept around a segment.
_PADDING_PX = 2
#: Segments of one page; a receipt has no more.
_SEGMENTS_MAX = 600


def is_receipt_print(words: Sequence[Token]) -> bool:
    """Whether words are printed as narrow as a till prints."""
    return not is_hardly_read(words) and 0 < line_characters(words) <= LINE_CHARACTERS_MAX


def is_hardly_read(words: Sequence[Token]) -> bool:
    """Whether so few words were read that they say nothing of the print."""
    return len(words) < _WORDS_MIN


def is_strip(image: GreyImage) -> bool:
    """Whether a page is longer for its width than any sheet, as till rolls are."""
    short, long = sorted((int(image.shape[0]), int(image.shape[1])))
    return long >= _STRIP_RATIO_MIN * short


def are_receipt_pieces(segments: Sequence[Segment]) -> bool:
    """Whether pieces that the second engine alone could read are well read, and of a receipt."""
    seconds = [token for segment in segments for token in segment.readings[1:]]
    sure = sum(token.raw_confidence >= _SURE_CONFIDENCE for token in seconds)
    return sure >= _SURE_SHARE_MIN * len(seconds) and is_receipt_print(seconds)


def line_characters(words: Sequence[Token]) -> float:
    """Return how many characters the widest lines of a print have room for; 0 when unknown."""
    sure = [word for word in words if word.raw_confidence >= _CONFIDENCE_MIN]
    widths = [word.box.width / len(word.text) for word in sure if len(word.text) >= _LETTERS_MIN]
    if not widths:
        return 0.0
    starts = [word.box.left for word in sure]
    ends = [word.box.left + word.box.width for word in sure]
    left = float(np.quantile(starts, _EDGE_SHARE))
    right = float(np.quantile(ends, 1 - _EDGE_SHARE))
    return (right - left) / max(1.0, median(widths))


def read_segments(image: GreyImage, readers: Readers, dpi: int) -> tuple[Segment, ...]:
    """Return the pieces of text that the second engine finds, each read by both engines."""
    found = readers.second.read(image, language=FREE_LANGUAGE, kind="page", charset="", dpi=dpi)
    seconds = found[:_SEGMENTS_MAX]
    firsts = list(_read_first(image, seconds, readers, dpi))
    return tuple(
        Segment(second.box, (replace(first, box=second.box), second))
        for first, second in zip(firsts, seconds, strict=True)
    )


def _read_first(
    image: GreyImage, seconds: Sequence[Token], readers: Readers, dpi: int
) -> Iterator[Token]:
    for start in range(0, len(seconds), _CROPS_MAX):
        batch = itertools.islice(seconds, start, start + _CROPS_MAX)
        crops = [_crop(image, token.box) for token in batch]
        yield from readers.first.read_crops(crops, language=FREE_LANGUAGE, charset="", dpi=dpi)


def _crop(image: GreyImage, box: Box) -> GreyImage:
    return image[
        max(0, box.top - _PADDING_PX) : box.top + box.height + _PADDING_PX,
        max(0, box.left - _PADDING_PX) : box.left + box.width + _PADDING_PX,
    ]
