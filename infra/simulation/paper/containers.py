"""Write the pages of a dossier as one file: PDF, TIFF, JPEG or PNG, the same bytes every time."""

import datetime as dt
import functools
import io
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from infra.simulation.paper.pen import PAGE_DPI
from models.yaml_loader import safe_load

SHARES_FILE = Path(__file__).with_name("containers.yaml")

#: JPEG quality of the container, above that of the scanner, so that little is lost again.
QUALITY = 85


def pick_suffix(page_count: int, rng: random.Random) -> str:
    """Return the kind of file for a number of pages, by the shares of ``containers.yaml``."""
    shares = _shares()["one_page" if page_count == 1 else "more_pages"]
    return str(rng.choices(list(shares), weights=list(shares.values()))[0])


def has_text_layer(rng: random.Random) -> bool:
    """Whether a PDF is one that was never printed."""
    return bool(rng.random() * 100 < _shares()["text_layer"])


def file_bytes(images: Sequence[Image.Image], suffix: str, day: dt.date) -> bytes:
    """Return the file of some pages; ``day`` is the date written into a PDF.

    Raises:
        ValueError: when several pages are to go into a picture format.
    """
    if suffix == "pdf":
        return _pdf(images, day)
    if suffix == "tiff":
        return _tiff(images, compression="jpeg")
    if len(images) != 1:
        raise ValueError(f"{len(images)} pages do not go into one {suffix} file; use pdf or tiff")
    out = io.BytesIO()
    if suffix == "jpg":
        images[0].save(out, format="JPEG", quality=QUALITY, dpi=(PAGE_DPI, PAGE_DPI))
    else:
        images[0].save(out, format="PNG", dpi=(PAGE_DPI, PAGE_DPI))
    return out.getvalue()


def same_pixels(data: bytes) -> tuple[bytes, str]:
    """Return the pages of a picture file in another file, pixel for pixel, and its suffix."""
    with Image.open(io.BytesIO(data)) as picture:
        pages = []
        for number in range(getattr(picture, "n_frames", 1)):
            picture.seek(number)
            pages.append(picture.convert("L"))
        if len(pages) == 1 and picture.format != "PNG":
            return file_bytes(pages, "png", dt.date.min), "png"
    return _tiff(pages, compression="tiff_lzw"), "tiff"


def _pdf(images: Sequence[Image.Image], day: dt.date) -> bytes:
    out = io.BytesIO()
    stamp = day.timetuple()
    images[0].save(
        out,
        format="PDF",
        save_all=True,
        append_images=list(images[1:]),
        resolution=PAGE_DPI,
        quality=QUALITY,
        creationDate=stamp,
        modDate=stamp,
    )
    return out.getvalue()


def _tiff(images: Sequence[Image.Image], *, compression: str) -> bytes:
    out = io.BytesIO()
    options: dict[str, Any] = {"quality": QUALITY} if compression == "jpeg" else {}
    images[0].save(
        out,
        format="TIFF",
        save_all=True,
        append_images=list(images[1:]),
        compression=compression,
        dpi=(PAGE_DPI, PAGE_DPI),
        **options,
    )
    return out.getvalue()


@functools.cache
def _shares() -> dict[str, Any]:
    raw: dict[str, Any] = safe_load(SHARES_FILE.read_text(encoding="utf-8"))
    return raw
