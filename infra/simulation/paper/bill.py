"""Draw bills in free layout: pharmacy invoice, lab bill, and the bills of other providers."""

import functools
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from infra.simulation.paper.pen import RULE_INK, TYPED_INK, Pen, blank_page
from infra.simulation.paper.writing import amount_text, coefficient_text
from models.electronic import ElectronicLine
from models.yaml_loader import safe_load

LAYOUTS_FILE = Path(__file__).with_name("layouts.yaml")

#: Geometry shared by all layouts, in millimetres.
LEFT_MM, WIDTH_MM = 10.0, 190.0
TABLE_TOP_MM, TABLE_BOTTOM_MM = 92.0, 236.0
HEAD_MM, ROW_MM, BAR_ROW_MM = 8.0, 8.0, 14.0
#: Size of what the issuer's software prints, in points.
BODY_PT = 10


@dataclass(frozen=True, slots=True)
class Layout:
    """One issuer's way of setting a bill, as in ``layouts.yaml``."""

    title: str
    number: str
    date: str
    patient: str
    heads: Mapping[str, str]
    columns: Sequence[tuple[str, float]]
    total: str
    amounts: str
    dates: str
    identity: str
    grid: str
    bars: bool


@dataclass(frozen=True, slots=True)
class Bill:
    """What a bill says; empty numbers are not printed, dates come as they are written."""

    issuer: str
    address: str
    inpe: str
    tax_id: str
    ice: str
    number: str
    date: str
    patient: str
    lines: Sequence[ElectronicLine]
    total_minor: int
    has_bars: bool


def layouts_of(kind: str) -> Sequence[Layout]:
    """Return the layouts of a kind of bill, such as ``pharmacy_invoice`` or ``fee_note``."""
    return _layouts()[kind]


