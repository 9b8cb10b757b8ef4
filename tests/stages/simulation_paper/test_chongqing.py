from hypothesis import given
from hypothesis import strategies as st

from infra.simulation.paper.chongqing import a_receipt, in_capitals
from tasks.extraction.capital_amounts import minor_of_capitals
from tasks.extraction.number_checks import is_resident_card


@given(st.integers(min_value=0, max_value=9_999_999))
def test_printed_capitals_are_read_as_the_same_amount_by_the_strict_reader(amount: int) -> None:
    assert minor_of_capitals(in_capitals(amount)) == amount


@given(st.integers(min_value=0, max_value=5_000))
def test_a_receipt_adds_up_and_is_nobody_s(seed: int) -> None:
    receipt = a_receipt(seed)
    amounts = receipt.amounts
    assert sum(amount for name, amount in amounts.items() if "[" in name) == amounts["total"]
    assert amounts["account_paid"] + amounts["cash_paid"] == amounts["total"]
    number = receipt.values.zones["insured_number"]
    assert is_resident_card(number)
    assert number.startswith("500000")
    assert a_receipt(seed) == receipt
