"""One page becomes a ``PageText``: read by zones when it is a known form, else as a whole."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from models.reading import Barcode, Box, PageText, Segment, Token
from tasks.ocr.barcodes import read_page_barcodes, read_zone_barcodes, without_bars
from tasks.ocr.engines.engine import GreyImage
from tasks.ocr.form import FORM_DPI, Form, read_forms
from tasks.ocr.numbers import (
    FREE_LANGUAGE,
    layer_holds,
    read_disputed_again,
    read_lone_digits,
    read_numbers,
)
from tasks.ocr.pieces import (
    PIECES_LOST_MIN,
    lost_between_rules,
    read_lost_pieces,
    without_pieces,
    without_rules,
)
from tasks.ocr.quality import band_as_read, band_of, grain_of, grey_at, measure_quality, repair
from tasks.ocr.raster import ALL_PAGES, Limits, PageRange, RasterPage, raster_pages
from tasks.ocr.registration import Registration, bring_to_form, register
from tasks.ocr.scripts import read_other_script
from tasks.ocr.segments import (
    are_receipt_pieces,
    is_hardly_read,
    is_receipt_print,
    is_strip,
    read_segments,
)
from tasks.ocr.zones import Around, Readers, agreed_share, read_zones

#: A word is taken for read from this raw confidence…
_WORD_CONFIDENCE_MIN = 60.0
#: … and a page lies upright when this share of its words is read.
_UPRIGHT_SHARE_MIN = 0.5
#: A page of which fewer words are read is taken for unreadable.
_READABLE_SHARE_MIN = 0.3
#: A page of less resolution is read at twice its size too: on scans of 100 dpi more words are read.
_ENLARGED_DPI_MAX = 130
#: A page with fewer dark pixels than this share is blank.
_BLANK_INK_MAX = 0.0005


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page as read, with the picture its boxes are measured on."""

    text: PageText
    image: GreyImage
    pixel_sha256: str


def read_file(
    data: bytes,
    media_type: str,
    sha256: str,
    forms_dir: Path,
    readers: Readers,
    limits: Limits,
    pages: PageRange = ALL_PAGES,
) -> Iterator[ReadPage]:
    """Yield the pages of one file, or a range of them, numbered from 1."""
    keep_to_one_thread()
    forms = read_forms(forms_dir)
    for number, raster in enumerate(raster_pages(data, media_type, limits, pages), start=1):
        page = read_page(raster, forms, readers)
        yield replace(page, text=replace(page.text, page_no=number, sha256=sha256))


def keep_to_one_thread() -> None:
    """Let a process read with one core; a lot is spread over as many processes as there are."""
    cv2.setNumThreads(1)


def read_page(raster: RasterPage, forms: Sequence[Form], readers: Readers) -> ReadPage:
    """Return one page as read; a page that cannot be read carries its problem."""
    if raster.problem:
        return _problem_page(raster, raster.problem)
    if _is_blank(raster.image):
        return _problem_page(raster, "the page is blank")
    registration = register(raster.image, raster.dpi, forms)
    if isinstance(registration, Registration):
        return _read_form(raster, registration, readers)
    return _read_free(raster, registration.inliers, readers)


def _read_form(raster: RasterPage, found: Registration, readers: Readers) -> ReadPage:
    image = bring_to_form(raster.image, found)
    quality = measure_quality(image, with_skew=False)
    image = repair(image, quality)
    layer = _layer_on_form(raster.words, found)
    grain = grain_of(raster.image, raster.dpi)
    seen = band_of(quality, grain, found.held_share)
    barcodes = read_zone_barcodes(image, found.form.barcodes)
    around = Around(seen.value, layer, frozenset(code.text for code in barcodes))
    zones = read_zones(image, found.form, readers, around)
    text = PageText(
        page_no=1,
        sha256="",
        width=image.shape[1],
        height=image.shape[0],
        dpi=FORM_DPI,
        form_id=found.form.form_id,
        inliers=found.inliers,
        skew_degrees=found.skew_degrees,
        sharpness=quality.sharpness,
        is_text_layer=bool(layer),
        words=layer,
        zones=zones,
        barcodes=barcodes,
        quality_band=band_as_read(seen, agreed_share(zones), band_of(quality, grain)).value,
        source_dpi=raster.dpi,
        background_range=quality.background_range,
        contrast=quality.contrast,
        held_share=round(found.held_share, 3),
    )
    return ReadPage(text, image, raster.pixel_sha256)


