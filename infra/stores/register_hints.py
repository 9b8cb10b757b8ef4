"""Looks up in the registers the numbers that were read on paper, for one chunk at once."""

import csv
import datetime as dt
import functools
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from infra.database import KEYS_PER_QUERY, is_in
from infra.stores.registers import known_on
from models.records.all_tables import table
from models.register_hints import Asked, Household, KnownPerson, RegisterHints


def load_hints(connection: Connection, asked: Asked, day: dt.date) -> RegisterHints:
    """Return what the registers, as known on a day, say of the numbers; one query a register.

    Former holders and dependants are there too: whether somebody has rights on a day is no question
    of reading.
    """
    members = _rows(connection, "register_affiliation", "number", asked.numbers, day)
    holders = {row.person_id for row in members}
    surviving = {
        row.merged_id: row.person_id
        for row in _rows(connection, "register_alias", "merged_id", holders, day)
    }
    holders |= set(surviving.values())
    ties = _rows(connection, "register_dependant", "insured_id", holders, day)
    wanted = holders | {row.person_id for row in ties}
    people = {
        row.person_id: KnownPerson(row.family_name, row.given_name, row.birth_date, row.cin)
        for row in _rows(connection, "register_person", "person_id", wanted, day)
    }
    dependants: dict[str, dict[str, KnownPerson]] = {}
    for row in ties:
        if row.person_id in people:
            insured_id = surviving.get(row.insured_id, row.insured_id)
            dependants.setdefault(insured_id, {})[row.person_id] = people[row.person_id]
    households: dict[str, dict[str, Household]] = {}
    for row in members:
        key = surviving.get(row.person_id, row.person_id)
        if key in people:
            own = tuple(dependants.get(key, {}).values())
            households.setdefault(row.number, {})[key] = Household(row.number, people[key], own)
    inpes = _rows(connection, "register_provider", "inpe", asked.inpes, day)
    return RegisterHints(
        {number: tuple(found.values()) for number, found in households.items()},
        frozenset(row.inpe for row in inpes),
    )


@functools.lru_cache(maxsize=4)
def known_eans(*folders: Path) -> frozenset[str]:
    """Return the codes in the lists of drugs of all countries below some folders.

    A list is a CSV file named after drugs with a column ``ean``. Read once for each process.
    """
    found: set[str] = set()
    for folder in folders:
        for path in sorted(folder.glob("*/*drug*.csv")):
            with path.open(encoding="utf-8", newline="") as file:
                rows = csv.DictReader(file)
                if "ean" in (rows.fieldnames or ()):
                    found.update(row["ean"] for row in rows)
    return frozenset(found - {""})


def _rows(
    connection: Connection, name: str, column: str, keys: Iterable[str], day: dt.date
) -> list[Any]:
    source = table(name)
    wanted = sorted(set(keys) - {""})
    found: list[Any] = []
    for start in range(0, len(wanted), KEYS_PER_QUERY):
        piece = wanted[start : start + KEYS_PER_QUERY]
        query = select(source).where(
            is_in(connection, source.c[column], piece), known_on(source, day)
        )
        found.extend(connection.execute(query.order_by(source.c.valid_from, source.c.row_id)))
    return found
