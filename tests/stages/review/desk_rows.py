"""Dossiers that wait for the desk, in a database; every person is synthetic."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from infra.database import Database
from models.finding import Effect, Finding
from models.records.all_tables import table
from models.review_task import TASK_NAMES, task_id
from models.rows import (
    EXTRACTED_NAMES,
    FINDING_NAMES,
    LINE_NAMES,
    PRICED_NAMES,
    VALIDATED_NAMES,
    extracted_row,
    finding_rows,
    line_rows,
    priced_row,
    validated_row,
)
from tasks.review.chunk import DECISION_NAMES
from tasks.review.desk import Answer, DeskAnswer, Signed
from tasks.review.store import answer_task
from tests.builders import a_dossier, a_priced, a_validated

DAY = dt.date(2026, 11, 20)
LIMIT = 1_000_000
CODES: Mapping[str, Effect] = {"FRAUDE_CONFIRMEE": Effect.REFUSE, "ILLISIBLE": Effect.RETURN}
ACCEPT = DeskAnswer(Answer.ACCEPT)


def by(person: str) -> Signed:
    return Signed(person, DAY, "2026-11-20T10:00:00.000000Z")


def put(database: Database, name: str, **values: Any) -> None:
    with database.transaction() as connection:
        database.insert_rows(connection, table(name), [values])


def rows_of(database: Database, name: str, dossier_id: str = "D0001") -> list[dict[str, Any]]:
    source = table(name)
    column = source.c.object_id if name == "audit_event" else source.c.dossier_id
    with database.reading() as connection:
        found = connection.execute(select(source).where(column == dossier_id)).all()
    return [dict(row._mapping) for row in found]


def dossier_row(database: Database, dossier_id: str = "D0001") -> dict[str, Any]:
    return rows_of(database, "dossier", dossier_id)[0]


def a_waiting_dossier(database: Database, number: int = 1, **changes: Any) -> str:
    """Write a dossier that waits for the desk, and return the id of its task."""
    dossier_id, version = f"D{number:04d}", changes.get("version", 1)
    due, kind = changes.get("due_minor", 5600), changes.get("kind", "finding")
    reasons = changes.get("reasons", "NOM_DISCORDANT")
    content = changes.get("dossier", a_dossier())
    content = replace(content, dossier_id=dossier_id, version=version)
    status = "under_appeal" if kind == "appeal" else changes.get("status", "in_review")
    put(
        database, "dossier", dossier_id=dossier_id, public_number=f"AMO-{number:06d}",
        scheme="ma-amo-salaries", currency="MAD", channel="electronic", agency="AG-01",
        region="R-01", version=version, stage=changes.get("stage", "review"), status=status,
        lot_id="2026-11-20/001", deposit_date=DAY, receipt_date=DAY, scan_date=None,
        decision_date=None, order_key=f"{number:06d}",
    )  # fmt: skip
    put(
        database, "dossier_version", dossier_id=dossier_id, version=version, content_version=1,
        reason=changes.get("version_reason", "first"), opened_by="machine", opened_on=DAY,
    )  # fmt: skip
    key = task_id(dossier_id, version, kind)
    findings = changes.get("findings", (Finding("NOM_DISCORDANT", Effect.REVIEW),))
    task = (dossier_id, key, version, kind, reasons, "open", changes.get("opened_on", DAY))
    with database.transaction() as connection:
        for name, names, rows in (
            ("extracted_dossier", EXTRACTED_NAMES, [extracted_row(content, 1)]),
            ("extracted_line", LINE_NAMES, line_rows(content, 1)),
            (
                "validated_dossier",
                VALIDATED_NAMES,
                [validated_row(a_validated(dossier_id=dossier_id, version=version), DAY)],
            ),
            (
                "priced_dossier",
                PRICED_NAMES,
                [
                    priced_row(
                        a_priced(
                            dossier_id=dossier_id,
                            version=version,
                            asked_minor=content.total_minor,
                            due_minor=due,
                        )
                    )
                ],
            ),
            ("finding", FINDING_NAMES, finding_rows(dossier_id, version, "validation", findings)),
            (
                "decision",
                DECISION_NAMES,
                [
                    (
                        dossier_id, version, changes.get("outcome", "review"), due, "MAD",
                        "machine", DAY, json.dumps(reasons.split()),
                    )
                ],
            ),
            ("review_task", TASK_NAMES, [(*task, changes.get("due_on", DAY), *("",) * 6, due)]),
        ):  # fmt: skip
            database.insert_tuples(connection, table(name), names, rows)
    return key


def answer(database: Database, key: str, given: DeskAnswer, person: str, **changes: Any) -> Any:
    return answer_task(
        database, key, given, by(person), four_eyes_above_minor=LIMIT, codes=CODES, **changes
    )
