"""Whoever gave and prescribed the care is named by an INPE, and the register knows the provider."""

from models.dossier import PieceKind
from models.finding import Finding
from tasks.validation.checks.prescription import is_needed
from tasks.validation.subject import Subject

CODES = ("INPE", "PRESTATAIRE_INCONNU")


def findings(subject: Subject) -> tuple[Finding, ...]:
    """Return a finding for each INPE missing or ill-formed, else for an unknown provider."""
    dossier, form = subject.dossier, subject.rules.formats["provider"]
    found = []
    if not form.accepts(dossier.provider_inpe):
        found.append(subject.finding("INPE", field="provider"))
    elif not subject.providers:
        found.append(subject.finding("PRESTATAIRE_INCONNU"))
    if not form.accepts(dossier.prescriber_inpe) and (
        dossier.prescriber_inpe or _has_prescription(subject)
    ):
        found.append(subject.finding("INPE", field="prescriber"))
    if dossier.stay is not None and not form.accepts(dossier.stay.establishment_inpe):
        found.append(subject.finding("INPE", field="establishment"))
    return tuple(found)


def _has_prescription(subject: Subject) -> bool:
    """Whether care was given on a prescription that is there, so that somebody prescribed it."""
    pieces = subject.dossier.pieces
    return is_needed(subject) and any(piece.kind is PieceKind.PRESCRIPTION for piece in pieces)
