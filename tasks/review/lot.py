"""Gathers everything said about the dossiers of one chunk and decides; runs in a pool child."""

from collections.abc import Sequence

from sqlalchemy import Connection

from infra.database import Database, shared_database
from infra.stores.agreements import load_limits
from infra.stores.by_hand import due_beside
from infra.stores.dossiers import (
    Head,
    load_dossiers,
    load_findings,
    load_paid,
    load_priced,
    load_signals,
    load_validated,
)
from models.outcome import DecisionInput
from models.records.all_tables import table
from models.work import ChunkOutput
from tasks.lot_run import ChunkRequest
from tasks.review.chunk import ReviewContext, decide_chunk
from tasks.review.decide import MACHINE


def decide_lot_chunk(request: ChunkRequest) -> ChunkOutput:
    """Decide the dossiers of a chunk."""
    database = shared_database(request.database_url)
    heads = request.heads
    with database.reading() as connection:
        dossiers = load_dossiers(connection, heads)
        validated = load_validated(connection, heads)
        priced = load_priced(connection, heads)
        findings = load_findings(connection, heads)
        signals = load_signals(connection, heads)
        again = [head for head in heads if head.version > 1]
        paid = load_paid(connection, [head.dossier_id for head in again])
        numbers = {key: one.agreement_number for key, one in validated.items()}
        limits = load_limits(database, connection, heads, numbers, request.day)
        beside = due_beside(database, connection, heads, MACHINE)
        deciders = _previous_deciders(database, connection, again)
    inputs = [
        DecisionInput(
            dossier=dossiers[head.dossier_id],
            validated=validated[head.dossier_id],
            priced=priced[head.dossier_id],
            findings=findings.get(head.dossier_id, ()),
            signals=signals.get(head.dossier_id, ()),
            version_reason=head.version_reason,
            previous_decided_by=deciders.get(head.dossier_id, ""),
            already_paid_minor=paid.get(head.dossier_id, 0),
        )
        for head in heads
    ]
    context = ReviewContext(
        request.day,
        limits=limits,
        due_beside=beside,
        four_eyes_above_minor=request.settings.four_eyes_above_minor,
    )
    return decide_chunk(inputs, context)


def _previous_deciders(
    database: Database, connection: Connection, heads: Sequence[Head]
) -> dict[str, str]:
    """Who decided the version before the current one, by dossier."""
    versions = {head.dossier_id: head.version - 1 for head in heads}
    return {
        row.dossier_id: row.decided_by
        for row in database.select_in(connection, table("decision"), "dossier_id", versions)
        if row.version == versions[row.dossier_id]
    }
