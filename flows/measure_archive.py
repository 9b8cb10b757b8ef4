"""``tasfiya bench archive``: how fast the searchable PDFs are made, and how large they are.

Pages are the blank form with a scanner's noise; what is "read" on them is written beside them, so
that nothing is measured but the archive: rows and objects read, PDFs made in the
pool's children, objects and rows written.
"""

import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import cv2
import numpy as np
import typer

from flows.show_result import AsJson, show
from infra.clock import now_text, today
from infra.database import Database
from infra.measure import PeakMemory, commit, machine
from infra.migrate import migrate
from infra.pool import WorkerPool
from infra.settings import Settings
from infra.storage import FolderStorage
from infra.stores.archives import missing_archives
from models.reading import Box, PageText, Token, ZoneReading
from models.records.all_tables import table
from tasks.archiving import Archive, ArchiveReport, ArchiveRequest, make_chunk
from tasks.doors import PRELOAD
from tasks.ocr.form import FORM_DPI, Form, read_forms

PAGES, WORDS, ROWS_AT_ONCE = 3, 250, 500
#: Documents of which the CPU seconds are counted, in this process.
SAMPLED = 50
SHADES = 12
_JPEG_QUALITY = 85
#: Standard deviation of the scanner's noise, in grey levels.
_NOISE = 4.0
_LINE_PX, _WORD_PX = 34, 110


def archive(
    dossiers: Annotated[int, typer.Option(min=20, help="Paper dossiers of three pages.")] = 400,
    as_json: AsJson = False,
) -> None:
    """Make the archive of paper dossiers, and verify it: seconds, bytes and memory a page."""
    with tempfile.TemporaryDirectory(prefix="tasfiya-bench-") as folder:
        result = measure(Path(folder), dossiers)
    show({"machine": machine(), "commit": commit(), **result}, as_json)


def measure(folder: Path, dossiers: int) -> dict[str, Any]:
    """Fill a throw-away payer with pages as read, and make and verify its archive."""
    url = f"sqlite:///{folder / 'tasfiya.db'}"
    settings = Settings.model_validate(
        {"home": folder, "DATABASE_URL": url, "STORAGE_URL": (folder / "objects").as_uri()}
    )
    database, storage = Database(url), FolderStorage(folder / "objects")
    migrate(database)
    picture_bytes = _fill(database, storage, read_forms(settings.forms_dir)[0], dossiers)
    kept = Archive(database, storage, settings, now_text)
    cpu = _cpu_of_some(database, settings, min(dossiers, SAMPLED))
    with PeakMemory() as memory, WorkerPool(settings.worker_count(), PRELOAD) as pool:
        started = time.monotonic()
        report = kept.make_missing(pool)
        seconds = time.monotonic() - started
    started = time.monotonic()
    count, faults = kept.verify()
    verified = time.monotonic() - started
    database.close()
    if len(faults) or count != dossiers:
        raise AssertionError("the archive that was just made does not verify")
    return _figures(report, picture_bytes, cpu, seconds, verified, memory.peak_mb, pool.workers)


def _figures(
    report: ArchiveReport,
    picture_bytes: int,
    cpu: float,
    seconds: float,
    verified: float,
    peak_mb: int,
    workers: int,
) -> dict[str, Any]:
    return {
        "dossiers": report.documents,
        "pages_read_each": PAGES,
        "pages_with_the_last_ones": report.pages,
        "workers": workers,
        "cpu_seconds_per_document": round(cpu, 4),
        "cpu_seconds_per_page_read": round(cpu / PAGES, 4),
        "seconds": round(seconds, 1),
        "documents_per_second": round(report.documents / seconds, 1),
        "bytes_per_document": report.byte_count // report.documents,
        "bytes_besides_pictures_per_document": (
            (report.byte_count - picture_bytes) // report.documents
        ),
        "verify_documents_per_second": round(report.documents / verified, 1),
        "peak_rss_mb": peak_mb,
    }


def _fill(database: Database, storage: FolderStorage, form: Form, dossiers: int) -> int:
    """Write pages as OCR keeps them; return how many bytes their pictures have."""
    pictures = [_picture(form, seed) for seed in range(SHADES)]
    written = 0
    rows: dict[str, list[dict[str, Any]]] = {}
    for number in range(dossiers):
        key = f"D{number:07d}"
        for page in _pages(form):
            data = pictures[(number + page.page_no) % SHADES]
            written += len(data)
            stem = f"pages/{key.lower()}/1/{page.page_no}"
            storage.put(f"{stem}.json", json.dumps(asdict(page)).encode())
            storage.put(f"{stem}.jpg", data)
            rows.setdefault("page_reading", []).append(_page_row(key, page, stem))
        for name, found in _dossier_rows(key, number, form).items():
            rows.setdefault(name, []).extend(found)
        if (number + 1) % ROWS_AT_ONCE == 0 or number + 1 == dossiers:
            with database.transaction() as connection:
                for name, found in rows.items():
                    database.insert_rows(connection, table(name), found)
            rows = {}
    return written


