"""Acts, forfaits and key letters stand in the national tables; an unknown one has no tariff."""

from models.dossier import LineKind
from models.finding import Finding
from tasks.validation.subject import Subject

CODES = ("ACTE_INCONNU",)


def findings(subject: Subject) -> tuple[Finding, ...]:
    """Return a finding for each line whose act code or key letter nobody has heard of."""
    known = subject.known
    return tuple(
        subject.finding("ACTE_INCONNU", line.line_no, act=line.code or line.letter)
        for line in subject.dossier.lines
        if (line.kind is LineKind.CODE and line.code not in known.acts)
        or (line.kind is LineKind.LETTER and line.letter not in known.letters)
    )
