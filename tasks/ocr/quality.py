"""How good a page is, and the repairs that pay: straightening, an even background, contrast.

Each repair is done only when the measured defect asks for it: on good pages both are wasted,
and sharper means (local thresholds, denoising, line removal) do harm.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

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
#: Limits of the bands, from 48 sheets in eight kinds of damage and 44 made worse step by step. The
#: focus is 0.075 and more on scans, 0.063 and more on photographs, 0.05 with a further blur of
#: 1 pixel (3 % of the fields wrong by the better engine), 0.04 at 1.5 (5 %), 0.035 at 2 (46 %).
FOCUS_FAIR_MIN, FOCUS_POOR_MIN = 0.06, 0.045
#: At 150 and 100 dpi nothing was lost, at 75 dpi 5 %; a black and white page has to have more.
DPI_FAIR_MIN, DPI_POOR_MIN = 160, 90
#: Scans have at most 9, shaded pages 32 and more, photographs 29 and more.
RANGE_FAIR_MAX = 25.0
#: Scans have 200 and more, pale ones 115 to 147; down to 41 nothing was lost, but nothing is left.
CONTRAST_FAIR_MIN, CONTRAST_POOR_MIN = 160.0, 40.0
#: Of a grey page's patches 96 % and more are found, of a black and white one's 89 %, of a fax's 69
#: to 83 %: there 11 % of the fields are wrong by the better engine and 39 % by the other.
HELD_FAIR_MIN, HELD_POOR_MIN = 0.93, 0.85
#: Share of a form's zones on whose letters and digits both engines agree: 0.75 and more on 388
#: typed sheets (median 1), 0.05 to 0.64 on six of eight that look written by hand, 0.62 on a fax.
AGREED_FAIR_MIN, AGREED_POOR_MIN = 0.85, 0.7
#: Fine print, as of a Chinese list, is found in 78 % of its patches on a clear scan: where both
#: engines agree on so many zones, patches alone make no page poor.
AGREED_CLEAR_MIN = 0.95
#: Pixels between black and white for one dark pixel: 2 and more on grey pages, 0 on a fax.
_MIDDLE_SHARE_MIN = 0.1
_DARK_MAX, _LIGHT_MIN = 96, 192
#: Share of the changes between rows that fall inside a doubled row.
_DOUBLED_SHARE_MAX = 0.1
#: The focus is measured on a third of the rows, in bands of so many, on the clearest edges.
_FOCUS_ROWS, _CLEAR_EDGES_PERCENT = 96, 97
#: Share of the page, in percent, that is taken for its darkest ink.
_BLACK_PERCENT = 0.1
#: Leaning is looked for up to this angle; beyond it the page is turned, not leaning.
_SKEW_MAX_DEGREES = 5.0
#: Width to which a page is reduced for measuring.
_MEASURE_PX = 620


class Band(StrEnum):
    """How well a page can be read; what a reading is worth is counted for each band."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


@dataclass(frozen=True, slots=True)
class Quality:
    """Measured quality of a page: lean, sharpness (variance of the Laplacian), greys, focus."""

    skew_degrees: float
    sharpness: float
    background_range: float
    background_level: float
    ink_level: float
    black_level: float
    focus: float

    @property
    def contrast(self) -> float:
        """Grey levels between paper and the darkest ink, however little of it there is."""
        return self.background_level - self.black_level

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


@dataclass(frozen=True, slots=True)
class Grain:
    """Whether a picture has ink and paper only, without greys; its dots per inch that differ."""

    is_black_white: bool
    dpi: int


def measure_quality(image: GreyImage, *, with_skew: bool = True) -> Quality:
    """Return the measured quality of a page; the lean of a registered page is known already."""
    small = _reduced(image)
    background = background_of(small)
    dark, light = (level_of(background, percent) for percent in (5, 95))
    ink, black = (grey_at(image, percent) for percent in (INK_PERCENT, _BLACK_PERCENT))
    return Quality(
        skew_degrees=measure_skew(small) if with_skew else 0.0,
        sharpness=_sharpness(image),
        background_range=float(light - dark),
        background_level=float(np.median(background)),
        ink_level=float(ink),
        black_level=float(black),
        focus=measure_focus(image),
    )


def grey_at(image: GreyImage, percent: float) -> float:
    """Return the grey level below which a share of a page lies, in whole levels."""
    counts = cv2.calcHist([image], [0], None, [256], [0, 256]).cumsum()
    return float(np.searchsorted(counts, counts[-1] * percent / 100))


