"""A dependent child is still of an age to be covered on each day of care."""

from models.finding import Finding
from tasks.validation.dependants import last_day_by_age
from tasks.validation.identity import tie_on
from tasks.validation.subject import Subject, care_days, day_text

CODES = ("AYANT_DROIT_AGE",)


def findings(subject: Subject) -> tuple[Finding, ...]:
    """Return a finding for the first day of care after the birthday of the limit."""
    beneficiary = subject.people.beneficiary
    if beneficiary is None or not subject.people.ties:
        return ()
    for day in care_days(subject.dossier):
        tie = tie_on(subject.people.ties, day)
        if tie is None:
            continue
        last_day = last_day_by_age(tie, beneficiary.birth_date, subject.rules, day)
        if last_day is not None and day > last_day:
            return (
                subject.finding("AYANT_DROIT_AGE", care=day_text(day), last_day=day_text(last_day)),
            )
    return ()
