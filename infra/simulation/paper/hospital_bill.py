"""Draws a clinic's invoice: the stay's days, rows with letters, days, drugs, and who pays what."""

import datetime as dt
import functools
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from infra.simulation.paper.pen import RULE_INK, TYPED_INK, Pen, blank_page
from infra.simulation.paper.writing import amount_text, date_text
from models.yaml_loader import safe_load

LAYOUTS_FILE = Path(__file__).with_name("hospital_layouts.yaml")
LEFT_MM, WIDTH_MM, TABLE_TOP_MM, ROW_MM = 10.0, 190.0, 96.0, 9.0
_BODY_PT = 10


@dataclass(frozen=True, slots=True)
class HospitalRow:
    """One row: a label, and a letter with coefficient or a number of days; minor units."""

    label: str
    amount_minor: int
    letter: str = ""
    coefficient: str = ""
    quantity: int = 1
    unit_minor: int | None = None


@dataclass(frozen=True, slots=True)
class HospitalInvoice:
    """What a clinic's invoice says; ``third_party_minor`` is the organism's part of the total."""

    issuer: str
    inpe: str
    ice: str
    number: str
    date: dt.date
    patient: str
    admission: dt.date
    discharge: dt.date
    rows: Sequence[HospitalRow]
    third_party_minor: int

    @property
    def total_minor(self) -> int:
        """The sum of the rows."""
        return sum(row.amount_minor for row in self.rows)


@functools.cache
def hospital_layouts() -> tuple[Mapping[str, Any], ...]:
    """Return the layouts, in their order."""
    return tuple(safe_load(LAYOUTS_FILE.read_text(encoding="utf-8")))


def render_hospital_invoice(
    invoice: HospitalInvoice, layout: Mapping[str, Any], *, typeface: str, rng: random.Random
) -> Image.Image:
    """Return the invoice as one grey page at the simulator's resolution."""
    image = blank_page()
    pen = Pen(image)
    role = f"typed.{typeface}"
    _head(pen, invoice, layout, role)
    bottom = _table(pen, invoice, layout, role)
    _foot(pen, invoice, layout, role, bottom)
    pen.stamp((invoice.issuer, f"INPE {invoice.inpe}"), (120, 250, 52, 20), rng)
    pen.signature((150, 252, 40, 16), rng)
    pen.text("FAC-SIMILE", 198, 285, role="printed", size_pt=7, anchor="ra", ink=RULE_INK)
    return image


def _head(pen: Pen, invoice: HospitalInvoice, layout: Mapping[str, Any], role: str) -> None:
    def put(text: str, x_mm: float, y_mm: float) -> None:
        pen.value(text, x_mm, y_mm, role=role, size_pt=_BODY_PT)

    pen.text(invoice.issuer, 12, 12, role="printed_bold", size_pt=14)
    put(f"INPE : {invoice.inpe}", 12, 20)
    put(f"ICE : {invoice.ice}", 12, 26)
    pen.text(layout["title"], 105, 40, role="printed_bold", size_pt=17, anchor="ma")
    put(f"{layout['number']} {invoice.number}", 12, 56)
    put(f"{layout['date']} {date_text(invoice.date, layout['dates'])}", 130, 56)
    pen.labelled(layout["patient"], invoice.patient, 12, 66, role=role, size_pt=_BODY_PT)
    put(f"{layout['admission']} {date_text(invoice.admission, layout['dates'])}", 12, 76)
    put(f"{layout['discharge']} {date_text(invoice.discharge, layout['dates'])}", 110, 76)


def _table(pen: Pen, invoice: HospitalInvoice, layout: Mapping[str, Any], role: str) -> float:
    top = TABLE_TOP_MM
    _row(pen, layout, layout["heads"], top, "printed_bold")
    for row in invoice.rows:
        top += ROW_MM
        if layout["is_ruled"]:
            pen.line((LEFT_MM, top, WIDTH_MM, 0), ink=RULE_INK, width=1)
        _row(pen, layout, _texts(row, layout["amounts"]), top, role)
    return top + ROW_MM


def _texts(row: HospitalRow, amounts: str) -> Mapping[str, str]:
    return {
        "label": row.label,
        "act": row.letter,
        "coefficient": row.coefficient,
        "cotation": f"{row.letter} {row.coefficient}".strip(),
        "quantity": str(row.quantity) if row.unit_minor is not None else "",
        "unit": amount_text(row.unit_minor, amounts) if row.unit_minor is not None else "",
        "amount": amount_text(row.amount_minor, amounts),
    }


def _row(
    pen: Pen, layout: Mapping[str, Any], texts: Mapping[str, str], top: float, role: str
) -> None:
    left = LEFT_MM
    for name, width in layout["columns"]:
        align = "r" if name in ("unit", "amount") else "l" if name == "label" else "m"
        box = (left, top, width, ROW_MM)
        pen.fitted(texts.get(name, ""), box, role=role, size_pt=_BODY_PT, align=align)
        left += width


def _foot(
    pen: Pen, invoice: HospitalInvoice, layout: Mapping[str, Any], role: str, top: float
) -> None:
    patient = invoice.total_minor - invoice.third_party_minor
    said = (
        (layout["total"], invoice.total_minor),
        (layout["third_party"], invoice.third_party_minor),
        (layout["patient_part"], patient),
    )
    for place, (name, minor) in enumerate(said):
        down = top + 4 + place * ROW_MM
        pen.text(name, 120, down, role="printed_bold", size_pt=12)
        amount = amount_text(minor, layout["amounts"])
        pen.text(amount, 198, down, role=role, size_pt=12, anchor="ra", ink=TYPED_INK)
