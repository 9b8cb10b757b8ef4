"""Finds the families whose later dossiers may have to be decided again because of counters.

Everything is read in bulk: first who used counters in dossiers that moved, then who of them has a
dossier of higher rank, and only of these the whole family.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, and_, func, or_, select

from infra.database import KEYS_PER_QUERY, Database, is_in
from infra.stores.counter_history import FREED
from infra.stores.dossiers import DOSSIER, EXTRACTED, VERSION
from infra.stores.lots import LOT
from models.dossier import rank_of
from models.records.all_tables import table
from models.stage import Stage

AUDIT = table("audit_event")
HEADS = table("audit_head")
STAGE_RUN = table("stage_run")
USES = table("counter_use")
VALIDATED = table("validated_dossier")

#: How often a family is widened by the people of its dossiers: parents, their other insurers, and
#: once more to be sure. Whoever is further away shares no counter.
WIDENED_MAX = 4
#: What the desk calls the end of a quarantine.
RELEASED = "released"
#: Chains whose dossiers are found by their lots, and those of payment, which frees no counter.
OWN_WINDOWS = frozenset({"lot", "pay", "counters"})
#: The rank before all ranks.
FIRST_RANK = ""


@dataclass(frozen=True, slots=True)
class Place:
    """One live, priced dossier among its people's: who it is about, and its rank."""

    dossier_id: str
    insured_person_id: str
    beneficiary_person_id: str
    rank: str

    @property
    def people(self) -> tuple[str, ...]:
        """Whose counters it may use."""
        both = (self.insured_person_id, self.beneficiary_person_id)
        return tuple(dict.fromkeys(person for person in both if person))


@dataclass(slots=True)
class _Movements:
    """What moved: lots taken, dossiers moved outside lots, and those to be looked at themselves."""

    lots: set[str] = field(default_factory=set)
    late_lots: set[str] = field(default_factory=set)
    moved: set[str] = field(default_factory=set)
    released: set[str] = field(default_factory=set)


def families_to_check(database: Database, day: dt.date) -> list[tuple[str, ...]]:
    """The dossiers, family by family, whose counters may have changed up to a day.

    Looked at is what moved since the last day on which lots were made: lots, answers of the desk,
    withdrawals, changes of registers. A family comes with its dossiers from the first moved rank
    on; one in which nothing of higher rank follows is left out.
    """
    with database.reading() as connection:
        movements = _movements(database, connection, day)
        ranks = _first_ranks(database, connection, movements)
        places = {
            place.dossier_id: place
            for place in _places_from(connection, ranks)
            if any(person in ranks and place.rank > ranks[person] for person in place.people)
        }
        _widen(connection, ranks, places)
    return _families(places.values())


def family_places(connection: Connection, first_ranks: Mapping[str, str]) -> list[Place]:
    """The dossiers of people and of their families whose rank is above each one's first rank."""
    ranks = dict(first_ranks)
    places: dict[str, Place] = {}
    _widen(connection, ranks, places)
    return sorted(places.values(), key=lambda place: place.rank)


def _movements(database: Database, connection: Connection, day: dt.date) -> _Movements:
    earlier = connection.execute(select(func.max(LOT.c.day)).where(LOT.c.day < day)).scalar_one()
    since: dt.date = earlier or day
    found = _Movements()
    in_days = select(LOT.c.lot_id).where(LOT.c.day >= since, LOT.c.day <= day)
    found.lots.update(connection.execute(in_days).scalars())
    # A lot of an earlier day that was finished only now.
    finished = (
        select(STAGE_RUN.c.lot_id)
        .join(LOT, LOT.c.lot_id == STAGE_RUN.c.lot_id)
        .where(
            STAGE_RUN.c.stage == Stage.REVIEW.value,
            STAGE_RUN.c.finished_at >= since.isoformat(),
            LOT.c.day < since,
        )
        .distinct()
    )
    found.late_lots.update(connection.execute(finished).scalars())
    chains = [
        chain
        for chain in connection.execute(select(HEADS.c.chain)).scalars()
        if _is_between(chain, since, day)
    ]
    rows = database.select_in(
        connection, AUDIT, "chain", chains, AUDIT.c.object_kind == "dossier", AUDIT.c.before != ""
    )
    for row in rows:
        (found.released if row.action == RELEASED else found.moved).add(row.object_id)
    return found


def _is_between(chain: str, first: dt.date, last: dt.date) -> bool:
    kind, _, rest = chain.partition(":")
    return kind not in OWN_WINDOWS and first.isoformat() <= rest[:10] <= last.isoformat()


