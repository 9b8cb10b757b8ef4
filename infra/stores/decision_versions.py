"""Opens new decision versions of dossiers, on the content they have or on a new one."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from infra.audit import append_events
from infra.clock import now_text
from infra.database import KEYS_PER_QUERY, Database, is_in
from infra.stores.dossiers import DOSSIER, VERSION, Head
from infra.stores.review_tasks import close_overtaken
from models.audit import AuditEvent
from models.stage import Stage, Status, VersionReason


def open_versions(
    database: Database,
    connection: Connection,
    heads: Iterable[Head],
    reason: VersionReason,
    day: dt.date,
    actor: str,
    *,
    chain: str,
    detail: str = "",
) -> list[Head]:
    """Open the next decision version on the same content, to be validated again in a new lot.

    Dossiers that moved since their head was read are left alone; returns the others. ``detail``
    is kept in the audit trail after the reason. An appeal that waits stays an appeal, so that a
    person still answers it.
    """
    opened = _unmoved(connection, list(heads))
    if not opened:
        return []
    now = now_text()
    after = f"{Stage.EXTRACTION.value}/{Status.IN_PROGRESS.value}"
    said = f"{reason.value}: {detail}" if detail else reason.value
    rows: list[dict[str, Any]] = []
    events: list[AuditEvent] = []
    by_version: dict[int, list[str]] = {}
    for head in opened:
        is_appeal = head.status == Status.UNDER_APPEAL.value
        rows.append(
            {
                "dossier_id": head.dossier_id,
                "version": head.version + 1,
                "content_version": head.content_version,
                "reason": (VersionReason.APPEAL if is_appeal else reason).value,
                "opened_by": actor,
                "opened_on": day,
            }
        )
        events.append(
            AuditEvent(
                chain, actor, "version_opened", now, "dossier", head.dossier_id,
                head.version + 1, f"{head.stage}/{head.status}", after, said,
            )
        )  # fmt: skip
        by_version.setdefault(head.version + 1, []).append(head.dossier_id)
    waiting = {"stage": Stage.EXTRACTION.value, "status": Status.IN_PROGRESS.value, "lot_id": ""}
    for version, ids in sorted(by_version.items()):
        values = {**waiting, "version": version}
        database.update_in(connection, DOSSIER, "dossier_id", ids, values)
    database.insert_rows(connection, VERSION, rows)
    append_events(database, connection, events)
    ids = [head.dossier_id for head in opened]
    close_overtaken(database, connection, ids, chain=chain, actor=actor, at=now)
    return opened


def next_content(connection: Connection, dossier_id: str) -> int:
    """The number of a dossier's next content; a dossier has one at least."""
    query = select(func.max(VERSION.c.content_version)).where(VERSION.c.dossier_id == dossier_id)
    return int(connection.execute(query).scalar_one()) + 1


def reason_of_change(head: Head) -> VersionReason:
    """Why a version on changed content is opened: an appeal stays an appeal."""
    is_appeal = head.version_reason == VersionReason.APPEAL.value
    return VersionReason.APPEAL if is_appeal else VersionReason.CORRECTION


def write_version(
    database: Database,
    connection: Connection,
    key: tuple[str, int, int],
    reason: VersionReason,
    *,
    by: str,
    on: dt.date,
) -> None:
    """Write the row of a version: ``key`` is dossier, version and content."""
    dossier_id, version, content = key
    row = {
        "dossier_id": dossier_id, "version": version, "content_version": content,
        "reason": reason.value, "opened_by": by, "opened_on": on,
    }  # fmt: skip
    database.insert_rows(connection, VERSION, [row])


def _unmoved(connection: Connection, heads: Sequence[Head]) -> list[Head]:
    """Lock the dossiers; return those that still stand where their heads say."""
    found: dict[str, tuple[int, str]] = {}
    ids = sorted(head.dossier_id for head in heads)
    for start in range(0, len(ids), KEYS_PER_QUERY):
        query = (
            select(DOSSIER.c.dossier_id, DOSSIER.c.version, DOSSIER.c.status)
            .where(is_in(connection, DOSSIER.c.dossier_id, ids[start : start + KEYS_PER_QUERY]))
            .order_by(DOSSIER.c.dossier_id)
            .with_for_update()
        )
        for row in connection.execute(query):
            found[row.dossier_id] = (row.version, row.status)
    return [head for head in heads if found.get(head.dossier_id) == (head.version, head.status)]
