"""A company's name that was cut, doubled or shares its head with another one goes to a person."""

import pytest

from tasks.extraction.receipts.company import find_company
from tasks.extraction.receipts.receipt import P_COMPANY, read_receipt
from tasks.extraction.receipts.rows import Part, group_rows, receipt_rows
from tasks.extraction.receipts.whole_name import ends_in_legal_form
from tasks.extraction.receipts.words import read_receipt_words
from tests.stages.extraction.receipts.printed import printed

#: A centred head, as a till prints it.
CENTRED = (
    "      SUN SUN GARDEN SDN BHD",
    "            (1120908-X)",
    "    NO 1, TAMAN BUNGA, JALAN 12",
    "     43800 DENGKIL, SELANGOR.",
    "      GST REG NO 000670224384",
)
LEFT = ("SUN SUN GARDEN SDN BHD", "NO 1, TAMAN BUNGA", "43800 DENGKIL", "TEL 03-1234567")


def is_accepted(*lines: str) -> bool:
    return not read_receipt(printed(*lines)).company.is_doubtful


@pytest.mark.parametrize("head", [CENTRED, LEFT])
def test_a_name_set_as_the_rows_below_it_is_accepted(head):
    company = read_receipt(printed(*head)).company
    assert (company.value, company.is_doubtful) == ("SUN SUN GARDEN SDN BHD", False)
    assert company.judged.error_probability == P_COMPANY[True, True]


@pytest.mark.parametrize("head", [CENTRED, LEFT])
def test_a_name_whose_beginning_faded_stands_off_the_line_of_its_head(head):
    cut = head[0].replace("SUN SUN", "    SUN")
    company = read_receipt(printed(cut, *head[1:])).company
    assert (company.value, company.is_doubtful) == ("SUN GARDEN SDN BHD", True)
    assert company.judged.error_probability == P_COMPANY[True, False]


def test_rows_that_say_nothing_of_their_setting_vouch_for_nothing():
    assert not is_accepted(LEFT[0], "     NO 1, TAMAN BUNGA", "  43800", "          SELANGOR")
    assert not is_accepted(*LEFT[:2])


def test_a_name_that_may_begin_a_row_higher_is_not_accepted():
    assert not is_accepted("SUN MOON BOOKS", *LEFT)
    assert is_accepted("TAX INVOICE", *LEFT)
    assert is_accepted("0598", *LEFT)


def test_a_second_company_of_the_head_is_a_doubt_and_the_buyer_s_is_none():
    other = "MOON GIFTS SDN BHD"
    assert not is_accepted(*LEFT[:3], other, *LEFT[3:])
    assert is_accepted(*LEFT[:3], "formerly known as", other, *LEFT[3:])
    assert is_accepted(*LEFT, "TAX INVOICE", "NO 4711", other)
    assert is_accepted(LEFT[0], *LEFT)


@pytest.mark.parametrize(
    ("name", "is_whole"),
    [
        ("SUNRISE SDN BHD", True),
        ("SUNRISEMARTSDNBHD", True),
        ("99 SUNRISE S/B", True),
        ("SUNRISE CO. (M) S DN BHD", True),
        ("SUNRISE SDN BHD (KL", False),
        ("SUNRISE SDN BHD OUTLET", False),
        ("SUNRISE", False),
        ("SDN BHD", False),
    ],
)
def test_a_name_ends_in_its_legal_form(name, is_whole):
    assert ends_in_legal_form(name, read_receipt_words()) is is_whole


def moved(right_by: int) -> bool:
    """Whether a name in two pieces is accepted when the second one lies so much further right."""
    rows = receipt_rows(printed("SUN GARDEN  NEXT SDN BHD", *LEFT[1:]))
    left, right = rows[0].parts
    box = right.box
    there = type(box)(box.left + right_by, box.top, box.width, box.height)
    parts = [left, Part(right.reading, there), *(part for row in rows[1:] for part in row.parts)]
    company = find_company(group_rows(parts), read_receipt_words())
    return company.is_agreed and company.is_whole


def test_a_letter_read_in_two_pieces_is_doubled():
    assert moved(0)
    assert not moved(-38)


def test_pieces_that_lie_far_apart_are_not_one_name():
    assert not moved(200)


def test_marks_that_the_first_engine_made_up_are_not_taken_over():
    text, other = "SUNRISEMART (M)SDN.BHD.", "SUNRISE MART > {M) SDN. BHD."
    company = find_company(receipt_rows(printed(text, first={text: other})), read_receipt_words())
    assert company.name == "SUNRISE MART (M) SDN. BHD."
