"""Reads dossiers and what the stages left of them, for the dossiers of one chunk."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, and_, func, select

from infra.database import KEYS_PER_QUERY, Database, is_in
from models.dossier import Dossier
from models.finding import Finding, Signal
from models.outcome import CounterUse, PricedDossier, ValidatedDossier
from models.records.all_tables import table
from models.rows import (
    dossier_of,
    finding_of,
    group_by_dossier,
    priced_of,
    signal_of,
    validated_of,
)
from models.stage import Stage, Status

DOSSIER = table("dossier")
VERSION = table("dossier_version")
EXTRACTED = table("extracted_dossier")

#: States from which a dossier may be decided again without anybody having written: what is under
#: way decides itself, what is quarantined waits for a repair, what was refused or returned is out.
REOPENABLE = frozenset(
    {
        Status.IN_REVIEW.value,
        Status.UNDER_APPEAL.value,
        Status.SUSPENDED.value,
        Status.APPROVED.value,
        Status.PAID.value,
        Status.CLOSED_AT_ZERO.value,
    }
)


@dataclass(frozen=True, slots=True)
class Head:
    """Where a dossier stands: its version, the content it decides on, its channel and dates."""

    dossier_id: str
    version: int
    content_version: int
    version_reason: str
    public_number: str
    scheme: str
    currency: str
    channel: str
    agency: str
    region: str
    stage: str
    status: str
    lot_id: str
    deposit_date: dt.date
    receipt_date: dt.date
    scan_date: dt.date | None
    order_key: str
    household: str = ""

    @property
    def is_reopenable(self) -> bool:
        """Whether it may be decided again without anybody having written."""
        return self.status in REOPENABLE


def heads_where(connection: Connection, *conditions: Any) -> list[Head]:
    """The heads of the dossiers that meet the conditions, in the order of their receipt."""
    query = (
        select(
            DOSSIER.c.dossier_id,
            DOSSIER.c.version,
            VERSION.c.content_version,
            VERSION.c.reason,
            DOSSIER.c.public_number,
            DOSSIER.c.scheme,
            DOSSIER.c.currency,
            DOSSIER.c.channel,
            DOSSIER.c.agency,
            DOSSIER.c.region,
            DOSSIER.c.stage,
            DOSSIER.c.status,
            DOSSIER.c.lot_id,
            DOSSIER.c.deposit_date,
            DOSSIER.c.receipt_date,
            DOSSIER.c.scan_date,
            DOSSIER.c.order_key,
            func.coalesce(EXTRACTED.c.insured_number, ""),
        )
        .join(
            VERSION,
            and_(
                VERSION.c.dossier_id == DOSSIER.c.dossier_id,
                VERSION.c.version == DOSSIER.c.version,
            ),
        )
        .outerjoin(
            EXTRACTED,
            and_(
                EXTRACTED.c.dossier_id == DOSSIER.c.dossier_id,
                EXTRACTED.c.content_version == VERSION.c.content_version,
            ),
        )
        .where(*conditions)
        .order_by(DOSSIER.c.order_key, DOSSIER.c.dossier_id)
    )
    return [Head(*list[Any](row)) for row in connection.execute(query)]


def heads_at(connection: Connection, lot_id: str, stages: Sequence[Stage]) -> list[Head]:
    """The dossiers of a lot that are in progress and have passed exactly one of the stages."""
    return heads_where(
        connection,
        DOSSIER.c.lot_id == lot_id,
        DOSSIER.c.status == Status.IN_PROGRESS.value,
        DOSSIER.c.stage.in_([stage.value for stage in stages]),
    )


def rows_of_content(
    connection: Connection, name: str, heads: Sequence[Head], *order: str
) -> list[Any]:
    """Rows of a table keyed by content version, for the contents the heads decide on."""
    return _rows(
        connection, table(name), "content_version",
        [(head.dossier_id, head.content_version) for head in heads], order,
    )  # fmt: skip


def rows_of_version(
    connection: Connection, name: str, heads: Sequence[Head], *order: str
) -> list[Any]:
    """Rows of a table keyed by decision version, for the heads' current versions."""
    return _rows(
        connection, table(name), "version",
        [(head.dossier_id, head.version) for head in heads], order,
    )  # fmt: skip


def _rows(
    connection: Connection,
    source: Table,
    version_column: str,
    keys: Sequence[tuple[str, int]],
    order: Sequence[str],
) -> list[Any]:
    found: list[Any] = []
    wanted = dict(keys)
    for start in range(0, len(keys), KEYS_PER_QUERY):
        ids = [dossier_id for dossier_id, _ in keys[start : start + KEYS_PER_QUERY]]
        query = select(source).where(is_in(connection, source.c.dossier_id, ids))
        if order:
            query = query.order_by(*(source.c[name] for name in order))
        found.extend(
            row
            for row in connection.execute(query)
            if getattr(row, version_column) == wanted[row.dossier_id]
        )
    return found


