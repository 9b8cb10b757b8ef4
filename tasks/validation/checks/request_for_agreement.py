"""A request for a prior agreement is answered by a person and never paid."""

from models.finding import Finding
from tasks.validation.subject import Subject

CODES = ("ENTENTE_DEMANDE",)


def findings(subject: Subject) -> tuple[Finding, ...]:
    """Return a finding when the dossier asks for an agreement and not for money."""
    return (subject.finding("ENTENTE_DEMANDE"),) if subject.is_request else ()
