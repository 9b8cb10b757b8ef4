"""Files become grey pages: PDF by pypdfium2 at 200 dpi at most, images by Pillow, all bounded."""

import hashlib
import io
import itertools
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pypdfium2_raw
from numpy.typing import NDArray
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from models.reading import Box, Token
from tasks.ocr.engines.engine import GreyImage

#: A4 at more than 200 dpi is slower to read and no better.
DPI = 200
#: Long side of A4 in inches: what a page without a sound resolution is taken for.
_A4_INCHES = 11.69
#: Till's paper in inches (80 mm): no page is narrower, however long; a strip is measured by it.
_STRIP_INCHES = 3.15
#: A resolution written in an image is believed between these bounds.
_DPI_MIN, _DPI_MAX = 60, 1200
#: A text layer with fewer characters is a stamp or a header over a scan.
_LAYER_CHARACTERS_MIN = 20
#: What Pillow and PDFium call a file they cannot read.
_DECODE_ERRORS = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    OSError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    SyntaxError,
    EOFError,
    struct.error,
    pypdfium2.PdfiumError,
)
_ENCRYPTED = frozenset({pypdfium2_raw.FPDF_ERR_PASSWORD, pypdfium2_raw.FPDF_ERR_SECURITY})


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of what is decoded."""

    pages_max: int = 60
    pixels_max: int = 40_000_000


@dataclass(frozen=True, slots=True)
class PageRange:
    """Which pages of a file are read, counted from 1; ``last`` 0 stands for the last one."""

    first: int = 1
    last: int = 0

    def places(self, limits: Limits) -> Iterator[int]:
        """Yield the places of the pages, counted from 0 and bounded; a file may have fewer."""
        first, last = self.first - 1, self.last or sys.maxsize
        yield from range(first, min(last, first + limits.pages_max))

    def place_beyond(self, limits: Limits) -> int | None:
        """Return the place of the first page that is asked for and beyond the limit, if any."""
        place = self.first - 1 + limits.pages_max
        return place if not self.last or self.last > place else None


ALL_PAGES = PageRange()
#: Said of the first page beyond what is read of a dossier, so that none is left out in silence.
TOO_MANY = "the dossier has more pages than may be read"


@dataclass(frozen=True, slots=True)
class RasterPage:
    """One decoded page; ``problem`` says why there is no image, ``words`` are a text layer's."""

    image: GreyImage
    dpi: int
    pixel_sha256: str
    words: tuple[Token, ...] = ()
    problem: str = ""


def raster_pages(
    data: bytes, media_type: str, limits: Limits, pages: PageRange = ALL_PAGES
) -> Iterator[RasterPage]:
    """Yield pages of one file; a page that cannot be decoded comes with a problem."""
    reader = _pdf_pages if media_type == "application/pdf" else _image_pages
    try:
        yield from reader(data, limits, pages)
    except _DECODE_ERRORS as error:
        is_locked = getattr(error, "err_code", None) in _ENCRYPTED
        yield unreadable("the file has a password" if is_locked else "the file is damaged")


def unreadable(problem: str) -> RasterPage:
    """Return the page that stands for one that could not be decoded."""
    return RasterPage(np.full((1, 1), 255, dtype=np.uint8), DPI, "", problem=problem)


def _pdf_pages(data: bytes, limits: Limits, pages: PageRange) -> Iterator[RasterPage]:
    document = pypdfium2.PdfDocument(data)
    try:
        count = len(document)
        for number in itertools.takewhile(lambda place: place < count, pages.places(limits)):
            try:
                yield _pdf_page(document[number], limits)
            except _DECODE_ERRORS:
                yield unreadable("the page is damaged")
        beyond = pages.place_beyond(limits)
        if beyond is not None and beyond < count:
            yield unreadable(TOO_MANY)
    finally:
        document.close()


def _pdf_page(page: pypdfium2.PdfPage, limits: Limits) -> RasterPage:
    width, height = page.get_size()
    if width <= 0 or height <= 0:
        return unreadable("the page has no area")
    short_side, long_side = sorted((width / 72, height / 72))
    # A drawing far larger than A4 is brought to A4: it is a photograph without a resolution.
    share = max(_A4_INCHES / long_side, _STRIP_INCHES / short_side)
    dpi = DPI if long_side < 2 * _A4_INCHES else DPI * min(1.0, share)
    if (width / 72 * dpi) * (height / 72 * dpi) > limits.pixels_max:
        return unreadable("the page is too large")
    bitmap = page.render(scale=dpi / 72, grayscale=True)
    image = np.ascontiguousarray(bitmap.to_numpy().reshape(bitmap.height, -1)[:, : bitmap.width])
    return RasterPage(image.copy(), DPI, _pixel_hash(image), _layer_words(page, dpi / 72))


