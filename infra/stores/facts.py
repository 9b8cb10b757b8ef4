"""Small facts about a database for reports: counts, seconds by stage, dossiers worth a look."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select

from infra.database import Database
from infra.stores.dossiers import DOSSIER
from models.records.all_tables import table
from models.stage import STAGES, Status


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
    """What each stage did over a day's lots, in the order of the stages."""
    runs = table("stage_run")
    query = (
        select(
            runs.c.stage,
            func.sum(runs.c.dossier_count),
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
