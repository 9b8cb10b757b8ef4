"""Builders of what the registers hold about insured people, for tests of rights."""

import datetime as dt
import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from models.registers import Affiliation, Contribution, Dependant, SubjectFact
from tasks.validation.rights import InsuredRecord
from tasks.validation.scheme_rules import SchemeRules, read_scheme_rules

SCHEMES = Path(__file__).parents[3] / "tasks/pricing/schemes"
SINCE = dt.date(2005, 1, 1)
DAY = dt.date(2026, 11, 2)
KNOWN_ON = dt.date(2026, 11, 20)


@functools.cache
def all_rules() -> Mapping[str, SchemeRules]:
    """Every scheme's rights.yaml, by scheme."""
    found = [read_scheme_rules(path) for path in sorted(SCHEMES.glob("*/rights.yaml"))]
    return {rules.scheme: rules for rules in found}


def a_membership(scheme: str, person_id: str = "P1", **changes: Any) -> Affiliation:
    """A membership since 2005, still going on."""
    values = {"category": "", "valid_from": SINCE, "valid_to": None} | changes
    return Affiliation(person_id, scheme, "100000001", **values)


def paid(
    scheme: str, *months: str, person_id: str = "P1", days: int = 26
) -> tuple[Contribution, ...]:
    """Months declared and paid in full, named as ``2026-10``."""
    return tuple(
        Contribution(person_id, scheme, dt.date.fromisoformat(f"{month}-01"), days, days)
        for month in months
    )


def a_record(*memberships: Affiliation, **more: Any) -> InsuredRecord:
    """What is known of one insured person."""
    person_id = memberships[0].person_id if memberships else "P1"
    return InsuredRecord(
        person_id, memberships, more.get("contributions", ()), more.get("facts", ())
    )


def a_tie(insured_id: str, relation: str = "child", **changes: Any) -> Dependant:
    """The tie of somebody (``P9``) to an insured person since 2005."""
    values = {"is_student": False, "is_disabled": False, "is_married": False} | {
        "valid_from": SINCE,
        "valid_to": None,
    }
    return Dependant(insured_id, "P9", 1, relation, **(values | changes))


def a_fact(name: str, value: str, scheme: str = "", **changes: Any) -> SubjectFact:
    """A fact of a person, of every scheme and since 2005 unless said otherwise."""
    values = {"subject_id": "P1", "valid_from": SINCE, "valid_to": None} | changes
    return SubjectFact(scheme=scheme, name=name, value=value, **values)
