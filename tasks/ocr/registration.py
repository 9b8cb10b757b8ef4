"""Which known form a page is, and how it lies: ORB points matched by RANSAC to a blank form.

It costs 0.03 CPU seconds for each form and settles turned and photographed pages for free. The
number of matched points says by itself whether this is the form: true forms have 180 and more,
foreign pages fewer than 20.
"""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from tasks.ocr.engines.engine import GreyImage
from tasks.ocr.form import FORM_DPI, Form
from tasks.ocr.refinement import refine

#: Matched points from which a page is taken for the form.
INLIERS_MIN = 40
#: Points looked for on a page.
_POINTS = 1500
#: Second-best matches must be this much worse.
_RATIO_MAX = 0.8
#: Pixels by which a matched point may miss.
_MISS_PX_MAX = 4.0
#: A found page covers at least this share of its picture; less is a chance match.
_AREA_SHARE_MIN = 0.15


@dataclass(frozen=True, slots=True)
class Registration:
    """A recognised page: the form, the matched points, and the matrix from page to form.

    ``held_share`` is the share of the form's printed patches that stand where they should.
    """

    form: Form
    inliers: int
    to_form: npt.NDArray[np.float64]
    held_share: float = 0.0

    @property
    def skew_degrees(self) -> float:
        """By how many degrees the page was turned in its picture; positive is clockwise."""
        return round(-math.degrees(math.atan2(self.to_form[1, 0], self.to_form[0, 0])), 1)


@dataclass(frozen=True, slots=True)
class NotRecognised:
    """No known form: the most matched points any form had."""

    inliers: int


def register(image: GreyImage, dpi: int, forms: Sequence[Form]) -> Registration | NotRecognised:
    """Return the form that matches a page best, if it matches well enough."""
    found: Registration | NotRecognised = NotRecognised(inliers=0)
    for form in forms:
        answer = _match(image, dpi, form)
        if answer.inliers > found.inliers:
            found = answer
    return found


def bring_to_form(image: GreyImage, registration: Registration) -> GreyImage:
    """Return the page as if it had been scanned straight, at the form's resolution."""
    size = (registration.form.width, registration.form.height)
    return np.asarray(
        cv2.warpPerspective(
            image, registration.to_form, size, flags=cv2.INTER_LINEAR, borderValue=255
        ),
        dtype=np.uint8,
    )


def _match(image: GreyImage, dpi: int, form: Form) -> Registration | NotRecognised:
    shrink = min(1.0, form.reference_dpi / dpi)
    small = cv2.resize(image, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    points, marks = _points(np.asarray(small, dtype=np.uint8))
    form_points, form_marks = _form_points(form)
    if marks is None or form_marks is None or len(points) < INLIERS_MIN:
        return NotRecognised(inliers=0)
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(marks, form_marks, k=2)
    good = [
        pair[0]
        for pair in pairs
        if len(pair) == 2 and pair[0].distance < _RATIO_MAX * pair[1].distance
    ]
    if len(good) < INLIERS_MIN:
        return NotRecognised(inliers=len(good))
    source = points[[match.queryIdx for match in good]] / shrink
    target = form_points[[match.trainIdx for match in good]] * (FORM_DPI / form.reference_dpi)
    cv2.setRNGSeed(0)
    matrix, mask = cv2.findHomography(source, target, cv2.RANSAC, _MISS_PX_MAX)
    if matrix is None:
        return NotRecognised(inliers=0)
    inliers = int(mask.sum())
    if inliers < INLIERS_MIN or not _is_a_page(matrix, form, image):
        return NotRecognised(inliers=min(inliers, INLIERS_MIN - 1))
    to_form, held_share = refine(image, np.asarray(matrix, dtype=np.float64), form)
    return Registration(form, inliers, to_form, held_share)


def _is_a_page(matrix: Any, form: Form, image: GreyImage) -> bool:
    try:
        back = np.linalg.inv(matrix)
    except np.linalg.LinAlgError:
        return False
    corners = np.array(
        [[[0, 0]], [[form.width, 0]], [[form.width, form.height]], [[0, form.height]]], np.float32
    )
    outline = cv2.perspectiveTransform(corners, back)
    if not cv2.isContourConvex(outline.astype(np.float32)):
        return False
    area = float(cv2.contourArea(outline.astype(np.float32), oriented=True))
    return bool(area > _AREA_SHARE_MIN * image.shape[0] * image.shape[1])


def _points(image: GreyImage) -> tuple[npt.NDArray[np.float32], Any]:
    points, marks = cv2.ORB.create(nfeatures=_POINTS).detectAndCompute(image, None)
    return np.array([point.pt for point in points], dtype=np.float32), marks


@functools.lru_cache(maxsize=64)
def _form_points(form: Form) -> tuple[npt.NDArray[np.float32], Any]:
    return _points(form.reference)
