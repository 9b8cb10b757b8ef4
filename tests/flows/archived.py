"""A dossier read from paper in three scripts, as OCR and extraction leave it; nobody is real."""

import io
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from PIL import Image

from infra.clock import now_text
from infra.database import Database
from infra.settings import Settings
from infra.storage import Storage
from models.reading import Barcode, Box, PageText, Token, ZoneReading
from models.records.all_tables import table
from tasks.archiving import Archive
from tests.builders import a_dossier
from tests.stages.review.desk_rows import a_waiting_dossier

WIDTH, HEIGHT, DPI = 827, 1170, 100
NUMBER_BOX = Box(300, 200, 200, 30)
TOTAL_BOX = Box(500, 900, 120, 30)
NAME_BOX = Box(300, 300, 260, 32)
ARABIC = "ورقة العلاجات"
CHINESE = "门诊收费票据"


def token(text: str, box: Box, engine: str = "tesseract") -> Token:
    return Token(text, box, 95.0, engine)


def pages() -> tuple[PageText, ...]:
    """A sheet with two zones and an Arabic name, and a bill in French and Chinese."""
    sheet = PageText(
        page_no=1, sha256="a" * 64, width=WIDTH, height=HEIGHT, dpi=DPI, form_id="cnss_610_1_02",
        inliers=400, skew_degrees=0.0, sharpness=90.0, is_text_layer=False, words=(),
        zones=(
            ZoneReading("number", NUMBER_BOX, (token("1234S6789", NUMBER_BOX),)),
            ZoneReading("name", NAME_BOX, (token(ARABIC, NAME_BOX),)),
        ),
        barcodes=(Barcode("6118001330249", "EAN-13", Box(300, 1000, 200, 60)),),
    )  # fmt: skip
    words = (
        token("Numération", Box(100, 400, 150, 24)),
        token("sanguine", Box(260, 400, 110, 24)),
        token(CHINESE, Box(100, 500, 300, 30)),
        token("1 234,50", TOTAL_BOX),
        token("1234,50", Box(505, 902, 110, 26), "rapidocr"),
    )
    return sheet, replace(sheet, page_no=2, form_id="", zones=(), barcodes=(), words=words)


def a_picture(shade: int) -> bytes:
    target = io.BytesIO()
    Image.new("L", (WIDTH, HEIGHT), shade).save(target, "JPEG", quality=80)
    return target.getvalue()


def evidence_row(field: str, page_no: int, box: Box, **changes: Any) -> dict[str, Any]:
    return {
        "dossier_id": "D0001", "content_version": 1, "field": field, "page_no": page_no,
        "box_left": box.left, "box_top": box.top, "box_width": box.width, "box_height": box.height,
        "reading": "1234S6789", "second_reading": "", "value": "123456789",
        "error_probability": 0.001, "is_doubtful": False, "source": "agreed", **changes,
    }  # fmt: skip


EVIDENCE = (
    evidence_row("insured_number", 1, NUMBER_BOX, source="person"),
    evidence_row("insured_name", 1, NAME_BOX, value=ARABIC, reading=ARABIC),
    evidence_row("total_minor", 2, TOTAL_BOX, value="123450", reading="1 234,50"),
    evidence_row("invoice_ice", 2, Box(100, 1000, 90, 20), value="", is_doubtful=True),
    evidence_row("ald_code", 1, Box(0, 0, 0, 0), value="", source="empty"),
)


def put_paper(database: Database, storage: Storage, content_version: int = 1) -> None:
    """The rows and objects of one content of ``D0001``; the first one makes the dossier too."""
    if content_version == 1:
        a_waiting_dossier(database, dossier=replace(a_dossier(), channel="paper"))
    rows: dict[str, list[Mapping[str, Any]]] = {
        "page_reading": [], "dossier_file": [],
        "field_evidence": [{**row, "content_version": content_version} for row in EVIDENCE],
    }  # fmt: skip
    for page in pages():
        stem = f"pages/d0001/{content_version}/{page.page_no}"
        storage.put(f"{stem}.json", json.dumps(asdict(page), ensure_ascii=False).encode())
        storage.put(f"{stem}.jpg", a_picture(240 - page.page_no))
        rows["page_reading"].append(
            {
                "dossier_id": "D0001", "content_version": content_version,
                "page_no": page.page_no, "sha256": page.sha256, "pixel_sha256": "b" * 64,
                "width": page.width, "height": page.height, "dpi": page.dpi,
                "form_id": page.form_id, "inliers": page.inliers, "word_count": 2,
                "skew_degrees": 0.0, "sharpness": 90.0, "is_text_layer": False,
                "words_key": f"{stem}.json", "image_key": f"{stem}.jpg", "problem": "",
            }
        )  # fmt: skip
    rows["dossier_file"].append(
        {
            "dossier_id": "D0001", "content_version": content_version, "file_no": 1,
            "sha256": "a" * 64, "media_type": "application/pdf", "page_count": 2,
        }
    )  # fmt: skip
    with database.transaction() as connection:
        for name, found in rows.items():
            database.insert_rows(connection, table(name), found)


def archive_of(database: Database, storage: Storage, settings: Settings) -> Archive:
    return Archive(database, storage, settings, now_text)