def load_dossiers(connection: Connection, heads: Sequence[Head]) -> dict[str, Dossier]:
    """The extracted dossiers of the heads, by dossier id; without those not extracted yet."""
    lines = group_by_dossier(
        rows_of_content(connection, "extracted_line", heads, "dossier_id", "line_no")
    )
    by_id = {head.dossier_id: head for head in heads}
    return {
        row.dossier_id: dossier_of(
            by_id[row.dossier_id],
            row,
            lines.get(row.dossier_id, ()),
            by_id[row.dossier_id].version,
        )
        for row in rows_of_content(connection, "extracted_dossier", heads)
    }


def load_validated(connection: Connection, heads: Sequence[Head]) -> dict[str, ValidatedDossier]:
    """What validation left of the heads, by dossier id, without the findings."""
    return {
        row.dossier_id: validated_of(row)
        for row in rows_of_version(connection, "validated_dossier", heads)
    }


def load_priced(connection: Connection, heads: Sequence[Head]) -> dict[str, PricedDossier]:
    """What pricing left of the heads, by dossier id, without the findings."""
    lines = group_by_dossier(
        rows_of_version(connection, "priced_line", heads, "dossier_id", "line_no")
    )
    return {
        row.dossier_id: priced_of(row, lines.get(row.dossier_id, ()))
        for row in rows_of_version(connection, "priced_dossier", heads)
    }


def load_findings(connection: Connection, heads: Sequence[Head]) -> dict[str, tuple[Finding, ...]]:
    """All findings on the heads' current versions, by dossier id, in stage order."""
    rows = rows_of_version(connection, "finding", heads, "dossier_id", "sequence")
    rows.sort(key=lambda row: (row.dossier_id, Stage(row.stage).position, row.sequence))
    return {key: tuple(map(finding_of, group)) for key, group in group_by_dossier(rows).items()}


def load_signals(connection: Connection, heads: Sequence[Head]) -> dict[str, tuple[Signal, ...]]:
    """All fraud signals on the heads' current versions, by dossier id."""
    rows = rows_of_version(connection, "fraud_signal", heads, "dossier_id", "sequence")
    return {key: tuple(map(signal_of, group)) for key, group in group_by_dossier(rows).items()}


def load_counters(
    database: Database, connection: Connection, person_ids: Sequence[str]
) -> Mapping[str, tuple[CounterUse, ...]]:
    """What persons used of ceilings under the dossiers' current, not refused versions."""
    uses = table("counter_use")
    found: dict[str, list[CounterUse]] = {}
    wanted = sorted(set(person_ids))
    gone = [Status.REFUSED.value, Status.WITHDRAWN.value, Status.RETURNED.value]
    for start in range(0, len(wanted), KEYS_PER_QUERY):
        query = (
            select(uses)
            .join(
                DOSSIER,
                and_(
                    DOSSIER.c.dossier_id == uses.c.dossier_id,
                    DOSSIER.c.version == uses.c.version,
                ),
            )
            .where(
                is_in(connection, uses.c.person_id, wanted[start : start + KEYS_PER_QUERY]),
                DOSSIER.c.status.not_in(gone),
            )
            .order_by(uses.c.person_id, uses.c.care_date, uses.c.dossier_id)
        )
        for row in connection.execute(query):
            use = CounterUse(
                row.person_id,
                row.counter,
                row.care_date,
                row.amount_minor,
                row.dossier_id,
                row.version,
                row.rank,
            )
            found.setdefault(row.person_id, []).append(use)
    return {key: tuple(group) for key, group in found.items()}


def load_paid(connection: Connection, dossier_ids: Sequence[str]) -> dict[str, int]:
    """What was already paid on each dossier, over all its versions, in minor units."""
    links = table("payment_obligation")
    payments = table("payment")
    paid: dict[str, int] = {}
    for start in range(0, len(dossier_ids), KEYS_PER_QUERY):
        query = (
            select(links.c.dossier_id, func.sum(links.c.amount_minor))
            .join(payments, payments.c.payment_id == links.c.payment_id)
            .where(
                links.c.dossier_id.in_(list(dossier_ids[start : start + KEYS_PER_QUERY])),
                links.c.is_live,
                payments.c.state.in_(["sent", "accepted", "settled"]),
            )
            .group_by(links.c.dossier_id)
        )
        paid.update({key: int(amount) for key, amount in connection.execute(query)})
    return paid
