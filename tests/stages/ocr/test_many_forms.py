"""Among many forms, and forms that look alike, a page is taken for its own form or for none."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from tasks.ocr.engines.engine import GreyImage
from tasks.ocr.form import Form, read_forms
from tasks.ocr.refinement import are_alike
from tasks.ocr.registration import NotRecognised, Registration, register

FORMS = read_forms(Path(__file__).parents[3] / "tasks" / "extraction" / "forms")
SHEET = next(form for form in FORMS if form.form_id == "cnss_610_1_02")


def variant(form_id: str, reference: GreyImage) -> Form:
    return replace(SHEET, form_id=form_id, reference=reference)


def with_lower_half_moved(by: int) -> GreyImage:
    """The same header, and the rest of the sheet lower by so many pixels of the reference."""
    reference = SHEET.reference.copy()
    middle = reference.shape[0] // 2
    reference[middle:] = 255
    reference[middle + by :] = SHEET.reference[middle : reference.shape[0] - by]
    return reference


def with_other_body(seed: int) -> GreyImage:
    """The same header over a body of other tables and words."""
    draw = np.random.default_rng(seed)
    reference = SHEET.reference.copy()
    reference[190:] = 255
    for top in range(210, reference.shape[0] - 60, 45):
        left, width = int(draw.integers(30, 300)), int(draw.integers(150, 400))
        cv2.rectangle(reference, (left, top), (left + width, top + 30), 0, 1)
        text = "".join(chr(65 + letter) for letter in draw.integers(0, 26, 12))
        cv2.putText(reference, text, (left + 8, top + 20), cv2.FONT_HERSHEY_SIMPLEX, 0.45, 0, 1)
    return reference


def with_another_number() -> GreyImage:
    """The same sheet but for a line of small print."""
    reference = SHEET.reference.copy()
    reference[96:106, 38:110] = 255
    cv2.putText(reference, "610-1-99", (40, 105), cv2.FONT_HERSHEY_SIMPLEX, 0.35, 0, 1)
    return reference


def scanned(form: Form, degrees: float = 1.0, blur: float = 0.6) -> GreyImage:
    """A page of a blank form as a scanner sees it."""
    size = (form.width, form.height)
    page = cv2.resize(form.reference, size, interpolation=cv2.INTER_CUBIC)
    turn = cv2.getRotationMatrix2D((form.width / 2, form.height / 2), degrees, 1.0)
    page = cv2.warpAffine(page, turn, size, borderValue=255)
    noise = np.random.default_rng(1).normal(0, 5, page.shape)
    return np.clip(cv2.GaussianBlur(page, (0, 0), blur) * 0.92 + noise, 0, 255).astype(np.uint8)


def name_of(page: GreyImage, forms: list[Form]) -> str:
    found = register(page, 200, forms)
    return found.form.form_id if isinstance(found, Registration) else ""


MOVED = variant("moved", with_lower_half_moved(14))
TWIN = variant("twin", with_another_number())
MANY = [*FORMS, *(variant(f"other_{seed}", with_other_body(seed)) for seed in range(7))]


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("form", MANY[-2:], ids=lambda form: form.form_id)
def test_a_form_is_found_among_many_with_the_same_header_however_it_lies(form, turns):
    page = np.ascontiguousarray(np.rot90(scanned(form), turns))
    assert name_of(page, MANY) == form.form_id


def test_the_order_of_the_forms_does_not_matter():
    page = scanned(MANY[-1])
    assert name_of(page, MANY) == name_of(page, MANY[::-1]) == MANY[-1].form_id


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.form_id)
def test_every_known_form_is_found_among_all(form):
    assert name_of(scanned(form), MANY) == form.form_id


@pytest.mark.parametrize("form", [SHEET, MOVED], ids=["sheet", "moved"])
@pytest.mark.parametrize("degrees", [-1.5, 0.0, 1.0])
def test_two_editions_of_a_form_are_told_apart_by_what_moved(form, degrees):
    assert are_alike(SHEET, MOVED)
    assert name_of(scanned(form, degrees), [SHEET, MOVED]) == form.form_id


@pytest.mark.parametrize("form", [SHEET, MOVED, TWIN], ids=["sheet", "moved", "twin"])
@pytest.mark.parametrize("blur", [0.6, 1.5, 3.0])
def test_a_page_is_never_taken_for_a_form_that_looks_like_its_own(form, blur):
    assert name_of(scanned(form, blur=blur), [SHEET, MOVED, TWIN]) in {form.form_id, ""}


def test_a_page_of_a_form_that_is_not_known_is_no_form_of_the_same_payer():
    known = [form for form in MANY if form.form_id != "other_6"]
    assert isinstance(register(scanned(MANY[-1]), 200, known), NotRecognised)


def test_a_page_of_an_unknown_edition_may_not_lie_on_the_old_one():
    found = register(scanned(MOVED), 200, [SHEET])
    assert isinstance(found, NotRecognised) or found.held_share < 0.85
