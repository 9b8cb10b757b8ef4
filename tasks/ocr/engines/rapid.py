"""The second reader: the recogniser of RapidOCR (PP-OCRv6 small), one line at a time.

Its model comes inside the wheel and works offline; it reads 50 languages, but no Arabic. It is
loaded on the first reading of a process. Lines of different widths are not batched: padding
them to one width costs twice what the batch saves.
"""

import functools
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from rapidocr import RapidOCR

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
    """Reads single lines; never whole pages, which would cost seven seconds each."""

    name = "rapidocr"

    def read(
        self, image: GreyImage, *, language: str, kind: Kind, charset: str, dpi: int
    ) -> tuple[Token, ...]:
        """Return the one line of an image as one token, or nothing for a page or a column.

        Raises:
            DecoderFailed: the recogniser could not read its model or the image.
        """
        if kind != "line" or not image.size:
            return ()
        token = self._line(image)
        return (token,) if token.text else ()

    def read_crops(
        self, crops: Sequence[GreyImage], *, language: str, charset: str, dpi: int
    ) -> tuple[Token, ...]:
        """Return one token for each crop."""
        return tuple(self._line(crop) for crop in crops)

    def _line(self, crop: GreyImage) -> Token:
        height, width = crop.shape[:2]
        picture = np.asarray(cv2.cvtColor(crop, cv2.COLOR_GRAY2BGR), dtype=np.uint8)
        try:
            answer = _recogniser()(picture, use_det=False, use_cls=False, use_rec=True)
        except Exception as error:  # the library raises its own and onnxruntime's errors
            raise DecoderFailed("the second reader failed on a crop") from error
        text = answer.txts[0] if answer.txts else ""
        score = float(answer.scores[0]) * 100 if answer.txts else 0.0
        return Token(text.strip(), Box(0, 0, width, height), score, self.name)


@functools.cache
def _recogniser() -> Any:
    return RapidOCR(params=_THREADS)
