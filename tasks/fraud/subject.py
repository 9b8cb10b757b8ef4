"""The dossier as the fraud rules look at it, in the lot or just before its payment."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Protocol

from models.dossier import Dossier
from models.outcome import FraudInput, ValidatedDossier
from models.registers import RegisterSlice
from tasks.fraud.history import ANSWERED, GONE

#: Run over the lot, on what was known when the dossier was decided.
LOT = "lot"
#: Run just before payment, on the registers of that moment.
PAYMENT = "payment"
#: Run in both: the bank account may change after the decision.
BOTH = "both"
MOMENTS = frozenset({LOT, PAYMENT, BOTH})


class _Other(Protocol):
    """Something of another dossier that may stand before the subject."""

    @property
    def dossier_id(self) -> str: ...
    @property
    def order_key(self) -> str: ...
    @property
    def status(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Subject:
    """A dossier at the moment at which the rules look at it.

    ``day`` is the day of the run: the planned, then the real day of payment. ``payee_id`` is whose
    account is paid. Only at payment: ``registers`` as known on that day, and ``uncovered_days``,
    the days of care on which the rights rule, asked again on them, finds no rights.
    """

    dossier: Dossier
    validated: ValidatedDossier
    due_minor: int
    order_key: str
    day: dt.date
    payee_id: str
    image_hashes: tuple[str, ...] = ()
    registers: RegisterSlice | None = None
    uncovered_days: frozenset[dt.date] = field(default_factory=frozenset)

    @property
    def dossier_id(self) -> str:
        """The dossier's id."""
        return self.dossier.dossier_id

    @property
    def person_id(self) -> str:
        """The person who was cared for; empty when the registers know nobody."""
        return self.validated.beneficiary_person_id


def subject_of(entry: FraudInput, day: dt.date) -> Subject:
    """The subject of the lot's rules; money is taken to go to the insured person's account."""
    return Subject(
        dossier=entry.dossier,
        validated=entry.validated,
        due_minor=entry.priced.due_minor,
        order_key=entry.order_key,
        day=day,
        payee_id=entry.validated.insured_person_id,
        image_hashes=entry.image_hashes,
    )


def stands_before(other: _Other, subject: Subject) -> bool:
    """Whether something of another dossier counts against the subject.

    Of two requests only the later one is signalled, unless the other was already answered: a
    dossier that was returned, completed late and overtaken must not be paid a second time.
    """
    if other.dossier_id == subject.dossier_id or other.status in GONE:
        return False
    if other.status in ANSWERED:
        return True
    return (other.order_key, other.dossier_id) < (subject.order_key, subject.dossier_id)
