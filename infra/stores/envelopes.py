"""Envelopes, bordereaux and boxes of paper originals: what came, what is missing, what may go."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, func, select

from infra.audit import append_events
from infra.database import Database
from models.audit import AuditEvent
from models.cover_sheet import CoverSheet
from models.errors import UsageError
from models.finding import Effect, Finding
from models.records.all_tables import table
from models.rows import FINDING_NAMES, finding_rows
from models.stage import Stage, Status

ENVELOPE = table("envelope")
PART = table("envelope_part")
BORDEREAU = table("bordereau")
BOX = table("box")
DOSSIER = table("dossier")
FINDING = table("finding")

MATCHED, DIFFERS, SETTLED = "matched", "differs", "settled"


def note_bordereaux(
    database: Database,
    connection: Connection,
    sheets: Mapping[str, CoverSheet],
    day: dt.date,
    code: str,
) -> None:
    """Count what came under each bordereau, with this file; a difference is noted.

    A bordereau may come in several envelopes: each counts it anew, and the note on dossiers that no
    stage has taken yet follows the count. ``sheets`` are the bordereaux by id, ``code`` what is
    said where a count differs.
    """
    for key, sheet in sheets.items():
        known = connection.execute(
            select(BORDEREAU).where(BORDEREAU.c.bordereau_id == key).with_for_update()
        ).one_or_none()
        counted = connection.execute(
            select(func.count(PART.c.dossier_id.distinct())).where(PART.c.bordereau_id == key)
        ).scalar_one()
        stated = known.stated_count if known else sheet.stated
        state = MATCHED if stated == counted else DIFFERS
        if known is None:
            row = {
                "bordereau_id": key, "number": sheet.number, "agency": sheet.agency,
                "arrived_on": day, "stated_count": stated, "counted": counted, "state": state,
                "settled_by": "", "settled_at": "", "note": "",
            }  # fmt: skip
            database.insert_rows(connection, BORDEREAU, [row])
        else:
            connection.execute(
                BORDEREAU.update()
                .where(BORDEREAU.c.bordereau_id == key)
                .values(counted=counted, state=state)
            )
        params = {"number": sheet.number, "stated": str(stated), "counted": str(counted)}
        said = None if state == MATCHED else Finding(code, Effect.NOTE, None, params)
        _renew_notes(database, connection, key, code, said)


def _renew_notes(
    database: Database, connection: Connection, bordereau_id: str, code: str, said: Finding | None
) -> None:
    """Put the note on the bordereau's dossiers that wait at intake, in place of an earlier one."""
    waiting = connection.execute(
        select(DOSSIER.c.dossier_id, DOSSIER.c.version)
        .join(PART, PART.c.dossier_id == DOSSIER.c.dossier_id)
        .where(
            PART.c.bordereau_id == bordereau_id,
            DOSSIER.c.stage == Stage.INTAKE.value,
            DOSSIER.c.status == Status.IN_PROGRESS.value,
        )
        .distinct()
        .order_by(DOSSIER.c.dossier_id)
    ).all()
    rows: list[tuple[Any, ...]] = []
    for dossier_id, version in waiting:
        own = and_(
            FINDING.c.dossier_id == dossier_id,
            FINDING.c.version == version,
            FINDING.c.stage == Stage.INTAKE.value,
        )
        connection.execute(FINDING.delete().where(own, FINDING.c.code == code))
        if said is None:
            continue
        last = connection.execute(select(func.max(FINDING.c.sequence)).where(own)).scalar_one()
        (row,) = finding_rows(dossier_id, version, Stage.INTAKE.value, [said])
        place = FINDING_NAMES.index("sequence")
        rows.append((*row[:place], (last or 0) + 1, *row[place + 1 :]))
    database.insert_tuples(connection, FINDING, FINDING_NAMES, rows)


@dataclass(frozen=True, slots=True)
class BordereauState:
    """One bordereau: what it states, what came, whether somebody still looks for the rest."""

    bordereau_id: str
    number: str
    agency: str
    arrived_on: dt.date
    stated_count: int
    counted: int
    state: str


