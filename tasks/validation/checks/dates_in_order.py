"""Dates follow each other: birth, care, deposit, receipt; admission before discharge."""

import datetime as dt

from models.finding import Finding
from tasks.validation.subject import Subject, day_text

CODES = ("DATES_INCOHERENTES",)


def findings(subject: Subject) -> tuple[Finding, ...]:
    """Return a finding for each pair of dates in the wrong order.

    In a request for an agreement the care is still to come.
    """
    dossier = subject.dossier
    found = [
        _finding(subject, line.line_no, line.care_date, dossier.deposit_date)
        for line in dossier.lines
        if line.care_date > dossier.deposit_date and not subject.is_request
    ]
    for earlier, later in _pairs(subject):
        if earlier > later:
            found.append(_finding(subject, None, earlier, later))
    return tuple(found)


def _pairs(subject: Subject) -> list[tuple[dt.date, dt.date]]:
    """Days of which the first must not be after the second."""
    dossier = subject.dossier
    pairs = [(dossier.deposit_date, dossier.receipt_date)]
    if dossier.stay is not None:
        pairs.append((dossier.stay.admission_date, dossier.stay.discharge_date))
        if not subject.is_request:
            pairs.append((dossier.stay.discharge_date, dossier.deposit_date))
    beneficiary = subject.people.beneficiary
    if beneficiary is not None:
        pairs.append((beneficiary.birth_date, dossier.care_start))
    return pairs


def _finding(subject: Subject, line_no: int | None, first: dt.date, second: dt.date) -> Finding:
    return subject.finding(
        "DATES_INCOHERENTES", line_no, first=day_text(first), second=day_text(second)
    )
