"""How good a page is, and the two repairs that pay: straightening and an even background.

Each repair is done only when the measured defect asks for it: on good pages both are wasted,
and sharper means (local thresholds, denoising, line removal) do harm.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from tasks.ocr.engines.engine import GreyImage

#: A page is straightened when it leans by more than this.
SKEW_MIN_DEGREES = 0.3
#: A background is evened out when its light and dark parts differ by more than this (of 255)…
BACKGROUND_RANGE_MAX = 40
#: … or when its paper is darker than this.
BACKGROUND_LEVEL_MIN = 200
#: Ink and paper are pulled apart when they differ by less than this…
CONTRAST_MIN = 140
#: … ink being the darkest share of the page, in percent.
INK_PERCENT = 0.5
#: Leaning is looked for up to this angle; beyond it the page is turned, not leaning.
_SKEW_MAX_DEGREES = 5.0
#: Width to which a page is reduced for measuring.
_MEASURE_PX = 620


@dataclass(frozen=True, slots=True)
class Quality:
    """Measured quality of a page: lean, sharpness (variance of the Laplacian), background."""

    skew_degrees: float
    sharpness: float
    background_range: float
    background_level: float
    ink_level: float

    @property
    def needs_background(self) -> bool:
        """Whether the background is uneven or dark enough to be worth evening out."""
        return (
            self.background_range > BACKGROUND_RANGE_MAX
            or self.background_level < BACKGROUND_LEVEL_MIN
        )

    @property
    def needs_contrast(self) -> bool:
        """Whether ink and paper are so close that thin strokes are taken for paper."""
        return self.background_level - self.ink_level < CONTRAST_MIN

    @property
    def needs_straightening(self) -> bool:
        """Whether the page leans enough to be worth straightening."""
        return abs(self.skew_degrees) > SKEW_MIN_DEGREES


def measure_quality(image: GreyImage, *, with_skew: bool = True) -> Quality:
    """Return the measured quality of a page; the lean of a registered page is known already."""
    small = _reduced(image)
    background = background_of(small)
    dark, light = np.percentile(background, (5, 95))
    return Quality(
        skew_degrees=measure_skew(small) if with_skew else 0.0,
        sharpness=round(float(cv2.Laplacian(image, cv2.CV_64F).var()), 1),
        background_range=float(light - dark),
        background_level=float(np.median(background)),
        ink_level=float(np.percentile(image, INK_PERCENT)),
    )


def measure_skew(image: GreyImage) -> float:
    """Return by how many degrees the text lines lean; positive is clockwise on the page.

    The angle is the one whose row profile is the most uneven: first by half degrees, then by
    tenths around the best.
    """
    small = _reduced(image)
    ink = np.asarray(
        cv2.adaptiveThreshold(
            small, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, blockSize=25, C=15
        ),
        dtype=np.uint8,
    )
    if cv2.countNonZero(ink) < 100:
        return 0.0
    coarse = max(np.arange(-_SKEW_MAX_DEGREES, _SKEW_MAX_DEGREES + 0.1, 0.5), key=_profile(ink))
    fine = max(np.arange(coarse - 0.4, coarse + 0.41, 0.1), key=_profile(ink))
    return round(-float(fine), 1)


def straighten(image: GreyImage, skew_degrees: float) -> GreyImage:
    """Return the page turned back by its lean, on white."""
    return _turned(image, skew_degrees, border=255)


def even_background(image: GreyImage) -> GreyImage:
    """Return the page divided by its background, so that paper is white everywhere."""
    small = cv2.resize(image, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    background = cv2.resize(
        background_of(np.asarray(small, dtype=np.uint8)), (image.shape[1], image.shape[0])
    )
    return np.asarray(cv2.divide(image, np.maximum(background, 1), scale=255), dtype=np.uint8)


def pull_contrast(image: GreyImage) -> GreyImage:
    """Return the page with its paper white and its ink black."""
    ink, paper = float(np.percentile(image, INK_PERCENT)), float(np.median(image))
    greys = (np.arange(256) - ink) * 255 / max(1.0, paper - ink)
    return np.asarray(cv2.LUT(image, np.clip(greys, 0, 255).astype(np.uint8)), dtype=np.uint8)


def repair(image: GreyImage, quality: Quality) -> GreyImage:
    """Return the page with the repairs that its measured defects ask for."""
    if quality.needs_background:
        image = even_background(image)
    if quality.needs_contrast:
        image = pull_contrast(image)
    if quality.needs_straightening:
        image = straighten(image, quality.skew_degrees)
    return image


def background_of(image: GreyImage) -> GreyImage:
    """Return the paper behind the ink: the image dilated, then its median."""
    dilated = cv2.dilate(image, np.ones((9, 9), np.uint8))
    return np.asarray(cv2.medianBlur(dilated, 21), dtype=np.uint8)


def _profile(ink: GreyImage) -> Callable[[float], float]:
    def unevenness(angle: float) -> float:
        rows = _turned(ink, -float(angle), border=0).sum(axis=1, dtype=np.float64)
        return float(((rows[1:] - rows[:-1]) ** 2).sum())

    return unevenness


def _turned(image: GreyImage, degrees: float, border: int) -> GreyImage:
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return np.asarray(
        cv2.warpAffine(image, turn, (width, height), flags=cv2.INTER_LINEAR, borderValue=border),
        dtype=np.uint8,
    )


def _reduced(image: GreyImage) -> GreyImage:
    if image.shape[1] <= _MEASURE_PX:
        return image
    factor = _MEASURE_PX / image.shape[1]
    small = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8)
