"""Reads dossiers as they stand in the books: what was priced, and what their people used."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from infra.database import KEYS_PER_QUERY, Database, is_in
from infra.stores.counter_history import FREED, counted_people, use_of, uses_seen
from infra.stores.dossiers import (
    DOSSIER,
    Head,
    heads_where,
    load_counters,
    load_dossiers,
    load_priced,
    load_validated,
    rows_of_version,
)
from models.finding import Effect, Finding
from models.outcome import CounterUse, PricedDossier, PricingInput
from models.rows import finding_of
from models.stage import Stage
from tasks.pricing.catalogue import Catalogue
from tasks.pricing.ledger import Entry, is_same_tariff
from tasks.pricing.replay import Decided


def heads_of(connection: Connection, dossier_ids: Sequence[str]) -> list[Head]:
    """The heads of those of the dossiers that are live, in the order of the ids."""
    found: dict[str, Head] = {}
    for start in range(0, len(dossier_ids), KEYS_PER_QUERY):
        piece = list(dossier_ids[start : start + KEYS_PER_QUERY])
        live = DOSSIER.c.status.not_in(sorted(FREED))
        heads = heads_where(connection, is_in(connection, DOSSIER.c.dossier_id, piece), live)
        found.update({head.dossier_id: head for head in heads})
    return [found[key] for key in dossier_ids if key in found]


def load_entries(
    database: Database, connection: Connection, heads: Sequence[Head], catalogue: Catalogue
) -> list[Entry]:
    """The books' entries of dossiers; those not priced in their present version are left out."""
    priced = _whole_priced(connection, heads)
    known = [head for head in heads if head.dossier_id in priced]
    dossiers = load_dossiers(connection, known)
    validated = load_validated(connection, known)
    people = {key: counted_people(one) for key, one in validated.items()}
    counters = load_counters(
        database, connection, [person for wanted in people.values() for person in wanted]
    )
    other = {
        (head.dossier_id, head.version): people[head.dossier_id]
        for head in known
        if not is_same_tariff(priced[head.dossier_id], catalogue)
    }
    seen = uses_seen(database, connection, other) if other else {}
    return [
        Entry(
            PricingInput(
                dossiers[head.dossier_id],
                validated[head.dossier_id],
                tuple(
                    use for person in people[head.dossier_id] for use in counters.get(person, ())
                ),
            ),
            priced[head.dossier_id],
            seen.get((head.dossier_id, head.version), ()),
            head.is_reopenable,
        )
        for head in known
    ]


def _whole_priced(connection: Connection, heads: Sequence[Head]) -> dict[str, PricedDossier]:
    """What pricing left of the heads, with its findings and the counters it used."""
    uses: dict[str, list[CounterUse]] = {}
    for row in rows_of_version(connection, "counter_use", heads):
        uses.setdefault(row.dossier_id, []).append(use_of(row))
    findings: dict[str, list[Finding]] = {}
    for row in rows_of_version(connection, "finding", heads, "dossier_id", "sequence"):
        if row.stage == Stage.PRICING.value:
            findings.setdefault(row.dossier_id, []).append(finding_of(row))
    return {
        key: replace(
            one,
            findings=tuple(findings.get(key, ())),
            counter_uses=tuple(uses.get(key, ())),
        )
        for key, one in load_priced(connection, heads).items()
    }


def load_decided(
    database: Database,
    connection: Connection,
    dossier_ids: Sequence[str],
    catalogue: Catalogue,
    in_period: frozenset[str],
) -> list[Decided]:
    """The books' entries with what was decided, and the lines that other stages refuse."""
    heads = heads_of(connection, dossier_ids)
    status = {head.dossier_id: head.status for head in heads}
    refused: dict[str, set[int]] = {}
    for row in rows_of_version(connection, "finding", heads):
        if row.stage != Stage.PRICING.value and row.effect == Effect.REFUSE_LINE.value:
            refused.setdefault(row.dossier_id, set()).add(row.line_no)
    decisions = {
        row.dossier_id: row.due_minor for row in rows_of_version(connection, "decision", heads)
    }
    return [
        Decided(
            entry=entry,
            refused_lines=frozenset(refused.get(key, ())),
            decided_minor=decisions.get(key, 0),
            status=status[key],
            is_in_period=key in in_period,
        )
        for entry in load_entries(database, connection, heads, catalogue)
        for key in (entry.priced.dossier_id,)
    ]
