"""Reads what the contract gates said on a day."""

import datetime as dt
import json
from dataclasses import dataclass

from sqlalchemy import select

from infra.database import Database
from models.records.all_tables import table
from models.stage import Stage


def lot_results(database: Database, day: dt.date) -> list[tuple[str, str, str]]:
    """(lot, stage, summary) of each gate of a day's lots."""
    results = table("contract_result")
    query = select(results.c.lot_id, results.c.stage, results.c.summary).where(
        results.c.lot_id.startswith(day.isoformat())
    )
    with database.reading() as connection:
        return [(row[0], row[1], row[2]) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class GateSaid:
    """What one gate said of one lot, in counts."""

    stage: str
    contract: str
    version: str
    rows: int
    rules: int
    rules_broken: int
    quarantined: int


def gates_of_lot(database: Database, lot_id: str) -> list[GateSaid]:
    """What each gate said of a lot, in the order of the stages."""
    results = table("contract_result")
    with database.reading() as connection:
        rows = connection.execute(select(results).where(results.c.lot_id == lot_id)).all()
    said = []
    for row in sorted(rows, key=lambda row: Stage(row.stage).position):
        rules = json.loads(row.summary)
        said.append(
            GateSaid(
                row.stage,
                row.contract_id,
                row.contract_version,
                row.row_count,
                len(rules),
                sum(1 for rule in rules if rule["failed"]),
                row.failed_count,
            )
        )
    return said
