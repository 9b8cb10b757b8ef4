"""Amounts of a receipt's rows: what is an amount, and what it is of."""

import pytest

from tasks.extraction.receipts.amounts import amount_rows, amounts_in, role_of
from tasks.extraction.receipts.words import Role, read_receipt_words
from tests.stages.extraction.receipts.printed import rows_of_lines

WORDS = read_receipt_words()


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("RM 12.00", [1_200]),
        ("RM12.00 SR", [1_200]),
        ("$8.60", [860]),
        ("1 X 19.00 19.00", [1_900, 1_900]),
        ("1,234.50", [123_450]),
        ("1 234,50 DH", [123_450]),
        ("12,40", [1_240]),
        (".65", [65]),
        ("RMO.00", [0]),
        ("1O.50", [1_050]),
        ("(0.01)", [-1]),
        ("-0.02", [-2]),
        ("2.07-", [-207]),
        ("TOTAL - 12.00", [1_200]),
    ],
)
def test_an_amount_is_read_however_it_is_written(text, minor):
    assert [one for one, _ in amounts_in(text)] == minor


@pytest.mark.parametrize(
    "text",
    ["12.01.2019", "6.00 %", "6.00%", "0.845 KG", "1.5L", "35.5X25.5CM", "10:22", "NO. 12", "1234"],
)
def test_what_looks_like_an_amount_and_is_none(text):
    assert amounts_in(text) == ()


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("TOTAL", Role.TOTAL),
        ("Total (Inclusive of GST):", Role.TOTAL),
        ("TOTAL INCLUDES 6% GST", Role.TAX),
        ("TOTAL ROUNDED", Role.TOTAL),
        ("ROUNDING ADJUSTMENT", Role.ROUNDING),
        ("SUB-TOTAL", Role.SUBTOTAL),
        ("Total (Excluding GST)", Role.SUBTOTAL),
        ("Total HT", Role.SUBTOTAL),
        ("TVA 20 %", Role.TAX),
        ("GST payable (6%)", Role.TAX),
        ("Net à payer", Role.TOTAL),
        ("Total Qty", Role.COUNT),
        ("Cash", Role.PAID),
        ("Espèces", Role.PAID),
        ("CHANGE DUE", Role.CHANGE),
        ("T0TAL", Role.TOTAL),
        ("TOTALSALES", Role.TOTAL),
        ("合计", Role.TOTAL),
        ("Milk 1L", Role.ITEM),
    ],
)
def test_the_words_beside_an_amount_say_what_it_is(label, role):
    assert role_of(label, WORDS) is role


def test_a_label_takes_the_amount_that_stands_alone_on_the_next_row():
    rows = amount_rows(rows_of_lines("TOTAL", "           12.00"), WORDS)
    assert [(row.role, row.last.minor) for row in rows] == [(Role.TOTAL, 1_200)]


def test_a_large_amount_beside_rounding_is_what_was_rounded():
    rows = amount_rows(rows_of_lines("ROUNDING RM    22.90"), WORDS)
    assert rows[0].role is Role.TOTAL


def test_totals_under_a_table_of_taxes_are_marked():
    rows = amount_rows(rows_of_lines("TOTAL   9.00", "GST SUMMARY", "TOTAL   8.49"), WORDS)
    assert [row.is_summary for row in rows] == [False, True]


def test_an_amount_is_agreed_when_both_engines_read_it_there():
    rows = amount_rows(rows_of_lines("TOTAL   9.00   8.00", first={"8.00": "3.00"}), WORDS)
    assert [amount.is_agreed for amount in rows[0].amounts] == [True, False]