def _layer_words(page: pypdfium2.PdfPage, scale: float) -> tuple[Token, ...]:
    layer = page.get_textpage()
    text = layer.get_text_range()
    if len(text.strip()) < _LAYER_CHARACTERS_MIN or layer.count_chars() != len(text):
        return ()
    height = page.get_height()
    words = []
    start = 0
    for end in [*(place for place, sign in enumerate(text) if sign.isspace()), len(text)]:
        if end > start:
            boxes = [layer.get_charbox(place, loose=True) for place in range(start, end)]
            left, right = min(box[0] for box in boxes), max(box[2] for box in boxes)
            bottom, top = min(box[1] for box in boxes), max(box[3] for box in boxes)
            box = Box(
                round(left * scale),
                round((height - top) * scale),
                round((right - left) * scale),
                round((top - bottom) * scale),
            )
            words.append(Token(text[start:end], box, 100.0, "text-layer"))
        start = end + 1
    return tuple(words)


def _image_pages(data: bytes, limits: Limits, pages: PageRange) -> Iterator[RasterPage]:
    # A library of this process may have told Pillow to make up the missing half of a picture.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    with Image.open(io.BytesIO(data)) as picture:
        is_lost = False
        for place in pages.places(limits):
            try:
                picture.seek(place)
            except EOFError:
                return
            except _DECODE_ERRORS:
                if is_lost:  # The directory of a page leads to the next one's: nothing leads on.
                    return
                is_lost = True
                yield unreadable("the page is damaged")
                continue
            is_lost = False
            yield _decoded(picture, limits)
        beyond = pages.place_beyond(limits)
        if beyond is not None and _has_page(picture, beyond):
            yield unreadable(TOO_MANY)


def _has_page(picture: Image.Image, place: int) -> bool:
    try:
        picture.seek(place)
    except EOFError:
        return False
    except _DECODE_ERRORS:
        return True
    return True


def _decoded(picture: Image.Image, limits: Limits) -> RasterPage:
    try:
        return _image_page(picture, limits)
    except _DECODE_ERRORS:
        return unreadable("the page is damaged")


def _image_page(picture: Image.Image, limits: Limits) -> RasterPage:
    if picture.width * picture.height > limits.pixels_max:
        return unreadable("the page is too large")
    upright = ImageOps.exif_transpose(picture)
    flat = _on_white(upright)
    pixel_hash = _pixel_hash(np.asarray(flat, dtype=np.uint8))
    dpi = _resolution(picture)
    if dpi > DPI * 1.1:
        size = (max(1, flat.width * DPI // dpi), max(1, flat.height * DPI // dpi))
        flat, dpi = flat.resize(size, Image.Resampling.BOX), DPI
    return RasterPage(np.asarray(flat, dtype=np.uint8).copy(), dpi, pixel_hash)


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        solid = picture.convert("RGBA")
        white = Image.new("RGBA", solid.size, "white")
        return Image.alpha_composite(white, solid).convert("L")
    if picture.mode.startswith("I"):
        return Image.fromarray(_eight_bits(np.asarray(picture)))
    if picture.mode == "F":
        return Image.fromarray(_stretched(np.asarray(picture)))
    return picture.convert("L")


def _eight_bits(grey: NDArray[np.integer[Any]]) -> GreyImage:
    """Whole greys of more than eight bits, of which a scanner may have used only twelve."""
    positive = np.maximum(grey, 0)
    surplus = max(0, int(positive.max()).bit_length() - 8)
    return np.asarray(positive >> surplus, dtype=np.uint8)


def _stretched(grey: NDArray[np.floating[Any]]) -> GreyImage:
    """Greys of an unknown scale, from the darkest to the brightest."""
    known = np.nan_to_num(grey, nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(known.min()), float(known.max())
    return np.asarray((known - low) / ((high - low) or 1.0) * 255, dtype=np.uint8)


def _resolution(picture: Image.Image) -> int:
    short_side, long_side = sorted(picture.size)
    written = picture.info.get("dpi", (0, 0))
    dpi = round(float(written[0])) if isinstance(written, tuple) and written else 0
    is_sound = _DPI_MIN <= dpi <= _DPI_MAX and long_side / dpi <= 2 * _A4_INCHES
    if is_sound:
        return dpi
    return max(_DPI_MIN, round(min(long_side / _A4_INCHES, short_side / _STRIP_INCHES)))


def _pixel_hash(image: GreyImage) -> str:
    digest = hashlib.sha256(f"{image.shape[1]}x{image.shape[0]}:".encode())
    digest.update(np.ascontiguousarray(image).data)
    return digest.hexdigest()
