"""Engines that answer in one known way."""

from collections.abc import Sequence

import numpy as np

from models.errors import DecoderFailed
from models.reading import Box, Token
from tasks.ocr.engines.engine import GreyImage, Kind


class ScriptedEngine:
    """Says the same words of every page, and the same text of every crop."""

    def __init__(self, name: str, *words: Token, crop_text: str = "") -> None:
        self.name = name
        self.words = words
        self.crop_text = crop_text
        self.crop_counts: list[int] = []

    def read(
        self, image: GreyImage, *, language: str, kind: Kind, charset: str, dpi: int
    ) -> tuple[Token, ...]:
        return self.words

    def read_crops(
        self, crops: Sequence[GreyImage], *, language: str, charset: str, dpi: int
    ) -> tuple[Token, ...]:
        self.crop_counts.append(len(crops))
        return tuple(
            Token(self.crop_text, Box(0, 0, crop.shape[1], crop.shape[0]), 99.0, self.name)
            for crop in crops
        )


class CrashingEngine:
    """Fails on everything, as an engine without its models does."""

    name = "crashing"

    def read(
        self, image: GreyImage, *, language: str, kind: Kind, charset: str, dpi: int
    ) -> tuple[Token, ...]:
        raise DecoderFailed("the engine does not work")

    def read_crops(
        self, crops: Sequence[GreyImage], *, language: str, charset: str, dpi: int
    ) -> tuple[Token, ...]:
        raise DecoderFailed("the engine does not work")


def word(text: str, left: int, top: int = 100, *, confidence: float = 95.0) -> Token:
    """A word 20 pixels a letter wide and 30 high."""
    return Token(text, Box(left, top, 20 * len(text), 30), confidence, "tesseract")


def paper(width: int = 800, height: int = 1_100) -> GreyImage:
    """A white page with a black bar, so that it is not blank."""
    image = np.full((height, width), 255, dtype=np.uint8)
    image[50:70, 50:300] = 0
    return image
