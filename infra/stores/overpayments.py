"""Reads what was paid on dossiers of some people, and lists what should not have been paid."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, or_, select

from infra.audit import append_events
from infra.clock import now_text
from infra.database import KEYS_PER_QUERY, Database
from infra.stores.dossiers import DOSSIER, Head, heads_where
from models.audit import AuditEvent
from models.records.all_tables import table
from models.stage import Status

VALIDATED = table("validated_dossier")
OVERPAYMENT = table("overpayment")


@dataclass(frozen=True, slots=True)
class Overpaid:
    """Money paid on one version that is not owed any more, in minor units."""

    head: Head
    person_id: str
    paid_minor: int


def paid_heads(connection: Connection, people: Iterable[str]) -> list[Head]:
    """The paid dossiers about these people, as insured or as beneficiary."""
    wanted = sorted(people)
    found: dict[str, Head] = {}
    for start in range(0, len(wanted), KEYS_PER_QUERY):
        piece = wanted[start : start + KEYS_PER_QUERY]
        about = select(VALIDATED.c.dossier_id).where(
            or_(
                VALIDATED.c.insured_person_id.in_(piece),
                VALIDATED.c.beneficiary_person_id.in_(piece),
            )
        )
        heads = heads_where(
            connection, DOSSIER.c.status == Status.PAID.value, DOSSIER.c.dossier_id.in_(about)
        )
        found.update({head.dossier_id: head for head in heads})
    return list(found.values())


def list_overpaid_version(
    database: Database,
    connection: Connection,
    head: Head,
    paid_minor: int,
    *,
    cause: str,
    day: dt.date,
) -> None:
    """List what one version of a dossier was paid too much, in the transaction that decides it."""
    person = connection.execute(
        select(VALIDATED.c.insured_person_id)
        .where(VALIDATED.c.dossier_id == head.dossier_id)
        .order_by(VALIDATED.c.version.desc())
        .limit(1)
    ).scalar_one_or_none()
    row = {
        "dossier_id": head.dossier_id,
        "version": head.version,
        "person_id": person or "",
        "paid_minor": paid_minor,
        "currency": head.currency,
        "cause": cause,
        "listed_on": day,
    }
    database.insert_rows(connection, OVERPAYMENT, [row])


def write_overpayments(
    database: Database, overpaid: Sequence[Overpaid], *, cause: str, day: dt.date, actor: str
) -> list[str]:
    """List each overpayment once for its version and cause; return the dossiers newly listed.

    The dossier's state does not change: what becomes of the money is a person's decision.
    """
    with database.transaction() as connection:
        ids = [one.head.dossier_id for one in overpaid]
        for start in range(0, len(ids), KEYS_PER_QUERY):
            piece = ids[start : start + KEYS_PER_QUERY]
            # Two loads at once must not list the same money twice.
            connection.execute(
                select(DOSSIER.c.dossier_id)
                .where(DOSSIER.c.dossier_id.in_(piece))
                .order_by(DOSSIER.c.dossier_id)
                .with_for_update()
            )
        known = {
            (row.dossier_id, row.version)
            for row in database.select_in(
                connection, OVERPAYMENT, "dossier_id", ids, OVERPAYMENT.c.cause == cause
            )
        }
        fresh = [one for one in overpaid if (one.head.dossier_id, one.head.version) not in known]
        database.insert_rows(
            connection,
            OVERPAYMENT,
            [
                {
                    "dossier_id": one.head.dossier_id,
                    "version": one.head.version,
                    "person_id": one.person_id,
                    "paid_minor": one.paid_minor,
                    "currency": one.head.currency,
                    "cause": cause,
                    "listed_on": day,
                }
                for one in fresh
            ],
        )
        now = now_text()
        append_events(
            database,
            connection,
            [
                AuditEvent(
                    f"register:{day.isoformat()}", actor, "overpayment_listed", now, "dossier",
                    one.head.dossier_id, one.head.version, f"{one.head.stage}/{one.head.status}",
                    f"{one.head.stage}/{one.head.status}", cause,
                )
                for one in fresh
            ],
        )  # fmt: skip
    return [one.head.dossier_id for one in fresh]
