"""Accounts: published vectors, and every fault a hand or a reader makes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.payment.account import iban_of, is_valid_account, is_valid_rib, normal_account, rib_key

# Bank Al-Maghrib's own account, published 2023, and the example of the IBAN registry.
PUBLISHED = ("001810007800020110620318", "011519000001205000534921")

BODIES = st.text("0123456789", min_size=22, max_size=22)


@pytest.mark.parametrize("rib", PUBLISHED)
def test_published_accounts_are_valid(rib: str) -> None:
    assert is_valid_rib(rib)


def test_the_iban_of_the_registry_example_is_its_own() -> None:
    assert iban_of("011519000001205000534921") == "MA64011519000001205000534921"


@given(BODIES)
def test_a_key_lies_between_01_and_97(body: str) -> None:
    assert 1 <= int(rib_key(body)) <= 97
    assert is_valid_rib(body + rib_key(body))


@given(BODIES, st.integers(0, 23), st.integers(1, 9))
def test_a_wrong_digit_is_always_seen(body: str, place: int, shift: int) -> None:
    rib = body + rib_key(body)
    digit = str((int(rib[place]) + shift) % 10)
    assert not is_valid_rib(rib[:place] + digit + rib[place + 1 :])


def test_a_key_of_97_may_not_be_written_00() -> None:
    body = next(f"{n:022d}" for n in range(200) if rib_key(f"{n:022d}") == "97")
    assert not is_valid_rib(body + "00")


@pytest.mark.parametrize(
    "account",
    ["", "0", PUBLISHED[0][:-1], PUBLISHED[0] + "0", "٠٠١٨١٠٠٠٧٨٠٠٠٢٠١١٠٦٢٠٣١٨", "x" * 24],
)
def test_what_is_no_account_is_not_valid(account: str) -> None:
    assert not is_valid_account(account)


def test_a_moroccan_iban_is_kept_as_its_rib() -> None:
    assert normal_account("MA64 0115 1900 0001 2050 0053 4921") == PUBLISHED[1]


def test_a_moroccan_iban_with_wrong_check_digits_never_becomes_valid() -> None:
    assert not is_valid_account(normal_account("MA65011519000001205000534921"))


def test_a_moroccan_iban_with_a_wrong_rib_key_is_not_valid() -> None:
    rib = PUBLISHED[1][:-2] + "22"
    assert not is_valid_account(normal_account(iban_of(rib)))


def test_a_foreign_iban_is_valid_by_its_check_digits() -> None:
    assert is_valid_account("FR1420041010050500013M02606")
    assert not is_valid_account("FR1520041010050500013M02606")
    assert iban_of("FR1420041010050500013M02606") == "FR1420041010050500013M02606"


@given(BODIES)
def test_an_iban_comes_back_as_the_same_rib(body: str) -> None:
    rib = body + rib_key(body)
    assert normal_account(iban_of(rib)) == rib
