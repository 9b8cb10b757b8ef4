"""What was used of counters at the moment at which a decision version was priced."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from infra.database import Database
from models.outcome import CounterUse, ValidatedDossier
from models.records.all_tables import table
from models.stage import Stage, Status

#: States in which what a dossier used of a counter is given free again.
FREED = frozenset({Status.REFUSED.value, Status.WITHDRAWN.value, Status.RETURNED.value})
_PRICED = f"{Stage.PRICING.value}_done"
#: Later than any timestamp.
_NEVER = "9999"

#: A dossier and its decision version.
Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class _Event:
    happened_at: str
    action: str
    version: int
    status: str


def counted_people(validated: ValidatedDossier) -> tuple[str, ...]:
    """Whose counters a dossier may use: the beneficiary's, and the family's under the insured."""
    people = (validated.beneficiary_person_id, validated.insured_person_id)
    return tuple(dict.fromkeys(person for person in people if person))


def use_of(row: Any) -> CounterUse:
    """A use of a counter from its row."""
    return CounterUse(
        row.person_id, row.counter, row.care_date, row.amount_minor, row.dossier_id, row.version,
        row.rank,
    )  # fmt: skip


def uses_seen(
    database: Database, connection: Connection, asked: Mapping[Key, Sequence[str]]
) -> dict[Key, tuple[CounterUse, ...]]:
    """What people had used of counters at the moment each of these versions was priced.

    ``asked`` says for each version whose counters it may use. The audit trail says when each
    version was priced and where every dossier stood then; those of one lot were priced together,
    and their ranks say who saw whom. A version that was never priced sees everything used so far.
    """
    people = {person for wanted in asked.values() for person in wanted}
    by_person: dict[str, list[CounterUse]] = {}
    for row in database.select_in(connection, table("counter_use"), "person_id", people):
        by_person.setdefault(row.person_id, []).append(use_of(row))
    users = {use.dossier_id for uses in by_person.values() for use in uses}
    events = _state_events(database, connection, users | {dossier_id for dossier_id, _ in asked})
    found: dict[Key, tuple[CounterUse, ...]] = {}
    for (dossier_id, version), wanted in asked.items():
        moment = _priced_at(events[dossier_id], version)
        seen = [
            use
            for person in wanted
            for use in by_person.get(person, ())
            if use.dossier_id != dossier_id
            and _priced_at(events[use.dossier_id], use.version) <= moment
            and _counts_at(events[use.dossier_id], use.version, moment)
        ]
        found[dossier_id, version] = tuple(
            sorted(seen, key=lambda use: (use.person_id, use.care_date, use.dossier_id))
        )
    return found


def _state_events(
    database: Database, connection: Connection, ids: Iterable[str]
) -> dict[str, list[_Event]]:
    audit = table("audit_event")
    events: dict[str, list[_Event]] = {key: [] for key in ids}
    rows = database.select_in(
        connection, audit, "object_id", events, audit.c.object_kind == "dossier"
    )
    rows.sort(key=lambda row: (row.happened_at, row.chain, row.sequence))
    for row in rows:
        status = row.after.rpartition("/")[2]
        events[row.object_id].append(_Event(row.happened_at, row.action, row.version, status))
    return events


def _priced_at(events: Sequence[_Event], version: int) -> str:
    moments = [one.happened_at for one in events if (one.action, one.version) == (_PRICED, version)]
    return moments[-1] if moments else _NEVER


def _counts_at(events: Sequence[_Event], version: int, moment: str) -> bool:
    """Whether a version's use counted at a moment: it was the present one and not given free."""
    before = [one for one in events if one.happened_at <= moment]
    if not before:
        return False
    return before[-1].status not in FREED and max(one.version for one in before) == version
