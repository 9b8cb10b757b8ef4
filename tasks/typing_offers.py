"""Which paper dossiers that wait for a person are quicker typed than corrected."""

from collections.abc import Iterable
from typing import Any

from infra.database import Database
from infra.stores.dossiers import Head, rows_of_content
from models.records.all_tables import table
from tasks.review.policy import Policy
from tasks.review.typing import ReadingQuality, is_to_type


def to_be_typed(
    database: Database, connection: Any, heads: Iterable[Head], policy: Policy
) -> frozenset[str]:
    """Return the ids of paper dossiers whose pages were read too badly, by the review policy.

    Called in the transaction that wrote their evidence.
    """
    paper = [head for head in heads if head.channel == "paper"]
    known = {
        row.dossier_id for row in rows_of_content(connection, "page_reading", paper) if row.form_id
    }
    ids = [head.dossier_id for head in paper]
    contents = {head.dossier_id: head.content_version for head in paper}
    counts = {key: [0, 0] for key in ids}
    for row in database.select_in(connection, table("field_evidence"), "dossier_id", ids):
        if row.content_version == contents[row.dossier_id] and (row.is_doubtful or row.value):
            counts[row.dossier_id][int(row.is_doubtful)] += 1
    return frozenset(
        key
        for key, (read, doubtful) in counts.items()
        if is_to_type(
            ReadingQuality(read, doubtful, key in known),
            doubtful_percent_min=policy.typing_doubtful_percent_min,
            read_min=policy.typing_read_fields_min,
        )
    )
