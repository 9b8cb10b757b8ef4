"""The total of a receipt: words, place and arithmetic point to one amount."""

import pytest

from tasks.extraction.receipts.amounts import amount_rows
from tasks.extraction.receipts.total import Closure, Total, find_total
from tasks.extraction.receipts.words import read_receipt_words
from tests.stages.extraction.receipts.printed import ROUNDED, TICKET, rows_of_lines


def total_of(*lines: str) -> Total | None:
    return find_total(amount_rows(rows_of_lines(*lines), read_receipt_words()))


def test_a_total_that_is_paid_and_summed_adds_up_in_both_ways():
    total = total_of(*TICKET)
    assert total.amount.minor == 6_640
    assert {Closure.PAID, Closure.ITEMS} <= total.closures


def test_the_rounded_total_is_paid_and_not_the_exact_one():
    total = total_of(*ROUNDED)
    assert total.amount.minor == 2_790
    assert {Closure.PAID, Closure.ROUNDED} <= total.closures


def test_a_subtotal_and_its_tax_make_the_total():
    total = total_of("SUB TOTAL  64.00", "GST 6%   3.84", "TOTAL   67.84")
    assert total.amount.minor == 6_784
    assert total.closures == {Closure.PARTS}


def test_a_rounding_may_stand_between_subtotal_tax_and_total():
    total = total_of("SUB TOTAL 64.00", "GST 6%  3.84", "ROUNDING ADJ 0.01", "NET TOTAL 67.85")
    assert total.amount.minor == 6_785
    assert Closure.PARTS in total.closures


def test_a_discount_is_taken_off():
    total = total_of("SUBTOTAL  251.00", "DISCOUNT  34.00", "GST   13.02", "TOTAL  230.02")
    assert total.closures == {Closure.PARTS}


def test_the_amount_given_is_not_the_total():
    assert total_of("BREAD  4.50", "TOTAL  4.50", "CASH  50.00").amount.minor == 450


def test_a_misread_total_does_not_add_up():
    total = total_of("TOTAL  66.40", "CASH  100.00", "CHANGE  38.60")
    assert total.amount.minor == 6_640
    assert not total.closures


def test_change_settles_which_of_two_totals_is_paid():
    total = total_of("TOTAL  12.00", "AMOUNT DUE  11.50", "CASH  12.00", "CHANGE  0.50")
    assert total.amount.minor == 1_150


def test_the_table_of_taxes_at_the_foot_is_not_paid():
    lines = ("TOTAL  10.40", "GST SUMMARY", "SR 6%  9.81  0.59", "TOTAL  9.81  0.59")
    assert total_of(*lines).amount.minor == 1_040


def test_without_any_word_the_largest_amount_is_the_total():
    assert total_of("COFFEE  4.50", "CAKE  12.00", "TEA  3.00").amount.minor == 1_200


@pytest.mark.parametrize("lines", [(), ("THANK YOU", "COME AGAIN"), ("TOTAL  0.00",)])
def test_a_receipt_without_an_amount_has_no_total(lines):
    assert total_of(*lines) is None
