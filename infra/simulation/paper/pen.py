"""Draw on one page in millimetres: texts, rules, ticks, bar codes, stamps, signatures."""

import functools
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import zxingcpp
from PIL import Image, ImageChops, ImageDraw

from infra.simulation.paper.fonts import (
    POINTS_PER_INCH,
    font,
    is_hand,
    require_arabic_shaping,
)
from infra.simulation.paper.handwriting import Line, write
from infra.simulation.paper.template import BoxMm, Shape

#: Resolution of rendered pages; 300 dpi reads no better on typed text and costs a third more.
PAGE_DPI = 200
MM_PER_INCH = 25.4
A4_MM = (210.0, 297.0)

WHITE = 255
PRINT_INK = 40
RULE_INK = 110
CELL_INK = 150
BAND_SHADE = 226
TYPED_INK = 25
STAMP_INK = 105
PEN_INK = 80

#: A long value is set smaller until it fits, but never below this size in points.
SIZE_PT_MIN = 6.5

#: White modules that Code 128 and EAN-13 need on either side (ISO/IEC 15417, 15420).
QUIET_MODULES = 10


#: Where a drawn image keeps what was written on it, for documents with a text layer.
WRITTEN = "written"


@dataclass(frozen=True, slots=True)
class WrittenText:
    """A line of text as drawn: its left end, middle height and width, and its size."""

    text: str
    left_mm: float
    middle_mm: float
    width_mm: float
    size_pt: float


def blank_page(size_mm: tuple[float, float] = A4_MM, dpi: int = PAGE_DPI) -> Image.Image:
    """Return an empty white page as a grey image."""
    require_arabic_shaping()
    width, height = (round(length * dpi / MM_PER_INCH) for length in size_mm)
    return Image.new("L", (width, height), WHITE)


def is_arabic(text: str) -> bool:
    """Whether a text has letters of the Arabic block of Unicode (U+0600 to U+06FF)."""
    return any("\u0600" <= character <= "\u06ff" for character in text)


