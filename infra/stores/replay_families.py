"""Reads the decided dossiers of a period family after family, however many they are."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, select

from infra.database import KEYS_PER_QUERY, Database, is_in
from infra.stores.dossiers import DOSSIER, EXTRACTED, REOPENABLE, VERSION
from models.dossier import RequestKind
from models.records.all_tables import table

VALIDATED = table("validated_dossier")
#: Rows fetched from the database at once.
ROWS_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Period:
    """Which dossiers are replayed: days, both in, of care or of decision, and the schemes."""

    first: dt.date
    last: dt.date
    is_by_care: bool
    schemes: tuple[str, ...]


def families_in(database: Database, period: Period, size: int) -> Iterator[list[tuple[str, ...]]]:
    """The decided dossiers of a period, batch by batch of about ``size``, by insured person.

    Requests for agreement, which are never paid, are left out. The rows are streamed, so that
    memory holds one batch of ids; what is decided again meanwhile does not come twice.
    """
    batch: list[tuple[str, ...]] = []
    count = 0
    for family in _families(database, period):
        batch.append(family)
        count += len(family)
        if count >= size:
            yield batch
            batch, count = [], 0
    if batch:
        yield batch


def _families(database: Database, period: Period) -> Iterator[tuple[str, ...]]:
    query = (
        _decided(VALIDATED.c.insured_person_id, DOSSIER.c.dossier_id)
        .where(*_conditions(period))
        .order_by(VALIDATED.c.insured_person_id, DOSSIER.c.dossier_id)
    )
    family: list[str] = []
    person = ""
    with database.reading() as connection:
        options = {"yield_per": ROWS_AT_ONCE}
        for insured, dossier_id in connection.execute(query, execution_options=options):
            # People whom the register does not know share nothing with each other.
            if family and (insured != person or not insured):
                yield tuple(family)
                family = []
            person = insured
            family.append(dossier_id)
    if family:
        yield tuple(family)


def _decided(*columns: Any) -> Any:
    return (
        select(*columns)
        .select_from(DOSSIER)
        .join(VALIDATED, and_(VALIDATED.c.dossier_id == DOSSIER.c.dossier_id,
                              VALIDATED.c.version == DOSSIER.c.version))
        .join(VERSION, and_(VERSION.c.dossier_id == DOSSIER.c.dossier_id,
                            VERSION.c.version == DOSSIER.c.version))
        .join(EXTRACTED, and_(EXTRACTED.c.dossier_id == DOSSIER.c.dossier_id,
                              EXTRACTED.c.content_version == VERSION.c.content_version))
    )  # fmt: skip


def _conditions(period: Period) -> list[Any]:
    found = [
        DOSSIER.c.status.in_(sorted(REOPENABLE)),
        DOSSIER.c.scheme.in_(period.schemes),
        EXTRACTED.c.request_kind == RequestKind.REIMBURSEMENT.value,
    ]
    if period.is_by_care:
        found += [EXTRACTED.c.care_start <= period.last, EXTRACTED.c.care_end >= period.first]
    else:
        found += [DOSSIER.c.decision_date >= period.first, DOSSIER.c.decision_date <= period.last]
    return found


def ids_in(connection: Connection, period: Period, dossier_ids: Sequence[str]) -> frozenset[str]:
    """Those of the dossiers that belong to a period."""
    found: set[str] = set()
    for start in range(0, len(dossier_ids), KEYS_PER_QUERY):
        piece = list(dossier_ids[start : start + KEYS_PER_QUERY])
        query = _decided(DOSSIER.c.dossier_id).where(
            is_in(connection, DOSSIER.c.dossier_id, piece), *_conditions(period)
        )
        found.update(connection.execute(query).scalars())
    return frozenset(found)
