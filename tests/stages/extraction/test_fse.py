"""The number of an electronic care sheet in a QR code: found, and nothing else taken for one."""

from pathlib import Path

import numpy as np
import pytest

from infra.simulation.paper.fse import fse_payload, with_fse_code
from infra.simulation.paper.pen import blank_page
from models.errors import CatalogueError
from models.reading import Barcode, Box, PageText
from tasks.extraction.fse import number_of, read_format, read_fse
from tasks.ocr.barcodes import read_page_barcodes

BOX = Box(10, 10, 80, 80)


def page(*codes: Barcode, page_no: int = 1) -> PageText:
    return PageText(page_no, "", 100, 100, 200, "", 0, 0.0, 0.0, False, (), barcodes=codes)


def test_a_printed_code_is_read_as_the_sheets_number() -> None:
    drawn = with_fse_code(blank_page(), "AMO-E-2026-000123")
    found = read_page_barcodes(np.asarray(drawn.convert("L"), dtype=np.uint8))
    link = read_fse([page(), page(*found, page_no=2)])
    assert link is not None
    assert link.numbers == ("AMO-E-2026-000123",)
    assert (link.evidence.page_no, link.evidence.value) == (2, "AMO-E-2026-000123")
    assert link.evidence.is_doubtful, "it keeps the paper from being paid by itself"


@pytest.mark.parametrize(
    ("payload", "number"),
    [
        (fse_payload("AMO-2026-00000001"), "AMO-2026-00000001"),
        ("https://fse.example.ma/fse/AMO-2026-00000001", "AMO-2026-00000001"),
        ("6118001330249", None),
        ("FSE:1:short", None),
        ("FSE:1:AMO 2026 1", None),
        ("FSE:2:AMO-2026-00000001", None),
        ("javascript:FSE:1:AMO-2026-00000001", None),
        ("", None),
    ],
)
def test_only_known_payloads_name_a_sheet(payload: str, number: str | None) -> None:
    assert number_of(payload, read_format()) == number


def test_a_drugs_bar_code_names_no_sheet_and_two_sheets_are_both_told() -> None:
    assert read_fse([page(Barcode("6118001330249", "EAN-13", BOX))]) is None
    one, two = (Barcode(fse_payload(f"AMO-E-000000{n}"), "QR Code", BOX) for n in (1, 2))
    link = read_fse([page(one, two), page(one, page_no=2)])
    assert link is not None
    assert link.numbers == ("AMO-E-0000001", "AMO-E-0000002")


def test_a_payload_without_a_number_is_no_format(tmp_path: Path) -> None:
    path = tmp_path / "fse.yaml"
    path.write_text("status: x\nsource: y\nsymbologies: [QRCode]\npayloads: ['^FSE$']\n")
    with pytest.raises(CatalogueError, match="group called number"):
        read_format(path)
