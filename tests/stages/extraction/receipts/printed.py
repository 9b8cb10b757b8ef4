"""Receipts written by hand for tests: as read segments, and drawn on paper."""

import io
import re
from collections.abc import Mapping, Sequence

from infra.simulation.paper.pen import Pen, blank_page
from models.reading import Box, PageText, Segment, Token
from tasks.extraction.receipts.rows import ReceiptRow, receipt_rows

#: Two blanks or more part the segments of a line.
_GAP = re.compile(r"\S+(?: \S+)*")
_CHARACTER_PX, _LINE_PX, _HEIGHT_PX = 14, 36, 28

TICKET = (
    "    PHARMACIE DU PARC SARL",
    "    12 RUE DES ORANGERS CASABLANCA",
    "    ICE 001561191000066",
    "    TICKET NO 0004711",
    "DATE : 18/11/2026          10:22",
    "DOLIPRANE 1000 MG",
    "2 X 8.10                   16.20",
    "ABBOTICINE SIROP           50.20",
    "SOUS-TOTAL                 66.40",
    "REMISE                      0.00",
    "TOTAL TTC                  66.40",
    "ESPECES                   100.00",
    "MONNAIE RENDUE             33.60",
    "DONT TVA 7%                 4.34",
    "MERCI DE VOTRE VISITE",
)
ROUNDED = (
    "     SUNRISE MART SDN BHD (123456-X)",
    "     LOT 12, JALAN BUNGA 4,",
    "     43300 SERI KEMBANGAN",
    "     TAX INVOICE",
    "RICE 5KG       1 X 19.03      19.03",
    "COOKING OIL    2 X  4.44       8.88",
    "TOTAL                      RM 27.91",
    "ROUNDING ADJUSTMENT        -RM 0.01",
    "TOTAL ROUNDED              RM 27.90",
    "CASH                       RM 50.00",
    "CHANGE                     RM 22.10",
    "12-10-18 21:13   SH01",
    "GST SUMMARY     AMOUNT(RM)  TAX(RM)",
    "TOTAL             26.33      1.58",
)


def printed(*lines: str, first: Mapping[str, str] | None = None) -> PageText:
    """Return a page of lines; ``first`` is what the reference engine read in place of a segment."""
    segments = []
    for number, line in enumerate(lines):
        for match in _GAP.finditer(line):
            box = Box(
                match.start() * _CHARACTER_PX,
                number * _LINE_PX,
                len(match[0]) * _CHARACTER_PX,
                _HEIGHT_PX,
            )
            other = (first or {}).get(match[0], match[0])
            segments.append(
                Segment(
                    box,
                    (
                        Token(other, box, 90.0, "tesseract"),
                        Token(match[0], box, 99.0, "rapidocr"),
                    ),
                )
            )
    return PageText(
        page_no=1,
        sha256="",
        width=700,
        height=len(lines) * _LINE_PX,
        dpi=200,
        form_id="",
        inliers=0,
        skew_degrees=0.0,
        sharpness=300.0,
        is_text_layer=False,
        words=(),
        segments=tuple(segments),
    )


def rows_of_lines(*lines: str, first: Mapping[str, str] | None = None) -> tuple[ReceiptRow, ...]:
    """Return the rows of such a page."""
    return receipt_rows(printed(*lines, first=first))


def drawn(lines: Sequence[str], *, turned_degrees: int = 0) -> bytes:
    """Return a receipt on 80 mm paper as a PNG."""
    image = blank_page((80.0, 16.0 + 5.2 * len(lines)))
    pen = Pen(image)
    for number, line in enumerate(lines):
        pen.text(line, 4.0, 8.0 + 5.2 * number, role="typed.mono", size_pt=9)
    out = io.BytesIO()
    image.rotate(turned_degrees, expand=True).save(out, format="PNG", dpi=(200, 200))
    return out.getvalue()
