"""Fetches the records and pages of one chunk and extracts the dossiers; runs in a pool child."""

from infra.database import shared_database
from infra.storage import open_storage
from infra.stores.dossiers import rows_of_content
from models.rows import group_by_dossier
from models.work import ChunkOutput
from tasks.extraction.chunk import ExtractionContext, ExtractionInput, extract_chunk
from tasks.extraction.electronic import DossierHead
from tasks.lot_run import ChunkRequest


def extract_lot_chunk(request: ChunkRequest) -> ChunkOutput:
    """Extract the dossiers of a chunk from their electronic records or their pages."""
    storage = open_storage(request.storage_url, request.settings.s3_endpoint_url)
    paper = [head for head in request.heads if head.channel == "paper"]
    electronic = [head for head in request.heads if head.channel != "paper"]
    with shared_database(request.database_url).reading() as connection:
        payloads = {
            row.dossier_id: row.payload
            for row in rows_of_content(connection, "received_record", electronic)
        }
        pages = group_by_dossier(
            rows_of_content(connection, "page_reading", paper, "dossier_id", "page_no")
        )
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
            ),
            payload=payloads.get(head.dossier_id, ""),
            pages=tuple(storage.get(row.words_key) for row in pages.get(head.dossier_id, ())),
        )
        for head in request.heads
    ]
    return extract_chunk(inputs, ExtractionContext(request.settings.forms_dir))
