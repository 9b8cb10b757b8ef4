"""Writes whether fields were read right, as people find out; their values stand nowhere here."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from infra.database import Database
from models.records.all_tables import table

LABEL = table("field_label")
EVIDENCE = table("field_evidence")


def evidence_rows(
    connection: Connection, dossier_id: str, content_version: int, fields: Iterable[str]
) -> Sequence[Any]:
    """The evidence of some fields of a content."""
    query = select(EVIDENCE).where(
        EVIDENCE.c.dossier_id == dossier_id,
        EVIDENCE.c.content_version == content_version,
        EVIDENCE.c.field.in_(sorted(fields)),
    )
    return connection.execute(query.order_by(EVIDENCE.c.field)).all()


def write_labels(
    database: Database, connection: Connection, rows: Sequence[Mapping[str, Any]]
) -> int:
    """Keep labels; a field's first one of each origin counts. Return how many are new."""
    return database.insert_new(connection, LABEL, rows)
