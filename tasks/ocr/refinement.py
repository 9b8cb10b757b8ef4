"""The fine part of registration: small printed patches of the blank form are looked for again.

Matched points crowd where the print is dense, so that a field far from them may be missed by
millimetres. Patches spread over the whole form tie every part of the page.
"""

import functools

import cv2
import numpy as np
import numpy.typing as npt

from tasks.ocr.engines.engine import GreyImage
from tasks.ocr.form import FORM_DPI, Form

#: Patches of a form, and the least distance between two of them, in pixels of the reference.
_PATCHES_MAX = 160
_PATCH_DISTANCE_PX = 40
#: Half a patch, and how far it is looked for: first far, then near, then near again.
_HALF_PX = 16
_SEARCHES_PX = (26, 8, 8)
#: The last search is left out when this share of the patches holds already.
_HELD_SHARE = 0.93
#: A patch is found when it looks this much like the print (1 is the same).
_LIKENESS_MIN = 0.55
#: Fewer found patches say nothing.
_FOUND_MIN = 12
#: Pixels by which a found patch may miss.
_MISS_PX_MAX = 2.0


def refine(
    image: GreyImage, to_form: npt.NDArray[np.float64], form: Form
) -> tuple[npt.NDArray[np.float64], float]:
    """Return a better matrix from page to form, and the share of the patches that hold it."""
    scale = FORM_DPI / form.reference_dpi
    shrink = np.diag([1 / scale, 1 / scale, 1.0])
    size = (form.reference.shape[1], form.reference.shape[0])
    # Thin print must be smoothed before it is made smaller, or it breaks into dots.
    smooth = cv2.GaussianBlur(image, (0, 0), 0.8)
    held = 0
    for number, search in enumerate(_SEARCHES_PX):
        if number > 1 and held >= _HELD_SHARE * len(_patches(form)):
            break
        warped = cv2.warpPerspective(smooth, shrink @ to_form, size, borderValue=255)
        found, printed = _displaced(np.asarray(warped, dtype=np.uint8), form, search)
        if len(found) < _FOUND_MIN:
            break
        cv2.setRNGSeed(0)
        step, mask = cv2.findHomography(found, printed, cv2.RANSAC, _MISS_PX_MAX)
        if step is None or int(mask.sum()) < _FOUND_MIN:
            break
        held = int(mask.sum())
        to_form = np.linalg.inv(shrink) @ step @ shrink @ to_form
    return np.asarray(to_form, dtype=np.float64), held / max(1, len(_patches(form)))


def _displaced(
    warped: GreyImage, form: Form, search: int
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    found, printed = [], []
    reach = _HALF_PX + search
    for x, y in _patches(form):
        patch = form.reference[y - _HALF_PX : y + _HALF_PX + 1, x - _HALF_PX : x + _HALF_PX + 1]
        top, left = max(0, y - reach), max(0, x - reach)
        window = warped[top : y + reach + 1, left : x + reach + 1]
        likeness = cv2.matchTemplate(window, patch, cv2.TM_CCOEFF_NORMED)
        _, best, _, place = cv2.minMaxLoc(likeness)
        if best >= _LIKENESS_MIN:
            shift_x, shift_y = _between_pixels(
                np.asarray(likeness, np.float32), (place[0], place[1])
            )
            found.append(
                (left + place[0] + shift_x + _HALF_PX, top + place[1] + shift_y + _HALF_PX)
            )
            printed.append((x, y))
    return np.array(found, dtype=np.float32), np.array(printed, dtype=np.float32)


def _between_pixels(
    likeness: npt.NDArray[np.float32], place: tuple[int, ...]
) -> tuple[float, float]:
    x, y = place[0], place[1]
    height, width = likeness.shape
    shift_x = _vertex(likeness[y, x - 1 : x + 2]) if 0 < x < width - 1 else 0.0
    shift_y = _vertex(likeness[y - 1 : y + 2, x]) if 0 < y < height - 1 else 0.0
    return shift_x, shift_y


def _vertex(three: npt.NDArray[np.float32]) -> float:
    before, middle, after = (float(value) for value in three)
    bend = before - 2 * middle + after
    return 0.0 if bend == 0 else 0.5 * (before - after) / bend


@functools.lru_cache(maxsize=64)
def _patches(form: Form) -> tuple[tuple[int, int], ...]:
    corners = cv2.goodFeaturesToTrack(
        form.reference,
        maxCorners=_PATCHES_MAX,
        qualityLevel=0.02,
        minDistance=_PATCH_DISTANCE_PX,
        blockSize=9,
    )
    height, width = form.reference.shape
    places = [] if corners is None else [(round(x), round(y)) for x, y in corners[:, 0].tolist()]
    return tuple(
        (x, y)
        for x, y in places
        if _HALF_PX <= x < width - _HALF_PX and _HALF_PX <= y < height - _HALF_PX
    )
