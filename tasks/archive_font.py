"""A font whose every sign is blank, so that text can lie on a picture without being seen.

Whatever is written with it is found, marked and copied by its Unicode value; searchable scans have
been made in this way since tesseract's own PDF output. It is built here, the same bytes each time.
"""

import functools
import io
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

FONT_NAME = "TasfiyaBlank"
#: Units of the font's square, and how wide each sign is in them.
UNITS, ADVANCE = 1000, 500
#: Unicode values that one sign of the font can stand for: those of two bytes.
CODES = 65_536
#: The glyph that all of them are drawn with.
_BLANK = 1
#: Ranges in one block of a character map (Adobe technical note 5411).
_RANGES_MAX = 100
#: Seconds of a font's date; it says nothing here, and must not be the day of the run.
_MADE = 3_600_000_000


@functools.cache
def font_program() -> bytes:
    """Return the font as a TrueType file."""
    builder = FontBuilder(UNITS, isTTF=True)
    names = [".notdef", "blank"]
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({0x20: "blank"})
    builder.setupGlyf({name: _outline() for name in names})
    builder.setupHorizontalMetrics(dict.fromkeys(names, (ADVANCE, 0)))
    builder.setupHorizontalHeader(ascent=UNITS, descent=0)
    builder.setupNameTable({"familyName": FONT_NAME, "styleName": "Regular", "psName": FONT_NAME})
    builder.setupOS2(sTypoAscender=UNITS, sTypoDescender=0, usWinAscent=UNITS, usWinDescent=0)
    builder.setupPost(isFixedPitch=1)
    builder.font["head"].created = builder.font["head"].modified = _MADE
    builder.font.recalcTimestamp = False
    target = io.BytesIO()
    builder.save(target)
    return target.getvalue()


def _outline() -> Any:
    """A line to the far corner and back: no area, but viewers take its height for the text's."""
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((ADVANCE, UNITS))
    pen.closePath()
    return pen.glyph()


@functools.cache
def glyph_map() -> bytes:
    """Return which glyph each code is drawn with: the blank one for all."""
    return _BLANK.to_bytes(2, "big") * CODES


@functools.cache
def unicode_map() -> bytes:
    """Return the character map that says each code is its own Unicode value."""
    ranges = [f"<{high:02X}00> <{high:02X}FF> <{high:02X}00>" for high in range(256)]
    blocks = []
    for start in range(0, len(ranges), _RANGES_MAX):
        part = ranges[start : start + _RANGES_MAX]
        blocks += [f"{len(part)} beginbfrange", *part, "endbfrange"]
    return "\n".join(
        [
            "/CIDInit /ProcSet findresource begin",
            "12 dict begin",
            "begincmap",
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
            "/CMapName /Adobe-Identity-UCS def",
            "/CMapType 2 def",
            "1 begincodespacerange",
            "<0000> <FFFF>",
            "endcodespacerange",
            *blocks,
            "endcmap",
            "CMapName currentdict /CMap defineresource pop",
            "end",
            "end",
        ]
    ).encode("ascii")
