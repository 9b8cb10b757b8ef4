"""Writes the audit trail: events are appended to their chain in the transaction of the change."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from infra.database import Database
from models.audit import GENESIS, AuditEvent, hash_event
from models.records.operation import AuditHead, AuditRow

_EVENTS = AuditRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it to table classes
_HEADS = AuditHead.__table__  # type: ignore[attr-defined]

_NAMES = (
    "chain",
    "sequence",
    "actor",
    "action",
    "happened_at",
    "object_kind",
    "object_id",
    "version",
    "before",
    "after",
    "detail",
    "previous_hash",
    "hash",
)


def append_events(database: Database, connection: Connection, events: Sequence[AuditEvent]) -> None:
    """Append events to their chains; the chain's head row is locked until the transaction ends."""
    chains: dict[str, list[AuditEvent]] = {}
    for event in events:
        chains.setdefault(event.chain, []).append(event)
    for chain in sorted(chains):
        _append_to_chain(database, connection, chain, chains[chain])


def _append_to_chain(
    database: Database, connection: Connection, chain: str, events: Sequence[AuditEvent]
) -> None:
    database.insert_new(
        connection, _HEADS, [{"chain": chain, "event_count": 0, "head_hash": GENESIS}]
    )
    head = connection.execute(select(_HEADS).where(_HEADS.c.chain == chain).with_for_update()).one()
    count, previous = head.event_count, head.head_hash
    rows: list[tuple[Any, ...]] = []
    for event in events:
        count += 1
        current = hash_event(previous, count, event)
        rows.append(
            (
                chain,
                count,
                event.actor,
                event.action,
                event.happened_at,
                event.object_kind,
                event.object_id,
                event.version,
                event.before,
                event.after,
                event.detail,
                previous,
                current,
            )
        )
        previous = current
    database.insert_tuples(connection, _EVENTS, _NAMES, rows)
    connection.execute(
        _HEADS.update().where(_HEADS.c.chain == chain).values(event_count=count, head_hash=previous)
    )