def _picture(form: Form, seed: int) -> bytes:
    """The blank form with a scanner's noise, as a JPEG of the kept quality."""
    large = cv2.resize(form.reference, (form.width, form.height), interpolation=cv2.INTER_CUBIC)
    noise = np.random.default_rng(seed).normal(0.0, _NOISE, large.shape)
    page = np.clip(large * 0.95 + noise, 0, 255).astype(np.uint8)
    _, data = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return bytes(data.tobytes())


def _pages(form: Form) -> Iterator[PageText]:
    """A sheet read by zones, and pages of words."""
    for number in range(1, PAGES + 1):
        is_sheet = number == 1
        yield PageText(
            page_no=number,
            sha256="a" * 64,
            width=form.width,
            height=form.height,
            dpi=FORM_DPI,
            form_id=form.form_id if is_sheet else "",
            inliers=400,
            skew_degrees=0.3,
            sharpness=90.0,
            is_text_layer=False,
            words=() if is_sheet else tuple(_words(form)),
            zones=tuple(_zones(form)) if is_sheet else (),
        )


def _zones(form: Form) -> Iterator[ZoneReading]:
    for zone in form.zones:
        readings = tuple(
            Token("123456", zone.box, 95.0, engine) for engine in ("tesseract", "rapidocr")
        )
        yield ZoneReading(zone.name, zone.box, readings)


def _words(form: Form) -> Iterator[Token]:
    in_line = form.width // (_WORD_PX + 20) - 2
    for place in range(WORDS):
        left = 120 + place % in_line * (_WORD_PX + 20)
        top = 120 + place // in_line * _LINE_PX
        yield Token(f"mot{place}", Box(left, top, _WORD_PX, 24), 95.0, "tesseract")


def _page_row(key: str, page: PageText, stem: str) -> dict[str, Any]:
    return {
        "dossier_id": key, "content_version": 1, "page_no": page.page_no, "sha256": page.sha256,
        "pixel_sha256": "", "width": page.width, "height": page.height, "dpi": page.dpi,
        "form_id": page.form_id, "inliers": page.inliers, "word_count": WORDS,
        "skew_degrees": page.skew_degrees, "sharpness": page.sharpness, "is_text_layer": False,
        "words_key": f"{stem}.json", "image_key": f"{stem}.jpg", "problem": "",
    }  # fmt: skip


def _dossier_rows(key: str, number: int, form: Form) -> dict[str, list[dict[str, Any]]]:
    day = today()
    extracted = {
        column.name: "" for column in table("extracted_dossier").columns
    } | {
        "dossier_id": key, "content_version": 1, "is_continuous_care": False, "care_start": day,
        "care_end": day, "total_minor": 0, "beneficiary_birth_date": None,
        "prescription_date": None, "admission_date": None, "discharge_date": None,
    }  # fmt: skip
    dossier = {
        "dossier_id": key, "public_number": f"BENCH-{number:07d}", "scheme": "ma-amo-salaries",
        "currency": "MAD", "channel": "paper", "agency": "", "region": "", "version": 1,
        "stage": "review", "status": "approved", "lot_id": "", "deposit_date": day,
        "receipt_date": day, "scan_date": None, "decision_date": None, "order_key": key,
    }  # fmt: skip
    file = {
        "dossier_id": key, "content_version": 1, "file_no": 1, "sha256": "a" * 64,
        "media_type": "application/pdf", "page_count": PAGES,
    }  # fmt: skip
    evidence = [
        {
            "dossier_id": key, "content_version": 1, "field": f"lines[{place}].amount_minor",
            "page_no": 1, "box_left": zone.box.left, "box_top": zone.box.top,
            "box_width": zone.box.width, "box_height": zone.box.height, "reading": "1234,56",
            "second_reading": "1234,56", "value": "123456", "error_probability": 0.001,
            "is_doubtful": place % 10 == 0, "source": "agreed",
        }
        for place, zone in enumerate(form.zones[:45], start=1)
    ]  # fmt: skip
    return {
        "dossier": [dossier],
        "extracted_dossier": [extracted],
        "dossier_file": [file],
        "field_evidence": evidence,
    }


def _cpu_of_some(database: Database, settings: Settings, count: int) -> float:
    """CPU seconds of one document, made as a child makes it, without writing."""
    with database.reading() as connection:
        keys = missing_archives(connection, count)
    make_chunk(ArchiveRequest((keys[0],), database.url, settings))  # loads fonts and templates
    started = time.process_time()
    make_chunk(ArchiveRequest(tuple(keys), database.url, settings))
    return (time.process_time() - started) / len(keys)
