"""The desk's list, page by page: read from an index of the open tasks, whatever their number.

A page begins behind the last row of the one before it (its key, not its number), so that the
thousandth page costs what the first does.
"""

import base64
import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    and_,
    literal,
    not_,
    or_,
    select,
    tuple_,
)

from infra.stores.dossiers import DOSSIER
from infra.stores.review_tasks import TASK, WAITING, same_version, task_query
from infra.stores.typing_entries import not_for, passes_waiting, waiting_task_ids
from models.desk import Account, QueuePage, QueueRow, QueueView
from models.errors import UsageError
from models.records.all_tables import table
from models.review_task import TO_TYPE

LEASE = table("desk_lease")
HAND_OVER = table("desk_hand_over")

ROWS_PER_PAGE = 50
_BIGINT_MAX = 2**63 - 1

#: Each order: its columns, and whether the largest come first.
_ORDERS: Mapping[str, tuple[tuple[Column[Any], ...], bool]] = {
    "age": ((TASK.c.due_on, TASK.c.opened_on, TASK.c.task_id), False),
    "amount": ((TASK.c.amount_minor, TASK.c.task_id), True),
    "reason": ((TASK.c.kind, TASK.c.reasons, TASK.c.due_on, TASK.c.task_id), False),
}
#: The age order within one kind stands in an index of its own.
ORDERS = tuple(_ORDERS)


def queue_page(
    connection: Connection, view: QueueView, account: Account, at: str, after: str = ""
) -> QueuePage:
    """One page of the open tasks of a view, as a colleague sees them.

    Raises:
        UsageError: when there is no such order, or the page begins nowhere.
    """
    keys = list(connection.execute(ids_query(view, account, after, ROWS_PER_PAGE + 1)).all())
    shown = keys[:ROWS_PER_PAGE]
    rows = _rows(connection, [key.task_id for key in shown], at)
    return QueuePage(rows, _cursor(view, shown[-1]) if len(keys) > ROWS_PER_PAGE else "")


def next_task_id(
    connection: Connection, view: QueueView, account: Account, at: str, behind: str = ""
) -> str:
    """The task of a view that a colleague may take next; empty when there is none.

    It is the first one behind the task they come from, or the first of all at the list's end.
    """
    columns, _ = _order_of(view)
    place = connection.execute(select(*columns).where(TASK.c.task_id == behind)).first()
    starts = [_cursor(view, place), ""] if place else [""]
    for start in starts:
        query = ids_query(view, account, start, 1).where(
            *_free_for(account, at), TASK.c.task_id != behind
        )
        row = connection.execute(query).first()
        if row:
            return str(row.task_id)
    return ""


def _free_for(account: Account, at: str) -> list[Any]:
    """The conditions that nobody else has a task, and that it is not for somebody else."""
    taken = select(LEASE.c.dossier_id).where(
        LEASE.c.dossier_id == TASK.c.dossier_id,
        LEASE.c.login != account.login,
        LEASE.c.expires_at > at,
    )
    others = select(HAND_OVER.c.task_id).where(
        HAND_OVER.c.task_id == TASK.c.task_id, not_(_is_for(account))
    )
    return [
        not_(taken.exists()), not_(others.exists()), TASK.c.first_by != account.login,
        not_(not_for(account, TASK.c.task_id)),
    ]  # fmt: skip


def _order_of(view: QueueView) -> tuple[tuple[Column[Any], ...], bool]:
    if view.order not in _ORDERS:
        raise UsageError(f"order is one of {sorted(_ORDERS)}")
    return _ORDERS[view.order]


def ids_query(view: QueueView, account: Account, after: str, limit: int) -> Any:
    """The query of a page's keys, in the order of the view."""
    columns, is_descending = _order_of(view)
    query = (
        select(*columns)
        .join(DOSSIER, same_version(DOSSIER))
        .where(TASK.c.state == "open", DOSSIER.c.status.in_(WAITING), *_conditions(view, account))
    )
    if after:
        start = tuple_(*(literal(value, column.type) for value, column in _start(columns, after)))
        place = tuple_(*columns)
        query = query.where(place < start if is_descending else place > start)
    order = [column.desc() if is_descending else column for column in columns]
    return query.order_by(*order).limit(limit)


