"""Asks the rules of the payment about the dossiers of one chunk; runs in a pool child."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, or_, select

from infra.database import Database, shared_database
from infra.stores.dossiers import Head, load_dossiers, load_signals, load_validated
from infra.stores.registers import known_on, load_slice
from models.records.all_tables import table
from tasks.fraud.figures import read_figures
from tasks.fraud.lot import fraud_paths, load_payee_history
from tasks.fraud.recheck import signals_at_payment
from tasks.fraud.subject import Subject
from tasks.lot_run import ChunkRequest

#: Decided by nobody in person: its signals were never looked at.
MACHINE = "machine"
#: Effects that keep money from leaving.
STOPPING = frozenset({"hold", "block"})


@dataclass(frozen=True, slots=True)
class RecheckRequest:
    """A chunk of decided dossiers, and the days on which their rights are closed now."""

    chunk: ChunkRequest
    uncovered: Mapping[str, frozenset[dt.date]]


def recheck_chunk(request: RecheckRequest) -> dict[str, tuple[str, ...]]:
    """The rules that keep a dossier from being paid today, by dossier."""
    chunk = request.chunk
    paths = fraud_paths(chunk.settings)
    database = shared_database(chunk.database_url)
    with database.reading() as connection:
        dossiers = load_dossiers(connection, chunk.heads)
        validated = load_validated(connection, chunk.heads)
        payees = _payees(
            connection, {one.insured_person_id for one in validated.values()}, chunk.day
        )
        registers = load_slice(
            connection,
            numbers=[],
            cins=[],
            inpes=[dossier.provider_inpe for dossier in dossiers.values()],
            care_from=chunk.day,
            day=chunk.day,
        )
        people = {one.insured_person_id for one in validated.values()}
        history = load_payee_history(connection, people | set(payees.values()), chunk.day)
        decided = _decided(database, connection, chunk.heads)
        answered = load_signals(
            connection,
            [head for head in chunk.heads if decided[head.dossier_id].decided_by != MACHINE],
        )
    figures = read_figures(paths)
    found: dict[str, tuple[str, ...]] = {}
    for head in chunk.heads:
        key = head.dossier_id
        insured = validated[key].insured_person_id
        subject = Subject(
            dossier=dossiers[key],
            validated=validated[key],
            due_minor=decided[key].due_minor,
            order_key=head.order_key,
            day=chunk.day,
            payee_id=payees.get(insured, insured),
            registers=registers,
            uncovered_days=request.uncovered.get(key, frozenset()),
        )
        signals = signals_at_payment(subject, history, figures, answered.get(key, ()))
        stopping = sorted({one.rule_id for one in signals if one.effect.value in STOPPING})
        if stopping:
            found[key] = tuple(stopping)
    return found


def _payees(connection: Connection, insured: set[str], day: dt.date) -> dict[str, str]:
    """Who is paid in place of an insured person, where a mandate says so."""
    mandates = table("register_mandate")
    rows = connection.execute(
        select(mandates.c.insured_id, mandates.c.payee_id).where(
            known_on(mandates, day),
            mandates.c.valid_from <= day,
            or_(mandates.c.valid_to.is_(None), mandates.c.valid_to >= day),
        )
    )
    return {row.insured_id: row.payee_id for row in rows if row.insured_id in insured}


def _decided(database: Database, connection: Connection, heads: Sequence[Head]) -> dict[str, Any]:
    """The decision on each head's version: a person may have set another amount than pricing."""
    versions = {head.dossier_id: head.version for head in heads}
    return {
        row.dossier_id: row
        for row in database.select_in(connection, table("decision"), "dossier_id", versions)
        if row.version == versions[row.dossier_id]
    }
