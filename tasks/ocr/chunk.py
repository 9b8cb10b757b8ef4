"""A chunk of paper dossiers becomes rows of ``page_reading`` and the words and pictures to keep."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import cv2

from models.reading import PageText
from models.work import ChunkOutput, TableRows
from tasks.ocr.engines.choice import EngineChoice, first_engine
from tasks.ocr.engines.rapid import RapidEngine
from tasks.ocr.raster import ALL_PAGES, TOO_MANY, Limits, PageRange, unreadable
from tasks.ocr.reader import ReadPage, read_file, read_page
from tasks.ocr.sparing import Sparing
from tasks.ocr.zones import Readers

PAGE_NAMES = (
    "dossier_id",
    "content_version",
    "page_no",
    "sha256",
    "pixel_sha256",
    "width",
    "height",
    "dpi",
    "form_id",
    "inliers",
    "word_count",
    "skew_degrees",
    "sharpness",
    "is_text_layer",
    "words_key",
    "image_key",
    "problem",
)

#: Quality of the kept page pictures: small enough to keep, good enough to read a crop.
_JPEG_QUALITY = 85
#: A dossier without a readable file still leaves a row, which says so.
_NO_PAGE = "the dossier has no page"


@dataclass(frozen=True, slots=True)
class PaperFile:
    """One received file: its hash, its type, its bytes or where they stand, the dossier's pages."""

    sha256: str
    media_type: str
    content: bytes | Path
    pages: PageRange = ALL_PAGES

    def data(self) -> bytes:
        """Return the bytes."""
        return self.content if isinstance(self.content, bytes) else self.content.read_bytes()


@dataclass(frozen=True, slots=True)
class PaperInput:
    """The files of one content version of a paper dossier, in their order."""

    dossier_id: str
    content_version: int
    files: tuple[PaperFile, ...]


@dataclass(frozen=True, slots=True)
class OcrContext:
    """What is the same for every dossier of a lot."""

    forms_dir: Path
    limits: Limits = field(default_factory=Limits)
    engine: EngineChoice = field(default_factory=EngineChoice)
    sparing: Sparing = field(default_factory=Sparing)


@dataclass(frozen=True, slots=True)
class OcrChunk:
    """Rows of the chunk, and the objects that the lot's own process SHALL store by their keys."""

    output: ChunkOutput
    objects: Mapping[str, bytes]


def read_pages_chunk(
    inputs: Sequence[PaperInput], context: OcrContext, readers: Readers | None = None
) -> OcrChunk:
    """Return the pages of some paper dossiers, numbered through all their files.

    The project's two engines read them, unless other ``readers`` are named.

    Raises:
        DecoderFailed: an engine does not work on this machine.
    """
    readers = readers or Readers(first_engine(context.engine), RapidEngine(), context.sparing)
    rows: list[tuple[Any, ...]] = []
    objects: dict[str, bytes] = {}
    for dossier in inputs:
        for page in read_dossier_pages(dossier, context, readers):
            words_key, image_key = page_keys(dossier, page.text.page_no)
            objects[words_key] = page_json(page.text)
            objects[image_key] = _picture(page)
            rows.append(_row(dossier, page, words_key, image_key))
    return OcrChunk(ChunkOutput({"page_reading": TableRows(PAGE_NAMES, rows)}), objects)


def read_dossier_pages(
    dossier: PaperInput, context: OcrContext, readers: Readers
) -> list[ReadPage]:
    """Return all pages of one dossier; a dossier without any gets one that says so.

    So does one with more pages than may be read: what was not read is never left out in silence.
    """
    pages: list[ReadPage] = []
    for file in dossier.files:
        for page in read_file(
            file.data(),
            file.media_type,
            file.sha256,
            context.forms_dir,
            readers,
            context.limits,
            file.pages,
        ):
            number = len(pages) + 1
            is_beyond = number > context.limits.pages_max
            kept = read_page(unreadable(TOO_MANY), (), readers) if is_beyond else page
            text = replace(kept.text, page_no=number, sha256=page.text.sha256)
            pages.append(replace(kept, text=text))
            if is_beyond:
                return pages
    return pages or [read_page(unreadable(_NO_PAGE), (), readers)]


def page_keys(dossier: PaperInput, page_no: int) -> tuple[str, str]:
    """Return the keys of a page's words and of its picture."""
    stem = f"pages/{dossier.dossier_id.lower()}/{dossier.content_version}/{page_no}"
    return f"{stem}.json", f"{stem}.jpg"


def page_json(page: PageText) -> bytes:
    """Return a page as JSON text: the fields of ``PageText`` by their names."""
    return json.dumps(asdict(page), ensure_ascii=False, separators=(",", ":")).encode()


def _picture(page: ReadPage) -> bytes:
    _, data = cv2.imencode(".jpg", page.image, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return bytes(data.tobytes())


def _row(dossier: PaperInput, page: ReadPage, words_key: str, image_key: str) -> tuple[Any, ...]:
    text = page.text
    word_count = len(text.words) + sum(
        any(reading.text for reading in zone.readings) for zone in text.zones
    )
    return (
        dossier.dossier_id,
        dossier.content_version,
        text.page_no,
        text.sha256,
        page.pixel_sha256,
        text.width,
        text.height,
        text.dpi,
        text.form_id,
        text.inliers,
        word_count,
        text.skew_degrees,
        text.sharpness,
        text.is_text_layer,
        words_key,
        image_key,
        text.problem,
    )
