"""Amounts in Chinese capitals: written as the rules for bills say, and read strictly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.extraction.capital_amounts import CAPITALS_MAX_MINOR, capitals_of, minor_of_capitals

AMOUNTS = st.integers(min_value=0, max_value=CAPITALS_MAX_MINOR)
SIGNS = "零壹贰叁肆伍陆柒捌玖拾佰仟万元角分整"


@given(AMOUNTS)
def test_what_is_written_in_capitals_is_read_as_the_same_amount(amount):
    assert minor_of_capitals(capitals_of(amount)) == amount


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        # The examples of the rules for filling in bills.
        ("壹仟肆佰零玖元伍角", 140_950),
        ("陆仟零柒元壹角肆分", 600_714),
        ("壹仟陆佰捌拾元零叁角贰分", 168_032),
        ("壹仟陆佰捌拾元叁角贰分", 168_032),
        ("壹拾万柒仟元零伍角叁分", 10_700_053),
        ("壹拾万零柒仟元伍角叁分", 10_700_053),
        ("壹万陆仟肆佰零玖元零贰分", 1_640_902),
        ("叁佰贰拾伍元零肆分", 32_504),
        ("人民币壹佰贰拾叁元肆角伍分", 12_345),
        ("壹佰贰拾叁圆正", 12_300),
        ("贰拾万元整", 20_000_000),
        ("壹佰万零伍元整", 100_000_500),
        ("零元整", 0),
        ("叁角整", 30),
        ("零元零伍分", 5),
        ("壹 佰 元 整", 10_000),
    ],
)
def test_amounts_in_capitals_are_read_in_each_spelling_that_is_allowed(text, amount):
    assert minor_of_capitals(text) == amount


@pytest.mark.parametrize(
    "text",
    [
        "",
        "壹",
        "元",
        "整",
        "零",
        "壹佰贰拾叁",
        "壹仟肆佰玖元伍角",  # the zero of 1409 is missing
        "壹佰零贰拾元整",
        "壹零元整",
        "拾元整",
        "壹佰壹佰元整",
        "壹佰元伍分",  # 100.05 needs its zero
        "壹万元万元",
        "一百二十三元",
        "壹佰贰拾叁元肆角伍分整",
        "123.45",
    ],
)
def test_what_is_no_way_of_writing_an_amount_is_none(text):
    assert minor_of_capitals(text) is None


@given(st.text(alphabet=SIGNS, max_size=14))
def test_whatever_is_read_as_an_amount_keeps_its_digits(text):
    amount = minor_of_capitals(text)
    if amount is None:
        return
    digits = [sign for sign in text if sign in SIGNS[1:10]]
    assert digits == [sign for sign in capitals_of(amount) if sign in SIGNS[1:10]]


@pytest.mark.parametrize("amount", [-1, CAPITALS_MAX_MINOR + 1])
def test_an_amount_that_capitals_do_not_hold_is_refused(amount):
    with pytest.raises(ValueError, match="capitals hold"):
        capitals_of(amount)
