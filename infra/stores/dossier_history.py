"""Reads everything that is kept about one dossier: every version, payment and audit event."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, or_, select

from infra.database import Database
from infra.stores.audit_trail import export
from models.errors import UnknownDossier
from models.outcome import CounterUse
from models.records.all_tables import table
from models.stage import Stage, Status

#: Tables with the dossier's id in them, and the order in which their rows are told.
_ORDERS: Mapping[str, tuple[str, ...]] = {
    "dossier_version": ("version",),
    "submission": ("received_at", "part"),
    "dossier_file": ("content_version", "file_no"),
    "page_reading": ("content_version", "page_no"),
    "extracted_dossier": ("content_version",),
    "extracted_line": ("content_version", "line_no"),
    "field_evidence": ("content_version", "page_no", "field"),
    "field_correction": ("correction_id",),
    "validated_dossier": ("version",),
    "priced_dossier": ("version",),
    "priced_line": ("version", "line_no"),
    "finding": ("version", "sequence"),
    "fraud_signal": ("version", "sequence"),
    "fraud_score": ("version",),
    "decision": ("version",),
    "review_task": ("version", "task_id"),
    "obligation": ("version",),
    "payment_obligation": ("version", "payment_id"),
    "overpayment": ("overpayment_id",),
    "quarantine": ("version", "stage"),
}
#: States in which what a dossier used of a ceiling is given free again.
_FREED = frozenset({Status.REFUSED.value, Status.WITHDRAWN.value, Status.RETURNED.value})
_PRICED = f"{Stage.PRICING.value}_done"


@dataclass(frozen=True, slots=True)
class DossierHistory:
    """The rows about one dossier, table by table, and the audit events in the order of time."""

    head: Any
    rows: Mapping[str, Sequence[Any]]
    payments: Sequence[Any]
    events: Sequence[Mapping[str, Any]]

    def of_version(self, name: str, version: int) -> list[Any]:
        """The rows of a table about one decision version."""
        return [row for row in self.rows[name] if row.version == version]

    def of_content(self, name: str, content_version: int) -> list[Any]:
        """The rows of a table about one received or corrected content."""
        return [row for row in self.rows[name] if row.content_version == content_version]


def find_dossiers(database: Database, key: str) -> tuple[str, ...]:
    """The dossiers meant by a dossier id, a public number, a payment id or an end-to-end id.

    Raises:
        UnknownDossier: when nothing bears that key.
    """
    dossier, payment = table("dossier"), table("payment")
    links = table("payment_obligation")
    with database.reading() as connection:
        found = connection.execute(
            select(dossier.c.dossier_id).where(
                or_(dossier.c.dossier_id == key, dossier.c.public_number == key)
            )
        ).scalars()
        ids = tuple(found) or tuple(
            connection.execute(
                select(links.c.dossier_id)
                .join(payment, payment.c.payment_id == links.c.payment_id)
                .where(or_(payment.c.payment_id == key, payment.c.end_to_end_id == key))
                .distinct()
                .order_by(links.c.dossier_id)
            ).scalars()
        )
    if not ids:
        raise UnknownDossier(
            "nothing bears that key; give a dossier id, a public number, a payment id or an "
            "end-to-end id"
        )
    return ids


def read_history(database: Database, dossier_id: str) -> DossierHistory:
    """Everything kept about one dossier; bank accounts come whole and are masked by the reader."""
    dossier = table("dossier")
    with database.reading() as connection:
        head = connection.execute(
            select(dossier).where(dossier.c.dossier_id == dossier_id)
        ).one_or_none()
        if head is None:
            raise UnknownDossier("no dossier has that id")
        rows: dict[str, Sequence[Any]] = {
            name: _rows(connection, name, "dossier_id", [dossier_id], order)
            for name, order in _ORDERS.items()
        }
        hashes = {row.sha256 for row in (*rows["submission"], *rows["dossier_file"])}
        rows["original"] = _rows(
            connection, "original", "sha256", hashes, ("first_received_at", "sha256")
        )
        payments = _payments(connection, rows["payment_obligation"])
        batches = {row.batch_id for row in payments}
        rows["approval"] = _rows(connection, "approval", "batch_id", batches, ("approval_id",))
    events = export(database, dossier_id)
    for payment_id in sorted({row.payment_id for row in payments}):
        events += export(database, payment_id)
    return DossierHistory(head, rows, payments, _once(events))


def _rows(
    connection: Connection, name: str, column: str, keys: Iterable[str], order: Sequence[str]
) -> list[Any]:
    source = table(name)
    query = select(source).where(source.c[column].in_(sorted(keys)))
    return list(connection.execute(query.order_by(*(source.c[one] for one in order))).all())


def _payments(connection: Connection, links: Sequence[Any]) -> list[Any]:
    """The payments with their batches; the columns of both under names that differ."""
    payment, batch = table("payment"), table("payment_batch")
    query = (
        select(
            payment,
            batch.c.state.label("batch_state"),
            *(
                batch.c[name]
                for name in (
                    "pay_date", "format_id", "prepared_by", "prepared_at", "file_sha256",
                    "file_key", "approved_by", "approved_at", "published_at",
                )
            ),
        )
        .join(batch, batch.c.batch_id == payment.c.batch_id)
        .where(payment.c.payment_id.in_(sorted({row.payment_id for row in links})))
        .order_by(batch.c.pay_date, payment.c.payment_id)
    )  # fmt: skip
    return list(connection.execute(query).all())


def _once(events: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    known = {(event["chain"], event["sequence"]): event for event in events}
    return sorted(
        known.values(), key=lambda one: (one["happened_at"], one["chain"], one["sequence"])
    )


def uses_before(
    database: Database, person_id: str, dossier_id: str, version: int
) -> tuple[CounterUse, ...]:
    """What a person had used of ceilings at the moment a version was priced.

    The audit trail says when each version was priced and where every dossier stood then; within
    one lot the earlier received one was priced first. A version that was never priced sees
    everything used so far.
    """
    uses, dossier = table("counter_use"), table("dossier")
    with database.reading() as connection:
        rows = connection.execute(
            select(uses, dossier.c.order_key)
            .join(dossier, dossier.c.dossier_id == uses.c.dossier_id)
            .where(uses.c.person_id == person_id)
            .order_by(uses.c.care_date, uses.c.dossier_id)
        ).all()
        own_key = connection.execute(
            select(dossier.c.order_key).where(dossier.c.dossier_id == dossier_id)
        ).scalar_one()
        ids = sorted({row.dossier_id for row in rows} | {dossier_id})
        events = _state_events(connection, ids)
    moment = _priced_at(events[dossier_id], version)
    found: list[CounterUse] = []
    for row in rows:
        if row.dossier_id == dossier_id:
            continue
        priced = (_priced_at(events[row.dossier_id], row.version), row.order_key)
        if priced < (moment, own_key) and _counts_at(events[row.dossier_id], row.version, moment):
            found.append(
                CounterUse(
                    row.person_id, row.counter, row.care_date, row.amount_minor, row.dossier_id,
                    row.version,
                )
            )  # fmt: skip
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Event:
    happened_at: str
    action: str
    version: int
    status: str


#: Later than any timestamp.
_NEVER = "9999"


def _state_events(connection: Connection, ids: Sequence[str]) -> dict[str, list[_Event]]:
    audit = table("audit_event")
    query = (
        select(
            audit.c.object_id, audit.c.happened_at, audit.c.action, audit.c.version, audit.c.after
        )
        .where(audit.c.object_kind == "dossier", audit.c.object_id.in_(list(ids)))
        .order_by(audit.c.happened_at, audit.c.chain, audit.c.sequence)
    )
    events: dict[str, list[_Event]] = {key: [] for key in ids}
    for row in connection.execute(query):
        status = row.after.rpartition("/")[2]
        events[row.object_id].append(_Event(row.happened_at, row.action, row.version, status))
    return events


def _priced_at(events: Sequence[_Event], version: int) -> str:
    moments = [one.happened_at for one in events if (one.action, one.version) == (_PRICED, version)]
    return moments[-1] if moments else _NEVER


def _counts_at(events: Sequence[_Event], version: int, moment: str) -> bool:
    """Whether a version's use counted at a moment: it was the present one and not given free."""
    before = [one for one in events if one.happened_at <= moment]
    if not before:
        return False
    return before[-1].status not in _FREED and max(one.version for one in before) == version
