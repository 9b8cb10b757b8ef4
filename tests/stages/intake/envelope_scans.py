"""Scans of envelopes: our cover sheets between pages of writing, as a scanner leaves them."""

import datetime as dt
import random
from collections.abc import Sequence

import zxingcpp
from PIL import Image

from infra.cover_sheets import draw_sheet
from infra.simulation.paper.containers import file_bytes
from infra.simulation.paper.degrade import degrade
from infra.simulation.paper.pen import Pen, blank_page
from models.cover_sheet import CoverSheet, SheetKind

DAY = dt.date(2026, 11, 20)
SEPARATOR = CoverSheet(SheetKind.SEPARATOR, "0001", "AG12")
BORDEREAU = CoverSheet(SheetKind.BORDEREAU, "2026-0117", "AG12", 2)


def addition(number: str) -> CoverSheet:
    return CoverSheet(SheetKind.ADDITION, number, "AG12")


def written(number: int) -> Image.Image:
    """A page with its own words on it, and the bar code of a drug."""
    page = blank_page()
    pen = Pen(page)
    for line in range(20):
        text = f"page {number}, ligne {line} : consultation du 02/11/2026"
        pen.text(text, 15, 15 + 9 * line, role="printed", size_pt=11)
    pen.barcode("6118000000013", "EAN13", (120, 220, 60, 20))
    return page


def with_code(text: str) -> Image.Image:
    """A page that bears any QR code, ours or not."""
    page = written(0)
    made = zxingcpp.create_barcode(text, zxingcpp.barcode_format_from_str("QRCode"))
    page.paste(Image.fromarray(made.to_image(scale=12, add_quiet_zones=True)), (400, 1500))
    return page


def scanned(
    *pages: CoverSheet | Image.Image | int,
    suffix: str = "tiff",
    profile: str = "scan",
    seed: int = 1,
) -> bytes:
    """A file of pages: cover sheets, pictures, or written pages by their number; 0 is blank."""
    rng = random.Random(seed)
    return file_bytes([degrade(_picture(one), profile, rng) for one in pages], suffix, DAY)


def _picture(page: CoverSheet | Image.Image | int) -> Image.Image:
    if isinstance(page, CoverSheet):
        return draw_sheet(page)
    if isinstance(page, int):
        return written(page) if page else blank_page()
    return page


def digital(pages: Sequence[Image.Image]) -> bytes:
    """A file that nobody printed: every picture as it was drawn."""
    return file_bytes(list(pages), "pdf", DAY)
