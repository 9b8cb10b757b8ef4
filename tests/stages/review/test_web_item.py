"""How a dossier's fields are shown: as on paper, with their place, the doubtful ones first."""

import datetime as dt
from typing import Any

import pytest

from models.reading import Box
from tasks.review.web.item import around, as_paper, changed_fields, crop_of, first_answer_of
from tasks.review.web.wording import Wording, error_key


@pytest.mark.parametrize(
    ("name", "value", "written"),
    [
        ("total_minor", 123456, "1234,56"),
        ("lines[3].amount_minor", "805", "8,05"),
        ("lines[3].amount_minor", "8O5", "8O5"),
        ("deposit_date", dt.date(2026, 11, 8), "08/11/2026"),
        ("lines[1].care_date", "2026-11-08", "08/11/2026"),
        ("is_continuous_care", True, "oui"),
        ("is_continuous_care", False, "non"),
        ("prescription_date", None, ""),
        ("insured_number", "100000001", "100000001"),
    ],
)
def test_a_value_is_written_as_on_paper(name: str, value: Any, written: str) -> None:
    assert as_paper(name, value) == written


def test_what_was_confirmed_or_changed_is_a_correction_and_nothing_else_is() -> None:
    form = {
        "csrf": "x",
        "value:a": "1", "was:a": "1",
        "value:b": " 2 ", "was:b": "1",
        "value:c": "3", "was:c": "3", "ok:c": "1",
        "value:d": "", "was:d": "4",
        "value:": "x",
    }  # fmt: skip
    assert changed_fields(form) == {"b": "2", "c": "3", "d": ""}


def test_a_frame_keeps_off_the_writing_and_stays_on_the_page() -> None:
    assert around(Box(100, 50, 200, 40)) == Box(90, 40, 220, 60)
    assert around(Box(2, 1, 30, 12)) == Box(0, 0, 42, 24)


def test_a_crop_shows_the_box_with_room_around_it() -> None:
    left, top, width, height = map(int, crop_of(Box(1240, 830, 160, 50)).split())
    assert left < 1240 < 1400 < left + width
    assert top < 830 < 880 < top + height
    assert crop_of(Box(0, 0, 10, 10)).startswith("0 0 ")


def test_an_amount_is_written_with_thousands_apart() -> None:
    assert [Wording("fr").amount(minor) for minor in (None, 5, 123456, -250)] == [
        "–", "0,05", "1\u202f234,56", "-2,50",
    ]  # fmt: skip


def test_a_first_answer_is_read_back() -> None:
    assert first_answer_of("") is None
    found = first_answer_of('["accept", "", 5600]')
    assert found is not None
    assert (found.answer, found.due_minor) == ("accept", 5600)


def test_what_the_page_has_no_sentence_for_is_told_in_general() -> None:
    assert error_key("something nobody foresaw") == "other"
