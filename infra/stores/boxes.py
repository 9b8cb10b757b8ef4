"""Boxes of paper originals: what lies in them, until when they are kept, that they are gone.

A box may be destroyed when its rule's years are over since the last of its dossiers was decided,
and none of its dossiers still waits for anybody.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, or_, select

from infra.audit import append_events
from infra.database import Database
from infra.stores.envelopes import BOX, DOSSIER, ENVELOPE, PART
from models.audit import AuditEvent
from models.errors import UsageError
from models.records.all_tables import table
from models.stage import Status

FILE = table("dossier_file")
KEPT, DESTROYED = "kept", "destroyed"
#: States in which nobody waits for a dossier's papers any more.
ENDED = (
    Status.PAID.value,
    Status.CLOSED_AT_ZERO.value,
    Status.REFUSED.value,
    Status.WITHDRAWN.value,
)

#: The first day on which originals last needed on a day may be destroyed.
Retention = Callable[[dt.date], dt.date]


@dataclass(frozen=True, slots=True)
class BoxState:
    """A box: its envelopes, its dossiers, how many of them still wait, from when it may go."""

    box_id: str
    opened_on: dt.date
    rule: str
    destroy_on: dt.date
    state: str
    envelope_count: int
    dossier_count: int
    waiting_count: int

    def is_due(self, day: dt.date) -> bool:
        """Whether its originals may be destroyed on a day."""
        return self.state == KEPT and not self.waiting_count and self.destroy_on <= day


@dataclass(frozen=True, slots=True)
class Hand:
    """Who does it, on which business day and at which moment (ISO text, UTC)."""

    by: str
    day: dt.date
    at: str


def put_in_box(
    database: Database,
    box_id: str,
    envelope_ids: Sequence[str],
    rule: str,
    keeps: Retention,
    hand: Hand,
) -> BoxState:
    """Put envelopes into a box, which is opened when it is new.

    Raises:
        UsageError: when the box is gone, an envelope is unknown or lies in another box.
    """
    with database.transaction() as connection:
        box = _box(connection, box_id)
        if box is not None and box.state != KEPT:
            raise UsageError("this box was destroyed; take a new one")
        if box is not None and box.rule != rule:
            raise UsageError(f"this box is kept under the rule {box.rule}; take another box")
        rows = database.select_in(connection, ENVELOPE, "envelope_id", envelope_ids)
        if len(rows) != len(set(envelope_ids)) or not rows:
            raise UsageError("no such envelope; name the public numbers of dossiers, or a day")
        if any(row.box_id not in ("", box_id) for row in rows):
            raise UsageError("an envelope lies in another box already")
        if box is None:
            row = {
                "box_id": box_id, "opened_on": hand.day, "rule": rule,
                "destroy_on": keeps(hand.day), "state": KEPT, "destroyed_on": None,
                "destroyed_by": "",
            }  # fmt: skip
            database.insert_rows(connection, BOX, [row])
        database.update_in(
            connection, ENVELOPE, "envelope_id", list(envelope_ids), {"box_id": box_id}
        )
        found = _state(connection, _box(connection, box_id), keeps)
        connection.execute(
            BOX.update().where(BOX.c.box_id == box_id).values(destroy_on=found.destroy_on)
        )
        events = [
            _event(hand, "boxed", "envelope", row.envelope_id, (row.box_id, box_id)) for row in rows
        ]
        append_events(database, connection, events)
        return found


def list_boxes(
    database: Database, retention: Callable[[str], Retention], due_on: dt.date | None = None
) -> list[BoxState]:
    """All boxes, or those whose originals may be destroyed on a day."""
    with database.reading() as connection:
        rows = connection.execute(select(BOX).order_by(BOX.c.box_id)).all()
        found = [_state(connection, row, retention(row.rule)) for row in rows]
    return [one for one in found if due_on is None or one.is_due(due_on)]


def note_destroyed(database: Database, box_id: str, keeps: Retention, hand: Hand) -> None:
    """Record that the originals of a box were destroyed.

    Raises:
        UsageError: when there is no such box, or it may not be destroyed yet.
    """
    with database.transaction() as connection:
        box = _box(connection, box_id)
        if box is None or box.state != KEPT:
            raise UsageError("no box of that name is kept")
        found = _state(connection, box, keeps)
        if not found.is_due(hand.day):
            raise UsageError(
                f"this box is kept until {found.destroy_on}, and {found.waiting_count} of its "
                "dossiers still wait; nothing was recorded"
            )
        connection.execute(
            BOX.update()
            .where(BOX.c.box_id == box_id)
            .values(
                state=DESTROYED,
                destroyed_on=hand.day,
                destroyed_by=hand.by,
                destroy_on=found.destroy_on,
            )
        )
        event = _event(hand, "originals_destroyed", "box", box_id, (KEPT, DESTROYED))
        append_events(database, connection, [event])


def _box(connection: Connection, box_id: str) -> Any:
    query = select(BOX).where(BOX.c.box_id == box_id).with_for_update()
    return connection.execute(query).one_or_none()


def _state(connection: Connection, box: Any, keeps: Retention) -> BoxState:
    """A box as its dossiers stand now; a dossier joined on the desk counts by its pages."""
    envelopes = select(ENVELOPE.c.envelope_id).where(ENVELOPE.c.box_id == box.box_id)
    files = select(ENVELOPE.c.sha256).where(ENVELOPE.c.box_id == box.box_id)
    in_box = or_(
        DOSSIER.c.dossier_id.in_(
            select(PART.c.dossier_id).where(PART.c.envelope_id.in_(envelopes))
        ),
        DOSSIER.c.dossier_id.in_(select(FILE.c.dossier_id).where(FILE.c.sha256.in_(files))),
    )
    query = select(
        DOSSIER.c.status,
        func.count(),
        func.max(func.coalesce(DOSSIER.c.decision_date, DOSSIER.c.receipt_date)),
    ).where(in_box)
    rows = connection.execute(query.group_by(DOSSIER.c.status)).all()
    last = max((row[2] for row in rows), default=box.opened_on)
    return BoxState(
        box_id=box.box_id,
        opened_on=box.opened_on,
        rule=box.rule,
        destroy_on=keeps(max(last, box.opened_on)),
        state=box.state,
        envelope_count=len(connection.execute(envelopes).all()),
        dossier_count=sum(row[1] for row in rows),
        waiting_count=sum(row[1] for row in rows if row[0] not in ENDED),
    )


def _event(hand: Hand, action: str, kind: str, key: str, change: tuple[str, str]) -> AuditEvent:
    before, after = change
    return AuditEvent(
        f"desk:{hand.day.isoformat()}", hand.by, action, hand.at, kind, key, 0, before, after, ""
    )
