"""Answers from the registers for somebody who types: a provider, a household; quick and small."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, or_, select

from infra.stores.registers import known_on
from models.dossier import Relation
from models.records.all_tables import table
from models.registers import holds_on
from models.typing import HouseholdMember

PERSON = table("register_person")
ALIAS = table("register_alias")
AFFILIATION = table("register_affiliation")
DEPENDANT = table("register_dependant")
PROVIDER = table("register_provider")
#: Most people that one number or CIN may lead to.
MEMBERS_MAX = 40


def find_provider(connection: Connection, inpe: str, day: dt.date) -> Any | None:
    """The provider of an INPE as known on a day: its latest row, None when there is none."""
    return connection.execute(
        select(PROVIDER)
        .where(PROVIDER.c.inpe == inpe, known_on(PROVIDER, day))
        .order_by(PROVIDER.c.valid_from.desc(), PROVIDER.c.row_id.desc())
        .limit(1)
    ).one_or_none()


def find_household(
    connection: Connection, scheme: str, key: str, day: dt.date
) -> tuple[HouseholdMember, ...]:
    """The insured persons of a registration number or CIN, each with their dependants.

    The CIN of a dependant leads to the household too. As known on a day; empty when the registers
    know nobody.
    """
    insured = _insured_ids(connection, scheme, key, day)
    numbers = _numbers(connection, scheme, insured, day)
    ties = connection.execute(
        select(DEPENDANT)
        .where(DEPENDANT.c.insured_id.in_(list(insured)), known_on(DEPENDANT, day))
        .order_by(DEPENDANT.c.insured_id, DEPENDANT.c.rank, DEPENDANT.c.row_id)
    ).all()
    ids = [*insured, *(row.person_id for row in ties)]
    people = _people(connection, ids, day)
    found: dict[tuple[str, str], HouseholdMember] = {}
    for insured_id in insured:
        own = people.get(insured_id)
        if own is None or not numbers.get(insured_id):
            continue
        head = (numbers[insured_id], _name(own), own.cin)
        found[insured_id, insured_id] = _member(head, Relation.SELF.value, own)
        for tie in ties:
            person = people.get(tie.person_id)
            if tie.insured_id == insured_id and person is not None:
                found[insured_id, tie.person_id] = _member(head, tie.relation, person)
    return tuple(found.values())[:MEMBERS_MAX]


def _insured_ids(connection: Connection, scheme: str, key: str, day: dt.date) -> dict[str, None]:
    """The insured persons behind a number or CIN, in a steady order; merged ids are followed."""
    by_number = connection.execute(
        select(AFFILIATION.c.person_id)
        .where(
            AFFILIATION.c.number == key, AFFILIATION.c.scheme == scheme, known_on(AFFILIATION, day)
        )
        .order_by(AFFILIATION.c.valid_from.desc(), AFFILIATION.c.row_id)
    ).scalars()
    by_cin = connection.execute(
        select(PERSON.c.person_id).where(PERSON.c.cin == key, known_on(PERSON, day))
    ).scalars()
    ids = _followed(connection, [*by_number, *by_cin], day)
    tied = connection.execute(
        select(DEPENDANT.c.insured_id).where(
            DEPENDANT.c.person_id.in_(ids), known_on(DEPENDANT, day)
        )
    ).scalars()
    return dict.fromkeys([*ids, *_followed(connection, list(tied), day)])


def _followed(connection: Connection, ids: Sequence[str], day: dt.date) -> list[str]:
    merged = dict(
        connection.execute(
            select(ALIAS.c.merged_id, ALIAS.c.person_id).where(
                ALIAS.c.merged_id.in_(list(ids)), known_on(ALIAS, day)
            )
        )
        .tuples()
        .all()
    )
    return [merged.get(one, one) for one in ids]


def _numbers(
    connection: Connection, scheme: str, ids: dict[str, None], day: dt.date
) -> dict[str, str]:
    """Each person's latest registration number in the scheme."""
    rows = connection.execute(
        select(AFFILIATION.c.person_id, AFFILIATION.c.number)
        .where(
            AFFILIATION.c.person_id.in_(list(ids)),
            AFFILIATION.c.scheme == scheme,
            known_on(AFFILIATION, day),
        )
        .order_by(AFFILIATION.c.valid_from, AFFILIATION.c.row_id)
    )
    return {row.person_id: row.number for row in rows}


def _people(connection: Connection, ids: Sequence[str], day: dt.date) -> dict[str, Any]:
    rows = connection.execute(
        select(PERSON)
        .where(
            PERSON.c.person_id.in_(list(ids)),
            known_on(PERSON, day),
            or_(PERSON.c.valid_to.is_(None), PERSON.c.valid_to >= day),
        )
        .order_by(PERSON.c.valid_from, PERSON.c.row_id)
    ).all()
    return {row.person_id: row for row in rows if holds_on(row.valid_from, row.valid_to, day)}


def _member(head: tuple[str, str, str], relation: str, person: Any) -> HouseholdMember:
    return HouseholdMember(
        *head, relation, _name(person), person.birth_date, person.sex, person.cin
    )


def _name(person: Any) -> str:
    return f"{person.family_name} {person.given_name}"
