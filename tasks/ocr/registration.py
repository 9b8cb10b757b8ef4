"""Which known form a page is, and how it lies: ORB points matched by RANSAC to a blank form.

A page of a known form costs 0.08 CPU seconds among seven forms, another page 0.17; turned and
photographed pages are settled for free. The number of matched points tells a foreign page: true
forms have 145 and more, a fax 46, a noisy photograph 31; 49 other pages had 17 at most. One till's
receipt of a hundred had 67 by chance, and forms of one payer share their header, so that a form is
taken only when its whole print stands where it should.
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
from tasks.ocr.refinement import are_alike, own_print_share, refine

#: Matched points from which a page is taken for the form, if the form's print holds besides.
INLIERS_MIN = 25
#: Share of the form's printed patches that must stand where they should. True forms have 0.96 and
#: more, black and white ones 0.89, faxes 0.69; other forms with the same header have 0.11 at most.
HELD_MIN = 0.4
#: The strongest points of a page, by which the likely forms are chosen, and how many of these; the
#: true one was the first or second on every page. Forms with fewer matches than this share of the
#: most are not looked at: print that two forms have in common gives both of them matches.
_QUICK_POINTS, _LIKELY_MAX, _LIKELY_SHARE_MIN = 300, 3, 0.6
#: A form that holds this share fits without a doubt: forms that look otherwise are not asked.
_SURE_HELD_MIN = 0.9
#: Of two forms that both fit, one must have this share of the print that only it has, and this much
#: more than the other has of its own.
_OWN_PRINT_MIN, _OWN_PRINT_LEAD = 0.5, 0.25
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
class _PagePoints:
    """The points of a page made smaller: places, marks, and the numbers of the strongest."""

    shrink: float
    points: npt.NDArray[np.float32]
    marks: Any
    strongest: npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class NotRecognised:
    """No known form: the most matched points any form had."""

    inliers: int


class _Search:
    """The forms that a page was matched with so far, and those that it may be."""

    def __init__(self, image: GreyImage) -> None:
        self.found: list[Registration] = []
        self.inliers = 0
        self._image = image
        self._pages: dict[float, _PagePoints] = {}
        self._tried: set[Form] = set()

    @property
    def is_sure(self) -> bool:
        return any(one.held_share >= _SURE_HELD_MIN for one in self.found)

    def look_for(self, forms: Sequence[Form], page: _PagePoints) -> None:
        """Match the likely ones of the forms of one resolution, from the likeliest on.

        Counts of different resolutions say nothing of one another: on a noisy photograph most of
        the strongest points are those of the noise.
        """
        self._pages[page.shrink] = page
        counts = _matches_of_strongest(forms, page)
        least = max(counts.values(), default=0) * _LIKELY_SHARE_MIN
        likely = sorted(counts, key=lambda form: -counts[form])[:_LIKELY_MAX]
        for form in likely:
            if counts[form] >= least and (not self.is_sure or self._is_like_found(form)):
                self._match(form, page)

    def look_for_alike(self, forms: Sequence[Form], shrink: float) -> None:
        """Match the forms not matched yet that may be taken for one that was found."""
        for form in forms:
            if form not in self._tried and self._is_like_found(form):
                if shrink not in self._pages:
                    self._pages[shrink] = _page_points(self._image, shrink)
                self._match(form, self._pages[shrink])

    def _is_like_found(self, form: Form) -> bool:
        return any(are_alike(one.form, form) for one in self.found)

    def _match(self, form: Form, page: _PagePoints) -> None:
        self._tried.add(form)
        answer = _match(self._image, page, form)
        self.inliers = max(self.inliers, answer.inliers)
        if isinstance(answer, Registration):
            self.found.append(answer)


def _by_shrink(dpi: int, forms: Sequence[Form]) -> list[tuple[float, list[Form]]]:
    """The forms by how much a page is made smaller for them; the most forms first."""
    groups: dict[float, list[Form]] = {}
    for form in forms:
        groups.setdefault(min(1.0, form.reference_dpi / dpi), []).append(form)
    return sorted(groups.items(), key=lambda group: -len(group[1]))


def register(image: GreyImage, dpi: int, forms: Sequence[Form]) -> Registration | NotRecognised:
    """Return the form that a page is, if it is one of them beyond doubt.

    The page's points are found once for each resolution of forms, that of the most forms first. The
    few forms with the most points in common are matched in full; those whose print stands where it
    should are compared by the print that sets them apart. Once a form fits without a doubt, only
    those that look like it are still asked.
    """
    groups = _by_shrink(dpi, forms)
    search = _Search(image)
    for shrink, group in groups:
        search.look_for(group, _page_points(image, shrink))
        if search.is_sure:
            break
    for shrink, group in groups:
        search.look_for_alike(group, shrink)
    best = _told_apart(image, search.found)
    if best is not None:
        return best
    return NotRecognised(inliers=min(search.inliers, INLIERS_MIN - 1))


def bring_to_form(image: GreyImage, registration: Registration) -> GreyImage:
    """Return the page as if it had been scanned straight, at the form's resolution."""
    size = (registration.form.width, registration.form.height)
    return np.asarray(
        cv2.warpPerspective(
            image, registration.to_form, size, flags=cv2.INTER_LINEAR, borderValue=255
        ),
        dtype=np.uint8,
    )


