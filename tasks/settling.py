"""Decides again what other dossiers changed through counters, until nothing differs any more.

A late, corrected, withdrawn or refused dossier changes what those after it in its family should
have got of deductibles, caps and ceilings. They get a new decision version, so that in the end
the amounts are those of dossiers that had come in their order.
"""

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from infra.database import shared_database
from infra.settings import Settings
from infra.stores.counter_ledger import families_to_check, split_families
from infra.stores.decision_versions import open_versions
from infra.stores.lots import LotRef, make_lots_of
from models.stage import VersionReason
from tasks.doors import Doors
from tasks.pricing.chunk import catalogue_of
from tasks.pricing.ledger import restate
from tasks.pricing.store import heads_of, load_entries

logger = logging.getLogger(__name__)

#: Rounds of deciding again. One is enough where a family is priced together; a family that two
#: lots share takes one more for each of its dossiers in the worst case.
ROUNDS_MAX = 8
ACTOR = "counters"


@dataclass(frozen=True, slots=True)
class LedgerRequest:
    """What a child is told: whole families' dossiers, and where to read."""

    dossier_ids: tuple[str, ...]
    database_url: str
    settings: Settings


@dataclass(frozen=True, slots=True)
class Settled:
    """How many dossiers were decided again in how many rounds, and how many still differ."""

    rounds: int
    reopened: int
    unsettled: int


def settle_counters(
    doors: Doors, day: dt.date, run_lots: Callable[[Sequence[LotRef]], object]
) -> Settled:
    """Open new versions of what counters changed and have them decided, until nothing differs.

    ``run_lots`` takes lots through all stages. Families in which nothing changed are not touched.
    """
    families = families_to_check(doors.database, day)
    reopened = rounds = 0
    while families:
        families, stale = _differing(doors, families)
        if not stale:
            break
        if rounds == ROUNDS_MAX:
            dossier_count = len(stale)
            logger.error("counters_unsettled day=%s dossiers=%d", day, dossier_count)
            return Settled(rounds, reopened, len(stale))
        rounds += 1
        lots = _reopen(doors, stale, day)
        reopened += sum(lot.dossier_count for lot in lots)
        dossier_count = len(stale)
        logger.info("counters_changed day=%s dossiers=%d", day, dossier_count)
        run_lots(lots)
    return Settled(rounds, reopened, 0)


def _differing(
    doors: Doors, families: Sequence[tuple[str, ...]]
) -> tuple[list[tuple[str, ...]], list[str]]:
    """The families in which something differs, and the dossiers that do, family by family."""
    settings = doors.settings
    requests = [
        LedgerRequest(chunk, doors.database.url, settings)
        for chunk in split_families(families, settings.chunk_size)
    ]
    stale = [key for answer in doors.pool.map(check_ledger, requests) for key in answer]
    differing = frozenset(stale)
    return [family for family in families if differing.intersection(family)], stale


def check_ledger(request: LedgerRequest) -> tuple[str, ...]:
    """The dossiers of these families that counters give another result; runs in a pool child."""
    settings = request.settings
    catalogue = catalogue_of(settings.schemes_dir, None, settings.imported_tariffs())
    database = shared_database(request.database_url)
    with database.reading() as connection:
        heads = heads_of(connection, request.dossier_ids)
        entries = load_entries(database, connection, heads, catalogue)
    found = restate(entries, catalogue, production=settings.environment == "production")
    differing = {one.priced.dossier_id for one in found}
    return tuple(key for key in request.dossier_ids if key in differing)


def _reopen(doors: Doors, dossier_ids: Sequence[str], day: dt.date) -> list[LotRef]:
    with doors.database.transaction() as connection:
        opened = open_versions(
            doors.database,
            connection,
            heads_of(connection, dossier_ids),
            VersionReason.COUNTERS_CHANGED,
            day,
            ACTOR,
            chain=f"{ACTOR}:{day.isoformat()}",
        )
    ids = [head.dossier_id for head in opened]
    return make_lots_of(doors.database, doors.settings, day, ids)
