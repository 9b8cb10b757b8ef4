"""One document on its own, without a dossier: its pages as read by both engines."""

import hashlib
from pathlib import Path

from models.reading import PageText
from tasks.ocr.engines.choice import EngineChoice, first_engine
from tasks.ocr.engines.rapid import RapidEngine
from tasks.ocr.raster import Limits
from tasks.ocr.reader import read_file
from tasks.ocr.zones import Readers

#: A PDF says so within its first bytes; every other file is left to the image decoder.
_PDF_MARK, _PDF_HEAD_BYTES = b"%PDF-", 1_024


def read_document_pages(
    document: Path | bytes,
    forms_dir: Path,
    limits: Limits | None = None,
    engine: EngineChoice | None = None,
) -> tuple[PageText, ...]:
    """Return the pages of one PDF or image; pages that cannot be read carry their problem.

    Raises:
        DecoderFailed: an engine does not work on this machine.
    """
    data = document if isinstance(document, bytes) else document.read_bytes()
    is_pdf = _PDF_MARK in data[:_PDF_HEAD_BYTES]
    readers = Readers(first=first_engine(engine or EngineChoice()), second=RapidEngine())
    pages = read_file(
        data,
        "application/pdf" if is_pdf else "image",
        hashlib.sha256(data).hexdigest(),
        forms_dir,
        readers,
        limits or Limits(),
    )
    return tuple(page.text for page in pages)
