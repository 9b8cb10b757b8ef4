"""The second engine is spared only where a calibration says so and the checks are passed."""

import pytest

from models.reading import Box, Token
from models.second_reading import SecondReading
from tasks.ocr.form import FormZone
from tasks.ocr.sparing import Sparing, adds_up, passes

BOX = Box(0, 0, 100, 30)
NUMBER = FormZone(
    "insured_number", BOX, "digits", "fra", field="insured_number", pattern="[0-9]{9}"
)
DAY = FormZone(
    "care_date", BOX, "date", "fra", field="care_date", pattern="[0-3][0-9]/[01][0-9]/[0-9]{4}"
)
NAME = FormZone("insured_name", BOX, "text", "fra", field="insured_name")
LINES = tuple(
    FormZone(
        f"lines[{row}].amount", BOX, "amount", "fra", field="amount_minor", pattern=r"\d+,\d{2}"
    )
    for row in (1, 2)
)
TOTAL = FormZone("total", BOX, "amount", "fra", field="total_minor", pattern=r"\d+,\d{2}")
TYPES = {
    "insured_number": "digits",
    "care_date": "date",
    "insured_name": "name",
    "amount_minor": "amount",
    "total_minor": "amount",
}
EVERYTHING = Sparing(SecondReading(frozenset((kind, "good") for kind in TYPES.values())), TYPES)


def token(text: str, confidence: float = 95.0) -> Token:
    return Token(text, BOX, confidence, "tesserocr")


def spared(sparing: Sparing = EVERYTHING, band: str = "good", **texts: str) -> frozenset[str]:
    zones = [NUMBER, DAY, NAME]
    return sparing.spared(zones, {name: token(text) for name, text in texts.items()}, band)


def amounts(*texts: str, confidence: float = 95.0) -> dict[str, Token]:
    names = (*(zone.name for zone in LINES), TOTAL.name)
    return {name: token(text, confidence) for name, text in zip(names, texts, strict=True)}


def test_without_a_calibration_nothing_is_spared():
    assert spared(Sparing(), insured_number="100000001") == frozenset()


def test_a_sure_number_of_the_right_length_is_enough():
    assert spared(insured_number="100 000 001") == {"insured_number"}


@pytest.mark.parametrize("text", ["1000000012", "10000000", "10000O001", ""])
def test_a_number_that_fails_its_check_is_read_by_both(text):
    assert spared(insured_number=text) == frozenset()


def test_what_is_enough_on_a_good_page_is_not_on_another():
    assert spared(band="fair", insured_number="100000001") == frozenset()
    assert spared(band="", insured_number="100000001") == frozenset()


def test_a_type_that_the_calibration_does_not_name_is_read_by_both():
    dates_alone = Sparing(SecondReading(frozenset({("date", "good")})), TYPES)
    both = spared(dates_alone, insured_number="100000001", care_date="17/11/2026")
    assert both == {"care_date"}


def test_a_day_that_does_not_exist_is_read_by_both():
    assert spared(care_date="30/02/2026") == frozenset()


def test_a_name_has_no_check_to_pass():
    assert spared(insured_name="BENALI AMINA") == frozenset()


def test_an_unsure_reading_is_read_by_both_unless_a_bar_code_repeats_it():
    unsure = {"insured_number": token("100000001", 60.0)}
    assert EVERYTHING.spared([NUMBER], unsure, "good") == frozenset()
    codes = frozenset({"100000001"})
    assert EVERYTHING.spared([NUMBER], unsure, "good", codes) == {"insured_number"}


def test_money_is_spared_only_where_the_lines_add_up():
    zones = [*LINES, TOTAL]
    names = {zone.name for zone in zones}
    assert EVERYTHING.spared(zones, amounts("80,00", "20,50", "100,50"), "good") == names
    assert EVERYTHING.spared(zones, amounts("80,00", "20,50", "100,60"), "good") == frozenset()
    assert EVERYTHING.spared(zones, amounts("80,00", "20.S0", "100,50"), "good") == frozenset()
    doubted = amounts("80,00", "20,50", "100,50", confidence=60.0)
    assert EVERYTHING.spared(zones, doubted, "good") == frozenset()


def test_a_sum_needs_lines_and_a_total():
    assert not adds_up([TOTAL], {"total": token("0,00")})
    assert not adds_up(LINES, amounts("80,00", "20,50", "100,50"))


def test_a_zone_without_a_pattern_passes_nothing():
    assert not passes(NAME, "BENALI")
    assert passes(DAY, "17/11/2026")
