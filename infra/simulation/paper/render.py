"""Draw a filled-in form from its template: printed parts, typed values, ticks, bar codes."""

import functools
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import zxingcpp
from PIL import Image, ImageDraw

from infra.simulation.paper.fonts import font, require_arabic_shaping
from infra.simulation.paper.template import (
    BoxMm,
    PrintedText,
    Shape,
    Table,
    Template,
    Zone,
    read_template,
)

#: Resolution of rendered pages; 300 dpi reads no better on typed text and costs a third more.
PAGE_DPI = 200
MM_PER_INCH = 25.4

WHITE = 255
PRINT_INK = 40
RULE_INK = 110
CELL_INK = 150
BAND_SHADE = 226
TYPED_INK = 25

#: Points in which values are typed: cells, wide fields, table.
CELL_PT = 12
FIELD_PT = 11
ROW_PT = 10
#: A long value is set smaller until it fits, but never below this.
FIELD_PT_MIN = 6.5

#: White modules that Code 128 and EAN-13 need on either side (ISO/IEC 15417, 15420).
QUIET_MODULES = 10


@dataclass(frozen=True, slots=True)
class SheetValues:
    """What is written on a form: texts by zone name, ticked boxes, table rows, bar codes.

    Dates in cells are ``DDMMYYYY``, elsewhere ``DD/MM/YYYY``; amounts are ``1234,50``.
    """

    zones: Mapping[str, str] = field(default_factory=dict)
    checked: frozenset[str] = frozenset()
    tables: Mapping[str, Sequence[Mapping[str, str]]] = field(default_factory=dict)
    barcodes: Mapping[str, str] = field(default_factory=dict)


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


class Pen:
    """Draws on one page in millimetres and points."""

    def __init__(self, image: Image.Image, dpi: int) -> None:
        self.image = image
        self.dpi = dpi
        self.draw = ImageDraw.Draw(image)

    def px(self, length_mm: float) -> int:
        """Return a length in whole pixels."""
        return round(length_mm * self.dpi / MM_PER_INCH)

    def mm(self, length_px: float) -> float:
        """Return a length in millimetres."""
        return length_px * MM_PER_INCH / self.dpi

    def width_mm(self, text: str, role: str, size_pt: float) -> float:
        """Return how wide a text is."""
        return self.mm(font(role, size_pt, self.dpi).getlength(text))

    def text(
        self,
        text: str,
        x_mm: float,
        y_mm: float,
        *,
        role: str,
        size_pt: float,
        anchor: str = "la",
        ink: int = PRINT_INK,
    ) -> None:
        """Write one line; ``anchor`` is Pillow's, Arabic is set from right to left."""
        right_to_left = role.startswith("arabic")
        self.draw.text(
            (self.px(x_mm), self.px(y_mm)),
            text,
            fill=ink,
            font=font(role, size_pt, self.dpi),
            anchor=anchor,
            direction="rtl" if right_to_left else "ltr",
            language="ar" if right_to_left else "fr",
        )

    def fitted(self, text: str, box: BoxMm, *, role: str, size_pt: float, align: str) -> None:
        """Type a value into a box, smaller when it is too long for it."""
        left, top, width, height = box
        margin = 1.2
        while size_pt > FIELD_PT_MIN and self.width_mm(text, role, size_pt) > width - 2 * margin:
            size_pt -= 0.5
        x_mm = {"l": left + margin, "m": left + width / 2, "r": left + width - margin}[align]
        middle = top + height / 2
        self.text(text, x_mm, middle, role=role, size_pt=size_pt, anchor=align + "m", ink=TYPED_INK)

    def shape(self, shape: Shape) -> None:
        """Draw a printed shape by its kind: ``frame``, ``band`` or ``line``."""
        if shape.kind == "band":
            self.band(shape.box_mm)
        elif shape.kind == "line":
            self.line(shape.box_mm)
        else:
            self.frame(shape.box_mm)

    def frame(self, box: BoxMm, *, ink: int = RULE_INK, width: int = 2) -> None:
        """Draw a rectangle."""
        left, top, right, bottom = self._edges(box)
        self.draw.rectangle((left, top, right, bottom), outline=ink, width=self._pixels(width))

    def band(self, box: BoxMm, *, shade: int = BAND_SHADE) -> None:
        """Fill a rectangle."""
        self.draw.rectangle(self._edges(box), fill=shade)

    def line(self, box: BoxMm, *, ink: int = RULE_INK, width: int = 2) -> None:
        """Draw a line along a box of height or width 0."""
        self.draw.line(self._edges(box), fill=ink, width=self._pixels(width))

    def comb(self, boxes: Sequence[BoxMm]) -> None:
        """Draw cells as a comb: a base line and short teeth, as in I_I_I_I."""
        for left, top, width, height in boxes:
            base, tooth = top + height, height * 0.4
            self.line((left, base, width, 0), ink=CELL_INK)
            self.line((left, base - tooth, 0, tooth), ink=CELL_INK)
            self.line((left + width, base - tooth, 0, tooth), ink=CELL_INK)

    def tick(self, box: BoxMm) -> None:
        """Cross a box."""
        left, top, right, bottom = self._edges(box)
        inset = (right - left) // 5
        corners = (left + inset, top + inset, right - inset, bottom - inset)
        width = self._pixels(4)
        self.draw.line(corners, fill=TYPED_INK, width=width)
        self.draw.line((corners[0], corners[3], corners[2], corners[1]), TYPED_INK, width)

    def barcode(self, content: str, symbology: str, box: BoxMm) -> None:
        """Draw a bar code as large as whole-pixel modules and quiet zones allow, centred."""
        bars = _modules(content, symbology)
        left, top, right, bottom = self._edges(box)
        scale = max(1, (right - left) // (bars.size + 2 * QUIET_MODULES))
        row = np.repeat(bars, scale)
        picture = Image.fromarray(np.tile(row, (bottom - top, 1)))
        self.image.paste(picture, (left + (right - left - row.size) // 2, top))

    def _edges(self, box: BoxMm) -> tuple[int, int, int, int]:
        left, top, width, height = box
        return self.px(left), self.px(top), self.px(left + width), self.px(top + height)

    def _pixels(self, width: int) -> int:
        """A line width given for 200 dpi."""
        return max(1, round(width * self.dpi / PAGE_DPI))


@functools.cache
def _template(template_path: Path) -> Template:
    return read_template(template_path)


@functools.cache
def _blank(template_path: Path, dpi: int) -> Image.Image:
    require_arabic_shaping()
    template = _template(template_path)
    size = tuple(round(length * dpi / MM_PER_INCH) for length in template.page_mm)
    image = Image.new("L", (size[0], size[1]), WHITE)
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


def _print_text(pen: Pen, text: PrintedText) -> None:
    role = ("arabic" if text.lang == "ar" else "printed") + ("_bold" if text.bold else "")
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
                align = {"amount": "r", "text": "l"}.get(column.type, "m")
                pen.fitted(text, box, role=role, size_pt=ROW_PT, align=align)


@functools.lru_cache(maxsize=4096)
def _modules(content: str, symbology: str) -> npt.NDArray[np.uint8]:
    """The bars of a linear bar code, one value a module, without quiet zones."""
    code = zxingcpp.create_barcode(content, zxingcpp.barcode_format_from_str(symbology))
    picture: npt.NDArray[np.uint8] = np.asarray(
        code.to_image(scale=1, add_quiet_zones=False), dtype=np.uint8
    )
    return picture[0]
