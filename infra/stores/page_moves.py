"""Moves pages between paper dossiers: new contents that are read again, in one transaction."""

import datetime as dt
import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from infra.audit import append_events
from infra.database import Database
from infra.stores.decision_versions import next_content, reason_of_change, write_version
from infra.stores.desk_leases import holder_of
from infra.stores.dossiers import DOSSIER, Head, heads_where, load_paid, rows_of_content
from infra.stores.envelopes import BORDEREAU, ENVELOPE, PART
from infra.stores.review_tasks import close_overtaken
from models.audit import AuditEvent
from models.errors import ApprovalRefused, UnknownDossier, UsageError
from models.paper_pages import FilePages, PaperPage, pages_of, paper_numbers
from models.records.all_tables import table
from models.stage import Stage, Status, VersionReason

FILE = table("dossier_file")
RECEIVED = table("received_record")
DECISION = table("decision")
TASK = table("review_task")
_IN_PROGRESS = f"{Stage.INTAKE.value}/{Status.IN_PROGRESS.value}"


@dataclass(frozen=True, slots=True)
class Mover:
    """Who moves pages, on which business day and at which moment (ISO text, UTC)."""

    by: str
    day: dt.date
    at: str


@dataclass(frozen=True, slots=True)
class TablePaper:
    """A dossier whose pages lie on the table."""

    head: Head
    pages: tuple[PaperPage, ...]
    is_paid: bool
    outcomes: Collection[str]


@dataclass(frozen=True, slots=True)
class Moved:
    """The dossier that keeps the first pile, and the one of the second: new, changed or joined."""

    dossier_id: str
    version: int
    other_id: str
    other_public_number: str


#: What the law makes of the papers on the table: the files of the first pile and of the second.
Layer = Callable[[Sequence[TablePaper]], tuple[tuple[FilePages, ...], tuple[FilePages, ...]]]


def paper_on_table(connection: Connection, dossier_id: str) -> TablePaper:
    """A dossier with its pages as its present content has them.

    Raises:
        UnknownDossier: when there is no such dossier.
    """
    heads = heads_where(connection, DOSSIER.c.dossier_id == dossier_id)
    if not heads:
        raise UnknownDossier("no dossier has that id")
    rows = rows_of_content(connection, "dossier_file", heads, "file_no")
    files = [
        FilePages(
            row.sha256,
            row.media_type,
            row.page_count,
            row.first_page,
            row.last_page or row.page_count,
        )
        for row in rows
    ]
    outcomes = connection.execute(
        select(DECISION.c.outcome).where(DECISION.c.dossier_id == dossier_id)
    ).scalars()
    is_paid = bool(load_paid(connection, [dossier_id]).get(dossier_id))
    return TablePaper(heads[0], pages_of(dossier_id, files), is_paid, frozenset(outcomes))


def find_beside(connection: Connection, public_number: str) -> str:
    """The id of the dossier that a public number names.

    Raises:
        UsageError: when there is none.
    """
    found = connection.execute(
        select(DOSSIER.c.dossier_id).where(DOSSIER.c.public_number == public_number)
    ).scalar_one_or_none()
    if found is None:
        raise UsageError("no dossier bears that number")
    return str(found)


def move_pages(database: Database, task_id: str, beside_id: str, lay: Layer, mover: Mover) -> Moved:
    """Lay the pages anew; each dossier that has other pages now is read again.

    ``beside_id`` is the dossier that lies beside the task's own, empty for none.

    Raises:
        UsageError: when the law says no, or the task is not open any more.
        ApprovalRefused: when somebody else works on the dossier beside.
    """
    with database.transaction() as connection:
        own_id = _lock(connection, task_id, beside_id)
        if beside_id:
            holder = holder_of(connection, beside_id, mover.at)
            if holder is not None and holder.login != mover.by:
                raise ApprovalRefused("somebody else works on this dossier; open it again")
        keys = [own_id, beside_id] if beside_id else [own_id]
        papers = [paper_on_table(connection, key) for key in keys]
        first, second = lay(papers)
        own = papers[0].head
        events = [_renew(database, connection, papers[0].head, first, mover)]
        other_id, number = beside_id, ""
        if beside_id and second:
            events.append(_renew(database, connection, papers[1].head, second, mover))
        elif beside_id:
            events.append(_join(connection, papers[1].head, own_id, mover))
        elif second:
            other_id, number = _open(database, connection, own, second, mover)
            events.append(_event(mover, "split_off", (other_id, 1), ("", _IN_PROGRESS), own_id))
        close_overtaken(
            database, connection, keys, chain=_chain(mover), actor=mover.by, at=mover.at
        )
        append_events(database, connection, events)
        return Moved(own_id, own.version + 1, other_id, number)


