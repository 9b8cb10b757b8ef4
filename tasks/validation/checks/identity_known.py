"""The registration number belongs to one person of the register, and the CIN does not object."""

from models.finding import Finding
from tasks.validation.subject import Subject

CODES = ("IDENTITE_INCONNUE",)


def findings(subject: Subject) -> tuple[Finding, ...]:
    """Return a finding when the insured person was not found for sure, with the reason."""
    if subject.people.insured is not None:
        return ()
    return (subject.finding("IDENTITE_INCONNUE", reason=subject.people.insured_problem),)
