"""What people write at the desk becomes labels: right or wrong, for each field the machine read."""

from collections.abc import Mapping, Sequence
from typing import Any

from infra.database import Database
from infra.stores.dossiers import DOSSIER, heads_where
from infra.stores.field_labels import evidence_rows, write_labels
from infra.stores.review_tasks import task_row
from tasks.extraction.acceptance import Source
from tasks.extraction.calibration.cells import evidence_of
from tasks.extraction.calibration.labels import CORRECTION
from tasks.extraction.calibration.values import is_same
from tasks.extraction.piece_count import count_again
from tasks.review.content import CorrectionResult, Corrector
from tasks.review.desk import Signed
from tasks.review.store import correct_fields


def correct_and_label(
    database: Database,
    task_id: str,
    values: Mapping[str, str],
    signed: Signed,
    *,
    correct: Corrector,
    reason: str = "",
) -> CorrectionResult:
    """Keep what a person read, and note for each field whether the machine had read it right.

    Raises:
        UsageError: when the task is closed, nothing is corrected, or a value is none.
        UnknownDossier: when there is no such task.
    """
    with database.reading() as connection:
        dossier_id = str(task_row(connection, task_id).dossier_id)
        heads = heads_where(connection, DOSSIER.c.dossier_id == dossier_id)
    result = correct_fields(
        database, task_id, values, signed, correct=correct, count_again=count_again, reason=reason
    )
    content = (dossier_id, heads[0].content_version)
    with database.transaction() as connection:
        label_fields(database, connection, content, values, signed, origin=CORRECTION)
    return result


def label_fields(
    database: Database,
    connection: Any,
    content: tuple[str, int],
    values: Mapping[str, str],
    signed: Signed,
    *,
    origin: str,
) -> int:
    """Write the labels of a content's fields from what a person wrote; return how many are new.

    ``values`` are written as on paper. Fields that no machine read, or a person wrote before,
    give none.
    """
    rows = evidence_rows(connection, *content, values)
    labels = [
        label_row(row, content, is_wrong=not is_same(row.field_type, row.value, values[row.field]),
                  signed=signed, origin=origin)
        for row in rows
        if row.source != Source.PERSON and row.field_type
    ]  # fmt: skip
    return write_labels(database, connection, labels)


def label_row(
    row: Any, content: tuple[str, int], *, is_wrong: bool, signed: Signed, origin: str
) -> dict[str, Any]:
    """A label from the evidence of a field; no value is in it."""
    flags: Sequence[str] = row.flags.split()
    return {
        "dossier_id": content[0],
        "content_version": content[1],
        "field": row.field,
        "origin": origin,
        "field_type": row.field_type,
        "evidence": evidence_of(row.source, flags),
        "quality_band": row.quality_band,
        "stated_probability": row.error_probability,
        "was_accepted": not row.is_doubtful,
        "is_wrong": is_wrong,
        "calibration": row.calibration,
        "labelled_by": signed.by,
        "labelled_at": signed.at,
    }
