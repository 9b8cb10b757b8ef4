"""Add to a PDF of page images the text that was drawn on them, invisible, as its text layer."""

import ctypes
import io
from collections.abc import Sequence
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_raw

from infra.simulation.paper.containers import fixed_id
from infra.simulation.paper.fonts import POINTS_PER_INCH
from infra.simulation.paper.pen import MM_PER_INCH, WrittenText, is_arabic

#: The middle of a line stands this share of the type size above its base line.
MIDDLE_TO_BASE = 0.35


def with_text_layer(pdf: bytes, written: Sequence[Sequence[WrittenText]]) -> bytes:
    """Return the PDF with each page's Latin text; the standard font has no Arabic letters."""
    document = pdfium.PdfDocument(pdf)
    try:
        font = pdfium_raw.FPDFText_LoadStandardFont(document.raw, b"Helvetica")
        for number, texts in enumerate(written):
            page = document[number]
            for text in texts:
                if text.text.strip() and not is_arabic(text.text):
                    _insert(document, page, font, text)
            page.gen_content()
            page.close()
        pdfium_raw.FPDFFont_Close(font)
        out = io.BytesIO()
        document.save(out)
        return fixed_id(out.getvalue())
    finally:
        document.close()


def _insert(document: Any, page: Any, font: Any, text: WrittenText) -> None:
    item = pdfium_raw.FPDFPageObj_CreateTextObj(document.raw, font, text.size_pt)
    encoded = (text.text + "\0").encode("utf-16-le")
    buffer = ctypes.create_string_buffer(encoded, len(encoded))
    wide = ctypes.cast(buffer, ctypes.POINTER(pdfium_raw.FPDF_WCHAR))
    pdfium_raw.FPDFText_SetText(item, wide)
    pdfium_raw.FPDFTextObj_SetTextRenderMode(item, pdfium_raw.FPDF_TEXTRENDERMODE_INVISIBLE)
    bounds = [ctypes.c_float() for _ in range(4)]
    pdfium_raw.FPDFPageObj_GetBounds(item, *bounds)
    points = POINTS_PER_INCH / MM_PER_INCH
    stretch = text.width_mm * points / max(1.0, bounds[2].value - bounds[0].value)
    base = page.get_height() - text.middle_mm * points - text.size_pt * MIDDLE_TO_BASE
    pdfium_raw.FPDFPageObj_Transform(item, stretch, 0, 0, 1, text.left_mm * points, base)
    pdfium_raw.FPDFPage_InsertObject(page.raw, item)
