"""Small facts about a database for reports: counts, seconds by stage, dossiers worth a look."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, case, func, select

from infra.clock import now_text
from infra.database import Database
from infra.stores.dossiers import DOSSIER
from models.records.all_tables import table
from models.stage import STAGES, Stage, Status

#: Ends the id under which the receiving of a day's files is timed.
INBOX_SUFFIX = "/inbox"
#: Ends the id under which a day's payment runs are timed.
PAYMENT_SUFFIX = "/pay"


def record_receiving(
    database: Database, day: dt.date, *, dossiers: int, submissions: int, seconds: float
) -> None:
    """Keep how long it took to receive files, beside the stages' own times."""
    if dossiers:
        run_id = f"{day.isoformat()}{INBOX_SUFFIX}"
        _record(database, run_id, Stage.INTAKE, (dossiers, submissions, seconds))


def record_payment(
    database: Database, day: dt.date, batch_ids: Sequence[str], seconds: float
) -> None:
    """Keep how long a payment run took, and how many dossiers and payments it put into files."""
    payments, links = table("payment"), table("payment_obligation")
    query = (
        select(
            func.count(func.distinct(links.c.dossier_id)),
            func.count(func.distinct(links.c.payment_id)),
        )
        .join(payments, payments.c.payment_id == links.c.payment_id)
        .where(payments.c.batch_id.in_(list(batch_ids)))
    )
    with database.reading() as connection:
        dossiers, count = connection.execute(query).one()
    run_id = f"{day.isoformat()}{PAYMENT_SUFFIX}"
    _record(database, run_id, Stage.PAYMENT, (int(dossiers), int(count), seconds))


def _record(database: Database, run_id: str, stage: Stage, counted: tuple[int, int, float]) -> None:
    dossiers, rows, seconds = counted
    with database.transaction() as connection:
        database.insert_rows(
            connection,
            table("stage_run"),
            [
                {
                    "lot_id": run_id,
                    "stage": stage.value,
                    "dossier_count": dossiers,
                    "row_count": rows,
                    "quarantined_count": 0,
                    "seconds": seconds,
                    "contract_seconds": 0.0,
                    "audit_seconds": 0.0,
                    "finished_at": now_text(),
                }
            ],
        )


def count_rows(database: Database, name: str) -> int:
    """The number of rows of a table."""
    with database.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(table(name))).scalar_one())


def examples(database: Database) -> list[tuple[str, str]]:
    """(what it is, dossier id) of one paid, one refused and one dossier waiting for a person."""
    wanted = (
        ("a paid dossier", Status.PAID, "paper"),
        ("a paid dossier", Status.PAID, "electronic"),
        ("a refused dossier", Status.REFUSED, "electronic"),
        ("a dossier waiting for a person", Status.IN_REVIEW, "paper"),
        ("a dossier waiting for a person", Status.IN_REVIEW, "electronic"),
    )
    found: dict[str, str] = {}
    with database.reading() as connection:
        for what, status, channel in wanted:
            if what in found:
                continue
            key = connection.execute(
                select(DOSSIER.c.dossier_id)
                .where(DOSSIER.c.status == status.value, DOSSIER.c.channel == channel)
                .order_by(DOSSIER.c.order_key)
                .limit(1)
            ).scalar_one_or_none()
            if key is not None:
                found[what] = key
    return list(found.items())


@dataclass(frozen=True, slots=True)
class StageTotal:
    """One stage over all lots of a day."""

    stage: str
    dossiers: int
    rows: int
    seconds: float
    contract_seconds: float
    audit_seconds: float


def stage_totals(database: Database, day: dt.date) -> list[StageTotal]:
    """What each stage did over a day's lots, in the order of the stages.

    Intake is counted where files are received; its gate over each lot adds seconds alone.
    """
    runs = table("stage_run")
    is_gate = and_(runs.c.stage == Stage.INTAKE.value, runs.c.lot_id.not_like(f"%{INBOX_SUFFIX}"))
    query = (
        select(
            runs.c.stage,
            func.sum(case((is_gate, 0), else_=runs.c.dossier_count)),
            func.sum(runs.c.row_count),
            func.sum(runs.c.seconds),
            func.sum(runs.c.contract_seconds),
            func.sum(runs.c.audit_seconds),
        )
        .where(runs.c.lot_id.startswith(day.isoformat()))
        .group_by(runs.c.stage)
    )
    with database.reading() as connection:
        found = {
            row[0]: StageTotal(row[0], int(row[1]), int(row[2]), *map(float, row[3:]))
            for row in connection.execute(query)
        }
    return [found[stage.value] for stage in STAGES if stage.value in found]
