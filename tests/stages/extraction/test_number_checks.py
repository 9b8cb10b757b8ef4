"""Numbers are checked by what is published of them, and dates of a form by its own order."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.simulation.identifiers import ice_number
from tasks.extraction.fields import parse_amount, parse_date_ymd, parser_of
from tasks.extraction.number_checks import NUMBER_CHECKS

#: Published examples (python-stdnum, GS1, GB 11643) and numbers of our own simulator.
RIGHT = {
    "nir": "255081416802538",
    "siret": "73282932000074",
    "luhn": "79927398713",
    "ean13": "6118000010050",
    "ice": ice_number(7),
    "resident_card": "11010519491231002X",
}


@pytest.mark.parametrize(("check", "value"), RIGHT.items(), ids=RIGHT)
def test_a_right_number_passes(check: str, value: str) -> None:
    assert NUMBER_CHECKS[check](value)


@pytest.mark.parametrize(("check", "value"), RIGHT.items(), ids=RIGHT)
@pytest.mark.parametrize("place", [1, 6, 8])
def test_a_number_with_one_wrong_digit_does_not(check: str, value: str, place: int) -> None:
    wrong = str((int(value[place]) + 1) % 10)
    assert not NUMBER_CHECKS[check](value[:place] + wrong + value[place + 1 :])


def test_every_check_is_tried_here() -> None:
    assert set(RIGHT) | {"tooth"} == set(NUMBER_CHECKS)


def test_a_tooth_is_named_by_quadrant_and_place() -> None:
    quadrants = {1: 8, 2: 8, 3: 8, 4: 8, 5: 5, 6: 5, 7: 5, 8: 5}
    teeth = {
        f"{number}{place}" for number, last in quadrants.items() for place in range(1, last + 1)
    }
    parts = {"00", "01", "02", "10", "20", "30", "40"}
    found = {f"{number:02d}" for number in range(100) if NUMBER_CHECKS["tooth"](f"{number:02d}")}
    assert found == teeth | parts
    assert not any(map(NUMBER_CHECKS["tooth"], ("", "1", "116", "1б", "١٦")))


@pytest.mark.parametrize("value", ["", "0" * 15, "1" * 13, "96385074", "110105194902310021"])
def test_what_is_no_such_number_passes_no_check_of_its_kind(value: str) -> None:
    assert not any(NUMBER_CHECKS[check](value) for check in ("ice", "resident_card", "ean13"))


def test_a_field_with_a_check_is_valid_only_when_it_passes() -> None:
    parse = parser_of("code", "[0-9]{17}[0-9X]", check="resident_card")
    assert parse(RIGHT["resident_card"]).is_valid
    assert not parse("110105194912310021").is_valid


@given(st.dates(min_value=dt.date(1900, 1, 1), max_value=dt.date(2100, 12, 31)))
def test_a_day_written_year_first_is_read_back(day: dt.date) -> None:
    for text in (
        day.isoformat(),
        f"{day:%Y/%m/%d}",
        f"{day:%Y.%m.%d}",
        f"{day:%Y%m%d}",
        f"{day.year}年{day.month}月{day.day}日",
    ):
        parsed = parse_date_ymd(text)
        assert (parsed.value, parsed.is_valid) == (day.isoformat(), True)


@pytest.mark.parametrize("text", ["18/11/2026", "2026-13-01", "2026年2月30日", "18112026", ""])
def test_a_day_that_is_none_or_day_first_is_no_day_of_such_a_form(text: str) -> None:
    assert not parse_date_ymd(text).is_valid


@given(st.integers(min_value=0, max_value=10**9))
def test_an_amount_keeps_its_value_with_any_sign_of_currency(minor: int) -> None:
    major, cents = divmod(minor, 100)
    for text in (f"¥{major:,}.{cents:02d}", f"￥ {major}.{cents:02d}", f"{major}.{cents:02d}元"):
        assert parse_amount(text).value == str(minor)
