"""The second reader: RapidOCR (PP-OCRv6 small), a line at a time or, on receipts, a whole page.

Its model comes inside the wheel and works offline; it reads 50 languages, but no Arabic. It is
loaded on the first reading of a process. Lines of different widths are not batched: padding
them to one width costs twice what the batch saves.
"""

import functools
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from models.errors import DecoderFailed
from models.reading import Box, Token
from tasks.ocr.engines.engine import GreyImage, Kind

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
        answer = self._answer(image, use_det=True)
        if not answer.txts:
            return ()
        return tuple(
            Token(text.strip(), _box_of(corners), float(score) * 100, self.name)
            for corners, text, score in zip(answer.boxes, answer.txts, answer.scores, strict=True)
            if text.strip()
        )

    def _line(self, crop: GreyImage) -> Token:
        height, width = crop.shape[:2]
        answer = self._answer(crop, use_det=False)
        text = answer.txts[0] if answer.txts else ""
        score = float(answer.scores[0]) * 100 if answer.txts else 0.0
        return Token(text.strip(), Box(0, 0, width, height), score, self.name)

    def _answer(self, image: GreyImage, *, use_det: bool) -> Any:
        picture = np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), dtype=np.uint8)
        try:
            return _reader()(picture, use_det=use_det, use_cls=False, use_rec=True)
        except Exception as error:  # the library raises its own and onnxruntime's errors
            raise DecoderFailed("the second reader failed on an image") from error


def _box_of(corners: Any) -> Box:
    """The upright rectangle around four corners."""
    left, top = (round(float(low)) for low in np.min(corners, axis=0))
    right, bottom = (round(float(high)) for high in np.max(corners, axis=0))
    return Box(max(0, left), max(0, top), max(1, right - left), max(1, bottom - top))


@functools.cache
def _reader() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(params=_THREADS)
