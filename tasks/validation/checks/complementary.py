"""A complementary insurer's share stands beside ours: it is told, and never taken off what we pay.

The scheme's ``rights.yaml`` names the facts of the register (section ``complementary``). How much
the other insurer pays is its own matter: no amount of it enters a price here.
"""

from decimal import Decimal, InvalidOperation

from models.finding import Finding
from models.registers import SubjectFact, holds_on
from tasks.validation.subject import Subject, day_text

CODES = ("COMPLEMENTAIRE",)
#: The fact's value that says that there is such an insurer.
_YES = "yes"
#: A rate that the register does not hold, or holds in an unreadable form.
_UNKNOWN = "?"


def findings(subject: Subject) -> tuple[Finding, ...]:
    """Return a note when the register holds a complementary insurer on the first day of care."""
    day = subject.dossier.care_start
    rule = subject.rules.figures("complementary", "kept_apart", day)
    if rule is None or _value(subject, rule["fact"]) != _YES:
        return ()
    rate = _percent(_value(subject, rule["rate_fact"]))
    return (subject.finding("COMPLEMENTAIRE", care=day_text(day), rate=rate),)


def _value(subject: Subject, name: str) -> str:
    """The fact in force on the first day of care; the beneficiary's own before the insured's."""
    day, people = subject.dossier.care_start, subject.people
    for ids in (people.beneficiary_ids, people.insured_ids):
        known = [row for key in ids for row in subject.registers.facts.get(key, ())]
        rows: list[SubjectFact] = [
            row
            for row in known
            if row.name == name
            and row.scheme in ("", subject.rules.scheme)
            and holds_on(row.valid_from, row.valid_to, day)
        ]
        if rows:
            return max(rows, key=lambda row: (row.valid_from, row.value)).value
    return ""


def _percent(value: str) -> str:
    """A rate such as ``0.30`` as people read it: ``30 %``."""
    try:
        rate = Decimal(value)
    except InvalidOperation:
        return _UNKNOWN
    return f"{(rate * 100).normalize():f} %" if rate.is_finite() else _UNKNOWN