def _read_free(raster: RasterPage, inliers: int, readers: Readers) -> ReadPage:
    quality = measure_quality(raster.image)
    image, words, dpi = raster.image, raster.words, raster.dpi
    numbers = read_numbers(image, words, readers, dpi)
    has_layer = bool(words) and layer_holds(words, numbers)
    segments: tuple[Segment, ...] = ()
    if not has_layer:
        image, words = _read_upright(repair(image, quality), dpi, readers)
        segments = _read_receipt(image, words, readers, dpi)
        numbers = ()
        if not segments:  # which both engines have read already
            image, words, dpi = _read_enlarged(image, words, dpi, readers)
    codes = read_page_barcodes(image)
    if not has_layer and not segments:
        words = _read_between_rules(image, words, codes, readers, dpi)
        numbers = read_numbers(image, words, readers, dpi)
        words = read_disputed_again(image, words, numbers, readers, dpi)
        numbers = (*numbers, *read_lone_digits(image, words, readers, dpi))
        words, numbers = _with_pieces(image, words, numbers, codes, readers, dpi)
    text = PageText(
        page_no=1,
        sha256="",
        width=image.shape[1],
        height=image.shape[0],
        dpi=dpi,
        form_id="",
        inliers=inliers,
        skew_degrees=quality.skew_degrees,
        sharpness=quality.sharpness,
        is_text_layer=has_layer,
        words=(*words, *numbers),
        barcodes=codes,
        problem="" if segments else _problem_of(words),
        segments=segments,
        quality_band=band_of(quality, grain_of(raster.image, raster.dpi)).value,
        source_dpi=raster.dpi,
        background_range=quality.background_range,
        contrast=quality.contrast,
    )
    return ReadPage(text, image, raster.pixel_sha256)


def _read_between_rules(
    image: GreyImage,
    words: tuple[Token, ...],
    codes: Sequence[Barcode],
    readers: Readers,
    dpi: int,
) -> tuple[Token, ...]:
    """The words; where ruled lines hid many of them, those of the page without the lines."""
    bars = [code.box for code in codes]
    lost = lost_between_rules(image, words, bars)
    if lost < PIECES_LOST_MIN:
        return words
    plain = without_bars(without_rules(image), codes)
    again = readers.first.read(plain, language=FREE_LANGUAGE, kind="page", charset="", dpi=dpi)
    again = tuple(word for word in again if any(sign.isalnum() for sign in word.text))
    return again if lost_between_rules(image, again, bars) < lost else words


def _with_pieces(
    image: GreyImage,
    words: tuple[Token, ...],
    numbers: tuple[Token, ...],
    codes: Sequence[Barcode],
    readers: Readers,
    dpi: int,
) -> tuple[tuple[Token, ...], tuple[Token, ...]]:
    """The words of both engines with those of the pieces that the first one lost."""
    bars = [code.box for code in codes]
    covered = (*words, *(replace(number, raw_confidence=100.0) for number in numbers))
    pieces = read_lost_pieces(image, covered, bars, readers, language=FREE_LANGUAGE, dpi=dpi)
    return (
        (*without_pieces(words, pieces.boxes), *pieces.first),
        (*without_pieces(numbers, pieces.boxes), *pieces.second),
    )


def _read_receipt(
    image: GreyImage, words: Sequence[Token], readers: Readers, dpi: int
) -> tuple[Segment, ...]:
    """The pieces of text of a receipt; a strip that the first engine hardly reads may be one."""
    if is_receipt_print(words):
        return read_segments(image, readers, dpi)
    if is_strip(image) and (_problem_of(words) or is_hardly_read(words)):
        segments = read_segments(image, readers, dpi)
        return segments if are_receipt_pieces(segments) else ()
    return ()


