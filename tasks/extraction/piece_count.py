"""Whether as many pieces came as the care sheet states: said only where both counts are sure.

People count loosely: drug stickers on a prescription may be a piece or not, and two sheets of one
kind one piece or two. Only a number outside all of these readings is a difference.
"""

from collections.abc import Mapping, Sequence

from models.dossier import Piece, PieceKind
from models.finding import Finding
from models.messages import Code, finding
from models.reading import PageText
from tasks.extraction.found import Found

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
    kinds = {piece.kind for piece in pieces}
    sheets = sum(piece.count for piece in pieces if piece.kind is PieceKind.CARE_SHEET)
    if sheets != 1 or PieceKind.OTHER in kinds or any(page.problem for page in pages):
        return []
    attached = [piece for piece in pieces if piece.kind not in _APART]
    most = sum(piece.count for piece in attached) + bool(kinds & _WITH_STICKERS)
    if len(attached) <= int(stated.value) <= most:
        return []
    counted = str(sum(piece.count for piece in attached))
    return [finding(codes, DIFFERS, stated=stated.value, counted=counted)]
