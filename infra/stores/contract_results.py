"""Reads what the contract gates said on a day."""

import datetime as dt

from sqlalchemy import select

from infra.database import Database
from models.records.all_tables import table


def lot_results(database: Database, day: dt.date) -> list[tuple[str, str, str]]:
    """(lot, stage, summary) of each gate of a day's lots."""
    results = table("contract_result")
    query = select(results.c.lot_id, results.c.stage, results.c.summary).where(
        results.c.lot_id.startswith(day.isoformat())
    )
    with database.reading() as connection:
        return [(row[0], row[1], row[2]) for row in connection.execute(query)]