def _lock(connection: Connection, task_id: str, beside_id: str) -> str:
    task = connection.execute(
        select(TASK).where(TASK.c.task_id == task_id).with_for_update()
    ).one_or_none()
    if task is None:
        raise UnknownDossier("no review task has that id; list the open ones")
    if beside_id == task.dossier_id:
        raise UsageError("no dossier bears that number")  # but the one that is open already
    locked = connection.execute(
        select(DOSSIER.c.dossier_id, DOSSIER.c.version)
        .where(DOSSIER.c.dossier_id.in_([task.dossier_id, beside_id]))
        .order_by(DOSSIER.c.dossier_id)
        .with_for_update()
    ).all()
    versions = {row.dossier_id: row.version for row in locked}
    if task.state != "open" or versions.get(task.dossier_id) != task.version:
        raise UsageError("this task is closed or was overtaken by a newer version; list them again")
    return str(task.dossier_id)


def _renew(
    database: Database,
    connection: Connection,
    head: Head,
    files: Sequence[FilePages],
    mover: Mover,
) -> AuditEvent:
    """Open the version that decides on other pages; it begins its way anew, at OCR."""
    content, version = next_content(connection, head.dossier_id), head.version + 1
    opened = (head.dossier_id, version, content)
    reason = reason_of_change(head)
    write_version(database, connection, opened, reason, by=mover.by, on=mover.day)
    _write_files(database, connection, head.dossier_id, content, files)
    connection.execute(
        DOSSIER.update()
        .where(DOSSIER.c.dossier_id == head.dossier_id)
        .values(
            version=version,
            stage=Stage.INTAKE.value,
            status=Status.IN_PROGRESS.value,
            lot_id="",
            decision_date=None,
        )
    )
    change = (f"{head.stage}/{head.status}", _IN_PROGRESS)
    return _event(mover, "version_opened", (head.dossier_id, version), change, "pages")


def _join(connection: Connection, head: Head, into: str, mover: Mover) -> AuditEvent:
    """A dossier that gave all its pages away ends."""
    connection.execute(
        DOSSIER.update()
        .where(DOSSIER.c.dossier_id == head.dossier_id)
        .values(status=Status.WITHDRAWN.value)
    )
    change = (f"{head.stage}/{head.status}", f"{head.stage}/{Status.WITHDRAWN.value}")
    return _event(mover, "joined", (head.dossier_id, head.version), change, into)


