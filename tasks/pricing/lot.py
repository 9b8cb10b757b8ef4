"""Reads the dossiers of one chunk and prices them; runs in a pool child."""

from infra.database import shared_database
from infra.stores.counter_history import counted_people
from infra.stores.dossiers import load_counters, load_dossiers, load_validated
from models.outcome import PricingInput
from models.work import ChunkOutput
from tasks.lot_run import ChunkRequest
from tasks.pricing.chunk import PricingContext, price_chunk


def price_lot_chunk(request: ChunkRequest) -> ChunkOutput:
    """Price the dossiers of a chunk under the figures known now."""
    database = shared_database(request.database_url)
    with database.reading() as connection:
        dossiers = load_dossiers(connection, request.heads)
        validated = load_validated(connection, request.heads)
        people = [person for entry in validated.values() for person in counted_people(entry)]
        counters = load_counters(database, connection, people)
    inputs = [
        PricingInput(
            dossiers[head.dossier_id],
            validated[head.dossier_id],
            tuple(
                use
                for person in counted_people(validated[head.dossier_id])
                for use in counters.get(person, ())
            ),
        )
        for head in request.heads
    ]
    settings = request.settings
    context = PricingContext(
        settings.schemes_dir,
        settings.environment == "production",
        imported_dir=settings.imported_tariffs(),
    )
    return price_chunk(inputs, context)
