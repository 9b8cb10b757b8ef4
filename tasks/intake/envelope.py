"""Divides the pages of one file by its cover sheets: what is a dossier, and what is said of it.

Every page is a cover sheet, the blank back of one, or belongs to exactly one part; parts keep the
order of the pages. A code of ours that is not sound divides nothing: two people's papers must not
be told apart by a guess, so its page stays where it lies and a person is asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from models.cover_sheet import CoverSheet, SheetKind, read_code
from tasks.intake.result import Origin, Pages, Refused

#: Said of a dossier that holds a page whose code is not sound.
UNSOUND_SHEET = "SEPARATEUR_ILLISIBLE"
#: Said of the dossiers of a bordereau that states another number than came.
BORDEREAU_DIFFERS = "BORDEREAU_ECART"
#: A file of cover sheets alone opens nothing.
ONLY_SHEETS = "IN_ONLY_SHEETS"

Divided = tuple[tuple[int, Pages | Refused], ...]


@dataclass(slots=True)
class _Pile:
    """The pages since the last sheet, and what that sheet said."""

    origin: Origin = field(default_factory=Origin)
    first: int = 0
    last: int = 0


def divide(document: Pages) -> Divided:
    """Return the parts of a document, counted from 1; without cover sheets it is one part."""
    sheets = {page: read_code(code) for page, code in document.sheets}
    if not sheets:
        return ((1, document),)
    parts = [
        replace(document, first_page=pile.first, last_page=pile.last, origin=pile.origin)
        for pile in _piles(document, sheets)
    ]
    if not parts:
        return ((1, Refused(ONLY_SHEETS, {"count": str(document.page_count)})),)
    return tuple(enumerate(parts, start=1))


def _piles(document: Pages, sheets: dict[int, CoverSheet | None]) -> Iterator[_Pile]:
    pile, backs = _Pile(), set(document.backs)
    bordereau: CoverSheet | None = None
    for page in range(1, document.page_count + 1):
        sheet = sheets.get(page)
        if sheet is not None:
            if pile.first:
                yield pile
            bordereau = sheet if sheet.kind is SheetKind.BORDEREAU else bordereau
            pile = _Pile(_origin(sheet, bordereau))
        elif page in backs and not pile.first and page > 1:
            continue
        else:
            pile.first, pile.last = pile.first or page, page
            if page in sheets:
                pile.origin = replace(
                    pile.origin, problem=UNSOUND_SHEET, params={"page": str(page)}
                )
    if pile.first:
        yield pile


def _origin(sheet: CoverSheet, bordereau: CoverSheet | None) -> Origin:
    agency = sheet.agency or (bordereau.agency if bordereau else "")
    adds_to = sheet.number if sheet.kind is SheetKind.ADDITION else ""
    return Origin(agency, bordereau, adds_to)