def _page_points(image: GreyImage, shrink: float) -> _PagePoints:
    small = cv2.resize(image, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    points, marks, strengths = _points(np.asarray(small, dtype=np.uint8))
    return _PagePoints(shrink, points, marks, np.argsort(-strengths)[:_QUICK_POINTS])


def _matches_of_strongest(forms: Sequence[Form], page: _PagePoints) -> dict[Form, int]:
    """How many of the page's strongest points each form has; none of a page with few points."""
    if page.marks is None or len(page.points) < INLIERS_MIN:
        return {}
    marks = page.marks[page.strongest]
    return {form: len(_good_matches(marks, form)) for form in forms}


def _good_matches(marks: Any, form: Form) -> list[Any]:
    """Matches of the page's marks that are clearly better than the second best."""
    form_marks = _form_points(form)[1]
    if form_marks is None:
        return []
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(marks, form_marks, k=2)
    return [
        pair[0]
        for pair in pairs
        if len(pair) == 2 and pair[0].distance < _RATIO_MAX * pair[1].distance
    ]


def _match(image: GreyImage, page: _PagePoints, form: Form) -> Registration | NotRecognised:
    good = _good_matches(page.marks, form)
    if len(good) < INLIERS_MIN:
        return NotRecognised(inliers=len(good))
    source = page.points[[match.queryIdx for match in good]] / page.shrink
    target = _form_points(form)[0][[match.trainIdx for match in good]]
    target = target * (FORM_DPI / form.reference_dpi)
    cv2.setRNGSeed(0)
    matrix, mask = cv2.findHomography(source, target, cv2.RANSAC, _MISS_PX_MAX)
    if matrix is None:
        return NotRecognised(inliers=0)
    inliers = int(mask.sum())
    if inliers < INLIERS_MIN or not _is_a_page(matrix, form, image):
        return NotRecognised(inliers=min(inliers, INLIERS_MIN - 1))
    to_form, held_share = refine(image, np.asarray(matrix, dtype=np.float64), form)
    if held_share < HELD_MIN:
        return NotRecognised(inliers=min(inliers, INLIERS_MIN - 1))
    return Registration(form, inliers, to_form, held_share)


def _told_apart(image: GreyImage, found: Sequence[Registration]) -> Registration | None:
    """The one form whose own print is on the page, where others have most of it in common."""
    for one in found:
        others = [other for other in found if other is not one]
        if all(_is_rather(image, one, other) for other in others):
            return one
    return None


def _is_rather(image: GreyImage, one: Registration, other: Registration) -> bool:
    own = own_print_share(image, one.to_form, one.form, other.form)
    foreign = own_print_share(image, other.to_form, other.form, one.form)
    return own >= _OWN_PRINT_MIN and own - foreign >= _OWN_PRINT_LEAD


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


def _points(
    image: GreyImage,
) -> tuple[npt.NDArray[np.float32], Any, npt.NDArray[np.float32]]:
    """The places, marks and strengths of a picture's points."""
    points, marks = cv2.ORB.create(nfeatures=_POINTS).detectAndCompute(image, None)
    places = np.array([point.pt for point in points], dtype=np.float32)
    return places, marks, np.array([point.response for point in points], dtype=np.float32)


@functools.lru_cache(maxsize=64)
def _form_points(form: Form) -> tuple[npt.NDArray[np.float32], Any]:
    return _points(form.reference)[:2]
