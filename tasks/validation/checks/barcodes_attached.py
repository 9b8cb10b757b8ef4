"""Drugs come with the bar codes of their boxes, glued to the prescription."""

from models.dossier import LineKind, PieceKind
from models.finding import Finding
from tasks.validation.subject import Subject

CODES = ("CODE_BARRES",)


def findings(subject: Subject) -> tuple[Finding, ...]:
    """Return a finding when drugs come without bar codes where the scheme asks for them."""
    dossier = subject.dossier
    rule = subject.rules.figures("barcodes", "drug_lines", dossier.care_start)
    if subject.is_request or rule is None or dossier.care_kind not in rule["care_kinds"]:
        return ()
    count = sum(1 for line in dossier.lines if line.kind is LineKind.DRUG)
    attached = any(
        piece.kind is PieceKind.DRUG_BARCODES and piece.count > 0 for piece in dossier.pieces
    )
    return (subject.finding("CODE_BARRES", drugs=str(count)),) if count and not attached else ()
