"""The layout of the desk comes to a database that already has tasks waiting in it."""

from alembic import command

from infra.database import Database
from infra.migrate import migrate, migration_config

PRICED = (
    "INSERT INTO priced_dossier (dossier_id, version, scheme, currency, tariff_version, "
    "engine_version, asked_minor, base_minor, due_minor) "
    "VALUES ('D0001', 1, 's', 'MAD', '1', '1', 9000, 8000, 5600)"
)
TASK = (
    "INSERT INTO review_task (task_id, dossier_id, version, kind, reasons, state, opened_on, "
    "due_on, first_by, first_answer, decided_by, answer, reason, decided_at) "
    "VALUES ('{0}', '{1}', 1, 'finding', '', 'open', '2026-11-20', '2026-11-27', '', '', '', '', "
    "'', '')"
)


def test_tasks_that_wait_get_their_amount_when_the_layout_comes(empty_url: str) -> None:
    database = Database(empty_url)
    config = migration_config()
    with database.transaction() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
    with database.transaction() as connection:
        connection.exec_driver_sql(PRICED)
        connection.exec_driver_sql(TASK.format("T1", "D0001"))
        connection.exec_driver_sql(TASK.format("T2", "D0002"))
    migrate(database)
    with database.reading() as connection:
        query = "SELECT task_id, amount_minor FROM review_task ORDER BY task_id"
        found = [tuple(row) for row in connection.exec_driver_sql(query)]
    database.close()
    assert found == [("T1", 5600), ("T2", 0)]
