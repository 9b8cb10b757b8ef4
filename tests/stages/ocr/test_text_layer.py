"""A PDF's own text layer stands for the picture only as long as it says what the picture says."""

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import cv2
import pytest
from PIL import Image

from infra.simulation.paper.hospital_bill import (
    HospitalInvoice,
    HospitalRow,
    hospital_layouts,
    render_hospital_invoice,
)
from infra.simulation.paper.pen import WRITTEN, WrittenText
from infra.simulation.paper.text_layer import born_digital_pdf
from models.reading import Box, Token
from tasks.ocr.engines.choice import EngineChoice, first_engine
from tasks.ocr.engines.engine import GreyImage
from tasks.ocr.engines.rapid import RapidEngine
from tasks.ocr.raster import Limits, raster_pages
from tasks.ocr.reader import ReadPage, read_page
from tasks.ocr.zones import Around, Readers, read_zones
from tests.stages.ocr.fakes import ScriptedEngine, word
from tests.stages.ocr.test_zones import ZONE, a_form, a_sheet

DAY = dt.date(2026, 11, 20)
OTHER_PLACE = Box(100, 200, 300, 60)
INVOICE = HospitalInvoice(
    issuer="Clinique du Parc", inpe="200000077", ice="001561191000066", number="H0000012",
    date=DAY, patient="ESSAI PREMIER", admission=dt.date(2026, 11, 2),
    discharge=dt.date(2026, 11, 5),
    rows=(
        HospitalRow("Séjour en médecine", 150_000, quantity=3, unit_minor=50_000),
        HospitalRow("Acte", 112_500, letter="K", coefficient="50"),
        HospitalRow("Médicaments", 42_080),
    ),
    third_party_minor=0,
)  # fmt: skip


@cache
def invoice() -> Image.Image:
    return render_hospital_invoice(
        INVOICE, hospital_layouts()[0], typeface="sans", rng=random.Random(1)
    )


def with_layer(*written: WrittenText) -> ReadPage:
    """The invoice as a PDF with a text layer of its own, read by the project's engines."""
    image = invoice().copy()
    image.info[WRITTEN] = written
    pdf = born_digital_pdf([image], DAY)
    (raster,) = raster_pages(pdf, "application/pdf", Limits())
    assert raster.words
    return read_page(raster, (), Readers(first_engine(EngineChoice()), RapidEngine()))


def honest() -> list[WrittenText]:
    return list(invoice().info[WRITTEN])


def texts(page: ReadPage) -> str:
    return " ".join(one.text for one in page.text.words)


def test_a_layer_that_says_what_the_picture_says_is_used():
    assert with_layer(*honest()).text.is_text_layer


def test_a_layer_with_other_amounts_than_the_picture_is_not_believed():
    """One row and the total are raised in the layer; the numbers agree in most places."""
    swaps = {"1125,00": "7125,00", "3045,80": "9045,80"}
    forged = []
    for one in honest():
        plain = one.text.replace(" ", "").replace(".", ",")
        forged.append(replace(one, text=swaps.get(plain, one.text)))
    assert sum(one != other for one, other in zip(forged, honest(), strict=True)) >= 2
    page = with_layer(*forged)
    assert not page.text.is_text_layer
    assert "9045" not in texts(page).replace(" ", "")


def test_a_row_that_stands_in_the_layer_alone_is_not_believed():
    row = [
        WrittenText(text, left, 200.0, 20.0, 10.0)
        for text, left in (("Implant", 12.0), ("6000,00", 150.0), ("6000,00", 180.0))
    ]
    page = with_layer(*honest(), *row)
    assert not page.text.is_text_layer
    assert "Implant" not in texts(page)


@pytest.mark.parametrize("header", ["Numérisé avec un téléphone portable", "Scan 2026 du dossier"])
def test_a_header_over_a_scan_does_not_hide_what_was_scanned(header: str):
    page = with_layer(WrittenText(header, 20.0, 5.0, 80.0, 8.0))
    assert not page.text.is_text_layer
    assert "K" in texts(page)
    assert "Médicaments" in texts(page)


class TwoMinds(ScriptedEngine):
    """Reads the same text in every zone, and another one in the last."""

    def __init__(self, name: str, most: str, last: str) -> None:
        super().__init__(name, crop_text=most)
        self.last = last

    def read_crops(self, crops: Sequence[GreyImage], **asked: Any) -> tuple[Token, ...]:
        tokens = super().read_crops(crops, **asked)
        return (*tokens[:-1], replace(tokens[-1], text=self.last)) if tokens else ()


@pytest.mark.parametrize(
    ("first", "second", "engine"),
    [
        ("80,00", "80,00", "tesseract"),
        ("80,00", "99,99", "text-layer"),
        ("99,99", "80,00", "text-layer"),
        ("", "80,00", "tesseract"),
    ],
)
def test_an_amount_of_a_sheet_s_layer_is_read_on_the_picture_or_the_layer_is_not_believed(
    first: str, second: str, engine: str
) -> None:
    """Nine of ten zones agree; the layer says 99,99 in the tenth, which holds the total."""
    others = [
        replace(ZONE, name=f"other{number}", type="digits", box=OTHER_PLACE) for number in range(9)
    ]
    form = replace(a_form(), zones=(*others, ZONE))
    readers = Readers(TwoMinds("tesseract", "7", first), TwoMinds("rapidocr", "7", second))
    layer = (word("7", 150, 215), word("99,99", 150, 115))
    image = a_sheet("80,00")
    cv2.putText(image, "7", (150, 242), cv2.FONT_HERSHEY_SIMPLEX, 1, 0, 2)
    zones = read_zones(image, form, readers, Around(layer=layer))
    assert {one.readings[0].engine for one in zones if one.zone != "sex_m"} == {engine}
