"""Write a line of text as a hand does: no two letters of the same height, slant, place or ink."""

import functools
import random
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from infra.simulation.paper.fonts import font

#: How far a hand strays, as shares of the size: a letter's foot, its height, the gap after it.
_BASELINE, _SIZE, _GAP = 0.05, 0.08, 0.05
#: Slant of a whole line and of one letter against it, in pixels a pixel of height.
_LINE_SLANT, _LETTER_SLANT = 0.14, 0.05
#: Where a line starts beside its place, as a share of the size: out of the box now and then.
_OUT_OF_PLACE = 0.3
#: Grey of a pen's ink (black, blue, a pencil), and how much a letter differs from the line.
_INKS, _LETTER_INK = (25, 60, 85, 110), 12
#: What a ball pen adds to the thin strokes of these typefaces, on each side, in pixels at 200 dpi.
_PEN_PX = 0.6
#: Height of a digit as a share of the size of the line: what a box or a row leaves room for.
_DIGIT_HEIGHT = 0.72
_WHITE = 255


@dataclass(frozen=True, slots=True)
class Line:
    """A line to be written: in pixels of the page, with Pillow's anchor."""

    text: str
    left: float
    top: float
    role: str
    size_pt: float
    anchor: str
    dpi: int


def write(image: Image.Image, line: Line) -> None:
    """Write a line on a grey page; the same line in the same place always looks the same."""
    rng = random.Random(f"{line.text}/{line.left:.1f}/{line.top:.1f}/{line.role}")
    size_pt = line.size_pt * _scale(line.role, line.dpi)
    letter_font = font(line.role, size_pt, line.dpi)
    size = letter_font.size
    left, top, _, _ = letter_font.getbbox(line.text, anchor=line.anchor)
    x = line.left + left + rng.uniform(-1, 1) * _OUT_OF_PLACE * size
    y = line.top + top + rng.uniform(-0.5, 0.5) * _OUT_OF_PLACE * size
    # Letters are set on one foot line, whatever the anchor of the whole.
    foot = y - letter_font.getbbox(line.text, anchor="ls")[1]
    slant = rng.uniform(-0.3, 1) * _LINE_SLANT
    ink = rng.choice(_INKS)
    for letter in line.text:
        own = font(line.role, round(size_pt * (1 + rng.uniform(-_SIZE, _SIZE)), 1), line.dpi)
        if not letter.isspace():
            lean = slant + rng.uniform(-_LETTER_SLANT, _LETTER_SLANT)
            drop = rng.uniform(-_BASELINE, _BASELINE) * size
            shade = max(0, ink + rng.randint(-_LETTER_INK, _LETTER_INK))
            _letter(image, letter, own, (x, foot + drop), lean, shade)
        x += own.getlength(letter) + rng.uniform(-0.5, 1) * _GAP * size


@functools.cache
def _scale(role: str, dpi: int) -> float:
    """How much larger a typeface must be set so that its digits are as high as others'."""
    probe = font(role, 12, dpi)
    _, top, _, bottom = probe.getbbox("0", anchor="ls")
    return _DIGIT_HEIGHT * probe.size / max(1, bottom - top)


def _letter(
    image: Image.Image,
    letter: str,
    own: ImageFont.FreeTypeFont,
    foot: tuple[float, float],
    lean: float,
    shade: int,
) -> None:
    """Draw one letter, leaning to the right by ``lean``, its foot at a point of the page."""
    side = int(own.size * 3)
    mask = Image.new("L", (side, side), 0)
    middle = side * 2 // 3
    ImageDraw.Draw(mask).text(
        (side // 3, middle), letter, fill=_WHITE, font=own, anchor="ls", stroke_width=_PEN_PX
    )
    leaning = mask.transform(
        mask.size,
        Image.Transform.AFFINE,
        (1, lean, -lean * middle, 0, 1, 0),
        resample=Image.Resampling.BILINEAR,
    )
    place = (round(foot[0]) - side // 3, round(foot[1]) - middle)
    image.paste(shade, (*place, place[0] + side, place[1] + side), leaning)
