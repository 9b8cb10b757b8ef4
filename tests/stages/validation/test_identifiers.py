import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean, luhn
from stdnum.cn import ric
from stdnum.fr import nir, siret
from stdnum.iso7064 import mod_11_2
from stdnum.ma import ice

from models.errors import CatalogueError
from tasks.validation.identifiers import (
    iban_of_rib,
    is_ean13_valid,
    is_iban_valid,
    is_ice_valid,
    is_luhn_valid,
    is_nir_valid,
    is_resident_card_valid,
    is_rib_valid,
    is_siret_valid,
    read_formats,
    rib_key,
)

RIB = "011519000001205000534921"
RIB_OF_THE_CENTRAL_BANK = "001810007800020110620318"
IBAN = "MA64011519000001205000534921"
DIGITS = "0123456789"
bodies = st.text(alphabet=DIGITS, min_size=22, max_size=22)


@pytest.mark.parametrize("rib", [RIB, RIB_OF_THE_CENTRAL_BANK])
def test_published_ribs_are_valid(rib: str) -> None:
    assert is_rib_valid(rib)
    assert rib_key(rib[:22]) == rib[22:]


@pytest.mark.parametrize(
    "rib",
    [
        "",
        RIB[:-1],
        f"{RIB}0",
        f"{RIB[:22]}00",
        RIB.replace("1", "١"),
        f" {RIB[1:]}",
        f"{RIB[:-1]}A",
    ],
)
def test_what_is_no_rib_is_refused(rib: str) -> None:
    assert not is_rib_valid(rib)


@given(bodies, st.integers(0, 23), st.integers(1, 9))
def test_one_wrong_digit_of_a_rib_is_always_caught(body: str, place: int, step: int) -> None:
    rib = body + rib_key(body)
    wrong = DIGITS[(int(rib[place]) + step) % 10]

    assert is_rib_valid(rib)
    assert not is_rib_valid(rib[:place] + wrong + rib[place + 1 :])


@given(bodies, st.integers(0, 22))
def test_two_neighbours_of_a_rib_that_changed_places_are_always_caught(
    body: str, place: int
) -> None:
    rib = body + rib_key(body)
    swapped = rib[:place] + rib[place + 1] + rib[place] + rib[place + 2 :]

    assert is_rib_valid(swapped) == (rib[place] == rib[place + 1])


@pytest.mark.parametrize("body", ["", "1" * 21, "١" * 22])
def test_a_key_is_made_for_22_ascii_digits_only(body: str) -> None:
    with pytest.raises(ValueError, match="22 ASCII digits"):
        rib_key(body)


def test_an_iban_is_made_from_its_rib() -> None:
    assert iban_of_rib(RIB) == IBAN
    assert iban_of_rib(RIB_OF_THE_CENTRAL_BANK).startswith("MA64")


def test_no_iban_is_made_from_a_wrong_rib() -> None:
    with pytest.raises(ValueError, match="valid RIB"):
        iban_of_rib(f"{RIB[:22]}22")


def test_an_iban_is_valid_with_both_its_checks() -> None:
    wrong_rib = "011519000001205000534922"
    checked = int(f"{wrong_rib}221000") % 97
    assert is_iban_valid(IBAN)
    assert not is_iban_valid(IBAN.replace("MA64", "MA65"))
    assert not is_iban_valid(f"MA{98 - checked:02d}{wrong_rib}")
    assert not is_iban_valid(IBAN.lower())


@pytest.mark.parametrize("number", ["001561191000066", "002136093000040"])
def test_published_ices_are_valid(number: str) -> None:
    assert is_ice_valid(number)


@pytest.mark.parametrize("number", ["001561191000065", "0" * 15, "00156119100006", "", "٠" * 15])
def test_wrong_ices_are_refused(number: str) -> None:
    assert not is_ice_valid(number)


@given(st.text(alphabet=DIGITS, min_size=15, max_size=15))
def test_our_ice_check_agrees_with_an_independent_one(number: str) -> None:
    assert is_ice_valid(number) == (ice.is_valid(number) and int(number) > 0)


@given(st.text(alphabet=DIGITS, min_size=13, max_size=13))
def test_our_ean_check_agrees_with_an_independent_one(number: str) -> None:
    assert is_ean13_valid(number) == ean.is_valid(number)


@given(st.text(alphabet=DIGITS, min_size=12, max_size=12), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_of_an_ean_is_always_caught(first: str, place: int, step: int) -> None:
    code = first + ean.calc_check_digit(first)
    wrong = DIGITS[(int(code[place]) + step) % 10]

    assert is_ean13_valid(code)
    assert not is_ean13_valid(code[:place] + wrong + code[place + 1 :])


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("registration", "100000001", "10000000"),
        ("dependant_number", "100000001-02", "100000001-2"),
        ("affiliation_cnops", "1234567", "12345678"),
        ("cin", "BE123456", "123456"),
        ("inpe", "200000001", "20000000a"),
        ("ice", "001561191000066", "001561191000065"),
        ("rib", RIB, f"{RIB[:22]}00"),
        ("iban", IBAN, f"FR{IBAN[2:]}"),
        ("ean13", "6118000010050", "6118000010051"),
    ],
)
def test_each_format_accepts_its_own_and_nothing_else(name: str, good: str, bad: str) -> None:
    form = read_formats("MA")[name]

    assert form.accepts(good)
    assert not form.accepts(bad)
    assert not form.accepts(f"{good}\n")


def test_every_format_of_the_file_is_tested() -> None:
    assert set(read_formats("MA")) == {
        *("registration", "dependant_number", "affiliation_cnops", "cin", "inpe", "ice"),
        *("rib", "iban", "ean13"),
    }


