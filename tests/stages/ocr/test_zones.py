"""Zones of a registered form: cropped inside their frames, blank ones left alone, boxes ticked."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest

from models.reading import Box, Token, ZoneReading
from models.second_reading import SecondReading
from tasks.ocr.agreement import agreed_share
from tasks.ocr.engines.engine import GreyImage
from tasks.ocr.form import Form, FormZone
from tasks.ocr.sparing import COMPARED_MIN, Sparing
from tasks.ocr.zones import Around, Readers, crop_zone, is_ticked, read_zones
from tests.stages.ocr.fakes import ScriptedEngine, word

ZONE = FormZone("total", Box(100, 100, 300, 60), "amount", "fra")
BOX = FormZone("sex_m", Box(600, 100, 32, 32), "checkbox", "")


def a_form() -> Form:
    return Form(
        form_id="test_form",
        width=800,
        height=400,
        reference=np.full((200, 400), 255, dtype=np.uint8),
        reference_dpi=100,
        zones=(ZONE,),
        checkboxes=(BOX,),
        barcodes=(),
    )


def a_sheet(text: str = "", *, tick: bool = False, paper: int = 255, ink: int = 0) -> np.ndarray:
    image = np.full((400, 800), paper, dtype=np.uint8)
    cv2.rectangle(image, (100, 100), (400, 160), ink, 2)
    cv2.rectangle(image, (600, 100), (632, 132), ink, 2)
    cv2.putText(image, text, (120, 142), cv2.FONT_HERSHEY_SIMPLEX, 1, ink, 2)
    if tick:
        cv2.line(image, (606, 106), (626, 126), ink, 3)
    return image


def readers(first: str = "80,00", second: str = "80,00") -> Readers:
    return Readers(
        ScriptedEngine("tesseract", crop_text=first), ScriptedEngine("rapidocr", crop_text=second)
    )


def test_the_frame_of_a_zone_is_no_ink():
    assert crop_zone(a_sheet(), ZONE) is None


def test_a_crop_is_as_wide_as_what_stands_in_it():
    crop = crop_zone(a_sheet("80,00"), ZONE)
    assert crop is not None
    assert 60 < crop.shape[1] < 200


def test_pale_writing_is_brought_to_full_contrast():
    crop = crop_zone(a_sheet("80,00", paper=220, ink=120), ZONE)
    assert crop is not None
    assert (int(crop.min()), int(crop.max())) == (0, 255)


def test_the_cells_of_a_comb_become_one_word():
    cells = tuple(Box(100 + 60 * place, 100, 60, 60) for place in range(5))
    comb = FormZone("number", Box(100, 100, 300, 60), "digits", "fra", cells)
    image = a_sheet()
    for cell, digit in zip(cells, "12345", strict=True):
        cv2.putText(image, digit, (cell.left + 20, 142), cv2.FONT_HERSHEY_SIMPLEX, 1, 0, 2)
        cv2.line(image, (cell.left, 140), (cell.left, 160), 0, 2)
    crop = crop_zone(image, comb)
    assert crop is not None
    assert crop.shape[1] < 220


@pytest.mark.parametrize("tick", [True, False])
def test_a_box_is_ticked_when_there_is_ink_inside_its_frame(tick):
    assert is_ticked(a_sheet(tick=tick), BOX.box) is tick


def test_a_zone_keeps_what_both_engines_read():
    zones = {zone.zone: zone for zone in read_zones(a_sheet("80,00"), a_form(), readers())}
    assert [token.engine for token in zones["total"].readings] == ["tesseract", "rapidocr"]
    assert zones["sex_m"].checked is False


def test_a_blank_zone_is_not_read_at_all():
    both = readers()
    zones = {zone.zone: zone for zone in read_zones(a_sheet(), a_form(), both)}
    assert zones["total"].readings == ()
    assert sum(both.second.crop_counts) == 0


def test_disputed_zones_are_looked_at_again_by_the_first_engine():
    both = readers(first="30,00", second="80,00")
    read_zones(a_sheet("80,00"), a_form(), both)
    assert both.first.crop_counts == [1, 1]


def test_a_text_layer_that_agrees_with_the_picture_takes_the_first_engine_s_place():
    both = readers(first="never", second="80,00")
    zones = read_zones(a_sheet("80,00"), a_form(), both, Around(layer=(word("80,00", 150, 115),)))
    total = next(zone for zone in zones if zone.zone == "total")
    assert total.readings[0].engine == "text-layer"
    assert both.first.crop_counts == []


def test_a_text_layer_that_says_something_else_is_not_believed():
    both = readers(first="80,00", second="80,00")
    zones = read_zones(a_sheet("80,00"), a_form(), both, Around(layer=(word("99,99", 150, 115),)))
    total = next(zone for zone in zones if zone.zone == "total")
    assert total.readings[0].engine == "tesseract"


def test_the_share_of_zones_on_which_both_engines_agree_counts_what_was_read():
    place = Box(0, 0, 10, 10)

    def zone(*texts: str) -> ZoneReading:
        return ZoneReading("z", place, tuple(Token(text, place, 90.0, "e") for text in texts))

    assert agreed_share([zone("AB-12", "ab 12"), zone("1", "7"), zone("", ""), zone()]) == 0.5
    assert agreed_share([zone("", "")]) == 1.0


NUMBER = replace(ZONE, name="deposit_number", field="deposit_number", pattern="[0-9]+")
SPARING = Sparing(SecondReading(frozenset({("digits", "good")})), {"deposit_number": "digits"})


def a_full_form(compared: int = COMPARED_MIN) -> Form:
    """A form with one zone that may be spared and some that never are."""
    always = tuple(replace(ZONE, name=f"amount_{number}") for number in range(compared))
    return replace(a_form(), zones=(NUMBER, *always), checkboxes=())


def engines_of(form: Form, both: Readers, band: str = "good") -> dict[str, list[str]]:
    zones = read_zones(a_sheet("8000"), form, replace(both, sparing=SPARING), Around(band))
    return {zone.zone: [token.engine for token in zone.readings] for zone in zones}


def test_a_clear_page_spares_the_zone_that_may_do_with_one_reading():
    both = readers("8000", "8000")
    found = engines_of(a_full_form(), both)
    assert found.pop("deposit_number") == ["tesseract"]
    assert all(engines == ["tesseract", "rapidocr"] for engines in found.values())
    assert both.second.crop_counts == [COMPARED_MIN]


def test_a_clear_picture_that_looks_written_by_hand_is_read_twice_everywhere():
    both = readers("8000", "8006")
    found = engines_of(a_full_form(), both)
    assert all(engines == ["tesseract", "rapidocr"] for engines in found.values())
    assert both.second.crop_counts == [COMPARED_MIN, 1]


def test_where_few_zones_can_be_compared_nothing_is_spared():
    both = readers("8000", "8000")
    found = engines_of(a_full_form(COMPARED_MIN - 1), both)
    assert found["deposit_number"] == ["tesseract", "rapidocr"]


def test_a_poor_picture_is_read_twice_everywhere_at_once():
    both = readers("8000", "8000")
    found = engines_of(a_full_form(), both, "poor")
    assert found["deposit_number"] == ["tesseract", "rapidocr"]
    assert both.second.crop_counts == [COMPARED_MIN + 1]


class SecondLook(ScriptedEngine):
    """Reads the second, smoothed look as the other engine did."""

    def read_crops(
        self, crops: Sequence[GreyImage], *, language: str, charset: str, dpi: int
    ) -> tuple[Token, ...]:
        tokens = super().read_crops(crops, language=language, charset=charset, dpi=dpi)
        self.crop_text = "8006"
        return tokens


def test_a_first_look_that_the_second_one_overruled_is_kept():
    form = replace(a_form(), checkboxes=())
    both = Readers(SecondLook("tesseract", crop_text="8000"), readers(second="8006").second)
    zone = read_zones(a_sheet("8000"), form, both)[0]
    assert [token.text for token in zone.readings] == ["8006", "8006"]
    assert zone.first_look is not None
    assert (zone.first_look.text, zone.first_look.box) == ("8000", zone.box)
