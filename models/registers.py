"""The rows of the payer's registers as the stages read them: who, covered by what, paid where.

Every register is bitemporal: ``valid_from``/``valid_to`` say when a fact holds (last day included,
None for open), and the record keeps besides when the payer knew it. A slice holds what was known
on one day about the persons, providers and accounts of one chunk.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class PayeeKind(StrEnum):
    """Who receives the money."""

    INSURED = "insured"
    GUARDIAN = "guardian"
    HEIR = "heir"
    PROVIDER = "provider"


def holds_on(valid_from: dt.date, valid_to: dt.date | None, day: dt.date) -> bool:
    """Whether a period, last day included, covers a day."""
    return valid_from <= day and (valid_to is None or day <= valid_to)


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the register, insured or dependant; ``person_id`` is opaque."""

    person_id: str
    family_name: str
    given_name: str
    arabic_name: str
    birth_date: dt.date
    death_date: dt.date | None
    sex: str
    cin: str
    valid_from: dt.date
    valid_to: dt.date | None


@dataclass(frozen=True, slots=True)
class Affiliation:
    """A person's membership of a scheme under a registration number, for a period."""

    person_id: str
    scheme: str
    number: str
    category: str
    valid_from: dt.date
    valid_to: dt.date | None


@dataclass(frozen=True, slots=True)
class Contribution:
    """Days declared and days paid for one person, scheme and month (its first day).

    ``known_from`` is the day since which the payer has known it so; None where nobody asks.
    """

    person_id: str
    scheme: str
    month: dt.date
    days_declared: int
    days_paid: int
    known_from: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Dependant:
    """A beneficiary's tie to an insured person; ``rank`` is the suffix of the number, from 1."""

    insured_id: str
    person_id: str
    rank: int
    relation: str
    is_student: bool
    is_disabled: bool
    is_married: bool
    valid_from: dt.date
    valid_to: dt.date | None


@dataclass(frozen=True, slots=True)
class Provider:
    """A care provider: doctor, pharmacy, laboratory, clinic, hospital."""

    provider_id: str
    inpe: str
    name: str
    kind: str
    specialty: str
    sector: str
    ice: str
    valid_from: dt.date
    valid_to: dt.date | None


@dataclass(frozen=True, slots=True)
class Account:
    """A bank account of a payee; ``recorded_on`` is the day the change was made known."""

    account_id: str
    holder_id: str
    holder_kind: str
    rib: str
    valid_from: dt.date
    valid_to: dt.date | None
    recorded_on: dt.date


@dataclass(frozen=True, slots=True)
class Mandate:
    """Who is paid in place of the insured person: guardian or heir, for a period."""

    insured_id: str
    payee_kind: str
    payee_id: str
    valid_from: dt.date
    valid_to: dt.date | None


@dataclass(frozen=True, slots=True)
class LongTermCondition:
    """A recognised long-term condition (ALD) of a person, for a period."""

    person_id: str
    ald_code: str
    valid_from: dt.date
    valid_to: dt.date | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """A prior agreement or prise en charge: decision, validity, amount and what is used of it."""

    agreement_number: str
    person_id: str
    scheme: str
    act_key: str
    decision: str
    amount_minor: int | None
    used_minor: int
    valid_from: dt.date
    valid_to: dt.date | None


@dataclass(frozen=True, slots=True)
class SubjectFact:
    """A fact about a person or a provider that one scheme asks for, for a period."""

    subject_id: str
    scheme: str
    name: str
    value: str
    valid_from: dt.date
    valid_to: dt.date | None


@dataclass(frozen=True, slots=True)
class RegisterSlice:
    """What the registers say about one chunk, as known on ``known_on``; every map may be empty.

    ``affiliations_by_number`` is keyed by registration number, ``persons_by_cin`` by CIN,
    ``providers_by_inpe`` by INPE, ``facts`` by person or provider id, all others by person id
    (``dependants`` by the insured's, ``ties`` by the dependant's own: all insured persons a
    dependant is tied to).
    """

    known_on: dt.date
    persons: Mapping[str, Person] = field(default_factory=dict)
    persons_by_cin: Mapping[str, tuple[Person, ...]] = field(default_factory=dict)
    affiliations_by_number: Mapping[str, tuple[Affiliation, ...]] = field(default_factory=dict)
    affiliations: Mapping[str, tuple[Affiliation, ...]] = field(default_factory=dict)
    contributions: Mapping[str, tuple[Contribution, ...]] = field(default_factory=dict)
    dependants: Mapping[str, tuple[Dependant, ...]] = field(default_factory=dict)
    ties: Mapping[str, tuple[Dependant, ...]] = field(default_factory=dict)
    providers_by_inpe: Mapping[str, tuple[Provider, ...]] = field(default_factory=dict)
    conditions: Mapping[str, tuple[LongTermCondition, ...]] = field(default_factory=dict)
    agreements: Mapping[str, tuple[Agreement, ...]] = field(default_factory=dict)
    accounts: Mapping[str, tuple[Account, ...]] = field(default_factory=dict)
    facts: Mapping[str, tuple[SubjectFact, ...]] = field(default_factory=dict)
