"""Measured defects of a page, and the repairs they ask for."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tasks.ocr.quality import (
    Band,
    band_as_read,
    band_of,
    grain_of,
    is_doubled,
    level_of,
    measure_quality,
    repair,
)


def text_page(paper: int = 255, ink: int = 0) -> np.ndarray:
    page = np.full((1_169, 827), paper, dtype=np.uint8)
    for row in range(22):
        text = "Assurance maladie obligatoire 2026"
        cv2.putText(page, text, (60, 80 + row * 48), cv2.FONT_HERSHEY_SIMPLEX, 1, ink, 2)
    return page


def leaning(degrees: float) -> np.ndarray:
    turn = cv2.getRotationMatrix2D((413, 584), -degrees, 1)
    return cv2.warpAffine(text_page(), turn, (827, 1_169), borderValue=255)


@pytest.mark.parametrize("degrees", [-3.0, -1.0, 0.0, 0.8, 2.5])
def test_the_lean_of_a_page_is_measured(degrees):
    assert abs(measure_quality(leaning(degrees)).skew_degrees - degrees) <= 0.2


def test_a_leaning_page_is_straightened():
    page = leaning(2.0)
    straight = repair(page, measure_quality(page))
    assert abs(measure_quality(straight).skew_degrees) <= 0.2


def test_a_good_page_is_left_as_it_is():
    page = text_page()
    assert repair(page, measure_quality(page)) is page


def test_a_dark_corner_is_evened_out():
    shade = np.linspace(1.0, 0.5, 827)[None, :]
    page = (text_page() * shade).astype(np.uint8)
    quality = measure_quality(page)
    assert quality.needs_background
    assert np.median(repair(page, quality)[:, -60:]) > 235


def test_a_pale_page_gets_black_ink_and_white_paper():
    page = text_page(paper=225, ink=120)
    quality = measure_quality(page)
    assert quality.needs_contrast
    repaired = repair(page, quality)
    assert (int(repaired.min()), int(np.median(repaired))) == (0, 255)


def test_a_blurred_page_is_less_sharp():
    page = text_page()
    blurred = cv2.GaussianBlur(page, (0, 0), 3)
    assert measure_quality(blurred).sharpness < measure_quality(page).sharpness / 4


@given(
    arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=30)),
    st.integers(min_value=0, max_value=100),
)
def test_a_level_is_the_percentile_of_the_greys(page, percent):
    assert level_of(page, percent) == pytest.approx(np.percentile(page, percent))
    part = page[:, page.shape[1] // 2 :]
    assert level_of(part, percent) == pytest.approx(np.percentile(part, percent))


def band(page: np.ndarray, dpi: int = 200, held_share: float = 1.0) -> Band:
    return band_of(measure_quality(page), grain_of(page, dpi), held_share)


def black_and_white(page: np.ndarray) -> np.ndarray:
    return np.where(page < 128, 0, 255).astype(np.uint8)


def greyed(page: np.ndarray) -> np.ndarray:
    """The page as a scanner sees it: edges are grey."""
    return cv2.GaussianBlur(page, (0, 0), 0.6)


def test_a_sharp_grey_page_is_good():
    assert band(greyed(text_page())) is Band.GOOD


PALE = greyed(text_page(paper=225, ink=100))
BLURRED = cv2.GaussianBlur(text_page(), (0, 0), 0.8)


@pytest.mark.parametrize(
    "page",
    [PALE, black_and_white(text_page()), BLURRED],
    ids=["pale", "black and white", "blurred"],
)
def test_a_page_with_one_defect_is_fair(page):
    assert band(page) is Band.FAIR


def test_a_shaded_page_is_fair():
    shade = np.linspace(1.0, 0.8, 827)[None, :]
    assert band((greyed(text_page()) * shade).astype(np.uint8)) is Band.FAIR


def test_a_fax_brought_to_twice_its_resolution_is_poor():
    fax = cv2.resize(
        black_and_white(text_page()), None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST
    )
    assert is_doubled(fax)
    assert band(fax) is Band.POOR


def test_a_page_is_no_better_than_its_resolution_and_its_place_on_the_form():
    page = greyed(text_page())
    assert [band(page, dpi) for dpi in (200, 120, 75)] == [Band.GOOD, Band.FAIR, Band.POOR]
    shares = (0.97, 0.9, 0.7)
    assert [band(page, 200, share) for share in shares] == [Band.GOOD, Band.FAIR, Band.POOR]


def test_a_badly_blurred_page_is_poor():
    assert band(cv2.GaussianBlur(text_page(), (0, 0), 4)) is Band.POOR


def test_how_little_is_printed_does_not_make_a_page_worse():
    page = np.full((1_169, 827), 255, dtype=np.uint8)
    cv2.putText(page, "Assurance", (60, 80), cv2.FONT_HERSHEY_SIMPLEX, 1, 0, 2)
    assert band(greyed(page)) is Band.GOOD


def test_a_clear_picture_on_which_the_engines_differ_is_no_good_page():
    assert band_as_read(Band.GOOD, 0.95) is Band.GOOD
    assert band_as_read(Band.GOOD, 0.8) is Band.FAIR
    assert band_as_read(Band.GOOD, 0.3) is Band.POOR
    assert band_as_read(Band.POOR, 1.0) is Band.POOR
    assert band_as_read(Band.POOR, 1.0, Band.POOR) is Band.POOR
    assert band_as_read(Band.POOR, 1.0, Band.GOOD) is Band.FAIR
    assert band_as_read(Band.POOR, 0.9, Band.GOOD) is Band.POOR