def _first_ranks(
    database: Database, connection: Connection, movements: _Movements
) -> dict[str, str]:
    """For each person whose counters moved, the lowest rank that used them, in any version."""
    ranks: dict[str, str] = {}
    lots = sorted(movements.lots | movements.late_lots)
    for start in range(0, len(lots), KEYS_PER_QUERY):
        query = (
            select(USES.c.person_id, func.min(USES.c.rank))
            .join(DOSSIER, DOSSIER.c.dossier_id == USES.c.dossier_id)
            .where(is_in(connection, DOSSIER.c.lot_id, lots[start : start + KEYS_PER_QUERY]))
            .group_by(USES.c.person_id)
        )
        for person, rank in connection.execute(query):
            _lower(ranks, person, rank)
    for row in database.select_in(connection, USES, "dossier_id", movements.moved):
        _lower(ranks, row.person_id, row.rank)
    # These were priced long before they got here: they are looked at themselves.
    late = set(movements.released)
    for start in range(0, len(late_lots := sorted(movements.late_lots)), KEYS_PER_QUERY):
        piece = late_lots[start : start + KEYS_PER_QUERY]
        query = select(DOSSIER.c.dossier_id).where(is_in(connection, DOSSIER.c.lot_id, piece))
        late.update(connection.execute(query).scalars())
    for row in database.select_in(connection, VALIDATED, "dossier_id", late):
        for person in (row.beneficiary_person_id, row.insured_person_id):
            _lower(ranks, person, FIRST_RANK)
    ranks.pop("", None)
    return ranks


def _lower(ranks: dict[str, str], person: str, rank: str) -> None:
    ranks[person] = min(ranks.get(person, rank), rank)


def _places_from(connection: Connection, ranks: Mapping[str, str]) -> Iterator[Place]:
    """The people's live, priced dossiers whose care starts on or after the day of the rank given.

    People are asked for in the order of their days, so that no query reaches further back than
    those it is about.
    """
    wanted = sorted(ranks, key=lambda person: ranks[person])
    for start in range(0, len(wanted), KEYS_PER_QUERY):
        piece = wanted[start : start + KEYS_PER_QUERY]
        query = (
            select(
                DOSSIER.c.dossier_id,
                VALIDATED.c.insured_person_id,
                VALIDATED.c.beneficiary_person_id,
                EXTRACTED.c.care_start,
                DOSSIER.c.deposit_date,
                DOSSIER.c.public_number,
            )
            .join(VALIDATED, and_(VALIDATED.c.dossier_id == DOSSIER.c.dossier_id,
                                  VALIDATED.c.version == DOSSIER.c.version))
            .join(VERSION, and_(VERSION.c.dossier_id == DOSSIER.c.dossier_id,
                                VERSION.c.version == DOSSIER.c.version))
            .join(EXTRACTED, and_(EXTRACTED.c.dossier_id == DOSSIER.c.dossier_id,
                                  EXTRACTED.c.content_version == VERSION.c.content_version))
            .where(
                DOSSIER.c.status.not_in(sorted(FREED)),
                or_(
                    is_in(connection, VALIDATED.c.beneficiary_person_id, piece),
                    is_in(connection, VALIDATED.c.insured_person_id, piece),
                ),
            )
        )  # fmt: skip
        if first_day := ranks[piece[0]][:10]:
            query = query.where(EXTRACTED.c.care_start >= dt.date.fromisoformat(first_day))
        for row in connection.execute(query):
            yield Place(
                row.dossier_id,
                row.insured_person_id,
                row.beneficiary_person_id,
                rank_of(row.care_start, row.deposit_date, row.public_number),
            )


def _widen(connection: Connection, ranks: dict[str, str], places: dict[str, Place]) -> None:
    """Add the dossiers of the places' families, from each family's first moved rank on.

    Without places it starts from the people of ``ranks`` alone.
    """
    waiting: dict[str, str] = {}
    for place in places.values():
        first = min(ranks[person] for person in place.people if person in ranks)
        for person in place.people:
            _lower(waiting, person, first)
    if not places:
        waiting = dict(ranks)
    done: dict[str, str] = {}
    for _ in range(WIDENED_MAX):
        if not waiting:
            return
        done |= waiting
        fresh: dict[str, str] = {}
        for place in _places_from(connection, waiting):
            firsts = [done[person] for person in place.people if person in done]
            if not firsts or place.rank < min(firsts):
                continue
            places[place.dossier_id] = place
            for person in place.people:
                if person not in done:
                    _lower(fresh, person, min(firsts))
        waiting = fresh


def _families(places: Iterable[Place]) -> list[tuple[str, ...]]:
    """The dossiers of people who share one, directly or through others, in the order of ranks."""
    root: dict[str, str] = {}

    def find(person: str) -> str:
        while root.setdefault(person, person) != person:
            person = root[person]
        return person

    ordered = sorted(places, key=lambda place: place.rank)
    for place in ordered:
        first, *others = place.people or (place.dossier_id,)
        for other in others:
            root[find(other)] = find(first)
    families: dict[str, list[str]] = {}
    for place in ordered:
        key = find((place.people or (place.dossier_id,))[0])
        families.setdefault(key, []).append(place.dossier_id)
    return [tuple(families[key]) for key in sorted(families)]


def split_families(families: Sequence[Sequence[str]], size: int) -> list[tuple[str, ...]]:
    """Chunks of about ``size`` dossiers; a family stays together."""
    chunks: list[tuple[str, ...]] = []
    current: list[str] = []
    for family in families:
        if current and len(current) + len(family) > size:
            chunks.append(tuple(current))
            current = []
        current.extend(family)
    return [*chunks, tuple(current)] if current else chunks
