"""What is no number on paper is no number in a line: it never stops the lot."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tasks.extraction.found import missing
from tasks.extraction.lines import NO_DATE, date_of, decimal_of, number_of

NOTHING = missing(1, chance=0.5, is_doubtful=True)


def read_as(text):
    return NOTHING.judged_as(replace(NOTHING.judged, value=text))


@pytest.mark.parametrize("text", ["", "l0", "1O", "--", "NaN", "Infinity", "8 0"])
def test_a_reading_that_is_no_number_gives_no_coefficient(text):
    assert decimal_of(read_as(text)) is None


def test_a_coefficient_keeps_its_decimals():
    assert decimal_of(read_as("1.50")) == Decimal("1.50")


def test_a_reading_that_is_no_day_or_count_gives_the_stated_stand_in():
    assert date_of(read_as("31/02/2026")) == NO_DATE
    assert number_of(read_as("x"), default=7) == 7
