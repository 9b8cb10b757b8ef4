"""The fine part of registration: small printed patches of the blank form are looked for again.

Matched points crowd where the print is dense, so that a field far from them may be missed by
millimetres. Patches spread over the whole form tie every part of the page.
"""

import functools
from collections.abc import Sequence

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
_NEAR_PX = 8
_SEARCHES_PX = (26, _NEAR_PX, _NEAR_PX)
#: The last search is left out when this share of the patches holds already.
_HELD_SHARE = 0.93
#: Two blank forms differ where their greys do by this much; the least distance of such patches.
_DIFFERS_MIN, _OWN_DISTANCE_PX = 60, 12
#: Two forms may be taken for one another from this share of common print on.
_ALIKE_SHARE = 0.3
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
    shrink = _to_reference(form)
    smooth = _smoothed(image)
    held = 0
    for number, search in enumerate(_SEARCHES_PX):
        if number > 1 and held >= _HELD_SHARE * len(_patches(form)):
            break
        warped = _warped(smooth, shrink @ to_form, form)
        found, printed = _displaced(warped, form.reference, _patches(form), search)
        if len(found) < _FOUND_MIN:
            break
        cv2.setRNGSeed(0)
        step, mask = cv2.findHomography(found, printed, cv2.RANSAC, _MISS_PX_MAX)
        if step is None or int(mask.sum()) < _FOUND_MIN:
            break
        held = int(mask.sum())
        to_form = np.linalg.inv(shrink) @ step @ shrink @ to_form
    return np.asarray(to_form, dtype=np.float64), held / max(1, len(_patches(form)))


def own_print_share(
    image: GreyImage, to_form: npt.NDArray[np.float64], form: Form, other: Form
) -> float:
    """Return how much of the print that a form has and another has not stands on a page.

    1 is all of it; 0 is none, or that the form has no print of its own.
    """
    patches = _own_patches(form, other)
    if not patches:
        return 0.0
    warped = _warped(_smoothed(image), _to_reference(form) @ to_form, form)
    found, _ = _displaced(warped, form.reference, patches, _NEAR_PX)
    return len(found) / len(patches)


@functools.lru_cache(maxsize=256)
def _own_patches(form: Form, other: Form) -> tuple[tuple[int, int], ...]:
    """Patches of a form where another one's blank picture shows something else."""
    theirs = _on_page_of(form, other)
    differs = cv2.absdiff(
        cv2.GaussianBlur(form.reference, (0, 0), 1), cv2.GaussianBlur(theirs, (0, 0), 1)
    )
    mask = cv2.dilate(np.asarray(differs > _DIFFERS_MIN, dtype=np.uint8), np.ones((5, 5), np.uint8))
    patches = _corners(form.reference, _OWN_DISTANCE_PX, np.asarray(mask, dtype=np.uint8))
    _, common = _displaced(theirs, form.reference, patches, _NEAR_PX)
    shared = {(int(x), int(y)) for x, y in common}
    return tuple(patch for patch in patches if patch not in shared)


@functools.lru_cache(maxsize=256)
def are_alike(form: Form, other: Form) -> bool:
    """Whether two forms have so much print in the same places that one may pass for the other."""
    patches = _patches(form)
    found, _ = _displaced(_on_page_of(form, other), form.reference, patches, _NEAR_PX)
    return len(found) >= _ALIKE_SHARE * len(patches)


def _on_page_of(form: Form, other: Form) -> GreyImage:
    """The other form's picture on paper of this form's size."""
    height, width = form.reference.shape
    paper = np.full((height, width), 255, dtype=np.uint8)
    rows, columns = min(height, other.reference.shape[0]), min(width, other.reference.shape[1])
    paper[:rows, :columns] = other.reference[:rows, :columns]
    return paper


def _to_reference(form: Form) -> npt.NDArray[np.float64]:
    scale = FORM_DPI / form.reference_dpi
    return np.diag([1 / scale, 1 / scale, 1.0])


def _smoothed(image: GreyImage) -> GreyImage:
    """The page smoothed before it is made smaller: thin print would break into dots."""
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 0.8), dtype=np.uint8)


def _warped(image: GreyImage, matrix: npt.NDArray[np.float64], form: Form) -> GreyImage:
    size = (form.reference.shape[1], form.reference.shape[0])
    return np.asarray(cv2.warpPerspective(image, matrix, size, borderValue=255), dtype=np.uint8)


def _displaced(
    warped: GreyImage, reference: GreyImage, patches: Sequence[tuple[int, int]], search: int
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Where patches of the reference are found, and where they are printed."""
    found, printed = [], []
    reach = _HALF_PX + search
    for x, y in patches:
        patch = reference[y - _HALF_PX : y + _HALF_PX + 1, x - _HALF_PX : x + _HALF_PX + 1]
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
    return _corners(form.reference, _PATCH_DISTANCE_PX, None)


def _corners(
    reference: GreyImage, distance: int, mask: GreyImage | None
) -> tuple[tuple[int, int], ...]:
    corners = cv2.goodFeaturesToTrack(
        reference,
        maxCorners=_PATCHES_MAX,
        qualityLevel=0.02,
        minDistance=distance,
        mask=mask,
        blockSize=9,
    )
    height, width = reference.shape
    places = [] if corners is None else [(round(x), round(y)) for x, y in corners[:, 0].tolist()]
    return tuple(
        (x, y)
        for x, y in places
        if _HALF_PX <= x < width - _HALF_PX and _HALF_PX <= y < height - _HALF_PX
    )
