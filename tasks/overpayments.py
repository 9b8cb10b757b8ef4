"""Lists what was paid under rights that the registers do not know any more."""

import datetime as dt
from collections.abc import Iterable

from infra.database import Database
from infra.settings import Settings
from infra.stores.dossiers import (
    Head,
    load_dossiers,
    load_findings,
    load_paid,
    load_priced,
    load_validated,
)
from infra.stores.overpayments import Overpaid, paid_heads, write_overpayments
from models.outcome import PricedDossier
from tasks.validation.lot import context_of, slice_of, uncovered_days

#: The cause under which they are listed: the finding that validation would make today.
CAUSE = "DROITS_FERMES"


def list_overpayments(
    database: Database, settings: Settings, people: Iterable[str], day: dt.date, actor: str
) -> list[str]:
    """List the paid dossiers of people whose rights are closed as known on a day.

    ``people`` are those a register delta took something from. A second call lists nothing twice.
    Returns the dossiers newly listed; a person decides what is recovered.
    """
    with database.reading() as connection:
        heads = paid_heads(connection, people)
    overpaid: list[Overpaid] = []
    for start in range(0, len(heads), settings.chunk_size):
        overpaid += _overpaid(database, settings, heads[start : start + settings.chunk_size], day)
    return write_overpayments(database, overpaid, cause=CAUSE, day=day, actor=actor)


def _overpaid(
    database: Database, settings: Settings, heads: list[Head], day: dt.date
) -> list[Overpaid]:
    with database.reading() as connection:
        dossiers = load_dossiers(connection, heads)
        validated = load_validated(connection, heads)
        priced = load_priced(connection, heads)
        paid = load_paid(connection, [head.dossier_id for head in heads])
        findings = load_findings(connection, heads)
        registers = slice_of(connection, dossiers.values(), day)
    uncovered = uncovered_days(list(dossiers.values()), findings, registers, context_of(settings))
    found: list[Overpaid] = []
    for head in heads:
        key = head.dossier_id
        days = uncovered[key]
        if not days or not paid.get(key):
            continue
        care_days = {line.line_no: line.care_date for line in dossiers[key].lines}
        amount = _of_days(priced[key], care_days, days)
        if amount:
            person = validated[key].insured_person_id
            found.append(Overpaid(head, person, min(paid[key], amount)))
    return found


def _of_days(priced: PricedDossier, care_days: dict[int, dt.date], days: frozenset[dt.date]) -> int:
    """What is due on the lines of those days; the whole where they are days of no line."""
    if not days & set(care_days.values()):
        return priced.due_minor
    return sum(line.due_minor for line in priced.lines if care_days[line.line_no] in days)