def _problem_of(words: Sequence[Token]) -> str:
    if not words:
        return "no word could be read"
    return "" if _share_read(words) >= _READABLE_SHARE_MIN else "most words could not be read"


def _read_upright(
    image: GreyImage, dpi: int, readers: Readers
) -> tuple[GreyImage, tuple[Token, ...]]:
    """Read a page; when most words fail, read it turned as well and keep the best."""
    best: tuple[float, GreyImage, tuple[Token, ...]] = (-1.0, image, ())
    for turns in (0, 2, 1, 3):
        turned = np.ascontiguousarray(np.rot90(image, turns))
        words = _read_plain(turned, dpi, readers)
        if _score(words) > best[0]:
            best = (_score(words), turned, words)
        if turns == 0 and _share_read(words) >= _UPRIGHT_SHARE_MIN:
            break
        if turns == 0:
            plain = without_bars(turned, read_page_barcodes(turned))
            if other := read_other_script(plain, readers.first, dpi):
                return turned, other
    return best[1], best[2]


def _read_enlarged(
    image: GreyImage, words: tuple[Token, ...], dpi: int, readers: Readers
) -> tuple[GreyImage, tuple[Token, ...], int]:
    """Read a page of low resolution again at twice its size, and keep the better reading."""
    if dpi >= _ENLARGED_DPI_MAX:
        return image, words, dpi
    large = np.asarray(
        cv2.resize(image, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), dtype=np.uint8
    )
    again = _read_plain(large, 2 * dpi, readers)
    if _score(again) <= _score(words):
        return image, words, dpi
    return large, again, 2 * dpi


def _read_plain(image: GreyImage, dpi: int, readers: Readers) -> tuple[Token, ...]:
    """The words of a page without its bar codes."""
    plain = without_bars(image, read_page_barcodes(image))
    words = readers.first.read(plain, language=FREE_LANGUAGE, kind="page", charset="", dpi=dpi)
    return tuple(word for word in words if any(sign.isalnum() for sign in word.text))


def _score(words: Sequence[Token]) -> float:
    """How much of a page was read, and how surely."""
    return _share_read(words) * sum(len(word.text) for word in words)


def _share_read(words: Sequence[Token]) -> float:
    if not words:
        return 0.0
    return sum(word.raw_confidence >= _WORD_CONFIDENCE_MIN for word in words) / len(words)


def _layer_on_form(words: Sequence[Token], found: Registration) -> tuple[Token, ...]:
    if not words:
        return ()
    corners = np.array(
        [
            [
                (word.box.left, word.box.top),
                (word.box.left + word.box.width, word.box.top + word.box.height),
            ]
            for word in words
        ],
        dtype=np.float32,
    )
    moved = cv2.perspectiveTransform(corners, found.to_form)
    placed = []
    for word, (start, end) in zip(words, moved, strict=True):
        left, top = round(float(start[0])), round(float(start[1]))
        width, height = round(float(end[0])) - left, round(float(end[1])) - top
        placed.append(replace(word, box=Box(left, top, max(1, width), max(1, height))))
    return tuple(placed)


def _is_blank(image: GreyImage) -> bool:
    is_ink = image < grey_at(image, 50) * 0.6
    return bool(np.count_nonzero(is_ink) < _BLANK_INK_MAX * image.size)


def _problem_page(raster: RasterPage, problem: str) -> ReadPage:
    height, width = raster.image.shape[:2]
    text = PageText(
        page_no=1,
        sha256="",
        width=width,
        height=height,
        dpi=raster.dpi,
        form_id="",
        inliers=0,
        skew_degrees=0.0,
        sharpness=0.0,
        is_text_layer=False,
        words=(),
        problem=problem,
    )
    return ReadPage(text, raster.image, raster.pixel_sha256)