def list_bordereaux(database: Database, *, only_open: bool) -> list[BordereauState]:
    """The bordereaux, oldest first; the open ones state another number than came."""
    query = select(BORDEREAU).order_by(BORDEREAU.c.arrived_on, BORDEREAU.c.bordereau_id)
    if only_open:
        query = query.where(BORDEREAU.c.state == DIFFERS)
    with database.reading() as connection:
        return [
            BordereauState(
                row.bordereau_id, row.number, row.agency, row.arrived_on, row.stated_count,
                row.counted, row.state,
            )
            for row in connection.execute(query)
        ]  # fmt: skip


def settle_bordereau(
    database: Database, bordereau_id: str, note: str, by: str, day: dt.date, at: str
) -> None:
    """Close a difference that a person has explained.

    Raises:
        UsageError: when the bordereau does not differ, or nothing is said.
    """
    if not note.strip():
        raise UsageError("say what became of the difference; the note is kept")
    with database.transaction() as connection:
        done = connection.execute(
            BORDEREAU.update()
            .where(BORDEREAU.c.bordereau_id == bordereau_id, BORDEREAU.c.state == DIFFERS)
            .values(state=SETTLED, settled_by=by, settled_at=at, note=note)
        )
        if done.rowcount != 1:
            raise UsageError("no bordereau of that id waits; list those that differ")
        event = AuditEvent(
            f"desk:{day.isoformat()}", by, "bordereau_settled", at, "bordereau", bordereau_id, 0,
            DIFFERS, SETTLED, note,
        )  # fmt: skip
        append_events(database, connection, [event])


@dataclass(frozen=True, slots=True)
class PaperOfDossier:
    """One envelope that pages of a dossier came in; empty texts where there is none."""

    envelope_id: str
    arrived_on: dt.date
    agency: str
    sha256: str
    first_page: int
    last_page: int
    page_count: int
    bordereau: str
    stated_count: int
    counted: int
    box_id: str
    destroy_on: dt.date | None
    destroyed_on: dt.date | None


def paper_of(connection: Connection, dossier_id: str) -> list[PaperOfDossier]:
    """The envelopes, bordereaux and boxes of a dossier's pages as received, oldest first."""
    query = (
        select(
            ENVELOPE.c.envelope_id, ENVELOPE.c.arrived_on, ENVELOPE.c.agency, ENVELOPE.c.sha256,
            PART.c.first_page, PART.c.last_page, ENVELOPE.c.page_count,
            func.coalesce(BORDEREAU.c.number, ""), func.coalesce(BORDEREAU.c.stated_count, 0),
            func.coalesce(BORDEREAU.c.counted, 0),
            ENVELOPE.c.box_id, BOX.c.destroy_on, BOX.c.destroyed_on,
        )
        .join(PART, PART.c.envelope_id == ENVELOPE.c.envelope_id)
        .outerjoin(BORDEREAU, BORDEREAU.c.bordereau_id == PART.c.bordereau_id)
        .outerjoin(BOX, BOX.c.box_id == ENVELOPE.c.box_id)
        .where(PART.c.dossier_id == dossier_id)
        .order_by(ENVELOPE.c.arrived_on, ENVELOPE.c.envelope_id, PART.c.part)
    )  # fmt: skip
    return [PaperOfDossier(*list[Any](row)) for row in connection.execute(query)]


def envelopes_of(
    database: Database, *, public_numbers: Sequence[str], arrived_on: dt.date | None
) -> list[str]:
    """The envelopes in which these dossiers came, or all that arrived on a day without a box."""
    query = select(ENVELOPE.c.envelope_id).distinct().order_by(ENVELOPE.c.envelope_id)
    if public_numbers:
        query = (
            query.join(PART, PART.c.envelope_id == ENVELOPE.c.envelope_id)
            .join(DOSSIER, DOSSIER.c.dossier_id == PART.c.dossier_id)
            .where(DOSSIER.c.public_number.in_(list(public_numbers)))
        )
    else:
        query = query.where(ENVELOPE.c.arrived_on == arrived_on, ENVELOPE.c.box_id == "")
    with database.reading() as connection:
        return list(connection.execute(query).scalars())
