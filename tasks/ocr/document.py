"""One document on its own, without a dossier: its pages as read by both engines."""

import hashlib
import os
import resource
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class ReadingCost:
    """What reading one document cost its process: CPU seconds, and its largest memory so far."""

    process_id: int
    page_count: int
    cpu_seconds: float
    peak_bytes: int


def read_measured(request: tuple[bytes, Path, EngineChoice]) -> ReadingCost:
    """Read one document, as a child of the worker pool does, and tell what it cost.

    Raises:
        DecoderFailed: an engine does not work on this machine.
    """
    document, forms_dir, engine = request
    before = cpu_seconds()
    pages = read_document_pages(document, forms_dir, engine=engine)
    peak_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1_024
    return ReadingCost(os.getpid(), len(pages), cpu_seconds() - before, peak_bytes)


def cpu_seconds() -> float:
    """Return the CPU seconds of this process and of its ended children."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)
