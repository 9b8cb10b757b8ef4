"""Makes lots of the dossiers that wait, and lists what is left to do."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, or_, select, text

from infra.clock import now_text
from infra.database import Database
from infra.settings import Settings
from infra.stores.dossiers import DOSSIER
from models.records.all_tables import table
from models.stage import Status

#: Key of the advisory lock under which lots are made on PostgreSQL; any fixed number does.
LOT_LOCK = 7_261_301

LOT = table("lot")
#: What stands for the channel of a lot whose dossiers are only decided again.
DECIDED_AGAIN = "decided-again"
#: State of a lot that was taken through all its stages.
DONE = "done"


@dataclass(frozen=True, slots=True)
class LotRef:
    """A lot as its flow run is told of it: an id, a channel and a count, nothing personal."""

    lot_id: str
    day: dt.date
    sequence: int
    channel: str
    dossier_count: int

    @property
    def title(self) -> str:
        """The business name of the lot's run."""
        return f"lot {self.lot_id} · {self.channel} · {self.dossier_count}"


def make_lots(database: Database, settings: Settings, day: dt.date) -> list[LotRef]:
    """Put every waiting dossier into a lot of its channel, in the order of receipt.

    A second call finds nobody waiting and makes nothing.
    """
    with database.transaction() as connection:
        if database.is_postgresql:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({LOT_LOCK})"))
        waiting = connection.execute(
            select(DOSSIER.c.dossier_id, DOSSIER.c.channel)
            .where(DOSSIER.c.lot_id == "", DOSSIER.c.status == Status.IN_PROGRESS.value)
            .order_by(DOSSIER.c.order_key, DOSSIER.c.dossier_id)
        ).all()
        paper = [row.dossier_id for row in waiting if row.channel == "paper"]
        electronic = [row.dossier_id for row in waiting if row.channel != "paper"]
        lots: list[LotRef] = []
        for channel, ids, size in (
            ("electronic", electronic, settings.lot_size_electronic),
            ("paper", paper, settings.lot_size_paper),
        ):
            for start in range(0, len(ids), size):
                lots.append(
                    _make_lot(database, connection, day, channel, ids[start : start + size])
                )
    return lots


def make_lots_of(
    database: Database, settings: Settings, day: dt.date, dossier_ids: Sequence[str]
) -> list[LotRef]:
    """Put these dossiers, where they wait, into lots of their own, in the order given.

    Channels are not told apart: nothing is read anew from what is only decided again, and a
    family's dossiers are priced together.
    """
    with database.transaction() as connection:
        if database.is_postgresql:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({LOT_LOCK})"))
        waiting = {
            row.dossier_id
            for row in database.select_in(
                connection, DOSSIER, "dossier_id", dossier_ids,
                DOSSIER.c.lot_id == "", DOSSIER.c.status == Status.IN_PROGRESS.value,
            )
        }  # fmt: skip
        ids = [key for key in dossier_ids if key in waiting]
        size = settings.lot_size_electronic
        return [
            _make_lot(database, connection, day, DECIDED_AGAIN, ids[start : start + size])
            for start in range(0, len(ids), size)
        ]


def make_lot_of_one(database: Database, day: dt.date, dossier_id: str) -> LotRef | None:
    """Put one waiting dossier into a lot of its own; None when it does not wait."""
    with database.transaction() as connection:
        if database.is_postgresql:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({LOT_LOCK})"))
        channel = connection.execute(
            select(DOSSIER.c.channel).where(
                DOSSIER.c.dossier_id == dossier_id,
                DOSSIER.c.lot_id == "",
                DOSSIER.c.status == Status.IN_PROGRESS.value,
            )
        ).scalar_one_or_none()
        if channel is None:
            return None
        kind = channel if channel == "paper" else "electronic"
        return _make_lot(database, connection, day, kind, [dossier_id])


def _make_lot(
    database: Database, connection: Connection, day: dt.date, channel: str, ids: list[str]
) -> LotRef:
    last = connection.execute(
        select(func.coalesce(func.max(LOT.c.sequence), 0)).where(LOT.c.day == day)
    ).scalar_one()
    sequence = int(last) + 1
    lot_id = f"{day.isoformat()}/{sequence:03d}"
    database.insert_rows(
        connection,
        LOT,
        [
            {
                "lot_id": lot_id,
                "day": day,
                "sequence": sequence,
                "channel": channel,
                "dossier_count": len(ids),
                "state": "open",
                "created_at": now_text(),
            }
        ],
    )
    database.update_in(connection, DOSSIER, "dossier_id", ids, {"lot_id": lot_id})
    return LotRef(lot_id, day, sequence, channel, len(ids))


def unfinished_lots(database: Database, day: dt.date) -> list[LotRef]:
    """The lots of that day or earlier that hold a dossier in progress or were not closed yet.

    Oldest first. A run that was killed just before it closed its lot leaves no dossier in progress.
    """
    with database.reading() as connection:
        rows = connection.execute(
            select(LOT)
            .where(
                LOT.c.day <= day,
                or_(
                    LOT.c.state != DONE,
                    LOT.c.lot_id.in_(
                        select(DOSSIER.c.lot_id)
                        .where(DOSSIER.c.status == Status.IN_PROGRESS.value, DOSSIER.c.lot_id != "")
                        .distinct()
                    ),
                ),
            )
            .order_by(LOT.c.day, LOT.c.sequence)
        ).all()
    return [
        LotRef(row.lot_id, row.day, row.sequence, row.channel, row.dossier_count) for row in rows
    ]


def lot_of(database: Database, lot_id: str) -> LotRef:
    """The lot of that id."""
    with database.reading() as connection:
        row = connection.execute(select(LOT).where(LOT.c.lot_id == lot_id)).one()
    return LotRef(row.lot_id, row.day, row.sequence, row.channel, row.dossier_count)


def close_lot(database: Database, lot_id: str) -> None:
    """Mark a lot as taken through all its stages."""
    with database.transaction() as connection:
        connection.execute(LOT.update().where(LOT.c.lot_id == lot_id).values(state=DONE))
