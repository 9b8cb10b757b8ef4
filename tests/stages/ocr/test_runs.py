"""Words that make one number, and lone digits that a page reading leaves out."""

import cv2
import numpy as np
import pytest

from tasks.ocr.gaps import lone_boxes
from tasks.ocr.runs import number_runs
from tests.stages.ocr.fakes import word


@pytest.mark.parametrize(
    ("texts", "lefts", "runs"),
    [
        (("1", "234,50"), (0, 45), ["1 234,50"]),
        (("300,", "00"), (0, 100), ["300, 00"]),
        (("2", "6118000010050"), (0, 90), ["2", "6118000010050"]),
        (("25,10", "50,20"), (0, 300), ["25,10", "50,20"]),
        (("TOTAL", "58,30"), (0, 105), ["58,30"]),
    ],
)
def test_parts_of_a_number_are_joined_and_columns_are_not(texts, lefts, runs):
    words = [word(text, left) for text, left in zip(texts, lefts, strict=True)]
    assert [run.text for run in number_runs(words)] == runs


def test_numbers_on_two_rows_stay_apart():
    assert len(number_runs([word("1", 0, 100), word("234", 25, 160)])) == 2


def a_row(*, rule: bool = False) -> np.ndarray:
    image = np.full((400, 1_000), 255, dtype=np.uint8)
    cv2.putText(image, "2", (300, 130), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 0, 3)
    if rule:
        cv2.line(image, (500, 20), (500, 380), 0, 2)
    return image


def test_a_lone_digit_beside_an_amount_is_found():
    boxes = lone_boxes(a_row(), words := [word("58,30", 700)], number_runs(words))
    assert len(boxes) == 1
    assert abs(boxes[0].left - 300) < 10


def test_the_line_between_two_columns_is_no_digit():
    words = [word("58,30", 700)]
    assert len(lone_boxes(a_row(rule=True), words, number_runs(words))) == 1


def test_a_row_without_an_amount_is_not_searched():
    words = [word("Patient", 700)]
    assert lone_boxes(a_row(), words, number_runs(words)) == []
