"""What became of the paper dossiers that waited for a person, for the bench of typing mode."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from infra.stores.dossiers import DOSSIER, heads_where, rows_of_content, rows_of_version
from models.records.all_tables import table
from models.review_task import READING, TO_TYPE
from models.rows import group_by_dossier

TASK = table("review_task")
TYPING = table("typing_entry")
SUBMISSION = table("submission")


@dataclass(frozen=True, slots=True)
class TypedDossier:
    """One dossier that waited to be read by a person; amounts in minor units.

    They are those of its present content; ``sha256`` is its file's. ``keystrokes`` are those of
    each pass; ``due_minor`` is None where nothing is priced.
    """

    task_id: str
    dossier_id: str
    sha256: str
    status: str
    is_open: bool
    is_offered: bool
    is_disputed: bool
    keystrokes: tuple[int, ...]
    seconds: int
    total_minor: int
    line_minors: tuple[int, ...]
    due_minor: int | None


def typed_dossiers(connection: Connection) -> list[TypedDossier]:
    """The paper dossiers with a reading task, open or answered, in the order of their receipt."""
    tasks = {
        row.dossier_id: row
        for row in connection.execute(select(TASK).where(TASK.c.kind == READING))
    }
    heads = heads_where(connection, DOSSIER.c.dossier_id.in_(list(tasks)))
    files = {
        row.dossier_id: row.sha256
        for row in connection.execute(
            select(SUBMISSION.c.dossier_id, SUBMISSION.c.sha256).where(
                SUBMISSION.c.answer == "accepted"
            )
        )
    }
    entries = group_by_dossier(
        list(connection.execute(select(TYPING).order_by(TYPING.c.dossier_id, TYPING.c.pass_no)))
    )
    contents = {
        row.dossier_id: row for row in rows_of_content(connection, "extracted_dossier", heads)
    }
    lines = group_by_dossier(
        rows_of_content(connection, "extracted_line", heads, "dossier_id", "line_no")
    )
    priced = {row.dossier_id: row for row in rows_of_version(connection, "priced_dossier", heads)}
    return [
        TypedDossier(
            task_id=tasks[head.dossier_id].task_id,
            dossier_id=head.dossier_id,
            sha256=files.get(head.dossier_id, ""),
            status=head.status,
            is_open=tasks[head.dossier_id].state == "open",
            is_offered=TO_TYPE in tasks[head.dossier_id].reasons.split(),
            is_disputed=len(passes := _of(entries, head.dossier_id)) > 1
            and passes[1].state == "waiting",
            keystrokes=tuple(row.keystrokes for row in passes),
            seconds=sum(row.seconds for row in passes),
            total_minor=contents[head.dossier_id].total_minor,
            line_minors=tuple(row.amount_minor for row in _of(lines, head.dossier_id)),
            due_minor=priced[head.dossier_id].due_minor if head.dossier_id in priced else None,
        )
        for head in heads
    ]


def _of(groups: Any, dossier_id: str) -> list[Any]:
    return list(groups.get(dossier_id, ()))
