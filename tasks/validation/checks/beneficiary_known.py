"""The beneficiary is the insured person, or one of his dependants in the register."""

from models.finding import Finding
from tasks.validation.subject import Subject

CODES = ("BENEFICIAIRE_INCONNU",)


def findings(subject: Subject) -> tuple[Finding, ...]:
    """Return a finding when the insured person is known and the beneficiary is not."""
    people = subject.people
    if people.insured is None or people.beneficiary is not None:
        return ()
    return (subject.finding("BENEFICIAIRE_INCONNU", reason=people.beneficiary_problem),)
