"""Writes the choice of a dossier's scheme: a new content and version, its task, its events.

What was read goes along with the dossier; nothing is read a second time. Later contents follow the
choice, and a sender may still write under the scheme they know.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, select

from infra.audit import append_events
from infra.database import Database
from infra.stores.contents import carry_pages
from infra.stores.decision_versions import reason_of_change, write_version
from infra.stores.dossiers import DOSSIER, Head, load_paid
from infra.stores.reading_audits import is_on_its_way
from infra.stores.review_tasks import TASK, close_overtaken
from models.audit import AuditEvent
from models.dossier import Dossier
from models.outcome import DecisionOutcome
from models.records.all_tables import table
from models.review_task import READING, TASK_NAMES, open_task
from models.rows import EXTRACTED_NAMES, LINE_NAMES, extracted_row, line_rows
from models.stage import Stage, Status

DECISION = table("decision")
EVIDENCE = table("field_evidence")
CORRECTION = table("field_correction")
FINDING = table("finding")
#: Under this name a choice stands among the corrections of a dossier, and as a task's answer.
SCHEME_FIELD = "scheme"


@dataclass(frozen=True, slots=True)
class Chooser:
    """Who chose, on which business day, at which moment (ISO text, UTC), and the remark."""

    by: str
    day: dt.date
    at: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class SchemeMove:
    """A dossier under way to another scheme: as it stands, as extracted, and as it goes on.

    ``evidence`` are the rows of the new ``content``; ``settled`` are the codes of extraction that
    the choice answers; ``waits_for`` are reasons for which the reading still waits.
    """

    head: Head
    before: Dossier
    after: Dossier
    content: int
    evidence: Sequence[Mapping[str, Any]]
    settled: Collection[str]
    waits_for: tuple[str, ...]

    @property
    def version(self) -> int:
        """The version that decides under the new scheme."""
        return self.head.version + 1

    @property
    def status(self) -> Status:
        """Where the dossier stands then: on its way, or still at the desk."""
        return Status.IN_REVIEW if self.waits_for else Status.IN_PROGRESS


def sent_schemes(
    database: Database, connection: Connection, dossier_ids: Iterable[str]
) -> Mapping[str, str]:
    """Return the dossiers whose scheme a person chose, with the scheme before the first choice.

    The chosen one stands with the dossier itself.
    """
    rows = database.select_in(
        connection, CORRECTION, "dossier_id", dossier_ids, CORRECTION.c.field == SCHEME_FIELD
    )
    rows.sort(key=lambda row: row.correction_id, reverse=True)
    return {row.dossier_id: row.before for row in rows}


def is_paid(connection: Connection, dossier_id: str) -> bool:
    """Whether money for a dossier was paid or lies in a batch."""
    paid = load_paid(connection, [dossier_id]).get(dossier_id, 0)
    return paid > 0 or is_on_its_way(connection, dossier_id)


def is_accepted(connection: Connection, head: Head) -> bool:
    """Whether the present version of a dossier was accepted."""
    outcome = connection.execute(
        select(DECISION.c.outcome).where(
            DECISION.c.dossier_id == head.dossier_id, DECISION.c.version == head.version
        )
    ).scalar_one_or_none()
    return outcome == DecisionOutcome.ACCEPTED.value


def reading_reasons(connection: Connection, head: Head) -> list[str]:
    """Why the reading of the present version waits, over all its open tasks."""
    rows = connection.execute(
        select(TASK.c.reasons)
        .where(
            TASK.c.dossier_id == head.dossier_id,
            TASK.c.version == head.version,
            TASK.c.kind == READING,
            TASK.c.state == "open",
        )
        .order_by(TASK.c.task_id)
    ).scalars()
    return [code for reasons in rows for code in reasons.split()]


def keep_first_choice(
    database: Database,
    connection: Connection,
    task: Row[Any],
    head: Head,
    answer: str,
    chooser: Chooser,
) -> None:
    """Keep a choice that waits for a second person."""
    connection.execute(
        TASK.update()
        .where(TASK.c.task_id == task.task_id)
        .values(first_by=chooser.by, first_answer=answer, reason=chooser.note)
    )
    state = f"{head.stage}/{head.status}"
    event = _event(chooser, "desk_first_answer", head, (state, state), SCHEME_FIELD)
    append_events(database, connection, [event])


def move_to_scheme(
    database: Database, connection: Connection, task: Row[Any], move: SchemeMove, chooser: Chooser
) -> None:
    """Open the version under the new scheme, in the transaction that holds the task."""
    _write_content(database, connection, move)
    _write_correction(database, connection, move, chooser)
    _keep_findings(database, connection, move)
    _open_version(database, connection, move, chooser)
    _close_task(database, connection, task, move, chooser)
    head = move.head
    change = tuple(f"{one.scheme} {one.currency}" for one in (move.before, move.after))
    states = (f"{head.stage}/{head.status}", f"{Stage.EXTRACTION.value}/{move.status.value}")
    opened = replace(head, version=move.version)
    events = [
        _event(chooser, "scheme_chosen", head, (change[0], change[1]), ""),
        _event(chooser, "version_opened", opened, states, SCHEME_FIELD),
    ]
    append_events(database, connection, events)


def _write_content(database: Database, connection: Connection, move: SchemeMove) -> None:
    extracted = [extracted_row(move.after, move.content)]
    database.insert_tuples(connection, table("extracted_dossier"), EXTRACTED_NAMES, extracted)
    lines = line_rows(move.after, move.content)
    database.insert_tuples(connection, table("extracted_line"), LINE_NAMES, lines)
    database.insert_rows(connection, EVIDENCE, [dict(row) for row in move.evidence])
    carry_pages(database, connection, move.head, (move.head.dossier_id, move.content))


def _write_correction(
    database: Database, connection: Connection, move: SchemeMove, chooser: Chooser
) -> None:
    row = {
        "dossier_id": move.head.dossier_id, "content_version": move.head.content_version,
        "field": SCHEME_FIELD, "before": move.before.scheme, "after": move.after.scheme,
        "corrected_by": chooser.by, "corrected_at": chooser.at, "reason": chooser.note,
    }  # fmt: skip
    database.insert_rows(connection, CORRECTION, [row])


def _keep_findings(database: Database, connection: Connection, move: SchemeMove) -> None:
    """What extraction said of the paper holds under any scheme, but for what was settled now."""
    head = move.head
    query = select(FINDING).where(
        FINDING.c.dossier_id == head.dossier_id,
        FINDING.c.version == head.version,
        FINDING.c.stage == Stage.EXTRACTION.value,
        FINDING.c.code.not_in(move.settled),
    )
    rows = [dict(row._mapping) for row in connection.execute(query)]
    database.insert_rows(connection, FINDING, [{**row, "version": move.version} for row in rows])


def _open_version(
    database: Database, connection: Connection, move: SchemeMove, chooser: Chooser
) -> None:
    head = move.head
    opened, reason = (head.dossier_id, move.version, move.content), reason_of_change(head)
    write_version(database, connection, opened, reason, by=chooser.by, on=chooser.day)
    connection.execute(
        DOSSIER.update()
        .where(DOSSIER.c.dossier_id == head.dossier_id)
        .values(
            version=move.version,
            scheme=move.after.scheme,
            deposit_date=move.after.deposit_date,
            decision_date=None,
            stage=Stage.EXTRACTION.value,
            status=move.status.value,
            lot_id=head.lot_id if move.waits_for else "",
        )
    )


def _close_task(
    database: Database, connection: Connection, task: Row[Any], move: SchemeMove, chooser: Chooser
) -> None:
    """Close the task that was answered, and open the one for what is left."""
    key = move.head.dossier_id
    connection.execute(
        TASK.update()
        .where(TASK.c.task_id == task.task_id)
        .values(
            state="answered",
            decided_by=chooser.by,
            answer=SCHEME_FIELD,
            reason=chooser.note,
            decided_at=chooser.at,
        )
    )
    close_overtaken(
        database, connection, [key], chain=_chain(chooser), actor=chooser.by, at=chooser.at
    )
    if move.waits_for:
        # The question is as old as it was: a choice puts nobody back in the list.
        row = open_task((key, move.version), READING, move.waits_for, task.opened_on, task.due_on)
        database.insert_tuples(connection, TASK, TASK_NAMES, [row])


def _chain(chooser: Chooser) -> str:
    return f"desk:{chooser.day.isoformat()}"


def _event(
    chooser: Chooser, action: str, head: Head, change: tuple[str, str], detail: str
) -> AuditEvent:
    return AuditEvent(
        _chain(chooser), chooser.by, action, chooser.at, "dossier", head.dossier_id, head.version,
        *change, detail,
    )  # fmt: skip
