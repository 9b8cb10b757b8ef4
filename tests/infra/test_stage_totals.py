"""The stages of a day, payment among them, as the demo and its report show them."""

import datetime as dt

from infra.database import Database
from infra.stores.facts import record_payment, record_receiving, stage_totals
from models.records.all_tables import table

DAY = dt.date(2026, 11, 20)


def pay_two_dossiers_at_once(database: Database, batch_id: str) -> None:
    """One payment of a batch that settles two dossiers."""
    payment = {column.name: "" for column in table("payment").columns} | {
        "payment_id": "P1", "batch_id": batch_id, "amount_minor": 300, "state": "proposed",
    }  # fmt: skip
    links = [
        {
            column.name: {
                "payment_id": "P1", "dossier_id": key, "version": 1, "amount_minor": 150,
                "is_live": True,
            }.get(column.name, 0)
            for column in table("payment_obligation").columns
        }
        for key in ("D1", "D2")
    ]  # fmt: skip
    with database.transaction() as connection:
        database.insert_rows(connection, table("payment"), [payment])
        database.insert_rows(connection, table("payment_obligation"), links)


def test_payment_is_a_stage_of_the_day_and_counts_what_is_new(database: Database) -> None:
    record_receiving(database, DAY, dossiers=3, submissions=4, seconds=1.5)
    pay_two_dossiers_at_once(database, "B1")
    record_payment(database, DAY, ["B1"], 2.0)
    record_payment(database, DAY, [], 0.5)
    found = {
        one.stage: (one.dossiers, one.rows, one.seconds) for one in stage_totals(database, DAY)
    }
    assert found == {"intake": (3, 4, 1.5), "payment": (2, 1, 2.5)}
