"""Draw a filled-in form from its template: printed parts, typed values, ticks, bar codes."""

import functools
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from infra.simulation.paper.pen import CELL_INK, PAGE_DPI, TYPED_INK, Pen, blank_page
from infra.simulation.paper.template import Mark, PrintedText, Table, Template, Zone, read_template

#: Points in which values are typed: in cells, in wide fields, in table rows.
CELL_PT = 12
FIELD_PT = 11
ROW_PT = 10
#: Fonts of printed texts whose script has a typeface of its own, by language.
PRINT_ROLES = {"ar": "arabic", "zh": "chinese"}


@dataclass(frozen=True, slots=True)
class SheetValues:
    """What is written on a form: texts by zone name, ticked boxes, table rows, bar codes, stamps.

    Everything is text as it is written on that form.
    """

    zones: Mapping[str, str] = field(default_factory=dict)
    checked: frozenset[str] = frozenset()
    tables: Mapping[str, Sequence[Mapping[str, str]]] = field(default_factory=dict)
    barcodes: Mapping[str, str] = field(default_factory=dict)
    stamps: Mapping[str, Sequence[str]] = field(default_factory=dict)
    signed: frozenset[str] = frozenset()


def render_sheet(
    template_path: Path, values: SheetValues, *, typeface: str = "mono", seed: int = 0
) -> Image.Image:
    """Return the filled-in form as a grey image at 200 dpi.

    ``seed`` moves each typed value by less than half a millimetre, as a typist's paper feed does.
    """
    template = _template(template_path)
    image = _blank(template_path, PAGE_DPI).copy()
    pen = Pen(image, PAGE_DPI)
    jitter = random.Random(seed)
    shift = (jitter.uniform(-0.4, 0.4), jitter.uniform(-0.3, 0.3))
    for zone in template.zones:
        _type_zone(pen, zone, values.zones.get(zone.name, ""), f"typed.{typeface}", shift)
    for box in template.checkboxes:
        if box.name in values.checked:
            pen.tick(box.box_mm)
    for table in template.tables:
        _type_table(pen, table, values.tables.get(table.name, ()), f"typed.{typeface}", shift)
    for barcode in template.barcodes:
        if content := values.barcodes.get(barcode.name, ""):
            pen.barcode(content, barcode.symbology, barcode.box_mm)
    for mark in template.marks:
        _put_mark(pen, mark, values, jitter)
    return image


def render_blank(template_path: Path, *, dpi: int) -> Image.Image:
    """Return the blank form as a grey image."""
    return _blank(template_path, dpi).copy()


def write_reference(template_path: Path) -> Path:
    """Write the picture of the blank form beside its template, in 16 greys, and return its path."""
    template = read_template(template_path)
    image = render_blank(template_path, dpi=template.reference_dpi)
    greys = image.quantize(16, dither=Image.Dither.NONE)
    greys.save(template.reference, format="PNG", optimize=True)
    return template.reference


@functools.cache
def _template(template_path: Path) -> Template:
    return read_template(template_path)


@functools.cache
def _blank(template_path: Path, dpi: int) -> Image.Image:
    template = _template(template_path)
    image = blank_page(template.page_mm, dpi)
    pen = Pen(image, dpi)
    for shape in sorted(template.shapes, key=lambda shape: shape.kind != "band"):
        pen.shape(shape)
    for zone in template.zones:
        _draw_empty(pen, zone)
    for box in template.checkboxes:
        pen.frame(box.box_mm)
    for table in template.tables:
        _draw_grid(pen, table)
    for text in template.texts:
        _print_text(pen, text)
    return image


def _put_mark(pen: Pen, mark: Mark, values: SheetValues, rng: random.Random) -> None:
    if mark.kind == "signature" and mark.name in values.signed:
        pen.signature(mark.box_mm, rng)
    if mark.kind == "stamp" and (lines := values.stamps.get(mark.name, ())):
        pen.stamp(lines, mark.box_mm, rng)


def _print_text(pen: Pen, text: PrintedText) -> None:
    role = PRINT_ROLES.get(text.lang, "printed") + ("_bold" if text.bold else "")
    anchor = {"left": "la", "center": "ma", "right": "ra"}[text.align]
    pen.text(text.text, text.x_mm, text.y_mm, role=role, size_pt=text.size_pt, anchor=anchor)


def _draw_empty(pen: Pen, zone: Zone) -> None:
    """A comb for cells, else the dotted line people write on."""
    if zone.cells:
        pen.comb(zone.cell_boxes())
        return
    left, top, width, height = zone.box_mm
    step = 1.0
    for i in range(int(width / step)):
        pen.line((left + i * step, top + height, step * 0.35, 0), ink=CELL_INK)


def _draw_grid(pen: Pen, table: Table) -> None:
    last = table.columns[-1]
    left, width = table.columns[0].x_mm, last.x_mm + last.w_mm - table.columns[0].x_mm
    height = table.rows * table.row_height_mm
    for row in range(table.rows + 1):
        pen.line((left, table.top_mm + row * table.row_height_mm, width, 0), ink=CELL_INK)
    for column in table.columns[1:]:
        pen.line((column.x_mm, table.top_mm, 0, height), ink=CELL_INK)


def _type_zone(pen: Pen, zone: Zone, text: str, role: str, shift: tuple[float, float]) -> None:
    if not text:
        return
    if zone.cells:
        for character, box in zip(text, zone.cell_boxes(), strict=False):
            left, top, width, height = box
            x_mm, y_mm = left + width / 2 + shift[0], top + height * 0.45 + shift[1]
            pen.text(character, x_mm, y_mm, role=role, size_pt=CELL_PT, anchor="mm", ink=TYPED_INK)
        return
    box = (zone.box_mm[0] + shift[0], zone.box_mm[1] + shift[1], zone.box_mm[2], zone.box_mm[3])
    align = {"amount": "r", "date": "m", "integer": "m"}.get(zone.type, "l")
    pen.fitted(text, box, role=role, size_pt=FIELD_PT, align=align)


def _type_table(
    pen: Pen,
    table: Table,
    rows: Sequence[Mapping[str, str]],
    role: str,
    shift: tuple[float, float],
) -> None:
    for row_no, row in enumerate(rows):
        for column in table.columns:
            if text := row.get(column.name, ""):
                left, top, width, height = table.cell_box(row_no, column)
                box = (left + shift[0], top + shift[1], width, height)
                align = {"amount": "r", "text": "l", "words": "l"}.get(column.type, "m")
                pen.fitted(text, box, role=role, size_pt=ROW_PT, align=align)
