"""The provider was registered and allowed to practise on each day of care."""

from models.finding import Finding
from models.registers import holds_on
from tasks.validation.subject import Subject, care_days, day_text

CODES = ("PRESTATAIRE_INACTIF",)


def findings(subject: Subject) -> tuple[Finding, ...]:
    """Return a finding for the first day of care on which the known provider was not active."""
    if subject.is_request or not subject.providers:
        return ()
    for day in care_days(subject.dossier):
        if not any(holds_on(row.valid_from, row.valid_to, day) for row in subject.providers):
            return (subject.finding("PRESTATAIRE_INACTIF", care=day_text(day)),)
    return ()
