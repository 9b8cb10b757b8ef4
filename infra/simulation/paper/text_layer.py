"""Write pages as a PDF that was never printed: pictures in bands, and the text as a text layer."""

import ctypes
import datetime as dt
import hashlib
import io
import itertools
import re
from collections.abc import Sequence
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_raw
from PIL import Image

from infra.simulation.paper.fonts import POINTS_PER_INCH
from infra.simulation.paper.pen import MM_PER_INCH, PAGE_DPI, WRITTEN, WrittenText, is_arabic

#: Bands of one page's picture: print drivers cut pages, scanners send one picture a page.
BANDS = 8
#: JPEG quality of the bands.
QUALITY = 92
#: The middle of a line stands this share of the type size above its base line.
MIDDLE_TO_BASE = 0.35
POINTS_PER_PX = POINTS_PER_INCH / PAGE_DPI
POINTS_PER_MM = POINTS_PER_INCH / MM_PER_INCH

_IDENTIFIER = re.compile(rb"/ID\s*\[<[0-9A-F]{32}><[0-9A-F]{32}>\]")
_DATE = re.compile(rb"\(D:\d{14}")


def born_digital_pdf(images: Sequence[Image.Image], day: dt.date) -> bytes:
    """Return pages drawn by a ``Pen`` as a PDF with their Latin text; ``day`` is its date.

    Arabic is in the picture alone: the standard font of the layer has no Arabic letters.
    """
    document = pdfium.PdfDocument.new()
    try:
        font = pdfium_raw.FPDFText_LoadStandardFont(document.raw, b"Helvetica")
        for image in images:
            page = document.new_page(image.width * POINTS_PER_PX, image.height * POINTS_PER_PX)
            _insert_bands(document, page, image)
            written: Sequence[WrittenText] = image.info.get(WRITTEN, ())
            for text in written:
                if text.text.strip() and not is_arabic(text.text):
                    _insert_text(document, page, font, text)
            page.gen_content()
            page.close()
        pdfium_raw.FPDFFont_Close(font)
        out = io.BytesIO()
        document.save(out)
    finally:
        document.close()
    return _fixed(out.getvalue(), day)


def _insert_bands(document: Any, page: Any, image: Image.Image) -> None:
    edges = [image.height * number // BANDS for number in range(BANDS + 1)]
    for top, bottom in itertools.pairwise(edges):
        coded = io.BytesIO()
        image.crop((0, top, image.width, bottom)).save(coded, format="JPEG", quality=QUALITY)
        coded.seek(0)
        band = pdfium.PdfImage.new(document)
        band.load_jpeg(coded, inline=True)
        width, height = image.width * POINTS_PER_PX, (bottom - top) * POINTS_PER_PX
        below = (image.height - bottom) * POINTS_PER_PX
        band.set_matrix(pdfium.PdfMatrix().scale(width, height).translate(0, below))
        page.insert_obj(band)


def _insert_text(document: Any, page: Any, font: Any, text: WrittenText) -> None:
    item = pdfium_raw.FPDFPageObj_CreateTextObj(document.raw, font, text.size_pt)
    encoded = (text.text + "\0").encode("utf-16-le")
    buffer = ctypes.create_string_buffer(encoded, len(encoded))
    wide = ctypes.cast(buffer, ctypes.POINTER(pdfium_raw.FPDF_WCHAR))
    pdfium_raw.FPDFText_SetText(item, wide)
    pdfium_raw.FPDFTextObj_SetTextRenderMode(item, pdfium_raw.FPDF_TEXTRENDERMODE_INVISIBLE)
    bounds = [ctypes.c_float() for _ in range(4)]
    pdfium_raw.FPDFPageObj_GetBounds(item, *bounds)
    stretch = text.width_mm * POINTS_PER_MM / max(1.0, bounds[2].value - bounds[0].value)
    base = page.get_height() - text.middle_mm * POINTS_PER_MM - text.size_pt * MIDDLE_TO_BASE
    pdfium_raw.FPDFPageObj_Transform(item, stretch, 0, 0, 1, text.left_mm * POINTS_PER_MM, base)
    pdfium_raw.FPDFPage_InsertObject(page.raw, item)


def _fixed(pdf: bytes, day: dt.date) -> bytes:
    """Return the PDF with ``day`` for the hour of writing and an identifier of its content."""
    dated = _DATE.sub(f"(D:{day:%Y%m%d}000000".encode(), pdf)
    content = _IDENTIFIER.sub(b"", dated)
    identifier = hashlib.sha256(content).hexdigest()[:32].upper().encode()
    return _IDENTIFIER.sub(b"/ID[<" + identifier + b"><" + identifier + b">]", dated)
