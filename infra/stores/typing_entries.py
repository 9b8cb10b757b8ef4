"""What colleagues keyed in typing mode: kept until it is settled, measured for good."""

import datetime as dt
import json
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, or_, select

from infra.database import Database
from models.desk import Account, Role
from models.records.all_tables import table
from models.typing import Effort, Keyed, TypingFigures

TYPING = table("typing_entry")
#: A pass that waits for another colleague; one whose amounts were accepted; one that fell away.
WAITING, SETTLED, DROPPED = "waiting", "settled", "dropped"
#: Who may settle amounts that two colleagues typed differently.
SETTLERS = frozenset({Role.APPROVER, Role.SUPERVISOR})
_EMPTIED = {"typed_values": "", "typed_money": ""}


@dataclass(frozen=True, slots=True)
class Typed:
    """The version of a dossier that was typed, on which day."""

    task_id: str
    dossier_id: str
    version: int
    content_version: int
    day: dt.date


def waiting_entries(connection: Connection, task_id: str) -> tuple[Keyed, ...]:
    """The passes over a task's dossier that wait to be settled, in their order."""
    rows = connection.execute(
        select(TYPING)
        .where(TYPING.c.task_id == task_id, TYPING.c.state == WAITING)
        .order_by(TYPING.c.pass_no)
    )
    return tuple(
        Keyed(
            row.pass_no, row.typed_by, row.typed_at, json.loads(row.typed_values),
            json.loads(row.typed_money),
        )
        for row in rows
    )  # fmt: skip


def write_entry(
    database: Database, connection: Connection, typed: Typed, keyed: Keyed, effort: Effort
) -> None:
    """Keep a pass; the same pass over the same version is refused by its unique key."""
    row = {
        "task_id": typed.task_id, "dossier_id": typed.dossier_id, "version": typed.version,
        "content_version": typed.content_version, "pass_no": keyed.pass_no,
        "typed_by": keyed.typed_by, "typed_at": keyed.typed_at, "typed_on": typed.day,
        "state": WAITING, "field_count": effort.fields, "keystrokes": effort.keystrokes,
        "seconds": effort.seconds, "typed_values": json.dumps(dict(keyed.values)),
        "typed_money": json.dumps(dict(keyed.money)),
    }  # fmt: skip
    database.insert_rows(connection, TYPING, [row])


def settle_entries(connection: Connection, task_id: str) -> None:
    """Settle the waiting passes of a task: its amounts are accepted and stand elsewhere."""
    connection.execute(
        TYPING.update()
        .where(TYPING.c.task_id == task_id, TYPING.c.state == WAITING)
        .values(state=SETTLED, **_EMPTIED)
    )


def drop_entries(database: Database, connection: Connection, task_ids: Iterable[str]) -> None:
    """Let the waiting passes of tasks fall away that were answered or overtaken."""
    waiting = database.select_in(connection, TYPING, "task_id", task_ids, TYPING.c.state == WAITING)
    ids = [row.task_id for row in waiting]
    # Of one task all passes wait or none does: they are settled together.
    database.update_in(connection, TYPING, "task_id", ids, {"state": DROPPED, **_EMPTIED})


def waiting_task_ids() -> Any:
    """The query of the tasks that wait for another colleague to type."""
    return select(TYPING.c.task_id).where(TYPING.c.state == WAITING)


def not_for(account: Account, task_id: Any) -> Any:
    """The condition that a colleague may not type a task next.

    They typed it already, or two others differ and this colleague may not settle it.
    """
    waiting = select(TYPING.c.entry_id).where(
        TYPING.c.task_id == task_id, TYPING.c.state == WAITING
    )
    own = waiting.where(TYPING.c.typed_by == account.login).exists()
    if account.may(SETTLERS):
        return own
    return or_(own, waiting.where(TYPING.c.pass_no == 2).exists())


def passes_waiting(connection: Connection, task_ids: list[str]) -> Mapping[str, int]:
    """How many passes wait on each of some tasks."""
    rows = connection.execute(
        select(TYPING.c.task_id, func.count())
        .where(TYPING.c.task_id.in_(task_ids), TYPING.c.state == WAITING)
        .group_by(TYPING.c.task_id)
    )
    return {task_id: int(count) for task_id, count in rows}


def typing_figures(
    connection: Connection, since: dt.date, until: dt.date
) -> tuple[TypingFigures, ...]:
    """The medians of strokes and seconds for each colleague, day and pass, newest first."""
    rows = connection.execute(
        select(
            TYPING.c.typed_by, TYPING.c.typed_on, TYPING.c.pass_no, TYPING.c.keystrokes,
            TYPING.c.seconds,
        ).where(TYPING.c.typed_on.between(since, until))
    )  # fmt: skip
    groups: dict[tuple[str, dt.date, int], list[tuple[int, int]]] = {}
    for login, day, pass_no, keystrokes, seconds in rows:
        groups.setdefault((login, day, pass_no), []).append((keystrokes, seconds))
    found = [
        TypingFigures(
            login, day, pass_no, len(group),
            round(statistics.median(strokes for strokes, _ in group)),
            round(statistics.median(seconds for _, seconds in group)),
        )
        for (login, day, pass_no), group in groups.items()
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (-one.day.toordinal(), one.login, one.pass_no)))
