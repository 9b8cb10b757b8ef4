"""Joins paper that names an electronic care sheet to the dossier of that sheet: never paid twice.

The electronic record says what is asked. The paper dossier is withdrawn into it; where the
electronic one still waits for something, the pieces open its next version. Paper whose record is
not there yet waits, and is joined by the first lot after the record's arrival.
"""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from infra.audit import append_events
from infra.database import Database
from infra.stores.contents import carry_pages, carry_rows, content_rows
from infra.stores.decision_versions import next_content, write_version
from infra.stores.dossiers import DOSSIER, Head, heads_where
from infra.stores.review_tasks import close_overtaken, lock_with_tasks
from models.audit import AuditEvent
from models.records.all_tables import table
from models.review_task import READING
from models.stage import Stage, Status, VersionReason

#: What keeps such paper waiting; the task of it has this reason alone.
WAITS = "FSE_ATTENDUE"
FSE_NUMBER = "fse_number"
PAPER = "paper"
#: States in which pieces open a version; in any other the decision stands and they are kept.
TAKES_PIECES = frozenset({Status.RETURNED.value, Status.SUSPENDED.value, Status.IN_REVIEW.value})
#: States in which a run works on the record: only the run whose lot it is in may touch it.
UNDER_WAY = frozenset({Status.IN_PROGRESS.value, Status.QUARANTINED.value})
_TASK = table("review_task")
_EVIDENCE = table("field_evidence")


@dataclass(frozen=True, slots=True)
class LinkHand:
    """Who joins, on which day, at which moment (ISO text, UTC), and in which lot's chain."""

    actor: str
    day: dt.date
    at: str
    chain: str
    lot_id: str


def join_fse_paper(database: Database, hand: LinkHand) -> int:
    """Join all paper that waits for an electronic record which is there now; return how many."""
    with database.transaction() as connection:
        numbers = _waiting(database, connection)
        if not numbers:
            return 0
        records = {
            row.public_number: row.dossier_id
            for row in database.select_in(
                connection, DOSSIER, "public_number", sorted(set(numbers.values()))
            )
            if row.channel != PAPER
        }
        pairs = [
            (paper_id, records[number])
            for paper_id, number in sorted(numbers.items())
            if number in records
        ]
        return sum(_join(database, connection, pair, hand) for pair in pairs)


def _waiting(database: Database, connection: Connection) -> dict[str, str]:
    """Paper dossiers that wait for their electronic record, with its number."""
    tasks = connection.execute(
        select(_TASK.c.dossier_id).where(
            _TASK.c.state == "open", _TASK.c.kind == READING, _TASK.c.reasons == WAITS
        )
    ).scalars()
    heads = {
        head.dossier_id: head
        for head in _heads(connection, sorted(set(tasks)))
        if head.status == Status.IN_REVIEW.value
    }
    rows = database.select_in(
        connection, _EVIDENCE, "dossier_id", sorted(heads), _EVIDENCE.c.field == FSE_NUMBER
    )
    return {
        row.dossier_id: row.value
        for row in rows
        if row.content_version == heads[row.dossier_id].content_version
    }


def _heads(connection: Connection, ids: Sequence[str]) -> list[Head]:
    return heads_where(connection, DOSSIER.c.dossier_id.in_(ids)) if ids else []


def _join(
    database: Database, connection: Connection, pair: tuple[str, str], hand: LinkHand
) -> bool:
    """Join one paper dossier.

    False when its record is under way in another run, or the desk answered the paper meanwhile.
    """
    lock_with_tasks(connection, pair)
    by_id = {head.dossier_id: head for head in _heads(connection, pair)}
    paper, record = by_id[pair[0]], by_id[pair[1]]
    if paper.status != Status.IN_REVIEW.value:
        return False
    is_at_hand = record.lot_id == hand.lot_id and record.stage == Stage.EXTRACTION.value
    if record.status in UNDER_WAY and not is_at_hand:
        return False
    events = [
        AuditEvent(
            hand.chain, hand.actor, "joined", hand.at, "dossier", paper.dossier_id, paper.version,
            f"{paper.stage}/{paper.status}", f"{paper.stage}/{Status.WITHDRAWN.value}",
            record.dossier_id,
        )
    ]  # fmt: skip
    if record.status in TAKES_PIECES | UNDER_WAY:
        events.append(_open_version(database, connection, paper, record, hand))
    connection.execute(
        DOSSIER.update()
        .where(DOSSIER.c.dossier_id == paper.dossier_id)
        .values(status=Status.WITHDRAWN.value)
    )
    signed = {"chain": hand.chain, "actor": hand.actor, "at": hand.at}
    close_overtaken(database, connection, [paper.dossier_id], **signed)
    append_events(database, connection, events)
    return True


def _open_version(
    database: Database, connection: Connection, paper: Head, record: Head, hand: LinkHand
) -> AuditEvent:
    """The record's fields stay as they are; its pieces are counted with those on paper."""
    content, version = next_content(connection, record.dossier_id), record.version + 1
    target = (record.dossier_id, content)
    (extracted,) = content_rows(connection, "extracted_dossier", record)
    found = content_rows(connection, "extracted_dossier", paper)
    pieces = merged_pieces(extracted["pieces"], found[0]["pieces"] if found else "[]")
    whole = {**extracted, "pieces": pieces}
    carry_rows(database, connection, "extracted_dossier", [whole], target)
    lines = content_rows(connection, "extracted_line", record)
    carry_rows(database, connection, "extracted_line", lines, target)
    carry_pages(database, connection, paper, target)
    link = [
        {**row, "is_doubtful": False}
        for row in content_rows(connection, "field_evidence", paper)
        if row["field"] == FSE_NUMBER
    ]
    carry_rows(database, connection, "field_evidence", link, target)
    opened = (record.dossier_id, version, content)
    reason = VersionReason.COMPLEMENT
    write_version(database, connection, opened, reason, by=hand.actor, on=hand.day)
    signed = {"chain": hand.chain, "actor": hand.actor, "at": hand.at}
    close_overtaken(database, connection, [record.dossier_id], **signed)
    connection.execute(
        DOSSIER.update()
        .where(DOSSIER.c.dossier_id == record.dossier_id)
        .values(
            version=version,
            stage=Stage.EXTRACTION.value,
            status=Status.IN_PROGRESS.value,
            lot_id=hand.lot_id,
        )
    )
    return AuditEvent(
        hand.chain, hand.actor, "version_opened", hand.at, "dossier", record.dossier_id, version,
        f"{record.stage}/{record.status}",
        f"{Stage.EXTRACTION.value}/{Status.IN_PROGRESS.value}", paper.dossier_id,
    )  # fmt: skip


def merged_pieces(electronic: str, paper: str) -> str:
    """The pieces of both, kind by kind: the larger count, so that a copy is no second piece."""
    merged: dict[str, list[Any]] = {}
    for kind, count, name in (*json.loads(electronic), *json.loads(paper)):
        known = merged.setdefault(kind, [kind, count, name])
        known[1] = max(known[1], count)
    return json.dumps(list(merged.values()))
