"""The dossier was deposited in time, counted to the day of the stamp.

Two different rules of the scheme's ``rights.yaml``: months from the first act, counted on the
calendar, or days from the end of care that went on without a break.
"""

from models.finding import Finding
from tasks.validation.months import add_days, add_months
from tasks.validation.subject import Subject, day_text

CODES = ("FORCLUSION",)


def findings(subject: Subject) -> tuple[Finding, ...]:
    """Return a finding when the deposit is after the last day; that day itself is in time."""
    dossier = subject.dossier
    if subject.is_request:
        return ()
    name = "continuous_care" if dossier.is_continuous_care else "first_act"
    start = dossier.care_end if dossier.is_continuous_care else dossier.care_start
    rule = subject.rules.figures("filing", name, start)
    if rule is None:
        return ()
    last_day = add_days(add_months(start, rule["months"]), rule["days"])
    if dossier.deposit_date <= last_day:
        return ()
    return (
        subject.finding(
            "FORCLUSION",
            deposit=day_text(dossier.deposit_date),
            last_day=day_text(last_day),
            start=day_text(start),
            rule=name,
        ),
    )
