"""Draws the cover sheets that agencies put between dossiers, as a PDF to print."""

import datetime as dt
import functools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import zxingcpp
from PIL import Image

from infra.simulation.paper.containers import file_bytes
from infra.simulation.paper.pen import A4_MM, Pen, blank_page
from models.cover_sheet import CoverSheet, code_of
from models.yaml_loader import safe_load

TEXTS_FILE = Path(__file__).with_name("cover_sheets.yaml")
#: Side of a code on paper in millimetres: a module is then above 1.5 mm, which a fax still keeps.
CODE_MM = 82
#: The code stands twice, so that a fold, a stamp or a staple cannot hide it.
CODE_TOPS_MM = (78, 196)
#: White modules around a QR code (ISO/IEC 18004).
_QUIET_MODULES = 4


def draw_sheet(sheet: CoverSheet) -> Image.Image:
    """Return one sheet as a grey page of 200 dpi: what it is in French and Arabic, and its code."""
    image = blank_page()
    pen = Pen(image)
    width, middle = A4_MM[0], A4_MM[0] / 2
    texts = _texts()[sheet.kind.value]
    pen.text(texts["fr"], middle, 16, role="printed_bold", size_pt=26, anchor="ma")
    pen.text(texts["ar"], middle, 29, role="arabic_bold", size_pt=26, anchor="ma")
    for place, text in enumerate((texts["say_fr"], texts["say_ar"])):
        role = "arabic" if place else "printed"
        pen.text(text, middle, 46 + 8 * place, role=role, size_pt=11, anchor="ma")
    number = f"{sheet.agency} · {sheet.number}" if sheet.agency else sheet.number
    pen.text(number, middle, 65, role="printed_bold", size_pt=15, anchor="ma")
    if sheet.stated:
        counted = f"{texts['stated_fr']} : {sheet.stated}"
        pen.text(counted, 12, 168, role="printed_bold", size_pt=18)
        counted = f"{texts['stated_ar']}: {sheet.stated}"
        pen.text(counted, width - 12, 178, role="arabic_bold", size_pt=18, anchor="ra")
    code = _code(code_of(sheet), pen.px(CODE_MM))
    for top in CODE_TOPS_MM:
        image.paste(code, (pen.px(middle) - code.width // 2, pen.px(top)))
    pen.text("tasfiya", width - 12, 288, role="printed", size_pt=8, anchor="ra")
    return image


def sheets_pdf(sheets: Sequence[CoverSheet], day: dt.date) -> bytes:
    """Return the sheets as one PDF, a page each; ``day`` is the date written into it."""
    return file_bytes([draw_sheet(sheet) for sheet in sheets], "pdf", day)


def _code(text: str, side_px: int) -> Image.Image:
    made = zxingcpp.create_barcode(text, zxingcpp.barcode_format_from_str("QRCode"), ec_level="H")
    modules = np.asarray(made.to_image(scale=1, add_quiet_zones=False), dtype=np.uint8)
    framed = np.pad(modules, _QUIET_MODULES, constant_values=255)
    scale = max(1, side_px // framed.shape[0])
    return Image.fromarray(np.kron(framed, np.ones((scale, scale), dtype=np.uint8)))


@functools.cache
def _texts() -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = safe_load(TEXTS_FILE.read_text(encoding="utf-8"))
    return texts