def render_bill(
    bill: Bill, layout: Layout, *, typeface: str, dates: Mapping[int, str], rng: random.Random
) -> list[Image.Image]:
    """Return the pages of a bill; ``dates`` are the written dates of care by place of the line."""
    row_mm = BAR_ROW_MM if layout.bars and bill.has_bars else ROW_MM
    per_page = int((TABLE_BOTTOM_MM - TABLE_TOP_MM - HEAD_MM) // row_mm)
    texts = [
        _row_texts(line, layout, dates.get(place, "")) for place, line in enumerate(bill.lines)
    ]
    starts = range(0, max(1, len(texts)), per_page)
    pages = []
    for page_no, start in enumerate(starts, start=1):
        image = blank_page()
        writer = _BillWriter(Pen(image), bill, layout, f"typed.{typeface}")
        writer.head(page_no, len(starts))
        bottom = writer.table(texts[start : start + per_page], row_mm)
        if page_no == len(starts):
            writer.foot(bottom, rng)
        pages.append(image)
    return pages


def _row_texts(line: ElectronicLine, layout: Layout, date: str) -> dict[str, str]:
    coefficient = coefficient_text(line.coefficient) if line.coefficient else ""
    unit = _unit_minor(line)
    return {
        "date": date,
        "act": line.letter or line.code,
        "letter": line.letter,
        "coefficient": coefficient,
        "cotation": f"{line.letter} {coefficient}",
        "ean": line.ean,
        "label": line.label,
        "quantity": str(line.quantity),
        "unit": amount_text(unit, layout.amounts) if unit is not None else "",
        "amount": amount_text(line.amount_minor, layout.amounts),
    }


def _unit_minor(line: ElectronicLine) -> int | None:
    """The printed unit price: of one B for analyses, of one box for drugs."""
    if line.letter and line.coefficient:
        unit = line.amount_minor / (line.coefficient * line.quantity)
        return int(unit) if unit == unit.to_integral_value() else None
    if line.unit_amount_minor is not None:
        return line.unit_amount_minor
    whole, rest = divmod(line.amount_minor, line.quantity)
    return None if rest else whole


class _BillWriter:
    """Sets one page of a bill."""

    def __init__(self, pen: Pen, bill: Bill, layout: Layout, typeface: str) -> None:
        self.pen = pen
        self.bill = bill
        self.layout = layout
        self.typeface = typeface

    def head(self, page_no: int, page_count: int) -> None:
        """Letterhead, title, number, date, patient."""
        bill, layout = self.bill, self.layout
        self.pen.text(bill.issuer, 12, 12, role="printed_bold", size_pt=14)
        self._put(bill.address, 12, 19)
        self._put(f"INPE : {bill.inpe}", 12, 24)
        if layout.identity == "head":
            self._put(self._identity(), 12, 29)
        self.pen.text(layout.title, 105, 40, role="printed_bold", size_pt=17, anchor="ma")
        if bill.number:
            self._put(f"{layout.number} {bill.number}", 12, 56)
        self._put(f"{layout.date} {bill.date}", 130, 56)
        self.pen.labelled(layout.patient, bill.patient, 12, 64, role=self.typeface, size_pt=BODY_PT)
        if page_count > 1:
            self._put(f"Page {page_no}/{page_count}", 180, 12)
        self.pen.text("FAC-SIMILE", 198, 285, role="printed", size_pt=7, anchor="ra", ink=RULE_INK)

    def table(self, rows: Sequence[Mapping[str, str]], row_mm: float) -> float:
        """Head row and rows; returns where the table ends."""
        self._row(self.layout.heads, TABLE_TOP_MM, HEAD_MM, "printed_bold")
        top = TABLE_TOP_MM + HEAD_MM
        for row in rows:
            self._row(row, top, row_mm, self.typeface)
            top += row_mm
        self._grid(TABLE_TOP_MM, top, row_mm)
        return top

    def foot(self, top: float, rng: random.Random) -> None:
        """Total, identifiers, stamp and signature."""
        bill, layout = self.bill, self.layout
        top += 4
        self.pen.text(layout.total, 132, top, role="printed_bold", size_pt=12)
        total = amount_text(bill.total_minor, layout.amounts)
        self.pen.text(total, 198, top, role=self.typeface, size_pt=12, anchor="ra", ink=TYPED_INK)
        self.pen.stamp((bill.issuer, f"INPE {bill.inpe}"), (120, 250, 52, 20), rng)
        self.pen.signature((150, 252, 40, 16), rng)
        if layout.identity == "foot":
            self._put(self._identity(), 12, 278)

    def _identity(self) -> str:
        parts = [("IF", self.bill.tax_id), ("ICE", self.bill.ice)]
        return "   ".join(f"{name} : {number}" for name, number in parts if number)

    def _put(self, text: str, x_mm: float, y_mm: float) -> None:
        self.pen.value(text, x_mm, y_mm, role=self.typeface, size_pt=BODY_PT)

    def _row(self, texts: Mapping[str, str], top: float, height: float, role: str) -> None:
        left = LEFT_MM
        is_head = role == "printed_bold"
        for name, width in self.layout.columns:
            box = (left, top, width, height)
            if name == "ean" and not is_head and height == BAR_ROW_MM and texts["ean"]:
                self.pen.barcode(texts["ean"], "EAN13", (left, top + 1, width, 7))
                box = (left, top + 8.2, width, height - 8.4)
            text = texts.get(name, "")
            align = "r" if name in ("unit", "amount") else "l" if name == "label" else "m"
            self.pen.fitted(text, box, role=role, size_pt=BODY_PT, align=align)
            left += width

    def _grid(self, top: float, bottom: float, row_mm: float) -> None:
        layout = self.layout
        self.pen.line((LEFT_MM, top + HEAD_MM, WIDTH_MM, 0))
        if layout.grid == "none":
            return
        y_mm = top + HEAD_MM
        while y_mm <= bottom + 0.1:
            self.pen.line((LEFT_MM, y_mm, WIDTH_MM, 0), ink=RULE_INK, width=1)
            y_mm += row_mm
        if layout.grid == "full":
            left = LEFT_MM
            self.pen.frame((LEFT_MM, top, WIDTH_MM, bottom - top))
            for _, width in layout.columns[:-1]:
                left += width
                self.pen.line((left, top, 0, bottom - top), width=1)


@functools.cache
def _layouts() -> dict[str, tuple[Layout, ...]]:
    raw: dict[str, list[dict[str, Any]]] = safe_load(LAYOUTS_FILE.read_text(encoding="utf-8"))
    return {
        kind: tuple(
            Layout(**{**item, "columns": tuple((name, width) for name, width in item["columns"])})
            for item in items
        )
        for kind, items in raw.items()
    }
