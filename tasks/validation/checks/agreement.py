"""Acts that need an agreement before the care have one, for that person and on that day.

An agreement counts when it was granted, is valid on the day of care, names this act or none, and
is not used up. An agreement number that the register does not know is no agreement.
"""

import datetime as dt

from models.dossier import DossierLine
from models.finding import Finding
from models.registers import Agreement, holds_on
from tasks.validation.subject import Subject

CODES = ("ENTENTE_PREALABLE",)
#: How the registers write that an agreement was given; ``refused`` and ``pending`` are the others.
GRANTED = frozenset({"accepted", "granted"})


def findings(subject: Subject) -> tuple[Finding, ...]:
    """Return a finding for each act without its agreement, and for an agreement nobody knows."""
    if subject.is_request or subject.people.beneficiary is None:
        return ()
    dossier = subject.dossier
    own = agreements_of(subject)
    acts = {
        act
        for _, figures in subject.rules.in_force("agreements", dossier.care_start)
        for act in figures["acts"]
    }
    found = [
        subject.finding("ENTENTE_PREALABLE", line.line_no, act=line.code or line.letter)
        for line in dossier.lines
        if {line.code, line.letter} & acts and not _is_agreed(line, own)
    ]
    if dossier.agreement_number and not own and not found:
        found.append(subject.finding("ENTENTE_PREALABLE", act=dossier.agreement_number))
    return tuple(found)


def agreements_of(subject: Subject) -> tuple[Agreement, ...]:
    """Return the granted agreements of the beneficiary that the dossier may stand on."""
    dossier = subject.dossier
    return tuple(
        item
        for key in subject.people.beneficiary_ids
        for item in subject.registers.agreements.get(key, ())
        if item.decision in GRANTED
        and item.scheme == dossier.scheme
        and dossier.agreement_number in ("", item.agreement_number)
        and _holds(item, dossier.care_start)
    )


def _is_agreed(line: DossierLine, agreements: tuple[Agreement, ...]) -> bool:
    return any(
        _holds(item, line.care_date) and item.act_key in ("", line.act_key, line.code)
        for item in agreements
    )


def _holds(agreement: Agreement, day: dt.date) -> bool:
    used_up = agreement.amount_minor is not None and agreement.used_minor >= agreement.amount_minor
    return not used_up and holds_on(agreement.valid_from, agreement.valid_to, day)
