"""The balance of a day, counted twice: from the audit trail's movements and from today's states."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import and_, func, select

from infra.database import Database
from infra.stores.dossiers import DOSSIER
from models.records.all_tables import table
from models.stage import EXIT_STATUSES, Status

AUDIT = table("audit_event")
PRICED = table("priced_dossier")
SUBMISSION = table("submission")
BALANCE = table("day_balance")

EXITS = tuple(sorted(status.value for status in EXIT_STATUSES))
CLOSING = tuple(sorted(status.value for status in Status if status not in EXIT_STATUSES))


@dataclass(frozen=True, slots=True)
class Part:
    """A number of dossiers with what they ask and what is due, in minor units where known."""

    dossier_count: int = 0
    asked_minor: int = 0
    due_minor: int = 0

    def __add__(self, other: "Part") -> "Part":
        return Part(
            self.dossier_count + other.dossier_count,
            self.asked_minor + other.asked_minor,
            self.due_minor + other.due_minor,
        )

    def __neg__(self) -> "Part":
        return Part(-self.dossier_count, -self.asked_minor, -self.due_minor)


@dataclass(frozen=True, slots=True)
class DayBalance:
    """Opening stock + received + reopened + restated = what left + closing stock.

    ``restated`` has no dossiers: it is the change in amounts where a new version replaced an
    older one while the dossier was in stock. Duplicates and intake refusals stand apart.
    """

    day: dt.date
    opening: Part
    received: Part
    reopened: Part
    restated: Part
    exits: Mapping[str, Part]
    closing: Mapping[str, Part]
    duplicates: int
    intake_refused: int

    @property
    def is_balanced(self) -> bool:
        """Whether both counts agree, in dossiers and in amounts."""
        came = self.opening + self.received + self.reopened + self.restated
        went = _total(self.exits.values()) + _total(self.closing.values())
        return came == went


def _total(parts: Iterable[Part]) -> Part:
    total = Part()
    for part in parts:
        total = total + part
    return total


def day_balance(database: Database, day: dt.date) -> DayBalance:
    """Count a day's balance; amounts are as known now, also those of the opening stock."""
    opening, received, reopened, restated = Part(), Part(), Part(), Part()
    exits = {name: Part() for name in EXITS}
    text = day.isoformat()
    for chain_day, before, after, part, version_change in _movements(database):
        if chain_day > text:
            continue
        is_today = chain_day == text
        was_in, is_in = _in_stock(before), _in_stock(after)
        if not was_in and is_in:
            if not is_today:
                opening = opening + part
            elif before == "":
                received = received + part
            else:
                reopened = reopened + part
        elif was_in and not is_in:
            if is_today:
                exits[after] = exits[after] + part
            else:
                opening = opening + -part
        elif was_in and is_in and version_change != Part():
            if is_today:
                restated = restated + version_change
            else:
                opening = opening + version_change
    duplicates, refused = _answers(database, day)
    return DayBalance(
        day, opening, received, reopened, restated, exits, _closing(database), duplicates, refused
    )


def _in_stock(status: str) -> bool:
    return status != "" and status not in EXITS


def _movements(database: Database) -> list[tuple[str, str, str, Part, Part]]:
    """(day, status before, status after, amounts, change by a new version) a kind of event."""
    old = PRICED.alias("old")
    is_new_version = AUDIT.c.action == "version_opened"
    query = (
        select(
            AUDIT.c.chain,
            AUDIT.c.before,
            AUDIT.c.after,
            is_new_version.label("is_new"),
            func.count(),
            func.coalesce(func.sum(PRICED.c.asked_minor), 0),
            func.coalesce(func.sum(PRICED.c.due_minor), 0),
            func.coalesce(func.sum(old.c.asked_minor), 0),
            func.coalesce(func.sum(old.c.due_minor), 0),
        )
        .outerjoin(
            PRICED,
            and_(PRICED.c.dossier_id == AUDIT.c.object_id, PRICED.c.version == AUDIT.c.version),
        )
        .outerjoin(
            old,
            and_(
                old.c.dossier_id == AUDIT.c.object_id,
                old.c.version == AUDIT.c.version - 1,
                is_new_version,
            ),
        )
        .where(AUDIT.c.object_kind == "dossier")
        .group_by(AUDIT.c.chain, AUDIT.c.before, AUDIT.c.after, is_new_version)
    )
    with database.reading() as connection:
        rows = connection.execute(query).all()
    moves: list[tuple[str, str, str, Part, Part]] = []
    for chain, before, after, is_new, count, asked, due, old_asked, old_due in rows:
        part = Part(int(count), int(asked), int(due))
        change = Part(0, int(asked) - int(old_asked), int(due) - int(old_due))
        moves.append(
            (
                chain.split(":", 1)[1][:10],
                before.rpartition("/")[2],
                after.rpartition("/")[2],
                part,
                change if is_new else Part(),
            )
        )
    return moves


def _closing(database: Database) -> dict[str, Part]:
    query = (
        select(
            DOSSIER.c.status,
            func.count(),
            func.coalesce(func.sum(PRICED.c.asked_minor), 0),
            func.coalesce(func.sum(PRICED.c.due_minor), 0),
        )
        .outerjoin(
            PRICED,
            and_(
                PRICED.c.dossier_id == DOSSIER.c.dossier_id,
                PRICED.c.version == DOSSIER.c.version,
            ),
        )
        .where(DOSSIER.c.status.not_in(EXITS))
        .group_by(DOSSIER.c.status)
    )
    parts = {name: Part() for name in CLOSING}
    with database.reading() as connection:
        for status, count, asked, due in connection.execute(query):
            parts[status] = Part(int(count), int(asked), int(due))
    return parts


def _answers(database: Database, day: dt.date) -> tuple[int, int]:
    query = (
        select(SUBMISSION.c.answer, func.count())
        .where(SUBMISSION.c.business_day == day)
        .group_by(SUBMISSION.c.answer)
    )
    with database.reading() as connection:
        counts = {answer: int(count) for answer, count in connection.execute(query)}
    return counts.get("duplicate", 0), counts.get("refused", 0)


def has_later_day(database: Database, day: dt.date) -> bool:
    """Whether dossiers already moved on a later day: this one's balance is then history."""
    query = select(AUDIT.c.chain).where(AUDIT.c.object_kind == "dossier").distinct()
    with database.reading() as connection:
        chains = connection.execute(query).scalars().all()
    return any(chain.split(":", 1)[1][:10] > day.isoformat() for chain in chains)


def keep_balance(database: Database, balance: DayBalance) -> None:
    """Keep a day's balance, in place of an earlier one of the same day."""
    parts = {
        "opening": balance.opening,
        "received": balance.received,
        "reopened": balance.reopened,
        "restated": balance.restated,
        **{f"exit:{name}": part for name, part in balance.exits.items()},
        **{f"closing:{name}": part for name, part in balance.closing.items()},
        "apart:duplicates": Part(balance.duplicates),
        "apart:intake_refused": Part(balance.intake_refused),
    }
    with database.transaction() as connection:
        connection.execute(BALANCE.delete().where(BALANCE.c.day == balance.day))
        database.insert_rows(
            connection,
            BALANCE,
            [
                {
                    "day": balance.day,
                    "part": name,
                    "dossier_count": part.dossier_count,
                    "asked_minor": part.asked_minor,
                    "due_minor": part.due_minor,
                }
                for name, part in parts.items()
            ],
        )
