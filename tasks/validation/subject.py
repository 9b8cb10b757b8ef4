"""What a check looks at: one dossier with everything the registers and the scheme say about it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from models import messages
from models.dossier import Dossier, RequestKind
from models.finding import Finding
from models.messages import Code
from models.registers import Provider, RegisterSlice, holds_on
from tasks.validation.dependants import dependant_rights
from tasks.validation.identity import People, resolve_people
from tasks.validation.rights import RightsAnswer, resolve_rights
from tasks.validation.scheme_rules import SchemeRules


@dataclass(frozen=True, slots=True)
class KnownCodes:
    """Every code a scheme's national tables know; whether it has a price is pricing's question."""

    acts: frozenset[str]
    letters: frozenset[str]
    drugs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Subject:
    """One dossier, who and what it is about, and the rules it stands under.

    ``rights`` holds one answer for each day of care, in order; it is empty when nobody was found.
    ``providers`` are the register's rows of the provider's INPE, oldest first.
    """

    dossier: Dossier
    registers: RegisterSlice
    rules: SchemeRules
    known: KnownCodes
    codes: Mapping[str, Code]
    people: People
    rights: tuple[tuple[dt.date, RightsAnswer], ...]
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
    dossier: Dossier,
    registers: RegisterSlice,
    rules: SchemeRules,
    known: KnownCodes,
    codes: Mapping[str, Code],
) -> Subject:
    """Return a dossier resolved against the registers, ready for the checks."""
    people = resolve_people(dossier, registers)
    return Subject(
        dossier=dossier,
        registers=registers,
        rules=rules,
        known=known,
        codes=codes,
        people=people,
        rights=tuple((day, _rights_on(day, people, registers, rules)) for day in care_days(dossier))
        if people.insured is not None
        else (),
        providers=registers.providers_by_inpe.get(dossier.provider_inpe, ()),
    )


def _rights_on(
    day: dt.date,
    people: People,
    registers: RegisterSlice,
    rules: SchemeRules,
) -> RightsAnswer:
    insured = people.insured
    if insured is None:
        raise ValueError("rights are asked for a known insured person only")
    ids = people.insured_ids
    affiliations = tuple(row for key in ids for row in registers.affiliations.get(key, ()))
    contributions = tuple(row for key in ids for row in registers.contributions.get(key, ()))
    has_died = insured.death_date is not None and insured.death_date < day
    answer = resolve_rights(
        affiliations,
        contributions,
        rules,
        day,
        known_on=registers.known_on,
        maintenance="survivors" if has_died and people.ties else "end_of_work",
    )
    beneficiary = people.beneficiary
    if beneficiary is None or not people.ties:
        return answer
    own = registers.affiliations.get(beneficiary.person_id, ())
    return dependant_rights(answer, people.ties, own, rules, day)
