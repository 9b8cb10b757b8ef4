"""Brings the stored picture of a page to the size of a screen; the page's one door to Pillow."""

import io
from functools import lru_cache

from PIL import Image

from models.errors import StorageError

#: Widest picture that is sent: a page at 200 dpi, enough for a crop several times its size.
WIDTH_MAX = 1_700
#: Pictures kept in memory, so that turning a page back costs nothing.
KEPT = 24
PIXELS_MAX = 40_000_000
_FORMATS = ("JPEG", "PNG")
#: Quick to encode rather than smallest: it is sent once, inside the house.
_QUALITY = 65


@lru_cache(maxsize=KEPT)
def webp_of(stored: bytes) -> bytes:
    """Return a page's picture as WebP, no wider than a screen needs.

    Raises:
        StorageError: when what was kept is no picture of ours.
    """
    try:
        with Image.open(io.BytesIO(stored), formats=_FORMATS) as picture:
            if picture.width * picture.height > PIXELS_MAX:
                raise StorageError("a stored page is larger than any page we keep")
            shown: Image.Image = picture.convert("L")
    except (OSError, ValueError, SyntaxError) as error:
        raise StorageError("a stored page is no picture") from error
    if shown.width > WIDTH_MAX:
        height = max(1, shown.height * WIDTH_MAX // shown.width)
        shown = shown.resize((WIDTH_MAX, height), Image.Resampling.BOX)
    target = io.BytesIO()
    shown.save(target, "WEBP", quality=_QUALITY, method=0)
    return target.getvalue()
