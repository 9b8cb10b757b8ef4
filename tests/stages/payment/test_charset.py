"""Names in the letters of a bank."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.payment.charset import to_bank_text
from tasks.payment.profile import load_profile

CHARACTERS = load_profile("demo-ma").characters


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ESSAI PREMIER", "ESSAI PREMIER"),
        ("Éssaï Prémîer", "Essai Premier"),
        ("Œuvre d’Ægir ß", "OEuvre d'AEgir ss"),
        ("EL  ESSAI\tPREMIER ", "EL ESSAI PREMIER"),
        ("ESSAI & FILS <SA>", "ESSAI FILS SA"),
        ("شيخة", "chikha"),
        ("يوسف", "iousf"),
        ("中文", ""),
        ("-", ""),
        ("", ""),
    ],
)
def test_a_name_is_written_in_plain_letters(name: str, expected: str) -> None:
    assert to_bank_text(name, CHARACTERS, 70) == expected


def test_a_long_name_is_cut_without_a_space_at_its_end() -> None:
    assert to_bank_text("ABC DEF", CHARACTERS, 4) == "ABC"


@given(st.text(max_size=200), st.integers(1, 70))
def test_nothing_but_the_banks_letters_ever_comes_out(name: str, length_max: int) -> None:
    plain = to_bank_text(name, CHARACTERS, length_max)
    assert set(plain) <= CHARACTERS
    assert len(plain) <= length_max
    assert to_bank_text(plain, CHARACTERS, length_max) == plain
