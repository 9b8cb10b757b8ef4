"""Lists the tasks that wait at the desk, and closes those that a newer version has overtaken."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Table, and_, func, literal, select

from infra.audit import append_events
from infra.database import Database
from infra.stores.dossiers import DOSSIER
from infra.stores.typing_entries import drop_entries
from models.audit import AuditEvent
from models.errors import UnknownDossier, UsageError
from models.records.all_tables import table
from models.review_task import TASK_NAMES, open_task
from models.stage import Status

TASK = table("review_task")
PRICED = table("priced_dossier")
DECISION = table("decision")

#: States in which a dossier waits for the desk.
WAITING = (Status.IN_REVIEW.value, Status.UNDER_APPEAL.value)
#: State of a task whose question a newer version, or the end of its dossier, has answered.
OVERTAKEN = "overtaken"
#: Tasks a list shows at most; more are asked for page by page.
TASKS_MAX = 500

_ORDERS = {
    "age": (TASK.c.due_on, TASK.c.opened_on, TASK.c.task_id),
    "amount": (TASK.c.amount_minor.desc(), TASK.c.due_on, TASK.c.task_id),
    "reason": (TASK.c.kind, TASK.c.reasons, TASK.c.due_on, TASK.c.task_id),
}


def open_task_rows(
    connection: Connection, *, order: str, reason: str, limit: int, offset: int
) -> Sequence[Any]:
    """The open tasks on the present versions of the dossiers that wait for the desk.

    Raises:
        UsageError: when there is no such order, or more than ``TASKS_MAX`` are asked for.
    """
    if order not in _ORDERS or not 0 < limit <= TASKS_MAX or offset < 0:
        raise UsageError(f"order is one of {sorted(_ORDERS)}, limit 1 to {TASKS_MAX}")
    query = (
        select(TASK.c.task_id)
        .join(DOSSIER, same_version(DOSSIER))
        .where(TASK.c.state == "open", DOSSIER.c.status.in_(WAITING))
    )
    if reason:
        padded = literal(" ") + TASK.c.reasons + literal(" ")
        query = query.where(padded.contains(f" {reason} ", autoescape=True))
    page = query.order_by(*_ORDERS[order]).limit(limit).offset(offset)
    # What a row shows is joined for one page alone: there may be tens of thousands of tasks.
    ids = list(connection.execute(page).scalars())
    found = {
        row.task_id: row for row in connection.execute(task_query().where(TASK.c.task_id.in_(ids)))
    }
    return [found[task_id] for task_id in ids]


def find_task(connection: Connection, task_id: str) -> Any | None:
    """One task, open or not, as a row of the list; None when there is no such task."""
    return connection.execute(task_query().where(TASK.c.task_id == task_id)).one_or_none()


def task_row(connection: Connection, task_id: str) -> Any:
    """One task, open or not.

    Raises:
        UnknownDossier: when there is no such task.
    """
    row = connection.execute(select(TASK).where(TASK.c.task_id == task_id)).one_or_none()
    if row is None:
        raise UnknownDossier("no review task has that id; list the open ones")
    return row


def task_query() -> Any:
    """The query of tasks with what a row of the list shows."""
    return (
        select(
            TASK,
            DOSSIER.c.public_number,
            DOSSIER.c.channel,
            DOSSIER.c.agency,
            DOSSIER.c.currency,
            func.coalesce(PRICED.c.asked_minor, 0).label("asked_minor"),
            func.coalesce(DECISION.c.due_minor, PRICED.c.due_minor, 0).label("proposed_minor"),
        )
        .join(DOSSIER, DOSSIER.c.dossier_id == TASK.c.dossier_id)
        .outerjoin(PRICED, same_version(PRICED))
        .outerjoin(DECISION, same_version(DECISION))
    )


def same_version(source: Table) -> Any:
    """The condition that a row is about the version a task asks about."""
    return and_(source.c.dossier_id == TASK.c.dossier_id, source.c.version == TASK.c.version)


def people_before(connection: Connection, dossier_id: str, version: int) -> frozenset[str]:
    """Who decided, or confirmed a decision on, a version of a dossier before one."""
    decisions = select(DECISION.c.decided_by).where(
        DECISION.c.dossier_id == dossier_id, DECISION.c.version < version
    )
    tasks = select(TASK.c.first_by, TASK.c.decided_by).where(
        TASK.c.dossier_id == dossier_id, TASK.c.version < version
    )
    people = {row.decided_by for row in connection.execute(decisions)}
    for row in connection.execute(tasks):
        people |= {row.first_by, row.decided_by}
    return frozenset(people - {""})


def close_overtaken(
    database: Database,
    connection: Connection,
    dossier_ids: Iterable[str],
    *,
    chain: str,
    actor: str,
    at: str,
) -> list[str]:
    """Close the open tasks of dossiers that go on or end without an answer; return their ids.

    Called in the transaction that opens the newer version or withdraws the dossier.
    """
    rows = database.select_in(connection, TASK, "dossier_id", dossier_ids, TASK.c.state == "open")
    rows.sort(key=lambda row: row.task_id)
    ids = [row.task_id for row in rows]
    database.update_in(connection, TASK, "task_id", ids, {"state": OVERTAKEN})
    drop_entries(database, connection, ids)
    append_events(
        database,
        connection,
        [
            AuditEvent(
                chain, actor, "task_overtaken", at, "review_task", row.task_id, row.version,
                "open", OVERTAKEN, row.dossier_id,
            )
            for row in rows
        ],
    )  # fmt: skip
    return ids


def lock_with_tasks(connection: Connection, dossier_ids: Iterable[str]) -> None:
    """Lock dossiers and what is asked about them, in the order in which the desk locks them.

    Whoever has the locks reads the dossiers again: an answer may have come in between.
    """
    ids = sorted(set(dossier_ids))
    for source, order in ((TASK, TASK.c.task_id), (DOSSIER, DOSSIER.c.dossier_id)):
        query = select(order).where(source.c.dossier_id.in_(ids)).order_by(order)
        connection.execute(query.with_for_update()).all()


def hand_over(
    database: Database, connection: Connection, from_id: str, to: tuple[str, int]
) -> None:
    """Open what was asked about one dossier about the version of another that takes its content."""
    rows = database.select_in(connection, TASK, "dossier_id", [from_id], TASK.c.state == "open")
    tasks = [
        open_task(to, row.kind, row.reasons.split(), row.opened_on, row.due_on, row.amount_minor)
        for row in rows
    ]
    database.insert_tuples(connection, TASK, TASK_NAMES, tasks)
