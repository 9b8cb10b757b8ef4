"""The second engine is spared only where a calibration says so and the checks are passed."""

from dataclasses import replace

import numpy as np
import pytest

from models.reading import Barcode, Box, PageText, Token, ZoneReading
from models.second_reading import SecondReading
from tasks.ocr.form import Form, FormZone
from tasks.ocr.sparing import (
    COMPARED_MIN,
    Sparing,
    adds_up,
    as_read_once,
    as_spared,
    passes,
)

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


def test_who_is_insured_needs_a_second_witness_of_its_own():
    witnessed = replace(EVERYTHING, witnessed=frozenset({"insured_number"}))
    assert spared(witnessed, insured_number="100000001", care_date="17/11/2026") == {"care_date"}
    sure = {"insured_number": token("100000001")}
    assert witnessed.spared([NUMBER], sure, "good", frozenset({"100000001"})) == {"insured_number"}


def pairs(same: int, different: int = 0, empty: int = 0) -> list[tuple[Token, Token]]:
    return [
        *[(token("AB-12"), token("ab 12"))] * same,
        *[(token("1"), token("7"))] * different,
        *[(token(""), token("."))] * empty,
    ]


@pytest.mark.parametrize(
    ("band", "read", "stands"),
    [
        ("good", pairs(COMPARED_MIN), True),
        ("good", pairs(COMPARED_MIN - 1), False),
        ("good", pairs(COMPARED_MIN - 1, empty=5), False),
        ("good", pairs(18, 2), True),
        ("good", pairs(16, 4), False),
        ("fair", pairs(18, 2), True),
        ("fair", pairs(16, 4), False),
    ],
)
def test_a_page_stands_in_its_band_where_enough_zones_agree(band, read, stands):
    assert EVERYTHING.stands(band, read) is stands


ALWAYS = [replace(NAME, name=f"name_{number}") for number in range(COMPARED_MIN)]
FORM = Form(
    form_id="test_form",
    width=800,
    height=400,
    reference=np.full((200, 400), 255, dtype=np.uint8),
    reference_dpi=100,
    zones=(NUMBER, *ALWAYS),
    checkboxes=(),
    barcodes=(),
)


def a_page(second: str = "BENALI", band: str = "good", look: str = "") -> PageText:
    """A page read by both engines everywhere, who agree on the number."""
    number = ZoneReading(NUMBER.name, BOX, (token("100000001"), token("100000001")))
    if look:
        number = replace(number, first_look=token(look))
    names = [ZoneReading(zone.name, BOX, (token("BENALI"), token(second))) for zone in ALWAYS]
    return PageText(
        page_no=1, sha256="", width=800, height=400, dpi=200, form_id="test_form", inliers=300,
        skew_degrees=0.0, sharpness=300.0, is_text_layer=False, words=(), zones=(number, *names),
        quality_band=band, seen_band="good",
    )  # fmt: skip


def counts(page: PageText) -> list[int]:
    return [len(zone.readings) for zone in page.zones]


def test_readings_kept_of_both_say_what_sparing_would_have_left():
    page = a_page()
    assert counts(as_spared(page, FORM, EVERYTHING)) == [1] + [2] * COMPARED_MIN
    assert as_spared(page, FORM, Sparing()) == page
    by_hand = a_page("BENALL", band="poor")
    assert as_spared(by_hand, FORM, EVERYTHING) == by_hand
    layer = replace(page, is_text_layer=True)
    assert as_spared(layer, FORM, EVERYTHING) == layer


def test_what_one_engine_would_have_left_is_its_first_look():
    overruled = a_page(look="100000007")
    assert as_spared(overruled, FORM, EVERYTHING).zones[0].readings[0].text == "100000007"
    refused = a_page(look="10000O007")
    assert as_spared(refused, FORM, EVERYTHING) == refused


def test_labels_of_one_reading_are_of_every_zone_that_passes_on_pages_of_any_band():
    page = replace(a_page("BENALL", band="poor"), barcodes=(Barcode("100000001", "c", BOX),))
    alone = as_read_once(page, FORM, TYPES)
    assert counts(alone) == [1] + [2] * COMPARED_MIN
    assert alone.barcodes == ()
    assert as_read_once(replace(page, is_text_layer=True), FORM, TYPES).zones == page.zones
