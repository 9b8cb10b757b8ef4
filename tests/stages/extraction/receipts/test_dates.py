"""The day of a receipt in its written forms; a day to come, or long ago, is none."""

import datetime as dt

import pytest

from tasks.extraction.receipts.dates import PrintedDate, find_date
from tasks.extraction.receipts.words import read_receipt_words
from tests.stages.extraction.receipts.printed import rows_of_lines

TODAY = dt.date(2026, 11, 22)


def date_of(*lines: str, first: dict[str, str] | None = None) -> PrintedDate | None:
    return find_date(rows_of_lines(*lines, first=first), read_receipt_words(), TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "12/03/2018",
        "12-03-18",
        "12.03.2018",
        "12 / 03 / 2018",
        "2018-03-12",
        "2018/03/12",
        "12 MAR 2018",
        "12-MAR-18",
        "12/Mar/2018",
        "12th March 2018",
        "March 12, 2018",
        "12 mars 2018",
        "2018年3月12日",
        "12/03/20188:13PM",
        "12/03/201823:02:16",
        "#19-12/03/2018 10:27:03",
        "12/03/2018（Sn）13:51",
        "12/O3/2018",
    ],
)
def test_a_day_is_read_however_it_is_written(text):
    assert date_of(text).day == dt.date(2018, 3, 12)


@pytest.mark.parametrize(
    "text", ["31/02/2018", "12/03/2031", "12/03/1998", "99/99/99", "012-9719498", "1 X 19.00 19.00"]
)
def test_a_day_that_cannot_be_is_none(text):
    assert date_of(text) is None


def test_day_and_month_change_places_when_only_that_gives_a_day():
    assert date_of("03/25/2018").day == dt.date(2018, 3, 25)


def test_a_year_in_two_digits_may_stand_first_when_the_last_would_be_to_come():
    assert date_of("18-11-30").day == dt.date(2018, 11, 30)


def test_the_printed_form_has_no_time_in_it():
    assert date_of("25/12/20188:13PM").printed == "25/12/2018"


def test_the_day_beside_its_word_and_the_time_is_the_receipt_s():
    lines = ("VALID UNTIL 01/01/2020", "DATE : 12/03/2018 10:22")
    found = date_of(*lines)
    assert (found.day, found.rivals) == (dt.date(2018, 3, 12), 1)


def test_a_day_printed_twice_is_the_receipt_s():
    assert date_of("05/03/2018", "12/03/2018", "12/03/2018").day == dt.date(2018, 3, 12)


def test_a_day_that_one_engine_reads_otherwise_is_not_agreed():
    assert date_of("12/03/2018").is_agreed
    assert not date_of("12/03/2018", first={"12/03/2018": "12/08/2018"}).is_agreed


def test_a_day_cut_in_segments_is_put_together():
    assert date_of("12 MAR  2018").day == dt.date(2018, 3, 12)
