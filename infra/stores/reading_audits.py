"""Keeps the questions of the random audit: the next one, its answer, the disputes."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select

from infra.database import Database
from infra.stores.dossiers import DOSSIER, Head, heads_where
from models.errors import UnknownDossier
from models.reading import Box
from models.reading_audit import AuditDispute, AuditFigures, AuditQuestion, AuditState
from models.records.all_tables import table
from models.stage import Status

AUDIT = table("reading_audit")
EVIDENCE = table("field_evidence")
PAGE = table("page_reading")
TASK = table("review_task")
OBLIGATION = table("obligation")

#: Disputes that a list shows at most.
DISPUTES_MAX = 200
#: Obligations that no review can stop any more.
_ON_ITS_WAY = ("proposed", "paid", "to_recover")
_SAME_FIELD = and_(
    EVIDENCE.c.dossier_id == AUDIT.c.dossier_id,
    EVIDENCE.c.content_version == AUDIT.c.content_version,
    EVIDENCE.c.field == AUDIT.c.field,
)


def next_question(connection: Connection, behind: str = "") -> str:
    """The id of the oldest open question that is not the one just left; empty when none waits."""
    query = (
        select(AUDIT.c.audit_id)
        .where(AUDIT.c.state == AuditState.OPEN.value, AUDIT.c.audit_id != behind)
        .order_by(AUDIT.c.asked_on, AUDIT.c.audit_id)
        .limit(1)
    )
    return connection.execute(query).scalar_one_or_none() or ""


def find_question(connection: Connection, audit_id: str) -> AuditQuestion:
    """A question with the place of its field.

    Raises:
        UnknownDossier: when there is none, or its page is not kept any more.
    """
    row = connection.execute(
        select(
            AUDIT.c.field,
            AUDIT.c.asked_on,
            EVIDENCE.c.field_type,
            EVIDENCE.c.page_no,
            EVIDENCE.c.box_left,
            EVIDENCE.c.box_top,
            EVIDENCE.c.box_width,
            EVIDENCE.c.box_height,
            PAGE.c.width,
            PAGE.c.height,
        )
        .join(EVIDENCE, _SAME_FIELD)
        .join(PAGE, _same_page())
        .where(AUDIT.c.audit_id == audit_id)
    ).one_or_none()
    if row is None:
        raise UnknownDossier("no audit question has that id, or its page is not kept")
    box = Box(row.box_left, row.box_top, row.box_width, row.box_height)
    return AuditQuestion(
        audit_id, row.field, row.field_type, row.page_no, row.width, row.height, box, row.asked_on
    )


def picture_of(connection: Connection, audit_id: str) -> tuple[str, str]:
    """The dossier of a question and the key of its page's picture.

    Raises:
        UnknownDossier: when there is none.
    """
    row = connection.execute(
        select(AUDIT.c.dossier_id, PAGE.c.image_key)
        .join(EVIDENCE, _SAME_FIELD)
        .join(PAGE, _same_page())
        .where(AUDIT.c.audit_id == audit_id)
    ).one_or_none()
    if row is None or not row.image_key:
        raise UnknownDossier("no audit question has that id, or its page is not kept")
    return row.dossier_id, row.image_key


def _same_page() -> Any:
    return and_(
        PAGE.c.dossier_id == EVIDENCE.c.dossier_id,
        PAGE.c.content_version == EVIDENCE.c.content_version,
        PAGE.c.page_no == EVIDENCE.c.page_no,
    )


def lock_question(connection: Connection, audit_id: str) -> Row[Any]:
    """The row of a question, locked.

    Raises:
        UnknownDossier: when there is none.
    """
    row = connection.execute(
        select(AUDIT).where(AUDIT.c.audit_id == audit_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise UnknownDossier("no audit question has that id")
    return row


def set_state(connection: Connection, audit_id: str, **values: str) -> None:
    """Change a question's state and who changed it."""
    connection.execute(AUDIT.update().where(AUDIT.c.audit_id == audit_id).values(**values))


def set_doubtful(connection: Connection, row: Row[Any]) -> None:
    """Put an accepted field in doubt again: whoever reviews its dossier has to look at it."""
    connection.execute(
        EVIDENCE.update()
        .where(
            EVIDENCE.c.dossier_id == row.dossier_id,
            EVIDENCE.c.content_version == row.content_version,
            EVIDENCE.c.field == row.field,
        )
        .values(is_doubtful=True)
    )


def lock_dossier(connection: Connection, dossier_id: str) -> Head:
    """The head of a dossier, locked."""
    connection.execute(select(DOSSIER).where(DOSSIER.c.dossier_id == dossier_id).with_for_update())
    return heads_where(connection, DOSSIER.c.dossier_id == dossier_id)[0]


def open_review(database: Database, connection: Connection, task: Mapping[str, Any]) -> None:
    """Put a task on the desk and its dossier in review; a task that is there stays as it is."""
    database.insert_new(connection, TASK, [task])
    connection.execute(
        DOSSIER.update()
        .where(DOSSIER.c.dossier_id == task["dossier_id"])
        .values(status=Status.IN_REVIEW.value)
    )


def is_on_its_way(connection: Connection, dossier_id: str) -> bool:
    """Whether money for a dossier lies in a batch or was paid."""
    query = select(OBLIGATION.c.version).where(
        OBLIGATION.c.dossier_id == dossier_id, OBLIGATION.c.state.in_(_ON_ITS_WAY)
    )
    return connection.execute(query.limit(1)).first() is not None


def disputes(connection: Connection) -> Sequence[AuditDispute]:
    """The disputes that wait for a supervisor, oldest first."""
    query = (
        select(AUDIT, DOSSIER.c.public_number, DOSSIER.c.status)
        .join(DOSSIER, DOSSIER.c.dossier_id == AUDIT.c.dossier_id)
        .where(AUDIT.c.state == AuditState.DISPUTED.value)
        .order_by(AUDIT.c.asked_on, AUDIT.c.audit_id)
        .limit(DISPUTES_MAX)
    )
    return [
        AuditDispute(
            row.audit_id, row.public_number, row.field, row.status, row.answered_by,
            row.answered_at,
        )
        for row in connection.execute(query)
    ]  # fmt: skip


def audit_figures(connection: Connection, since: dt.date) -> AuditFigures:
    """How many questions asked since a day wait, and how the answered ones came out."""

    def count(*states: AuditState) -> int:
        # Each state is a stretch of the index; a table of years is not read through.
        query = select(func.count()).select_from(AUDIT)
        own = [
            query.where(AUDIT.c.state == state.value, AUDIT.c.asked_on >= since) for state in states
        ]
        return sum(int(connection.execute(one).scalar_one()) for one in own)

    return AuditFigures(
        waiting=count(AuditState.OPEN),
        right=count(AuditState.RIGHT),
        wrong=count(AuditState.REVIEWED, AuditState.DISPUTED, AuditState.SETTLED),
        unreadable=count(AuditState.UNREADABLE),
    )
