"""The layout of envelopes comes to a database that already has paper in it."""

from alembic import command

from infra.database import Database
from infra.migrate import migrate, migration_config


def test_the_files_that_were_there_keep_all_their_pages(empty_url: str) -> None:
    database = Database(empty_url)
    config = migration_config()
    with database.transaction() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0006")
    with database.transaction() as connection:
        connection.exec_driver_sql(
            "INSERT INTO dossier_file (dossier_id, content_version, file_no, sha256, media_type, "
            "page_count) VALUES ('D0001', 1, 1, 'x', 'image/tiff', 3)"
        )
    migrate(database)
    with database.reading() as connection:
        query = "SELECT first_page, last_page FROM dossier_file"
        found = [tuple(row) for row in connection.exec_driver_sql(query)]
    assert found == [(1, 3)]
    with database.transaction() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0006")
    database.close()
