"""Draw pages without a table: prescription, dental chart, letter, blank sheet."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from infra.simulation.paper.pen import RULE_INK, TYPED_INK, Pen, blank_page

#: Stickers of drug boxes on a prescription: columns, pitch and size in millimetres.
STICKER_COLUMNS = 4
STICKER_MM = (47.0, 16.0)
STICKERS_BOTTOM_MM = 278.0

#: Rows of a dental chart: permanent upper, milk upper, milk lower, permanent lower (ISO 3950).
TEETH = (
    (*range(18, 10, -1), *range(21, 29)),
    (*range(55, 50, -1), *range(61, 66)),
    (*range(85, 80, -1), *range(71, 76)),
    (*range(48, 40, -1), *range(31, 39)),
)


@dataclass(frozen=True, slots=True)
class Prescription:
    """What a prescription says; an undated one has an empty ``date``."""

    doctor: str
    inpe: str
    address: str
    town: str
    date: str
    patient: str
    items: Sequence[tuple[str, str]]
    stickers: Sequence[str]


def render_prescription(
    prescription: Prescription, *, typeface: str, rng: random.Random
) -> Image.Image:
    """Return a prescription; the stickers are the bar codes cut from the drug boxes."""
    image = blank_page()
    pen = Pen(image)
    role = f"typed.{typeface}"
    pen.text(prescription.doctor, 12, 12, role="serif_bold", size_pt=15)
    pen.text(prescription.address, 12, 20, role="serif", size_pt=10)
    pen.text(f"INPE : {prescription.inpe}", 12, 25, role=role, size_pt=10, ink=TYPED_INK)
    pen.line((10, 33, 190, 0))
    pen.text("ORDONNANCE", 105, 42, role="serif_bold", size_pt=20, anchor="ma")
    pen.text("وصفة طبية", 105, 50, role="arabic_bold", size_pt=15, anchor="ma")
    place = f"{prescription.town}, le {prescription.date}" if prescription.date else ""
    pen.value(place, 130, 66, role=role, size_pt=11)
    pen.labelled("Patient :", prescription.patient, 12, 66, role=role, size_pt=11)
    top = 84.0
    for number, (label, posology) in enumerate(prescription.items, start=1):
        pen.value(f"{number}. {label}", 18, top, role=role, size_pt=11)
        pen.value(posology, 26, top + 6, role=role, size_pt=10)
        top += 15
    _stick(pen, prescription.stickers)
    rows = -(-len(prescription.stickers) // STICKER_COLUMNS)
    foot = STICKERS_BOTTOM_MM - rows * STICKER_MM[1] - 28
    pen.stamp((prescription.doctor, f"INPE {prescription.inpe}"), (122, foot, 52, 18), rng)
    pen.signature((152, foot + 2, 40, 16), rng)
    return _marked(image)


def render_dental_chart(patient: str, teeth: Sequence[str], *, typeface: str) -> Image.Image:
    """Return a dental chart with the treated teeth crossed; numbers as in ISO 3950 (FDI)."""
    image = blank_page()
    pen = Pen(image)
    pen.text("SCHÉMA DENTAIRE", 105, 20, role="printed_bold", size_pt=18, anchor="ma")
    pen.labelled("Patient :", patient, 12, 40, role=f"typed.{typeface}", size_pt=11)
    for row, numbers in enumerate(TEETH):
        left = 105 - len(numbers) * 5.5
        for place, number in enumerate(numbers):
            box = (left + 1 + place * 11.0, 70 + row * 30.0, 9.0, 14.0)
            pen.frame(box)
            pen.text(str(number), box[0] + 4.5, box[1] - 5, role="printed", size_pt=9, anchor="ma")
            if str(number) in teeth:
                pen.tick(box)
    return _marked(image)


def render_letter(lines: Sequence[str], sender: str, *, typeface: str) -> Image.Image:
    """Return a letter, which is no form at all."""
    image = blank_page()
    pen = Pen(image)
    pen.value(sender, 20, 25, role=f"typed.{typeface}", size_pt=12)
    for number, line in enumerate(lines):
        pen.value(line, 20, 80 + number * 8, role=f"typed.{typeface}", size_pt=12)
    return _marked(image)


def _stick(pen: Pen, codes: Sequence[str]) -> None:
    width, height = STICKER_MM
    rows = -(-len(codes) // STICKER_COLUMNS)
    for place, code in enumerate(codes):
        row, column = divmod(place, STICKER_COLUMNS)
        left = 10 + column * (width + 0.6)
        top = STICKERS_BOTTOM_MM - (rows - row) * height
        pen.frame((left, top, width - 0.8, height - 1), width=1)
        pen.barcode(code, "EAN13", (left, top + 1, width - 0.8, 9))
        pen.text(code, left + width / 2, top + 10.6, role="printed", size_pt=8, anchor="ma")


def _marked(image: Image.Image) -> Image.Image:
    pen = Pen(image)
    pen.text("FAC-SIMILE", 198, 285, role="printed", size_pt=7, anchor="ra", ink=RULE_INK)
    return image
