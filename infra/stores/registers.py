"""Reads the bitemporal registers: what was known on one day about the people of one chunk."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Table, and_, or_, select

from infra.database import KEYS_PER_QUERY, is_in
from infra.stores.agreement_use import load_uses, with_use
from models.records.all_tables import table
from models.registers import (
    Account,
    Affiliation,
    Agreement,
    Contribution,
    Dependant,
    LongTermCondition,
    Mandate,
    Person,
    Provider,
    RegisterSlice,
    SubjectFact,
)

#: Contributions further back than this before the care never open a right in any scheme here: the
#: longest maintenance (24 months for survivors) after a window of 6 months.
CONTRIBUTION_DAYS_BACK = 950


def known_on(source: Table, day: dt.date) -> Any:
    """The condition that a register row was believed on a day."""
    return and_(
        source.c.known_from <= day, or_(source.c.known_to.is_(None), source.c.known_to > day)
    )


def _rows(
    connection: Connection,
    name: str,
    column: str,
    keys: Iterable[str],
    day: dt.date,
    *conditions: Any,
) -> list[Any]:
    source = table(name)
    wanted = sorted(set(keys) - {""})
    found: list[Any] = []
    for start in range(0, len(wanted), KEYS_PER_QUERY):
        query = (
            select(source)
            .where(
                is_in(connection, source.c[column], wanted[start : start + KEYS_PER_QUERY]),
                known_on(source, day),
                *conditions,
            )
            .order_by(source.c.valid_from, source.c.row_id)
        )
        found.extend(connection.execute(query).all())
    return found


def _grouped(rows: Iterable[Any], key: str, build: Callable[[Any], Any]) -> dict[str, Any]:
    groups: dict[str, list[Any]] = {}
    for row in rows:
        groups.setdefault(getattr(row, key), []).append(build(row))
    return {name: tuple(group) for name, group in groups.items()}


def person_of(row: Any) -> Person:
    """A person from a register row."""
    return Person(
        row.person_id, row.family_name, row.given_name, row.arabic_name, row.birth_date,
        row.death_date, row.sex, row.cin, row.valid_from, row.valid_to,
    )  # fmt: skip


def _affiliation(row: Any) -> Affiliation:
    return Affiliation(
        row.person_id, row.scheme, row.number, row.category, row.valid_from, row.valid_to
    )


def _contribution(row: Any) -> Contribution:
    return Contribution(
        row.person_id, row.scheme, row.valid_from, row.days_declared, row.days_paid, row.known_from
    )


def _dependant(row: Any) -> Dependant:
    return Dependant(
        row.insured_id, row.person_id, row.rank, row.relation, bool(row.is_student),
        bool(row.is_disabled), bool(row.is_married), row.valid_from, row.valid_to,
    )  # fmt: skip


def _provider(row: Any) -> Provider:
    return Provider(
        row.provider_id, row.inpe, row.name, row.kind, row.specialty, row.sector, row.ice,
        row.valid_from, row.valid_to,
    )  # fmt: skip


def account_of(row: Any) -> Account:
    """An account from a register row; the day it was made known is when it was recorded."""
    return Account(
        row.account_id, row.holder_id, row.holder_kind, row.rib, row.valid_from, row.valid_to,
        row.known_from,
    )  # fmt: skip


def mandate_of(row: Any) -> Mandate:
    """A mandate from a register row."""
    return Mandate(row.insured_id, row.payee_kind, row.payee_id, row.valid_from, row.valid_to)


def _condition(row: Any) -> LongTermCondition:
    return LongTermCondition(row.person_id, row.ald_code, row.valid_from, row.valid_to)


def _fact(row: Any) -> SubjectFact:
    return SubjectFact(
        row.subject_id, row.scheme, row.name, row.value, row.valid_from, row.valid_to
    )


def agreement_of(row: Any) -> Agreement:
    """An agreement from a register row, with what the register itself says is used of it."""
    return Agreement(
        row.agreement_number, row.person_id, row.scheme, row.act_key, row.decision,
        row.amount_minor, row.used_minor, row.valid_from, row.valid_to,
    )  # fmt: skip


def _agreements(
    connection: Connection, people: Iterable[str], day: dt.date, leave_out: Iterable[str]
) -> dict[str, tuple[Agreement, ...]]:
    rows = _rows(connection, "register_agreement", "person_id", people, day)
    found = [agreement_of(row) for row in rows]
    found = with_use(found, load_uses(connection, found), leave_out)
    return _grouped(found, "person_id", lambda agreement: agreement)


def load_slice(
    connection: Connection,
    *,
    numbers: Sequence[str],
    cins: Sequence[str],
    inpes: Sequence[str],
    care_from: dt.date,
    day: dt.date,
    dossier_ids: Sequence[str] = (),
) -> RegisterSlice:
    """What the registers, as known on ``day``, say about these numbers, CINs and providers.

    A person id that was merged into another is read as the surviving one everywhere. What is used
    of an agreement holds what dossiers used of it, without the ``dossier_ids`` looked at.
    """
    by_number = _rows(connection, "register_affiliation", "number", numbers, day)
    by_cin = _rows(connection, "register_person", "cin", cins, day)
    insured = {row.person_id for row in by_number} | {row.person_id for row in by_cin}
    merged = {
        row.merged_id: row.person_id
        for row in _rows(connection, "register_alias", "merged_id", insured, day)
    }
    insured |= set(merged.values())
    dependants = _rows(connection, "register_dependant", "insured_id", insured, day)
    cared_for = {row.person_id for row in dependants}
    # A child's other parent may be insured too, an insured person be a dependant elsewhere: who
    # pays is decided on the rights of all.
    ties = _rows(connection, "register_dependant", "person_id", insured | cared_for, day)
    people = insured | cared_for | {row.insured_id for row in ties}
    affiliations = _rows(connection, "register_affiliation", "person_id", people, day)
    contributors = insured | {row.person_id for row in affiliations}
    persons = {
        row.person_id: person_of(row)
        for row in _rows(connection, "register_person", "person_id", people, day)
    }
    providers = _rows(connection, "register_provider", "inpe", inpes, day)
    subjects = people | {row.provider_id for row in providers}
    contributions = table("register_contribution")
    back = dt.timedelta(days=CONTRIBUTION_DAYS_BACK)
    # A dossier may say any date: one absurd day must not stop the others of its chunk.
    earliest = max(care_from, dt.date.min + back) - back
    return RegisterSlice(
        known_on=day,
        persons=persons | {old: persons[new] for old, new in merged.items() if new in persons},
        persons_by_cin=_grouped(by_cin, "cin", person_of),
        affiliations_by_number=_grouped(by_number, "number", _affiliation),
        affiliations=_grouped(affiliations, "person_id", _affiliation),
        contributions=_grouped(
            _rows(
                connection,
                "register_contribution",
                "person_id",
                contributors,
                day,
                contributions.c.valid_from >= earliest,
            ),
            "person_id",
            _contribution,
        ),
        dependants=_grouped(dependants, "insured_id", _dependant),
        ties=_grouped(ties, "person_id", _dependant),
        providers_by_inpe=_grouped(providers, "inpe", _provider),
        conditions=_grouped(
            _rows(connection, "register_condition", "person_id", people, day),
            "person_id",
            _condition,
        ),
        agreements=_agreements(connection, people, day, dossier_ids),
        accounts=_grouped(
            _rows(connection, "register_account", "holder_id", insured, day),
            "holder_id",
            account_of,
        ),
        facts=_grouped(
            _rows(connection, "register_fact", "subject_id", subjects, day), "subject_id", _fact
        ),
    )
