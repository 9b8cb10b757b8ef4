"""What is known besides the dossier itself: other dossiers' lines, stays, pages, and accounts.

The caller fills a ``History`` for the persons, providers, pages and holders of one chunk. It may
hold the chunk's own dossiers, and for each dossier only its newest version: the rules leave out
the dossier itself and whatever does not stand before it.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from models.dossier import DossierLine, LineKind
from models.registers import Account
from models.stage import Status

#: Requests that came to nothing: what they asked for may be asked for again.
GONE = frozenset({Status.REFUSED.value, Status.RETURNED.value, Status.WITHDRAWN.value})
#: Requests that were answered: a second one is second, however early it was deposited.
ANSWERED = frozenset({Status.APPROVED.value, Status.PAID.value, Status.CLOSED_AT_ZERO.value})


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """A line of a dossier; ``status`` is its dossier's, ``bill_key`` that of ``bill_key()``."""

    dossier_id: str
    version: int
    order_key: str
    status: str
    person_id: str
    provider_id: str
    care_kind: str
    bill_key: str
    code: str
    letter: str
    ean: str
    care_date: dt.date
    quantity: int
    amount_minor: int
    tooth: str


@dataclass(frozen=True, slots=True)
class HistoryStay:
    """A stay of a person; ``provider_id`` is the establishment's as validation resolved it."""

    dossier_id: str
    order_key: str
    status: str
    person_id: str
    provider_id: str
    admission_date: dt.date
    discharge_date: dt.date


@dataclass(frozen=True, slots=True)
class SeenImage:
    """A page whose pixels were already seen, and the dossier it lay in."""

    dossier_id: str
    order_key: str
    status: str = ""


@dataclass(frozen=True, slots=True)
class DayLoad:
    """Standard minutes of one dossier's lines at one provider on one day."""

    dossier_id: str
    order_key: str
    status: str
    minutes: int


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What the registers say of a person that a rule needs, without a name."""

    birth_date: dt.date | None
    death_date: dt.date | None
    sex: str


@dataclass(frozen=True, slots=True)
class History:
    """A slice of history for one chunk; every map may be empty.

    Keys: ``lines`` and ``stays`` by beneficiary person id, ``day_loads`` by (provider id, care
    date), ``images`` by pixel SHA-256 (never of a page without words: blank pages are all alike),
    ``accounts`` by holder id (every account the payer ever knew of the holder, also those no
    longer believed), ``households_by_rib`` by RIB → ids of the unrelated households that are paid
    there, ``persons`` by person id.
    """

    lines: Mapping[str, tuple[HistoryLine, ...]] = field(default_factory=dict)
    stays: Mapping[str, tuple[HistoryStay, ...]] = field(default_factory=dict)
    day_loads: Mapping[tuple[str, dt.date], tuple[DayLoad, ...]] = field(default_factory=dict)
    images: Mapping[str, tuple[SeenImage, ...]] = field(default_factory=dict)
    accounts: Mapping[str, tuple[Account, ...]] = field(default_factory=dict)
    households_by_rib: Mapping[str, frozenset[str]] = field(default_factory=dict)
    persons: Mapping[str, PersonFacts] = field(default_factory=dict)


def bill_key(line: DossierLine) -> str:
    """What two lines share that bill the same thing; ``K×80`` and ``K×80.0`` are the same."""
    if line.kind is LineKind.LETTER and line.coefficient is not None:
        return f"{line.letter}×{line.coefficient.normalize():f}"
    return line.act_key


def history_line(
    line: DossierLine,
    *,
    dossier_id: str,
    version: int,
    order_key: str,
    status: str,
    person_id: str,
    provider_id: str,
    care_kind: str,
) -> HistoryLine:
    """A line of a dossier as history keeps it."""
    return HistoryLine(
        dossier_id=dossier_id,
        version=version,
        order_key=order_key,
        status=status,
        person_id=person_id,
        provider_id=provider_id,
        care_kind=care_kind,
        bill_key=bill_key(line),
        code=line.code,
        letter=line.letter,
        ean=line.ean,
        care_date=line.care_date,
        quantity=line.quantity,
        amount_minor=line.amount_minor,
        tooth=line.tooth,
    )
