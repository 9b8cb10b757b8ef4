"""The second reader: RapidOCR (PP-OCRv6 small), a line at a time or, on receipts, a whole page.

Its model comes inside the wheel and works offline; it reads 50 languages, but no Arabic. It is
loaded on the first reading of a process. Lines of different widths are not batched: padding
them to one width costs twice what the batch saves.
"""

import copy
import functools
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from models.errors import DecoderFailed
from models.reading import Box, Token
from tasks.ocr.engines.engine import GreyImage, Kind

#: The model's lines are 48 pixels high. The library fills them up to 320 pixels width; 160 cost a
#: third less, and of 330 crops none but faxes was read wrongly by either (of these 7 and 5).
_LINE_PX, _LEAST_WIDTH_PX = 48, 160
#: The library shrinks a picture to 2,000 pixels and then enlarges it until it is 736 wide: a strip
#: longer than this is read part by part…
_STRIP_PX, _PART_PX, _STRIP_RATIO_MAX = 4_000, 2_000, 8
#: … and one as thin as this, on which no line has room, would cost minutes for nothing.
_NARROW_PX, _WIDE_RATIO_MAX = 100, 20
#: Share of a part at whose end the emptiest row is looked for: there no line of print is cut.
_CUT_SHARE = 0.2
#: One thread: a pool has one child for each core.
_THREADS = {
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    "Global.log_level": "error",
}


class RapidEngine:
    """Reads single lines, and whole pages at 3 seconds for a receipt and 7 for a form."""

    name = "rapidocr"

    def read(
        self, image: GreyImage, *, language: str, kind: Kind, charset: str, dpi: int
    ) -> tuple[Token, ...]:
        """Return the one line of an image as one token, or a page's pieces of text from its top.

        Raises:
            DecoderFailed: the engine could not read its model or the image.
        """
        if not image.size:
            return ()
        if kind != "line":
            return self._page(image)
        token = self._line(image)
        return (token,) if token.text else ()

    def read_crops(
        self, crops: Sequence[GreyImage], *, language: str, charset: str, dpi: int
    ) -> tuple[Token, ...]:
        """Return one token for each crop."""
        return tuple(self._line(crop) for crop in crops)

    def _page(self, image: GreyImage) -> tuple[Token, ...]:
        if is_too_thin(*image.shape[:2]):
            return ()
        parts = strip_parts(image)
        return tuple(token for top, end in parts for token in self._part(image[top:end], top))

    def _part(self, image: GreyImage, top: int) -> tuple[Token, ...]:
        answer = self._answer(image)
        if not answer.txts:
            return ()
        return tuple(
            Token(text.strip(), _box_of(corners, top), float(score) * 100, self.name)
            for corners, text, score in zip(answer.boxes, answer.txts, answer.scores, strict=True)
            if text.strip()
        )

    def _line(self, crop: GreyImage) -> Token:
        height, width = crop.shape[:2]
        try:
            answer = _line_reader()(_line_input()(img=_coloured(crop)))
        except Exception as error:  # the library raises its own and onnxruntime's errors
            raise DecoderFailed("the second reader failed on a line") from error
        text = answer.txts[0] if answer.txts else ""
        score = float(answer.scores[0]) * 100 if answer.txts else 0.0
        return Token(text.strip(), Box(0, 0, width, height), score, self.name)

    def _answer(self, image: GreyImage) -> Any:
        try:
            return _reader()(_coloured(image), use_det=True, use_cls=False, use_rec=True)
        except Exception as error:  # the library raises its own and onnxruntime's errors
            raise DecoderFailed("the second reader failed on an image") from error


def is_too_thin(height: int, width: int) -> bool:
    """Whether no line of print has room on a picture, but for a single one."""
    short, long = sorted((height, width))
    is_narrow = short < _NARROW_PX and long > _STRIP_RATIO_MAX * short
    return is_narrow or width > _WIDE_RATIO_MAX * height


def strip_parts(image: GreyImage) -> list[tuple[int, int]]:
    """Return the first and last rows of the parts in which a picture is read, from its top."""
    height, width = image.shape[:2]
    if height <= _STRIP_PX and height <= _STRIP_RATIO_MAX * width:
        return [(0, height)]
    longest = min(_PART_PX, _STRIP_RATIO_MAX * width)
    parts, top = [], 0
    while height - top > longest:
        start = top + round(longest * (1 - _CUT_SHARE))
        unrest = image[start : top + longest].std(axis=1)
        end = start + int(np.argmin(unrest))
        parts.append((top, end))
        top = end
    return [*parts, (top, height)]


def _coloured(image: GreyImage) -> GreyImage:
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), dtype=np.uint8)


def _box_of(corners: Any, offset: int) -> Box:
    """The upright rectangle around four corners, so much lower."""
    left, top = (round(float(low)) for low in np.min(corners, axis=0))
    right, bottom = (round(float(high)) for high in np.max(corners, axis=0))
    return Box(max(0, left), max(0, top) + offset, max(1, right - left), max(1, bottom - top))


@functools.cache
def _line_reader() -> Any:
    """The recogniser alone, which fills short lines up to less than the library does."""
    reader = _reader()
    blank = np.full((_LINE_PX, _LEAST_WIDTH_PX, 3), 255, dtype=np.uint8)
    reader(blank, use_det=False, use_cls=False, use_rec=True)  # loads the recogniser
    recogniser = copy.copy(reader.text_rec)
    recogniser.rec_image_shape = [3, _LINE_PX, _LEAST_WIDTH_PX]
    return recogniser


@functools.cache
def _line_input() -> Any:
    from rapidocr.ch_ppocr_rec.typings import TextRecInput

    return TextRecInput


@functools.cache
def _reader() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(params=_THREADS)
