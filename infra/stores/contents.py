"""The rows of a dossier's contents, and how they are carried from one content to another."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from infra.database import Database
from infra.stores.dossiers import Head, rows_of_content
from models.records.all_tables import table

#: Tables whose rows follow the pages of a content.
PAGE_TABLES = ("page_reading", "dossier_file")


def content_rows(
    connection: Connection, name: str, head: Head, *order: str
) -> list[dict[str, Any]]:
    """The rows of a table about the present content of a dossier, by columns."""
    return [dict(row._mapping) for row in rows_of_content(connection, name, [head], *order)]


def carry_rows(
    database: Database,
    connection: Connection,
    name: str,
    rows: Sequence[Mapping[str, Any]],
    to: tuple[str, int],
) -> None:
    """Write rows of one content as rows of another, which is a dossier and its content's number."""
    target = {"dossier_id": to[0], "content_version": to[1]}
    database.insert_rows(connection, table(name), [{**row, **target} for row in rows])


def carry_pages(
    database: Database, connection: Connection, head: Head, to: tuple[str, int]
) -> None:
    """Let the pages of a dossier's present content be those of another content too."""
    for name in PAGE_TABLES:
        carry_rows(database, connection, name, content_rows(connection, name, head), to)