class Pen:
    """Draws on one page in millimetres and points."""

    def __init__(self, image: Image.Image, dpi: int = PAGE_DPI) -> None:
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
        self._keep(text, x_mm, y_mm, role, size_pt, anchor)
        if is_hand(role.partition(".")[2]):
            place = (x_mm * self.dpi / MM_PER_INCH, y_mm * self.dpi / MM_PER_INCH)
            write(self.image, Line(text, *place, role, size_pt, anchor, self.dpi))
            return
        self.draw.text(
            (self.px(x_mm), self.px(y_mm)),
            text,
            fill=ink,
            font=font(role, size_pt, self.dpi),
            anchor=anchor,
            direction="rtl" if right_to_left else "ltr",
            language="ar" if right_to_left else "fr",
        )

    def value(self, text: str, x_mm: float, y_mm: float, *, role: str, size_pt: float) -> None:
        """Type a value from its left end; Arabic values are set in an Arabic typeface."""
        role = "arabic" if is_arabic(text) else role
        self.text(text, x_mm, y_mm, role=role, size_pt=size_pt, ink=TYPED_INK)

    def labelled(
        self, label: str, value: str, x_mm: float, y_mm: float, *, role: str, size_pt: float
    ) -> None:
        """Type a value after its label; each is set in the direction of its own script."""
        if not is_arabic(value):
            self.value(f"{label} {value}", x_mm, y_mm, role=role, size_pt=size_pt)
            return
        self.value(label, x_mm, y_mm, role=role, size_pt=size_pt)
        width = self.width_mm(f"{label} ", role, size_pt)
        # The Arabic typeface has taller lines: its letters stand a fifth of the size lower.
        lift = size_pt * 0.2 * MM_PER_INCH / POINTS_PER_INCH
        self.value(value, x_mm + width, y_mm - lift, role=role, size_pt=size_pt)

    def fitted(self, text: str, box: BoxMm, *, role: str, size_pt: float, align: str) -> None:
        """Type a value into a box, smaller when it is too long for it."""
        left, top, width, height = box
        margin = 1.2
        role = "arabic" if is_arabic(text) else role
        while size_pt > SIZE_PT_MIN and self.width_mm(text, role, size_pt) > width - 2 * margin:
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

    def signature(self, box: BoxMm, rng: random.Random) -> None:
        """Draw an illegible signature: a wave with loops that fades out to the right."""
        left, top, width, height = box
        turns, lean = rng.uniform(3, 6), rng.uniform(0.5, 1.2)
        phase = rng.uniform(0, math.tau)
        points = []
        for i in range(121):
            t = i / 120
            wave = math.sin(t * turns * math.tau + phase) * (1 - 0.6 * t)
            loop = math.cos(t * turns * math.tau + phase) * 0.06 * lean
            x_mm = left + width * min(1, max(0, 0.08 + 0.84 * t + loop))
            y_mm = top + height * (0.5 + 0.38 * wave * math.cos(t * 2.1))
            points.append((self.px(x_mm), self.px(y_mm)))
        self.draw.line(points, fill=PEN_INK, width=self._pixels(4), joint="curve")

    def stamp(self, lines: Sequence[str], box: BoxMm, rng: random.Random) -> None:
        """Stamp a few centred lines in a slightly turned frame."""
        left, top, right, bottom = self._edges(box)
        picture = Image.new("L", (right - left, bottom - top), WHITE)
        pen = Pen(picture, self.dpi)
        width, height = pen.mm(picture.width), pen.mm(picture.height)
        pen.frame((1, 1.5, width - 2, height - 3), ink=STAMP_INK, width=3)
        pitch = (height - 5) / max(1, len(lines))
        for i, line in enumerate(lines):
            size = min(9.0, pitch * 2.2)
            while size > 5 and pen.width_mm(line, "printed_bold", size) > width - 5:
                size -= 0.5
            middle = 2.5 + (i + 0.5) * pitch
            pen.text(
                line,
                width / 2,
                middle,
                role="printed_bold",
                size_pt=size,
                anchor="mm",
                ink=STAMP_INK,
            )
        turned = picture.rotate(
            rng.uniform(-2.5, 2.5), resample=Image.Resampling.BICUBIC, fillcolor=WHITE
        )
        under = self.image.crop((left, top, right, bottom))
        self.image.paste(ImageChops.darker(under, turned), (left, top))

    def _keep(
        self, text: str, x_mm: float, y_mm: float, role: str, size_pt: float, anchor: str
    ) -> None:
        """Note what is written; a tuple, so that copies of a page do not share it."""
        width = self.width_mm(text, role, size_pt)
        left = x_mm - width * {"l": 0.0, "m": 0.5, "r": 1.0}[anchor[0]]
        height = size_pt * MM_PER_INCH / POINTS_PER_INCH
        middle = y_mm if anchor[1] == "m" else y_mm + height / 2
        written = WrittenText(text, left, middle, width, size_pt)
        self.image.info[WRITTEN] = (*self.image.info.get(WRITTEN, ()), written)

    def _edges(self, box: BoxMm) -> tuple[int, int, int, int]:
        left, top, width, height = box
        return self.px(left), self.px(top), self.px(left + width), self.px(top + height)

    def _pixels(self, width: int) -> int:
        """A line width given for 200 dpi."""
        return max(1, round(width * self.dpi / PAGE_DPI))


@functools.lru_cache(maxsize=4096)
def _modules(content: str, symbology: str) -> npt.NDArray[np.uint8]:
    """The bars of a linear bar code, one value a module, without quiet zones."""
    code = zxingcpp.create_barcode(content, zxingcpp.barcode_format_from_str(symbology))
    picture: npt.NDArray[np.uint8] = np.asarray(
        code.to_image(scale=1, add_quiet_zones=False), dtype=np.uint8
    )
    row: npt.NDArray[np.uint8] = picture[0]
    return row
