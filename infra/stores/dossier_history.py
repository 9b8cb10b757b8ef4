"""Reads everything that is kept about one dossier: every version, payment and audit event."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, or_, select

from infra.database import Database
from infra.stores.audit_trail import export
from infra.stores.envelopes import paper_of
from models.errors import UnknownDossier
from models.records.all_tables import table

#: Tables with the dossier's id in them, and the order in which their rows are told.
_ORDERS: Mapping[str, tuple[str, ...]] = {
    "dossier_version": ("version",),
    "submission": ("received_at", "part"),
    "dossier_file": ("content_version", "file_no"),
    "page_reading": ("content_version", "page_no"),
    "archived_document": ("content_version",),
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
        rows["paper"] = paper_of(connection, dossier_id)
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
