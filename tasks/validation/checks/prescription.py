"""The prescription bears a date, and nothing was dispensed or done on it before that date."""

from models.dossier import DossierLine, LineKind, PieceKind
from models.finding import Finding
from tasks.validation.subject import Subject, day_text

CODES = ("ORDONNANCE",)


def findings(subject: Subject) -> tuple[Finding, ...]:
    """Return a finding for a prescription without a date, or for the first line before it.

    A prescription that is not there at all is a missing document, not an undated one.
    """
    dossier = subject.dossier
    if subject.is_request or all(p.kind is not PieceKind.PRESCRIPTION for p in dossier.pieces):
        return ()
    prescribed = dossier.prescription_date
    if prescribed is None:
        return (subject.finding("ORDONNANCE", reason="undated"),) if is_needed(subject) else ()
    for line in _prescribed_lines(subject):
        if line.care_date < prescribed:
            return (
                subject.finding(
                    "ORDONNANCE",
                    line.line_no,
                    reason="after_care",
                    prescribed=day_text(prescribed),
                    care=day_text(line.care_date),
                ),
            )
    return ()


def is_needed(subject: Subject) -> bool:
    """Whether this kind of care is paid on prescription only."""
    dossier = subject.dossier
    rule = subject.rules.figures("pieces", dossier.care_kind.value, dossier.care_start)
    return rule is not None and PieceKind.PRESCRIPTION in rule["pieces"]


def _prescribed_lines(subject: Subject) -> list[DossierLine]:
    """All lines where care is on prescription only; else the drugs beside what needed none."""
    lines = subject.dossier.lines
    if is_needed(subject):
        return list(lines)
    return [line for line in lines if line.kind is LineKind.DRUG]
