"""Decodes every frame of a JPEG, PNG or TIFF, to find damage and bombs before OCR does."""

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from PIL import Image, ImageFile

from tasks.intake.document import Document, Reader
from tasks.intake.limits import ReadingContext
from tasks.intake.page_scan import LOOK_PIXELS, PageScan, SmallPage
from tasks.intake.result import Pages, Reading, Refused
from tasks.intake.sniff import Kind

_FORMATS = {Kind.JPEG: "JPEG", Kind.PNG: "PNG", Kind.TIFF: "TIFF"}
#: What Pillow's decoders raise on damaged files, seen on its own collection of them.
_DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    EOFError,
    ArithmeticError,
    struct.error,
)


def accepts(document: Document) -> bool:
    """JPEG, PNG and TIFF."""
    return document.kind in _FORMATS


def read(document: Document, context: ReadingContext) -> Reading:
    """Return the number of pages, or the refusal: damaged, too many pages, too many pixels."""
    pixels_max = context.limits.page_pixels
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    page = 0
    scan = PageScan(context.limits)
    with _at_most(pixels_max), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            for page, picture in _frames(document):
                if scan.is_too_many(page):
                    params = {"count": f">{page - 1}", "limit": str(context.limits.pages)}
                    return Refused("IN_PAGES", params)
                if picture is not None:
                    scan.look(page, picture)
        except (Image.DecompressionBombWarning, Image.DecompressionBombError):
            return Refused("IN_PIXELS", {"page": str(page + 1), "limit": str(pixels_max)})
        except _DAMAGE:
            return Refused("IN_IMAGE_DAMAGED", {"page": str(page + 1)})
    return Pages(document.kind.value, page, sheets=tuple(scan.sheets), backs=tuple(scan.backs))


@contextmanager
def _at_most(pixels_max: int) -> Iterator[None]:
    """The library's own limit, which is one for the whole process, while one file is read."""
    before = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = pixels_max
    try:
        yield
    finally:
        Image.MAX_IMAGE_PIXELS = before


def _frames(document: Document) -> Iterator[tuple[int, SmallPage | None]]:
    """Decode frame after frame; a PNG or JPEG is one page, whatever moves or hides in it.

    A frame of several comes with a small picture of it, to be looked at for cover sheets.
    """
    with Image.open(io.BytesIO(document.data), formats=[_FORMATS[document.kind]]) as image:
        page = 0
        while True:
            # Checked by the library when a file is opened, but not when it turns to the next frame.
            if image.width * image.height > (Image.MAX_IMAGE_PIXELS or 0):
                raise Image.DecompressionBombError
            image.load()
            page += 1
            is_of_several = page > 1 or getattr(image, "n_frames", 1) > 1
            yield page, _small(image) if is_of_several else None
            if document.kind is not Kind.TIFF:
                return
            try:
                image.seek(page)
            except EOFError:
                return


def _small(image: Image.Image) -> SmallPage:
    factor = -(-max(image.size) // LOOK_PIXELS)
    return np.asarray(image.convert("L").reduce(factor), dtype=np.uint8)


READER = Reader(name="image", accepts=accepts, read=read)
