"""Prices the past again under changed figures, and opens new versions of what that affects."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from infra.database import shared_database
from infra.settings import Settings
from infra.stores.counter_ledger import family_places, split_families
from infra.stores.decision_versions import open_versions
from infra.stores.replay_families import Period, families_in, ids_in
from models.errors import UsageError
from models.stage import VersionReason
from tasks.doors import Doors
from tasks.pricing.catalogue import Catalogue
from tasks.pricing.changes import FigureChange, first_difference, lay_over
from tasks.pricing.chunk import catalogue_of
from tasks.pricing.replay import (
    Affected,
    Category,
    Decided,
    Replayed,
    Sums,
    add_up,
    replay,
    replay_in_force,
)
from tasks.pricing.store import heads_of, load_decided

#: Dossiers of one batch for each child of the pool; memory holds two batches at most.
BATCH_PER_WORKER = 10_000
#: What the chain of a replay's audit events begins with.
CHAIN = "replay"


@dataclass(frozen=True, slots=True)
class ReplayOrder:
    """What is asked: which dossiers, which changes, known on which day.

    ``is_in_force`` says that the catalogue itself holds the changes: the books are compared with
    it, and new versions may be opened.
    """

    period: Period
    changes: tuple[FigureChange, ...]
    day: dt.date
    is_in_force: bool


@dataclass(frozen=True, slots=True)
class ReplayRequest:
    """What a child is told: whole families' dossiers, the order, and where to read."""

    dossier_ids: tuple[str, ...]
    order: ReplayOrder
    database_url: str
    settings: Settings


@dataclass(slots=True)
class ReplayReport:
    """What a replay came to: money by category, and the versions that it opened."""

    read: int = 0
    affected: int = 0
    differing_otherwise: int = 0
    opened: int = 0
    sums: dict[Category, Sums] = field(default_factory=dict)


def check_in_force(catalogue: Catalogue, changes: Iterable[FigureChange]) -> None:
    """Refuse changes that the catalogue does not hold: later pricing would not use them.

    Raises:
        UsageError: names the change and the first day on which the scheme says something else.
    """
    for change in changes:
        day = first_difference(catalogue, change)
        if day is not None:
            raise UsageError(
                f"{change.place}: {change.scheme_id} says something else on {day}: put the figure "
                "into the scheme first, then open the new versions"
            )


def replay_period(
    doors: Doors,
    order: ReplayOrder,
    *,
    tell: Callable[[Sequence[Affected]], None],
    opened_by: str = "",
) -> ReplayReport:
    """Price the decided dossiers of a period again; open new versions where ``opened_by`` does so.

    ``tell`` gets the affected decisions batch by batch. What is opened is decided by the next run
    over the lots.

    Raises:
        UsageError: when versions are to be opened for a change that is not in force.
    """
    if opened_by:
        check_in_force(present_catalogue(doors.settings), order.changes)
    report = ReplayReport()
    size = BATCH_PER_WORKER * doors.settings.worker_count()
    for families in families_in(doors.database, order.period, size):
        requests = [
            ReplayRequest(chunk, order, doors.database.url, doors.settings)
            for chunk in split_families(families, doors.settings.chunk_size)
        ]
        report.read += sum(len(family) for family in families)
        for answer in doors.pool.map(replay_chunk, requests):
            tell(answer.affected)
            report.affected += len(answer.affected)
            report.differing_otherwise += answer.differing_otherwise
            add_up(report.sums, answer.affected)
            if opened_by:
                report.opened += _open(doors, order, answer.affected, opened_by)
    return report


def _open(doors: Doors, order: ReplayOrder, affected: Sequence[Affected], actor: str) -> int:
    """Open new versions: for the tariff within the period, for the counters of what follows."""
    count = 0
    with doors.database.transaction() as connection:
        for is_in_period, reason in (
            (True, VersionReason.TARIFF_CHANGED),
            (False, VersionReason.COUNTERS_CHANGED),
        ):
            versions = {
                one.dossier_id: one.version for one in affected if one.is_in_period is is_in_period
            }
            heads = heads_of(connection, sorted(versions))
            opened = open_versions(
                doors.database,
                connection,
                [head for head in heads if versions[head.dossier_id] == head.version],
                reason,
                order.day,
                actor,
                chain=f"{CHAIN}:{order.day.isoformat()}",
                detail=_sources(order.changes),
            )
            count += len(opened)
    return count


def _sources(changes: Iterable[FigureChange]) -> str:
    """Which figures changed under which sources, for the audit trail."""
    said = {
        f"{change.scheme_id} {change.target}@{change.start} ({change.source.source_id})": None
        for change in changes
    }
    return "; ".join(said)


def present_catalogue(settings: Settings) -> Catalogue:
    """The catalogue under which dossiers are priced now."""
    return catalogue_of(settings.schemes_dir, None, settings.imported_tariffs())


@cache
def _changed_catalogue(
    schemes_dir: Path, imported: Path | None, changes: tuple[FigureChange, ...], day: dt.date
) -> Catalogue:
    """The catalogue with the changes over it; a process lays them once."""
    return lay_over(catalogue_of(schemes_dir, None, imported), changes, day)


def replay_chunk(request: ReplayRequest) -> Replayed:
    """Replay whole families, and what follows them through counters; runs in a pool child."""
    database = shared_database(request.database_url)
    catalogue = present_catalogue(request.settings)
    with database.reading() as connection:
        known = frozenset(request.dossier_ids)
        decided = load_decided(database, connection, request.dossier_ids, catalogue, known)
        found = _replay(request, decided)
        if not found.first_ranks:
            return found
        further = tuple(
            place.dossier_id
            for place in family_places(connection, found.first_ranks)
            if place.dossier_id not in known
        )
        # What belongs to the period itself comes with its own family.
        others = ids_in(connection, request.order.period, further)
        further = tuple(key for key in further if key not in others)
        if not further:
            return found
        decided += load_decided(database, connection, further, catalogue, known)
        return _replay(request, decided)


def _replay(request: ReplayRequest, decided: Sequence[Decided]) -> Replayed:
    order, settings = request.order, request.settings
    catalogue = present_catalogue(settings)
    production = settings.environment == "production"
    if order.is_in_force:
        return replay_in_force(decided, catalogue, order.changes, production=production)
    imported = settings.imported_tariffs()
    changed = _changed_catalogue(settings.schemes_dir, imported, order.changes, order.day)
    return replay(decided, catalogue, changed, production=production)
