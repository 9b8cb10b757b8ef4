"""Opens a PDF and draws its first page small, to know before OCR that it can be read.

All pages of a PDF of several are drawn, small, to find the cover sheets that divide it.
"""

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_raw

from tasks.intake.document import Document, Reader
from tasks.intake.limits import ReadingContext
from tasks.intake.page_scan import LOOK_PIXELS, PageScan
from tasks.intake.result import Pages, Reading, Refused
from tasks.intake.sniff import Kind

#: The resolution at which pages are drawn for OCR, in dots an inch; page sizes are judged by it.
READING_DPI = 200
POINTS_PER_INCH = 72
#: Longest side of the trial drawing of page 1, in pixels: enough to run every filter of the page.
TRIAL_PIXELS = 400

_ENCRYPTED = {pdfium_raw.FPDF_ERR_PASSWORD, pdfium_raw.FPDF_ERR_SECURITY}


def accepts(document: Document) -> bool:
    """PDF."""
    return document.kind is Kind.PDF


def read(document: Document, context: ReadingContext) -> Reading:
    """Return the number of pages, or the refusal: encrypted, damaged, too many, too large."""
    try:
        pdf = pdfium.PdfDocument(document.data)
    except pdfium.PdfiumError as error:
        is_encrypted = getattr(error, "err_code", None) in _ENCRYPTED
        return Refused("IN_PDF_ENCRYPTED" if is_encrypted else "IN_PDF_DAMAGED")
    try:
        return _read_pages(pdf, context)
    finally:
        pdf.close()


def _read_pages(pdf: pdfium.PdfDocument, context: ReadingContext) -> Reading:
    limits = context.limits
    count = len(pdf)
    if count == 0:
        return Refused("IN_PDF_NO_PAGE")
    scan = PageScan(limits)
    for number in range(count):
        if count > limits.batch_pages or scan.is_too_many(number + 1):
            return Refused("IN_PAGES", {"count": str(count), "limit": str(limits.pages)})
        refusal = _check_page(pdf, number, limits.page_pixels, scan if count > 1 else None)
        if refusal is not None:
            return refusal
    return Pages(Kind.PDF.value, count, sheets=tuple(scan.sheets), backs=tuple(scan.backs))


def _check_page(
    pdf: pdfium.PdfDocument, number: int, pixels_max: int, scan: PageScan | None
) -> Refused | None:
    try:
        page = pdf[number]
    except pdfium.PdfiumError:
        return Refused("IN_PDF_PAGE_DAMAGED", {"page": str(number + 1)})
    width, height = page.get_size()
    pixels = int(width * height * (READING_DPI / POINTS_PER_INCH) ** 2)
    if pixels > pixels_max:
        return Refused("IN_PIXELS", {"page": str(number + 1), "limit": str(pixels_max)})
    if width < 1 or height < 1:
        return Refused("IN_PDF_PAGE_DAMAGED", {"page": str(number + 1)})
    refusal = None
    if number == 0 or scan:
        try:
            _draw(page, number + 1, scan)
        except pdfium.PdfiumError:
            # What is wrong with a later page OCR says of that page alone.
            is_first = number == 0
            refusal = Refused("IN_PDF_PAGE_DAMAGED", {"page": "1"}) if is_first else None
    page.close()
    return refusal


def _draw(page: pdfium.PdfPage, number: int, scan: PageScan | None) -> None:
    """Draw a page small, and look at the drawing where cover sheets may be."""
    long_side = max(page.get_size())
    if scan is None:
        page.render(scale=min(1.0, TRIAL_PIXELS / long_side)).close()
        return
    # PDFium draws a scan in colour quicker than in grey; one channel is enough to find a code.
    drawn = page.render(scale=min(2.0, LOOK_PIXELS / long_side))
    scan.look(number, np.ascontiguousarray(drawn.to_numpy()[:, :, 1]))
    drawn.close()


READER = Reader(name="pdf", accepts=accepts, read=read)