def _open(
    database: Database,
    connection: Connection,
    own: Head,
    files: Sequence[FilePages],
    mover: Mover,
) -> tuple[str, str]:
    """Open a dossier of pages that lay in another one; it has that one's dates and place."""
    origin = f"{own.dossier_id}/{own.version}/{files[0].sha256}/{files[0].first_page}"
    digest = hashlib.sha256(origin.encode()).hexdigest()
    key = "D" + digest[:16]
    numbers = paper_numbers(digest)
    taken = set(
        connection.execute(
            select(DOSSIER.c.public_number).where(DOSSIER.c.public_number.in_(numbers))
        ).scalars()
    )
    number = next((one for one in numbers if one not in taken), numbers[-1])
    row = {
        "dossier_id": key, "public_number": number, "scheme": own.scheme,
        "currency": own.currency, "channel": own.channel, "agency": own.agency,
        "region": own.region, "version": 1, "stage": Stage.INTAKE.value,
        "status": Status.IN_PROGRESS.value, "lot_id": "", "deposit_date": own.deposit_date,
        "receipt_date": own.receipt_date, "scan_date": own.scan_date, "decision_date": None,
        # By this sign the parts of a dossier are known for what they are: the key begins with D.
        "order_key": f"{own.order_key}/{key}",
    }  # fmt: skip
    database.insert_rows(connection, DOSSIER, [row])
    first = (key, 1, 1)
    write_version(database, connection, first, VersionReason.FIRST, by=mover.by, on=mover.day)
    submission = connection.execute(
        select(RECEIVED.c.submission_id)
        .where(RECEIVED.c.dossier_id == own.dossier_id)
        .order_by(RECEIVED.c.content_version)
        .limit(1)
    ).scalar_one_or_none()
    received = {
        "dossier_id": key, "content_version": 1, "submission_id": submission or "",
        "payload": "", "unmapped": "",
    }  # fmt: skip
    database.insert_rows(connection, RECEIVED, [received])
    _write_files(database, connection, key, 1, files)
    _write_parts(database, connection, key, files)
    return key, number


def _write_files(
    database: Database,
    connection: Connection,
    dossier_id: str,
    content: int,
    files: Sequence[FilePages],
) -> None:
    rows = [
        {
            "dossier_id": dossier_id, "content_version": content, "file_no": number,
            "sha256": file.sha256, "media_type": file.media_type,
            "page_count": file.page_count, "first_page": file.first_page,
            "last_page": file.last_page,
        }
        for number, file in enumerate(files, start=1)
    ]  # fmt: skip
    database.insert_rows(connection, FILE, rows)


def _write_parts(
    database: Database, connection: Connection, dossier_id: str, files: Sequence[FilePages]
) -> None:
    """Note in which envelopes the new dossier came; a bordereau it stands on counts one more."""
    for file in files:
        part = connection.execute(
            select(PART)
            .join(ENVELOPE, ENVELOPE.c.envelope_id == PART.c.envelope_id)
            .where(ENVELOPE.c.sha256 == file.sha256, PART.c.first_page <= file.first_page)
            .order_by(PART.c.first_page.desc(), PART.c.part)
            .limit(1)
        ).one_or_none()
        if part is None:
            continue
        last = connection.execute(
            select(func.max(PART.c.part)).where(PART.c.envelope_id == part.envelope_id)
        ).scalar_one()
        row: dict[str, Any] = {
            "envelope_id": part.envelope_id, "part": int(last) + 1, "dossier_id": dossier_id,
            "first_page": file.first_page, "last_page": file.last_page,
            "bordereau_id": part.bordereau_id,
        }  # fmt: skip
        database.insert_rows(connection, PART, [row])
    _recount(connection, dossier_id)


def _recount(connection: Connection, dossier_id: str) -> None:
    """Count again, by dossiers, what came under the bordereaux of a dossier."""
    keys = connection.execute(
        select(PART.c.bordereau_id)
        .where(PART.c.dossier_id == dossier_id, PART.c.bordereau_id != "")
        .distinct()
    ).scalars()
    for key in list(keys):
        counted = connection.execute(
            select(func.count(PART.c.dossier_id.distinct())).where(PART.c.bordereau_id == key)
        ).scalar_one()
        known = connection.execute(
            select(BORDEREAU).where(BORDEREAU.c.bordereau_id == key).with_for_update()
        ).one()
        values: dict[str, Any] = {"counted": counted}
        if known.state != "settled":
            values["state"] = "matched" if counted == known.stated_count else "differs"
        connection.execute(
            BORDEREAU.update().where(BORDEREAU.c.bordereau_id == key).values(**values)
        )


def _event(
    mover: Mover, action: str, key: tuple[str, int], change: tuple[str, str], detail: str
) -> AuditEvent:
    dossier_id, version = key
    before, after = change
    return AuditEvent(
        _chain(mover), mover.by, action, mover.at, "dossier", dossier_id, version, before, after,
        detail,
    )  # fmt: skip


def _chain(mover: Mover) -> str:
    return f"desk:{mover.day.isoformat()}"