def plan_of(connection: Connection, view: QueueView, account: Account) -> list[str]:
    """How PostgreSQL finds the first page of a view, step by step, with its times."""
    query = ids_query(view, account, "", ROWS_PER_PAGE + 1)
    written = str(query.compile(connection, compile_kwargs={"literal_binds": True}))
    rows = connection.exec_driver_sql(f"EXPLAIN ANALYZE {written}")
    return [str(row[0]) for row in rows]


def _conditions(view: QueueView, account: Account) -> list[Any]:
    found: list[Any] = []
    if view.is_typing:
        found.append(or_(_has_reason(TO_TYPE), TASK.c.task_id.in_(waiting_task_ids())))
    if view.kind:
        found.append(TASK.c.kind == view.kind)
    if view.reason:
        found.append(_has_reason(view.reason))
    if view.is_second:
        found.append(TASK.c.first_by.not_in(["", account.login]))
    if view.is_mine:
        handed = select(HAND_OVER.c.task_id).where(_is_for(account))
        held = select(LEASE.c.dossier_id).where(LEASE.c.login == account.login)
        found.append(or_(TASK.c.task_id.in_(handed), TASK.c.dossier_id.in_(held)))
    return found


def _has_reason(code: str) -> Any:
    padded = literal(" ") + TASK.c.reasons + literal(" ")
    return padded.contains(f" {code} ", autoescape=True)


def _is_for(account: Account) -> Any:
    return or_(
        HAND_OVER.c.to_login == account.login, HAND_OVER.c.to_role.in_(sorted(account.roles))
    )


def _cursor(view: QueueView, row: Any) -> str:
    values = [str(value) if isinstance(value, dt.date) else value for value in row]
    text = json.dumps([view.order, *values], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode()


def _start(columns: Sequence[Column[Any]], after: str) -> list[tuple[Any, Column[Any]]]:
    """The key a page begins behind; whoever changes an address gets an error, not a query."""
    try:
        _, *values = json.loads(base64.urlsafe_b64decode(after.encode()))
        pairs = list(zip(values, columns, strict=True))
        return [(_value_of(column, value), column) for value, column in pairs]
    except (ValueError, TypeError, RecursionError) as error:
        raise UsageError("this page of the list begins nowhere; open the list anew") from error


def _value_of(column: Column[Any], value: Any) -> Any:
    if isinstance(column.type, Date):
        return dt.date.fromisoformat(value)
    kind = int if isinstance(column.type, BigInteger) else str
    if type(value) is not kind:
        raise TypeError(column.name)
    if isinstance(value, int) and abs(value) > _BIGINT_MAX:
        raise ValueError(column.name)
    if isinstance(value, str) and not value.isprintable():
        raise ValueError(column.name)
    return value


def _rows(connection: Connection, ids: Sequence[str], at: str) -> tuple[QueueRow, ...]:
    """What a row shows is joined for one page alone."""
    query = (
        task_query()
        .add_columns(LEASE.c.login.label("held_by"), HAND_OVER.c.to_login, HAND_OVER.c.to_role)
        .outerjoin(LEASE, and_(LEASE.c.dossier_id == TASK.c.dossier_id, LEASE.c.expires_at > at))
        .outerjoin(HAND_OVER, HAND_OVER.c.task_id == TASK.c.task_id)
        .where(TASK.c.task_id.in_(list(ids)))
    )
    passes = passes_waiting(connection, list(ids))
    found = {
        row.task_id: _row(row, passes.get(row.task_id, 0)) for row in connection.execute(query)
    }
    return tuple(found[task_id] for task_id in ids)


def _row(row: Any, passes: int) -> QueueRow:
    handed_to = row.to_login or (f"role:{row.to_role}" if row.to_role else "")
    return QueueRow(
        row.task_id, row.dossier_id, row.public_number, row.kind, tuple(row.reasons.split()),
        row.opened_on, row.due_on, row.channel, row.agency, row.amount_minor, row.asked_minor,
        row.currency, row.first_by, row.held_by or "", handed_to, passes,
    )  # fmt: skip
