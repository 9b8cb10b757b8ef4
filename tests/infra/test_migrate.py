import threading
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from infra.database import Database
from infra.migrate import migrate
from models.records.all_tables import metadata


def differences(database: Database) -> list[Any]:
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        return list(compare_metadata(context, metadata()))


def test_the_migrations_make_the_tables_that_the_code_uses(database: Database) -> None:
    assert differences(database) == []


def test_a_second_start_changes_nothing(database: Database) -> None:
    before = inspect(database.engine).get_table_names()
    migrate(database)
    assert inspect(database.engine).get_table_names() == before


def test_processes_that_start_at_once_take_turns(empty_url: str) -> None:
    errors: list[Exception] = []

    def start() -> None:
        opened = Database(empty_url)
        try:
            migrate(opened)
        except Exception as error:
            errors.append(error)
        finally:
            opened.close()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    opened = Database(empty_url)
    assert "dossier" in inspect(opened.engine).get_table_names()
    opened.close()