def level_of(image: GreyImage, percent: float) -> float:
    """Return the grey level of a percentile, between two levels where it falls between two dots."""
    counts = cv2.calcHist([image], [0], None, [256], [0, 256]).ravel().cumsum()
    place = percent / 100 * (image.size - 1)
    whole = int(place)
    low, high = np.searchsorted(counts, (whole, min(whole + 1, image.size - 1)), side="right")
    return float(low + (high - low) * (place - whole))


def _sharpness(image: GreyImage) -> float:
    deviation = cv2.meanStdDev(cv2.Laplacian(image, cv2.CV_16S))[1]
    return round(float(deviation[0, 0]) ** 2, 1)


def grain_of(picture: GreyImage, dpi: int) -> Grain:
    """Return what the dots of a page as received are, and how many of them say something."""
    return Grain(is_black_and_white(picture), dpi // 2 if is_doubled(picture) else dpi)


def band_of(quality: Quality, grain: Grain, held_share: float = 1.0) -> Band:
    """Return how well a page can be read.

    ``grain`` is of the page as received; ``held_share`` is the share of a form's printed patches
    that stand where they should.
    """
    measured = (
        (quality.focus, FOCUS_FAIR_MIN, FOCUS_POOR_MIN),
        (grain.dpi, DPI_FAIR_MIN, DPI_FAIR_MIN if grain.is_black_white else DPI_POOR_MIN),
        (quality.contrast, CONTRAST_FAIR_MIN, CONTRAST_POOR_MIN),
        (held_share, HELD_FAIR_MIN, HELD_POOR_MIN),
    )
    if any(value < poor for value, _, poor in measured):
        return Band.POOR
    is_fair = any(value < fair for value, fair, _ in measured)
    if is_fair or quality.background_range > RANGE_FAIR_MAX or grain.is_black_white:
        return Band.FAIR
    return Band.GOOD


def band_as_read(band: Band, agreed_share: float, of_picture: Band | None = None) -> Band:
    """Return the band of a form once it is read: a clear picture of a hand is no good page.

    ``agreed_share`` is the share of the zones on which both engines agree; ``of_picture`` the band
    of the picture alone, whatever part of the form's print was found on it.
    """
    if of_picture not in (None, Band.POOR) and agreed_share >= AGREED_CLEAR_MIN:
        return Band.FAIR if band is Band.POOR else band
    if agreed_share < AGREED_POOR_MIN:
        return Band.POOR
    return Band.FAIR if agreed_share < AGREED_FAIR_MIN and band is Band.GOOD else band


def is_black_and_white(picture: GreyImage) -> bool:
    """Whether a picture has no greys between ink and paper, as a fax has none."""
    some = np.ascontiguousarray(picture[::2, ::2])
    counts = cv2.calcHist([some], [0], None, [256], [0, 256])
    dark, middle = int(counts[:_DARK_MAX].sum()), int(counts[_DARK_MAX:_LIGHT_MIN].sum())
    return dark > 0 and middle < _MIDDLE_SHARE_MIN * dark


def is_doubled(picture: GreyImage) -> bool:
    """Whether each row stands twice, as when a fax was brought from 100 to 200 dpi."""
    ink = picture < (_DARK_MAX + _LIGHT_MIN) // 2
    changes = np.count_nonzero(ink[1:] != ink[:-1], axis=1)
    odd, even = int(changes[::2].sum()), int(changes[1::2].sum())
    return min(odd, even) < _DOUBLED_SHARE_MAX * max(1, odd + even)


def measure_focus(image: GreyImage) -> float:
    """Return how sharply the clearest edges bend: the Laplacian over the gradient on them.

    It depends neither on the contrast nor on how much is printed.
    """
    image = image[: image.shape[0] // _FOCUS_ROWS * _FOCUS_ROWS]
    bands = [image[top : top + _FOCUS_ROWS] for top in range(0, len(image), 3 * _FOCUS_ROWS)]
    if not bands or image.shape[1] < _FOCUS_ROWS:
        return 0.0
    bends, slopes = [], []
    for band in bands:
        across, down = cv2.spatialGradient(np.ascontiguousarray(band))
        slopes.append(cv2.magnitude(across.astype(np.float32), down.astype(np.float32)))
        bends.append(np.abs(cv2.Laplacian(band, cv2.CV_32F)))
    slope, bend = np.concatenate(slopes), np.concatenate(bends)
    clear = slope > np.percentile(slope[::4], _CLEAR_EDGES_PERCENT)
    return round(float(bend[clear].mean() / slope[clear].mean()), 3) if clear.any() else 0.0


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
    ink, paper = grey_at(image, INK_PERCENT), grey_at(image, 50)
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
