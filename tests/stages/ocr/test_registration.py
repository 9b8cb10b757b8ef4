"""A known form is recognised however it lies, and other pages are not."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from tasks.ocr.form import read_forms
from tasks.ocr.registration import NotRecognised, Registration, bring_to_form, register

FORMS = read_forms(Path(__file__).parents[3] / "tasks" / "extraction" / "forms")


@pytest.fixture(scope="module")
def blank() -> np.ndarray:
    form = FORMS[0]
    return cv2.resize(form.reference, (form.width, form.height), interpolation=cv2.INTER_CUBIC)


def lying(image: np.ndarray, degrees: float, shift: float = 0.0) -> np.ndarray:
    height, width = image.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 0.97)
    turn[:, 2] += shift
    return cv2.warpAffine(image, turn, (width, height), borderValue=255)


@pytest.mark.parametrize(("degrees", "shift"), [(0, 0), (2, 12), (-1.5, -20), (180, 0)])
def test_a_form_that_lies_askew_is_brought_back_to_the_pixel(blank, degrees, shift):
    found = register(lying(blank, degrees, shift), 200, FORMS)
    assert isinstance(found, Registration)
    straight = bring_to_form(lying(blank, degrees, shift), found)
    ink = blank < 128
    near = cv2.dilate((straight < 160).astype(np.uint8), np.ones((7, 7))) > 0
    assert near[ink].mean() > 0.97


def test_a_form_turned_by_a_quarter_is_recognised(blank):
    found = register(np.ascontiguousarray(np.rot90(blank)), 200, FORMS)
    assert isinstance(found, Registration)
    assert abs(abs(found.skew_degrees) - 90) < 1


def test_a_photograph_of_a_form_is_recognised(blank):
    height, width = blank.shape
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    target = np.array(
        [[90, 60], [width - 40, 110], [width - 120, height - 50], [40, height - 130]], np.float32
    )
    matrix = cv2.getPerspectiveTransform(source, target)
    photo = cv2.warpPerspective(blank, matrix, (width, height), borderValue=90)
    found = register(photo, 200, FORMS)
    assert isinstance(found, Registration)
    corners = cv2.perspectiveTransform(target[None], found.to_form)[0]
    assert np.abs(corners - source).max() < 6


@pytest.mark.parametrize("seed", range(3))
def test_a_page_of_noise_is_no_form(seed):
    noise = np.random.default_rng(seed).integers(0, 255, (2_339, 1_654), dtype=np.uint8)
    assert isinstance(register(noise, 200, FORMS), NotRecognised)


def test_a_page_of_other_text_is_no_form():
    page = np.full((2_339, 1_654), 255, dtype=np.uint8)
    for row in range(40):
        text = "Facture pharmacie total montant " * 2
        cv2.putText(page, text, (80, 100 + row * 50), cv2.FONT_HERSHEY_SIMPLEX, 1, 0, 2)
    assert isinstance(register(page, 200, FORMS), NotRecognised)


def test_an_empty_page_is_no_form():
    page = np.full((2_339, 1_654), 255, dtype=np.uint8)
    assert register(page, 200, FORMS) == NotRecognised(inliers=0)
