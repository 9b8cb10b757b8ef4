"""What a check looks at: one dossier with everything the registers and the scheme say about it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from models import messages
from models.dossier import Dossier, RequestKind
from models.errors import CatalogueError
from models.finding import Finding
from models.messages import Code
from models.registers import Dependant, Person, Provider, RegisterSlice, holds_on
from tasks.validation.coverage import (
    Beneficiary,
    Coverage,
    CoverageRules,
    Insured,
    answer_of,
    resolve_coverage,
    rights_through,
)
from tasks.validation.identity import People, resolve_people
from tasks.validation.precedence import Precedence
from tasks.validation.rights import InsuredRecord, RightsAnswer
from tasks.validation.scheme_rules import SchemeRules


@dataclass(frozen=True, slots=True)
class KnownCodes:
    """Every code a scheme's national tables know; whether it has a price is pricing's question."""

    acts: frozenset[str]
    letters: frozenset[str]
    drugs: frozenset[str]


@dataclass(frozen=True, slots=True)
class ValidationContext:
    """What does not change from dossier to dossier: rules and known codes by scheme, and codes.

    ``precedence`` says by country which of several schemes pays.
    """

    rules: Mapping[str, SchemeRules]
    known: Mapping[str, KnownCodes]
    codes: Mapping[str, Code]
    precedence: Mapping[str, Precedence]

    def rules_of(self, scheme: str) -> SchemeRules:
        """Return a scheme's rules.

        Raises:
            CatalogueError: when the scheme has none; intake lets none of its dossiers through.
        """
        found = self.rules.get(scheme)
        if found is None:
            raise CatalogueError(
                f"scheme {scheme}: no rights.yaml was read for it; "
                "refuse it at intake or add its folder"
            )
        return found


@dataclass(frozen=True, slots=True)
class Subject:
    """One dossier, who and what it is about, and the rules it stands under.

    ``rights`` holds one answer for each day of care, in order; it is empty when nobody was found.
    ``coverages`` say the same days over again where the person has rights of more than one kind.
    ``providers`` are the register's rows of the provider's INPE, oldest first.
    """

    dossier: Dossier
    registers: RegisterSlice
    rules: SchemeRules
    known: KnownCodes
    codes: Mapping[str, Code]
    people: People
    rights: tuple[tuple[dt.date, RightsAnswer], ...]
    coverages: tuple[Coverage, ...]
    providers: tuple[Provider, ...]

    @property
    def is_request(self) -> bool:
        """Whether an agreement is asked for before the care: nothing was done or paid yet."""
        return self.dossier.request_kind is RequestKind.PRIOR_AGREEMENT

    @property
    def provider(self) -> Provider | None:
        """The provider as registered on the first day of care, else the latest row; or None."""
        for row in self.providers:
            if holds_on(row.valid_from, row.valid_to, self.dossier.care_start):
                return row
        return self.providers[-1] if self.providers else None

    def finding(self, name: str, line_no: int | None = None, **params: str) -> Finding:
        """Return a finding of a code, with the effect the code asks for."""
        return messages.finding(self.codes, name, line_no, **params)


def care_days(dossier: Dossier) -> tuple[dt.date, ...]:
    """Return the days of care of a dossier in order: its lines' days, or the stay's first day."""
    days = sorted({line.care_date for line in dossier.lines})
    return tuple(days) or (dossier.care_start,)


def day_text(day: dt.date) -> str:
    """Return a day as the sentences of all three languages write it: ``18/11/2026``."""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def build_subject(
    dossier: Dossier, registers: RegisterSlice, context: ValidationContext
) -> Subject:
    """Return a dossier resolved against the registers, ready for the checks.

    Raises:
        CatalogueError: when the dossier's scheme has no rules.
    """
    rules = context.rules_of(dossier.scheme)
    people = resolve_people(dossier, registers)
    rights: list[tuple[dt.date, RightsAnswer]] = []
    coverages: list[Coverage] = []
    if people.insured is not None:
        covered = _beneficiary(people, people.insured, registers)
        for day in care_days(dossier):
            answer, coverage = _rights_on(day, dossier, covered, registers.known_on, context)
            rights.append((day, answer))
            if coverage is not None:
                coverages.append(coverage)
    return Subject(
        dossier=dossier,
        registers=registers,
        rules=rules,
        known=context.known[dossier.scheme],
        codes=context.codes,
        people=people,
        rights=tuple(rights),
        coverages=tuple(coverages),
        providers=registers.providers_by_inpe.get(dossier.provider_inpe, ()),
    )


def _rights_on(
    day: dt.date,
    dossier: Dossier,
    covered: Beneficiary,
    known_on: dt.date,
    context: ValidationContext,
) -> tuple[RightsAnswer, Coverage | None]:
    """The answer to the dossier for a day; and the coverage, where several rights meet."""
    rules = context.rules[dossier.scheme]
    named = covered.insured[0]
    here = rights_through(
        named, rules, rules.scheme, day, known_on=known_on, care_kind=dossier.care_kind
    )
    schemes = {row.scheme for one in covered.insured for row in one.record.affiliations}
    if len(covered.insured) == 1 and schemes <= {rules.scheme}:
        return here, None
    precedence = context.precedence[rules.country]
    if precedence.is_apart(dossier.care_kind, day):
        return here, None
    coverage = resolve_coverage(
        covered,
        CoverageRules(context.rules, precedence, rules.country),
        day,
        known_on=known_on,
        care_kind=dossier.care_kind,
        branch=precedence.branch_of(rules.scheme),
    )
    return answer_of(here, coverage, rules.scheme, named.record.person_id), coverage


def _beneficiary(people: People, insured: Person, registers: RegisterSlice) -> Beneficiary:
    """Through whom the beneficiary may be covered; the insured person of the dossier is first."""
    found = [_insured(people.insured_ids, people.ties, registers)]
    person = people.beneficiary
    if person is None:
        return Beneficiary(tuple(found))
    if people.ties and registers.affiliations.get(person.person_id):
        found.append(_insured((person.person_id,), (), registers))
    others: dict[str, list[Dependant]] = {}
    for tie in registers.ties.get(person.person_id, ()):
        holder = registers.persons.get(tie.insured_id)
        if holder is not None and holder.person_id not in (insured.person_id, person.person_id):
            others.setdefault(tie.insured_id, []).append(tie)
    found.extend(_insured((key,), tuple(others[key]), registers) for key in sorted(others))
    facts = tuple(row for key in people.beneficiary_ids for row in registers.facts.get(key, ()))
    return Beneficiary(tuple(found), person.birth_date, facts)


def _insured(
    ids: tuple[str, ...], ties: tuple[Dependant, ...], registers: RegisterSlice
) -> Insured:
    person = registers.persons.get(ids[0])
    return Insured(
        record=InsuredRecord(
            person_id=ids[0],
            affiliations=[row for key in ids for row in registers.affiliations.get(key, ())],
            contributions=[row for key in ids for row in registers.contributions.get(key, ())],
            facts=[row for key in ids for row in registers.facts.get(key, ())],
        ),
        ties=ties,
        sex=person.sex if person else "",
        death_date=person.death_date if person else None,
    )
