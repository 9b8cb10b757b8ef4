"""Readings in their normal form: what is a value, and what is not."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.extraction.fields import (
    is_ean,
    parse_act,
    parse_amount,
    parse_cin,
    parse_code,
    parse_date,
    parse_decimal,
    parse_digits,
    parse_ean,
    parse_integer,
    parse_name,
    parser_of,
)

AMOUNTS = st.integers(min_value=0, max_value=99_999_999)
DAYS = st.dates(min_value=dt.date(1900, 1, 1), max_value=dt.date(2100, 12, 31))


def _written(minor: int, *, mark: str, thousands: str) -> str:
    major, rest = divmod(minor, 100)
    return f"{major:,}".replace(",", thousands) + f"{mark}{rest:02d}"


@given(AMOUNTS, st.sampled_from([(",", ""), (".", ""), (",", " "), (",", "."), (",", "\u202f")]))
def test_an_amount_written_in_any_usual_way_is_read_back(minor, style):
    mark, thousands = style
    parsed = parse_amount(_written(minor, mark=mark, thousands=thousands))
    assert (parsed.value, parsed.is_valid) == (str(minor), True)


@given(DAYS, st.sampled_from(["/", "-", ".", ""]))
def test_a_day_written_in_any_usual_way_is_read_back(day, mark):
    parsed = parse_date(mark.join((f"{day.day:02d}", f"{day.month:02d}", f"{day.year:04d}")))
    assert (parsed.value, parsed.is_valid) == (day.isoformat(), True)


@pytest.mark.parametrize(
    "text", ["123450", "80", "12,5", "1 23,50", "", "1,234,5", "x,50", "-5,00x"]
)
def test_an_amount_without_its_two_decimals_is_not_valid(text):
    assert not parse_amount(text).is_valid


@pytest.mark.parametrize(
    "text", ["31/02/2026", "00/01/2026", "1/2/26", "32132026", "18/11/0026", ""]
)
def test_a_day_that_is_not_in_the_calendar_is_not_valid(text):
    assert not parse_date(text).is_valid


def test_an_amount_may_be_followed_by_its_currency():
    assert parse_amount("1 234,50 DH").value == "123450"


@given(AMOUNTS, st.sampled_from(["-{}", "- {}", "−{}", "–{} DH", "{}-", "({})", "{} -"]))
def test_an_amount_with_a_minus_is_no_amount(minor, shape):
    written = shape.format(_written(minor, mark=",", thousands=" "))
    assert not parse_amount(written).is_valid


@pytest.mark.parametrize("text", ["1234567890123,00", "9" * 40 + ",00", "١٢,٥٠"])
def test_an_amount_that_no_dossier_has_is_no_amount(text):
    assert not parse_amount(text).is_valid


def test_letters_that_look_like_digits_are_digits_in_a_number():
    assert parse_digits("l0O2").value == "1002"


def test_a_doubled_digit_breaks_the_length_of_a_number():
    parse = parser_of("digits", "[0-9]{9}", 9)
    assert parse("787789328").is_valid
    assert not parse("1787789328").is_valid


@pytest.mark.parametrize(
    ("text", "value"), [("AB123456", "AB123456"), ("K 12345", "K12345"), ("BEl23O56", "BE123056")]
)
def test_a_card_number_is_letters_then_digits(text, value):
    assert parse_cin(text) == parse_cin(value)
    assert parse_cin(text).is_valid


@pytest.mark.parametrize("text", ["1494087", "0173339", "L,94087", "BH²04461"])
def test_a_card_number_with_a_digit_for_a_letter_or_a_sign_within_is_not_valid(text):
    assert not parse_cin(text).is_valid


def test_a_card_number_without_letters_is_not_valid():
    assert not parse_cin("12345678").is_valid


def test_names_are_compared_without_accents_and_blanks():
    assert parse_name("AÏT LAHCEN").key == parse_name("AITLAHCEN").key


def test_a_name_with_a_stray_sign_is_not_valid():
    assert not parse_name("BELHA] IMANE").is_valid


def test_a_coefficient_may_have_a_comma():
    assert parse_decimal("1,5").value == "1.5"
    assert parse_decimal("80").value == "80"


def test_a_coefficient_of_nothing_is_not_valid():
    assert not parse_decimal("0").is_valid


def test_a_quantity_is_a_whole_number_above_nothing():
    assert parse_integer("03").value == "3"
    assert not parse_integer("0").is_valid


@pytest.mark.parametrize(
    ("text", "value"), [("H}-MED", "HJ-MED"), ("2", "Z"), ("€", "C"), ("D700", "D700")]
)
def test_an_act_begins_with_a_letter(text, value):
    assert parse_act(text).value == value


def test_a_code_holds_no_signs():
    assert parse_code("AG–01").value == "AG-01"
    assert not parse_code("AG*01").is_valid


@given(st.integers(min_value=0, max_value=10**12 - 1))
def test_exactly_one_check_digit_makes_an_ean(number):
    assert sum(is_ean(f"{number:012d}{digit}") for digit in range(10)) == 1


@given(st.integers(min_value=0, max_value=10**12 - 1), st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_breaks_an_ean(number, place, shift):
    good = next(f"{number:012d}{digit}" for digit in range(10) if is_ean(f"{number:012d}{digit}"))
    wrong = str((int(good[place]) + shift) % 10)
    assert not parse_ean(good[:place] + wrong + good[place + 1 :]).is_valid
