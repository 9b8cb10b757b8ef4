"""Fetches records, pages and registers of one chunk and extracts the dossiers; in a pool child."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from infra.database import Database, shared_database
from infra.storage import open_storage
from infra.stores.calibrations import active_version
from infra.stores.dossiers import rows_of_content
from infra.stores.register_hints import known_eans, load_hints
from infra.stores.scheme_choices import sent_schemes
from models.reading import PageText
from models.rows import group_by_dossier
from models.work import ChunkOutput
from tasks.extraction.audit import Draw
from tasks.extraction.belief import Belief
from tasks.extraction.calibration.calibration import (
    Calibration,
    from_document,
    shipped_calibration,
)
from tasks.extraction.chunk import ExtractionContext, ExtractionInput, extract_chunk
from tasks.extraction.electronic import DossierHead
from tasks.extraction.pages import page_of_json
from tasks.extraction.registers import asked_of
from tasks.extraction.template import read_templates
from tasks.lot_run import ChunkRequest


def extract_lot_chunk(request: ChunkRequest) -> ChunkOutput:
    """Extract the dossiers of a chunk from their electronic records or their pages."""
    storage = open_storage(request.storage_url, request.settings.s3_endpoint_url)
    database = shared_database(request.database_url)
    paper = [head for head in request.heads if head.channel == "paper"]
    electronic = [head for head in request.heads if head.channel != "paper"]
    with database.reading() as connection:
        payloads = {
            row.dossier_id: row.payload
            for row in rows_of_content(connection, "received_record", electronic)
        }
        rows = group_by_dossier(
            rows_of_content(connection, "page_reading", paper, "dossier_id", "page_no")
        )
        late = [head.dossier_id for head in request.heads if head.version > 1]
        chosen = sent_schemes(database, connection, late) if late else {}
    pages = {
        key: tuple(page_of_json(storage.get(row.words_key)) for row in own)
        for key, own in rows.items()
    }
    belief = _belief(request, database, pages) if pages else Belief()
    inputs = [
        ExtractionInput(
            DossierHead(
                head.dossier_id,
                head.version,
                head.content_version,
                head.public_number,
                head.scheme,
                head.currency,
                head.channel,
                head.agency,
                head.region,
                head.deposit_date,
                head.receipt_date,
                head.scan_date,
                head.dossier_id in chosen,
            ),
            payload=payloads.get(head.dossier_id, ""),
            pages=pages.get(head.dossier_id, ()),
        )
        for head in request.heads
    ]
    draw = Draw(request.settings.audit_share, request.settings.audit_key, request.day)
    context = ExtractionContext(request.settings.forms_dir, belief, draw)
    return extract_chunk(inputs, context)


def _belief(
    request: ChunkRequest, database: Database, pages: Mapping[str, Sequence[PageText]]
) -> Belief:
    """The calibration in force, and what the registers say of all numbers on the chunk's pages."""
    settings = request.settings
    read = [page for own in pages.values() for page in own]
    asked = asked_of(read, read_templates(settings.forms_dir))
    with database.reading() as connection:
        hints = load_hints(connection, asked, request.day)
        calibration = active_calibration(connection)
    eans = known_eans(settings.schemes_dir.parent / "national", settings.imported_tariffs())
    return Belief(calibration, hints=replace(hints, eans=eans))


def active_calibration(connection: Connection) -> Calibration:
    """Return the calibration that somebody activated, else the one that tasfiya brings along."""
    found = active_version(connection)
    return shipped_calibration() if found is None else calibration_of(*found)


@functools.lru_cache(maxsize=4)
def calibration_of(version: str, body: str) -> Calibration:
    """Return the calibration of a kept document; read once for each process."""
    return from_document(body, f"calibration {version}")
