"""Bar codes of a page by zxing-cpp: first in the crops where a form has them, then on the page."""

from collections.abc import Sequence

import cv2
import numpy as np
import zxingcpp

from models.reading import Barcode, Box
from tasks.ocr.engines.engine import GreyImage
from tasks.ocr.form import FormZone

#: What stands on care sheets, invoices and drug boxes.
_FORMATS = ("EAN13", "Code128", "QRCode", "DataMatrix")
#: White border that a crop needs around its bars, in pixels.
_QUIET_PX = 20
_LINEAR = frozenset({"EAN-13", "EAN13", "Code 128", "Code128"})
#: Edges in one row of pixels that only bars have; a line of text has fewer in that width.
_BAR_EDGES_MIN = 34
#: A page has no more codes than this: more is noise.
_CODES_MAX = 60


def read_zone_barcodes(image: GreyImage, zones: Sequence[FormZone]) -> tuple[Barcode, ...]:
    """Return the bar code of each zone that has one; enlarged once when the bars are thin."""
    codes = []
    for zone in zones:
        box = zone.box
        crop = image[box.top : box.top + box.height, box.left : box.left + box.width]
        if not crop.size:
            continue
        framed = _framed(crop)
        larger = cv2.resize(framed, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        found = _read(framed) or _read(np.asarray(larger, dtype=np.uint8))
        codes += [Barcode(code.text, _name(code), box) for code in found[:1]]
    return tuple(codes)


def read_page_barcodes(image: GreyImage) -> tuple[Barcode, ...]:
    """Return every bar code of a page with its box, from top to bottom."""
    codes = [Barcode(code.text, _name(code), _box(code)) for code in _read(image)]
    return tuple(sorted(codes, key=lambda code: (code.box.top, code.box.left))[:_CODES_MAX])


def without_bars(image: GreyImage, codes: Sequence[Barcode]) -> GreyImage:
    """Return the page with its linear bar codes painted over: engines take bars for letters.

    A code's box is where it was read, which may be one row of it: the bars are followed up and
    down as far as they go, and the digits below them stay.
    """
    painted = image.copy()
    paper = int(np.median(image))
    ink = image < paper * 0.6
    for code in codes:
        if code.symbology not in _LINEAR:
            continue
        left, right = max(0, code.box.left - 2), code.box.left + code.box.width + 2
        changes = np.abs(np.diff(ink[:, left:right].astype(np.int8), axis=1)).sum(axis=1)
        has_bars = changes >= _BAR_EDGES_MIN
        top = bottom = min(code.box.top + code.box.height // 2, image.shape[0] - 1)
        while top > 0 and has_bars[top - 1]:
            top -= 1
        while bottom < image.shape[0] - 1 and has_bars[bottom + 1]:
            bottom += 1
        painted[max(0, top - 2) : bottom + 3, left:right] = paper
    return painted


def _read(image: GreyImage) -> list[zxingcpp.Barcode]:
    # The library complains at the end of a process that still holds its own values.
    formats = zxingcpp.barcode_formats_from_str("|".join(_FORMATS))
    return list(zxingcpp.read_barcodes(image, formats=formats, try_invert=False))


def _framed(crop: GreyImage) -> GreyImage:
    return np.asarray(
        cv2.copyMakeBorder(
            crop, _QUIET_PX, _QUIET_PX, _QUIET_PX, _QUIET_PX, cv2.BORDER_CONSTANT, value=255
        ),
        dtype=np.uint8,
    )


def _name(code: zxingcpp.Barcode) -> str:
    return str(code.format).removeprefix("BarcodeFormat.")


def _box(code: zxingcpp.Barcode) -> Box:
    place = code.position
    corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    left, right = min(point.x for point in corners), max(point.x for point in corners)
    top, bottom = min(point.y for point in corners), max(point.y for point in corners)
    return Box(left, top, max(1, right - left), max(1, bottom - top))
