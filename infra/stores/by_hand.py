"""Which dossiers stand as somebody at the desk wrote or laid them, and what they come to together.

The limit above which two people decide holds for what one hand brought about: a correction that
raised an amount, or a dossier divided into parts of which each lies below it.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, Table, and_, func, select

from infra.database import Database
from infra.stores.dossiers import Head
from models.records.all_tables import table
from models.stage import VersionReason

DOSSIER = table("dossier")
VERSION = table("dossier_version")
FILE = table("dossier_file")
PRICED = table("priced_dossier")
DECISION = table("decision")

#: What opens the place in the order of receipt that a part has behind the dossier it was part of.
PART_SIGN = "/D"


def due_beside(
    database: Database, connection: Connection, heads: Sequence[Head], machine: str
) -> dict[str, int]:
    """For each dossier whose present content a person made: what its other parts owe, minor units.

    A dossier that was never divided owes nothing beside; one that no person touched is not named.
    """
    rows = database.select_in(
        connection, VERSION, "dossier_id", [head.dossier_id for head in heads],
        VERSION.c.opened_by != machine, VERSION.c.reason == VersionReason.CORRECTION.value,
    )  # fmt: skip
    corrected = {(row.dossier_id, row.content_version) for row in rows}
    return {
        head.dossier_id: due_of_parts(connection, head)
        for head in heads
        if (head.dossier_id, head.content_version) in corrected or PART_SIGN in head.order_key
    }


def due_of_parts(connection: Connection, head: Head) -> int:
    """What the other parts of a divided dossier owe as they stand now, in minor units."""
    root = head.order_key.partition(PART_SIGN)[0]
    files = select(FILE.c.sha256).where(FILE.c.dossier_id == head.dossier_id)
    parts = (
        select(FILE.c.dossier_id)
        .join(DOSSIER, DOSSIER.c.dossier_id == FILE.c.dossier_id)
        .where(
            FILE.c.sha256.in_(files),
            FILE.c.dossier_id != head.dossier_id,
            (DOSSIER.c.order_key == root)
            | DOSSIER.c.order_key.startswith(root + PART_SIGN, autoescape=True),
        )
    )
    due = func.coalesce(DECISION.c.due_minor, PRICED.c.due_minor, 0)
    query = (
        select(func.coalesce(func.sum(due), 0))
        .select_from(DOSSIER)
        .outerjoin(PRICED, _present(PRICED))
        .outerjoin(DECISION, _present(DECISION))
        .where(DOSSIER.c.dossier_id.in_(parts))
    )
    return int(connection.execute(query).scalar_one())


def _present(source: Table) -> ColumnElement[bool]:
    return and_(source.c.dossier_id == DOSSIER.c.dossier_id, source.c.version == DOSSIER.c.version)
