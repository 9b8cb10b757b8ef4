"""Looks at the pages of one file, small, for cover sheets; runs in a decoding child alone."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import zxingcpp

from models.cover_sheet import is_ours
from tasks.intake.limits import Limits

#: Long side at which a page is looked at, in pixels: about 100 dpi of an A4 page, at which a module
#: of our sheets' code has more than six pixels.
LOOK_PIXELS = 1_200
#: A page with fewer dark pixels than this share is blank, as OCR has it.
_BLANK_INK_MAX = 0.0005
_INK = 0.6

SmallPage = npt.NDArray[np.uint8]


@dataclass(slots=True)
class PageScan:
    """The cover sheets among the pages seen so far, and the blank backs that follow them.

    A page further than a dossier may be long from the last sheet is one too many.
    """

    limits: Limits
    sheets: list[tuple[int, str]] = field(default_factory=list)
    backs: list[int] = field(default_factory=list)

    def is_too_many(self, page: int) -> bool:
        """Whether a page, counted from 1, is beyond what one dossier or one file may have."""
        last = self.sheets[-1][0] if self.sheets else 0
        return page > self.limits.batch_pages or page - last > self.limits.pages

    def look(self, page: int, picture: SmallPage) -> None:
        """Note a page's cover sheet, or that it is the blank back of one."""
        code = _code_on(picture)
        if code:
            self.sheets.append((page, code))
        elif self.sheets and self.sheets[-1][0] == page - 1 and _is_blank(picture):
            self.backs.append(page)


def _code_on(picture: SmallPage) -> str:
    """The first code of ours on a page, sound or not; empty when there is none."""
    codes = zxingcpp.read_barcodes(
        picture,
        formats=zxingcpp.barcode_formats_from_str("QRCode"),
        try_invert=False,
    )
    return next((code.text for code in codes if is_ours(code.text)), "")


def _is_blank(picture: SmallPage) -> bool:
    return bool((picture < float(np.median(picture)) * _INK).mean() < _BLANK_INK_MAX)
