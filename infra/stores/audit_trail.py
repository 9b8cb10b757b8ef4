"""Seals, verifies and exports the audit trail."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, or_, select

from infra.clock import now_text
from infra.database import Database
from infra.storage import Storage
from models.audit import GENESIS, AuditEvent, hash_event
from models.errors import StorageError
from models.records.all_tables import table

AUDIT = table("audit_event")
HEAD = table("audit_head")
SEAL = table("day_seal")

#: Rows read from the database at once while a chain is verified.
ROWS_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class AuditFault:
    """One place where the trail does not verify: which chain, which row, what is wrong."""

    chain: str
    sequence: int
    problem: str


def seal_key(day: dt.date) -> str:
    """The object key of a day's seal."""
    return f"seals/{day.isoformat()}.json"


def seal_day(database: Database, storage: Storage, day: dt.date) -> str:
    """Seal a day: tie every chain's head and count to the seal before; return the seal.

    The last day sealed is sealed anew when chains grew since; a seal with a later one after it
    stays as it is, because the later one already covers every chain.
    """
    with database.transaction() as connection:
        later = connection.execute(
            select(SEAL.c.seal).where(SEAL.c.day > day).order_by(SEAL.c.day).limit(1)
        ).one_or_none()
        if later is not None:
            return str(later.seal)
        heads = [
            [row.chain, row.event_count, row.head_hash]
            for row in connection.execute(select(HEAD).order_by(HEAD.c.chain))
        ]
        before = connection.execute(
            select(SEAL).where(SEAL.c.day < day).order_by(SEAL.c.day.desc()).limit(1)
        ).one_or_none()
        previous = before.seal if before else GENESIS
        sequence = before.sequence + 1 if before else 1
        seal = seal_of(previous, day, heads)
        document = {
            "day": day.isoformat(),
            "sequence": sequence,
            "previous_seal": previous,
            "heads": heads,
            "seal": seal,
        }
        storage.put(seal_key(day), json.dumps(document, indent=1).encode())
        connection.execute(SEAL.delete().where(SEAL.c.day == day))
        database.insert_rows(
            connection,
            SEAL,
            [
                {
                    "day": day,
                    "sequence": sequence,
                    "heads": json.dumps(heads),
                    "previous_seal": previous,
                    "seal": seal,
                    "storage_key": seal_key(day),
                    "sealed_at": now_text(),
                }
            ],
        )
    return seal


def seal_of(previous: str, day: dt.date, heads: Sequence[Sequence[Any]]) -> str:
    """The SHA-256 over the seal before, the day and the heads."""
    text = json.dumps([previous, day.isoformat(), heads], separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def verify(database: Database, storage: Storage) -> list[AuditFault]:
    """Every place where the trail does not verify; an empty list is a trail nobody touched."""
    faults: list[AuditFault] = []
    hashes: dict[tuple[str, int], str] = {}
    with database.reading() as connection:
        seals = connection.execute(select(SEAL).order_by(SEAL.c.day)).all()
        wanted = {
            (chain, count) for row in seals for chain, count, _ in json.loads(row.heads) if count
        }
        heads = {row.chain: row for row in connection.execute(select(HEAD))}
        chains = set(connection.execute(select(AUDIT.c.chain).distinct()).scalars())
        for chain in sorted(chains | set(heads)):
            faults.extend(_verify_chain(connection, chain, heads.get(chain), wanted, hashes))
    for row in seals:
        faults.extend(_verify_seal(storage, row, hashes))
    faults.extend(_verify_seal_order(seals))
    return faults


def _verify_chain(
    connection: Connection,
    chain: str,
    head: Any,
    wanted: set[tuple[str, int]],
    hashes: dict[tuple[str, int], str],
) -> Iterator[AuditFault]:
    previous, count = GENESIS, 0
    for row in _chain_rows(connection, chain):
        count += 1
        if row.sequence != count:
            yield AuditFault(chain, count, "row is missing")
            count = row.sequence
        if row.previous_hash != previous:
            yield AuditFault(chain, row.sequence, "row does not follow the one before it")
        current = hash_event(row.previous_hash, row.sequence, event_of(row))
        if current != row.hash:
            yield AuditFault(chain, row.sequence, "row was changed")
        if (chain, count) in wanted:
            hashes[chain, count] = row.hash
        previous = row.hash
    if head is None:
        yield AuditFault(chain, count, "chain has no head")
    elif head.event_count != count:
        yield AuditFault(chain, count + 1, f"chain was cut off: {head.event_count} events expected")
    elif head.head_hash != previous:
        yield AuditFault(chain, count, "head does not match the last row")


def _chain_rows(connection: Connection, chain: str) -> Iterator[Any]:
    last = 0
    while True:
        rows = connection.execute(
            select(AUDIT)
            .where(AUDIT.c.chain == chain, AUDIT.c.sequence > last)
            .order_by(AUDIT.c.sequence)
            .limit(ROWS_AT_ONCE)
        ).all()
        yield from rows
        if len(rows) < ROWS_AT_ONCE:
            return
        last = rows[-1].sequence


def event_of(row: Any) -> AuditEvent:
    """An audit event from its row."""
    return AuditEvent(
        row.chain, row.actor, row.action, row.happened_at, row.object_kind, row.object_id,
        row.version, row.before, row.after, row.detail,
    )  # fmt: skip


def _verify_seal(
    storage: Storage, row: Any, hashes: dict[tuple[str, int], str]
) -> Iterator[AuditFault]:
    name = f"seal:{row.day.isoformat()}"
    heads = json.loads(row.heads)
    if seal_of(row.previous_seal, row.day, heads) != row.seal:
        yield AuditFault(name, row.sequence, "seal does not match its heads")
    try:
        kept = json.loads(storage.get(row.storage_key))
    except StorageError:
        yield AuditFault(name, row.sequence, "seal is missing in the object store")
    else:
        if kept["seal"] != row.seal or kept["heads"] != heads:
            yield AuditFault(name, row.sequence, "seal differs from the one in the object store")
    for chain, count, head in heads:
        if count and hashes.get((chain, count)) != head:
            yield AuditFault(chain, count, f"row differs from the one sealed on {row.day}")


def _verify_seal_order(seals: Sequence[Any]) -> Iterator[AuditFault]:
    previous = GENESIS
    for number, row in enumerate(seals, start=1):
        if row.sequence != number or row.previous_seal != previous:
            yield AuditFault(
                f"seal:{row.day.isoformat()}", row.sequence, "seal before it is missing or changed"
            )
        previous = row.seal


def export(database: Database, object_id: str) -> list[dict[str, Any]]:
    """The whole history of one dossier, payment or batch as plain values, oldest first."""
    with database.reading() as connection:
        rows = connection.execute(
            select(AUDIT)
            .where(or_(AUDIT.c.object_id == object_id, AUDIT.c.detail == object_id))
            .order_by(AUDIT.c.happened_at, AUDIT.c.chain, AUDIT.c.sequence)
        ).all()
    return [dict(row._mapping) for row in rows]
