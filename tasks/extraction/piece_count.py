"""Whether as many pieces came as the care sheet states: said only where both counts are sure.

People count loosely: drug stickers on a prescription may be a piece or not, and two sheets of one
kind one piece or two. Only a number outside all of these readings is a difference.
"""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from models.dossier import Dossier, Piece, PieceKind
from models.finding import Finding
from models.messages import Code, finding, read_codes
from models.reading import PageText
from tasks.extraction.found import Found

CODES_FILE = Path(__file__).with_name("codes.yaml")
#: The zone of a care sheet in which the number of attached pieces is written.
STATED_ZONE = "pieces_count"
#: Said when another number of pieces came than the sheet states.
DIFFERS = "NOMBRE_PIECES"
#: Pieces that are not attached documents, or may stand on one.
_APART = frozenset({PieceKind.CARE_SHEET, PieceKind.DRUG_BARCODES})
#: Pieces on which drug stickers may stand that nobody read.
_WITH_STICKERS = frozenset(
    {PieceKind.PRESCRIPTION, PieceKind.PHARMACY_INVOICE, PieceKind.DRUG_BARCODES}
)


def count_findings(
    codes: Mapping[str, Code],
    stated: Found | None,
    pieces: Sequence[Piece],
    pages: Sequence[PageText],
) -> list[Finding]:
    """What the two counts say; nothing when they may agree, or one of them is unsure."""
    if stated is None or stated.is_doubtful or not stated.value.isdigit():
        return []
    if any(page.problem for page in pages):
        return []
    return _differing(codes, stated.value, pieces) or []


def count_again(said: Sequence[Finding], before: Dossier, corrected: Dossier) -> Sequence[Finding]:
    """Say the difference of the content before again of its correction, counted anew.

    A corrected field does not bring a missing piece, so the difference stays until a person decides
    with the amount before them. Where they listed other kinds of documents, these are counted: as
    many of a kind as were there before, one of a new kind. A list that cannot be counted leaves
    what was said.
    """
    found = [one for one in said if one.code == DIFFERS]
    if not found or {one.kind for one in before.pieces} == {one.kind for one in corrected.pieces}:
        return found
    counts = {one.kind: one.count for one in before.pieces}
    pieces = [replace(one, count=counts.get(one.kind, one.count)) for one in corrected.pieces]
    again = _differing(_codes(), found[0].params["stated"], pieces)
    return found if again is None else again


def _differing(
    codes: Mapping[str, Code], stated: str, pieces: Sequence[Piece]
) -> list[Finding] | None:
    """The difference as a list of one, an empty one where there is none; None where no count is."""
    kinds = {piece.kind for piece in pieces}
    sheets = sum(piece.count for piece in pieces if piece.kind is PieceKind.CARE_SHEET)
    if sheets != 1 or PieceKind.OTHER in kinds:
        return None
    attached = [piece for piece in pieces if piece.kind not in _APART]
    most = sum(piece.count for piece in attached) + bool(kinds & _WITH_STICKERS)
    if len(attached) <= int(stated) <= most:
        return []
    counted = str(sum(piece.count for piece in attached))
    return [finding(codes, DIFFERS, stated=stated, counted=counted)]


@functools.cache
def _codes() -> Mapping[str, Code]:
    return read_codes(CODES_FILE)