#: Test vectors by country and format, restated: right ones, and the same with a wrong key.
VECTORS = {
    ("FR", "nir"): (
        ("185037511604283", "185037511604284"),
        ("299126912345696", "299126912345697"),
        ("253072B07300470", "253072B07300471"),
        ("253072A07300443", "253072A07300444"),
        ("179029935201730", "179029935201731"),
        ("185037511604283", "385037511604283"),
        ("185037511604283", "18503751160428"),
    ),
    ("FR", "finess"): (
        ("750712184", "750712185"),
        ("130786049", "130786048"),
        ("690781810", "690781811"),
        ("310781406", "310781407"),
        ("2A0000014", "2C0000014"),
    ),
    ("FR", "rpps"): (("10100096535", "10100096536"), ("10100096535", "00000000000")),
    ("FR", "rpps_or_finess"): (("10100096535", "1010009653"), ("750712184", "7507121840")),
    ("FR", "siret"): (("73282932000074", "73282932000075"), ("35600000049837", "35600000049838")),
    ("FR", "cip13"): (("3400949497294", "3400949497295"), ("3400949497294", "6118000010050")),
    ("CN", "resident_identity_card"): (
        ("500103199003071239", "500103199003071231"),
        ("500112195506154827", "500112195506154821"),
        ("500107199812012410", "500107199812012411"),
        ("510202197001010039", "510202197001010031"),
        ("500103199003071239", "50010319900307123x"),
    ),
    ("CN", "institution"): (("H50010100001", "H5001010000"), ("H50010100001", "h50010100001")),
    ("CN", "drug_code"): (
        (f"X{'0A' * 11}", f"X{'0A' * 11}0"),
        (f"Z{'1' * 19}", f"Z{'1' * 18}"),
        (f"X{'0' * 22}", f"Y{'0' * 22}"),
    ),
    ("CN", "service_code"): (("001101000010000", "00110100001000"),),
    ("CN", "credit_code"): (("91500000MA5U000000", "91500000MI5U000000"),),
}


@pytest.mark.parametrize("key", VECTORS, ids=" ".join)
def test_the_restated_vectors_are_told_apart(key: tuple[str, str]) -> None:
    form = read_formats(key[0])[key[1]]
    for good, bad in VECTORS[key]:
        assert form.accepts(good), good
        assert not form.accepts(bad), bad
        assert not form.accepts(f"{good}\n")


@pytest.mark.parametrize("country", ["FR", "CN"])
def test_every_format_of_the_other_countries_is_tested(country: str) -> None:
    assert set(read_formats(country)) == {name for land, name in VECTORS if land == country}


def test_a_genuine_number_of_chongqing_is_taken_where_a_list_of_districts_would_refuse_it() -> None:
    assert is_resident_card_valid("500103199003071239")
    assert not ric.is_valid("500103199003071239")


@pytest.mark.parametrize("birth", ["19900229", "19901301", "00000101"])
def test_a_resident_card_holds_a_day_of_birth_that_exists(birth: str) -> None:
    body = f"500103{birth}123"

    assert not is_resident_card_valid(body + mod_11_2.calc_check_digit(body))


@given(
    st.dates(min_value=dt.date(1900, 1, 1), max_value=dt.date(2026, 1, 1)),
    st.text(alphabet=DIGITS, min_size=9, max_size=9),
    st.sampled_from("0123456789X"),
)
def test_our_resident_card_check_agrees_with_an_independent_one(
    born: dt.date, digits: str, last: str
) -> None:
    number = f"{digits[:6]}{born:%Y%m%d}{digits[6:]}{last}"

    assert is_resident_card_valid(number) == mod_11_2.is_valid(number)


@given(
    st.text(alphabet=DIGITS, min_size=4, max_size=4),
    st.sampled_from(["75", "2A", "2B", "99", "00"]),
    st.text(alphabet=DIGITS, min_size=6, max_size=6),
    st.integers(0, 99),
)
def test_our_nir_check_agrees_with_an_independent_one(
    head: str, place: str, tail: str, key: int
) -> None:
    number = f"1{head}{place}{tail}"
    right = nir.calc_check_digits(number)

    assert is_nir_valid(number + right)
    assert is_nir_valid(f"{number}{key:02d}") == (f"{key:02d}" == right)


@given(st.text(alphabet=DIGITS, min_size=1, max_size=14))
def test_our_luhn_check_agrees_with_an_independent_one(number: str) -> None:
    assert is_luhn_valid(number) == (luhn.is_valid(number) and int(number) > 0)


@given(st.text(alphabet=DIGITS, min_size=5, max_size=5), st.booleans())
def test_our_siret_check_agrees_with_an_independent_one(tail: str, is_post: bool) -> None:
    number = ("356000000" if is_post else "732829320") + tail

    assert is_siret_valid(number) == siret.is_valid(number)


def test_a_country_without_formats_is_an_error_that_names_it() -> None:
    with pytest.raises(CatalogueError, match="XX: no identifier formats"):
        read_formats("XX")


def test_an_unknown_check_is_an_error_that_names_the_format(tmp_path: Path) -> None:
    path = tmp_path / "identifiers.yaml"
    path.write_text("MA: {cin: {pattern: a, check: cabala, source: s, status: confirmed}}")
    with pytest.raises(CatalogueError, match="cin: unknown check cabala"):
        read_formats("MA", path)


def test_an_unknown_key_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "identifiers.yaml"
    path.write_text("MA: {cin: {pattern: a, check: none, source: s, status: confirmed, x: 1}}")
    with pytest.raises(CatalogueError, match="cin: keys must be"):
        read_formats("MA", path)
