"""Drugs carry a bar code that reads right and stand in the national list."""

from models.dossier import LineKind
from models.finding import Finding
from tasks.validation.subject import Subject

CODES = ("EAN_INVALIDE", "MEDICAMENT_INCONNU")


def findings(subject: Subject) -> tuple[Finding, ...]:
    """Return a finding for each drug line whose code is wrong, or right and unknown.

    A code of the official list is taken as it stands there: a few of them fail the check digit.
    """
    known, form = subject.known.drugs, subject.rules.formats["drug"]
    return tuple(
        subject.finding(
            "MEDICAMENT_INCONNU" if form.accepts(line.ean) else "EAN_INVALIDE",
            line.line_no,
            ean=line.ean,
        )
        for line in subject.dossier.lines
        if line.kind is LineKind.DRUG and line.ean not in known
    )
