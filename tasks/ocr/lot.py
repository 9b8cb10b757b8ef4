"""Fetches the files of one chunk's paper dossiers and reads their pages; runs in a pool child."""

from infra.database import shared_database
from infra.storage import open_storage, original_key
from infra.stores.dossiers import rows_of_content
from models.rows import group_by_dossier
from tasks.lot_run import ChunkRequest
from tasks.ocr.chunk import OcrChunk, OcrContext, PaperFile, PaperInput, read_pages_chunk
from tasks.ocr.engines.choice import EngineChoice
from tasks.ocr.raster import Limits, PageRange
from tasks.ocr.sparing import Sparing
from tasks.ocr.zones import Readers


def read_lot_chunk(
    request: ChunkRequest, readers: Readers | None = None, sparing: Sparing | None = None
) -> OcrChunk:
    """Read all pages of a chunk's dossiers, by the project's engines unless others are named.

    ``sparing`` says which fields of forms may do with one reader; by default none.
    """
    settings = request.settings
    storage = open_storage(request.storage_url, settings.s3_endpoint_url)
    with shared_database(request.database_url).reading() as connection:
        files = group_by_dossier(
            rows_of_content(connection, "dossier_file", request.heads, "dossier_id", "file_no")
        )
    inputs = [
        PaperInput(
            head.dossier_id,
            head.content_version,
            tuple(
                PaperFile(
                    row.sha256,
                    row.media_type,
                    storage.get(original_key(row.sha256)),
                    PageRange(row.first_page, row.last_page),
                )
                for row in files.get(head.dossier_id, ())
            ),
        )
        for head in request.heads
    ]
    limits = Limits(pages_max=settings.pages_max, pixels_max=settings.page_pixels_max)
    engine = EngineChoice(settings.ocr_engine, settings.tessdata_dir)
    context = OcrContext(settings.forms_dir, limits, engine, sparing or Sparing())
    return read_pages_chunk(inputs, context, readers)
