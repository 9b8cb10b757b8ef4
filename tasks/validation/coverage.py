"""Which scheme covers a person on a day, by which rule, and what else was open.

All rights of the person count: the own ones, and those through each insured person the person is
tied to. They are asked of every scheme's own rules, and put in the order of ``coverage.yaml``; the
first one that is open pays, and no other. Rights so follow a person from scheme to scheme: those of
an ended membership last until the new ones open. A scheme without rules here is believed by its
membership alone. The order in which the registers give their rows never matters.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from models.dossier import CareKind
from models.registers import Affiliation, Dependant, SubjectFact, holds_on
from tasks.validation.dependants import dependant_rights, last_day_by_age
from tasks.validation.precedence import COMPULSORY, MAINTAINED, FirstParent, Precedence
from tasks.validation.rights import (
    NOT_AFFILIATED,
    Asked,
    InsuredRecord,
    RightsAnswer,
    RightsState,
    resolve_rights,
)
from tasks.validation.scheme_rules import SchemeRules

#: The fact about a child that says which parent has custody: ``father`` or ``mother``.
CUSTODY = "custody"
_PARENT_OF_SEX = {"M": FirstParent.FATHER.value, "F": FirstParent.MOTHER.value}


@dataclass(frozen=True, slots=True)
class Insured:
    """An insured person through whom somebody may be covered: themselves, a parent, a spouse.

    ``ties`` are empty where the person is covered by his or her own right.
    """

    record: InsuredRecord
    ties: tuple[Dependant, ...] = ()
    sex: str = ""
    death_date: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Beneficiary:
    """The person cared for: through whom he or she may be covered, and what is known of them."""

    insured: tuple[Insured, ...]
    birth_date: dt.date | None = None
    facts: tuple[SubjectFact, ...] = ()


@dataclass(frozen=True, slots=True)
class Right:
    """One right of a person on a day: in which scheme, through whom, and the scheme's answer.

    ``place`` is its place in the order of rights, smallest first. ``is_member`` says whether the
    insured person belongs to the scheme on that day.
    """

    scheme: str
    insured_id: str
    is_own: bool
    is_member: bool
    answer: RightsAnswer
    place: tuple[int, int, int, str, str]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Who pays on a day: at most one right; every other one, in their order."""

    day: dt.date
    paying: Right | None
    others: tuple[Right, ...]

    @property
    def also_open(self) -> tuple[Right, ...]:
        """The rights that were open too and do not pay."""
        return tuple(right for right in self.others if right.answer.is_open)


@dataclass(frozen=True, slots=True)
class CoverageRules:
    """What coverage is decided by: all schemes' rules, and one country's order of rights."""

    schemes: Mapping[str, SchemeRules]
    precedence: Precedence
    country: str


def resolve_coverage(
    beneficiary: Beneficiary,
    rules: CoverageRules,
    day: dt.date,
    *,
    known_on: dt.date,
    care_kind: CareKind | None = None,
    branch: str = "",
) -> Coverage:
    """Return which scheme of a branch (empty: health) covers a person on a day.

    ``known_on`` is the day of the registers' knowledge.
    """
    custody = _custody(beneficiary.facts, day)
    found: list[Right] = []
    for insured in beneficiary.insured:
        for scheme in sorted({item.scheme for item in insured.record.affiliations}):
            own = rules.schemes.get(scheme)
            if own is not None and own.country != rules.country:
                continue
            if rules.precedence.branch_of(scheme) != branch:
                continue
            answer = rights_through(
                insured, own, scheme, day, known_on=known_on, care_kind=care_kind
            )
            if answer.is_open and own and _is_past_age(insured, own, beneficiary, day):
                answer = RightsAnswer(RightsState.CLOSED, reason="past_age")
            found.append(_right(insured, scheme, answer, rules, custody, day))
    found.sort(key=lambda right: right.place)
    paying = next((right for right in found if right.answer.is_open), None)
    return Coverage(day, paying, tuple(right for right in found if right is not paying))


def rights_through(
    insured: Insured,
    rules: SchemeRules | None,
    scheme: str,
    day: dt.date,
    *,
    known_on: dt.date,
    care_kind: CareKind | None = None,
) -> RightsAnswer:
    """Return a scheme's own answer for somebody covered through an insured person.

    A membership ends with the insured person's death; the dependants then keep the survivors'
    rights. ``rules`` are None for a scheme that has none here.
    """
    record, died = insured.record, insured.death_date
    if died is not None:
        record = replace(record, affiliations=[_until(row, died) for row in record.affiliations])
    if rules is None:
        current = _is_member(record, scheme, day)
        answer = RightsAnswer(RightsState.OPEN, basis="membership") if current else NOT_AFFILIATED
    else:
        has_died = died is not None and died < day
        maintenance = "survivors" if has_died and insured.ties else "end_of_work"
        answer = resolve_rights(record, rules, Asked(day, known_on, care_kind, maintenance))
    if not insured.ties:
        return answer
    if rules is None:
        tied = any(holds_on(tie.valid_from, tie.valid_to, day) for tie in insured.ties)
        return answer if tied or not answer.is_open else replace(NOT_AFFILIATED, reason="no_tie")
    return dependant_rights(answer, insured.ties, rules, day)


def answer_of(here: RightsAnswer, coverage: Coverage, scheme: str, insured_id: str) -> RightsAnswer:
    """Return what a dossier sent to ``scheme`` through an insured person is told for a day.

    ``here`` is that scheme's own answer. Another scheme is named when it pays, or when it is the
    one the person belongs to while this one has nothing to say; ``reason`` is then ``own_right``,
    ``other_parent`` or ``other_scheme``.
    """
    paying = coverage.paying
    if paying is not None:
        if paying.scheme == scheme:
            return here
        return _elsewhere(paying, insured_id)
    if here.state is not RightsState.CLOSED or here.reason != NOT_AFFILIATED.reason:
        return here
    elsewhere = [right for right in coverage.others if right.is_member and right.scheme != scheme]
    return _elsewhere(elsewhere[0], insured_id) if elsewhere else here


def _elsewhere(right: Right, insured_id: str) -> RightsAnswer:
    reason = "other_scheme"
    if right.insured_id != insured_id:
        reason = "own_right" if right.is_own else "other_parent"
    return RightsAnswer(RightsState.OTHER_SCHEME, reason=reason, other_scheme=right.scheme)


def _right(
    insured: Insured,
    scheme: str,
    answer: RightsAnswer,
    rules: CoverageRules,
    custody: str,
    day: dt.date,
) -> Right:
    order = rules.precedence
    is_own = not insured.ties
    class_ = order.class_of(scheme, answer.category)
    scheme_rules = rules.schemes.get(scheme)
    kept = scheme_rules.sections["maintenance"] if scheme_rules else {}
    if class_ == COMPULSORY and answer.basis in kept:
        class_ = MAINTAINED
    parent = 0
    if any(tie.relation == "child" for tie in insured.ties):
        parent = _parent_place(insured, order.first_parent(day), custody)
    return Right(
        scheme=scheme,
        insured_id=insured.record.person_id,
        is_own=is_own,
        is_member=_is_member(insured.record, scheme, day),
        answer=answer,
        place=(
            order.rank_of("own" if is_own else "dependant", class_, day),
            parent,
            order.scheme_place(scheme, day),
            scheme,
            insured.record.person_id,
        ),
    )


def _parent_place(insured: Insured, first: FirstParent, custody: str) -> int:
    """The parent with custody, then the one the law names, then the other."""
    parent = _PARENT_OF_SEX.get(insured.sex, "")
    if custody and parent == custody:
        return 0
    return 1 if first is FirstParent.EITHER or parent == first.value else 2


def _custody(facts: Sequence[SubjectFact], day: dt.date) -> str:
    known = [
        fact
        for fact in facts
        if fact.name == CUSTODY and holds_on(fact.valid_from, fact.valid_to, day)
    ]
    latest = max(known, key=lambda fact: (fact.valid_from, fact.scheme, fact.value), default=None)
    return "" if latest is None else latest.value


def _is_member(record: InsuredRecord, scheme: str, day: dt.date) -> bool:
    return any(
        row.scheme == scheme and holds_on(row.valid_from, row.valid_to, day)
        for row in record.affiliations
    )


def _until(row: Affiliation, died: dt.date) -> Affiliation:
    """A membership as it ends with the member's life; one that starts later stays as it is."""
    if row.valid_from > died or (row.valid_to is not None and row.valid_to <= died):
        return row
    return replace(row, valid_to=died)


def _is_past_age(
    insured: Insured, rules: SchemeRules, beneficiary: Beneficiary, day: dt.date
) -> bool:
    """Whether a child is past the age of cover; who is no child, or of unknown age, is not."""
    born = beneficiary.birth_date
    ties = [tie for tie in insured.ties if holds_on(tie.valid_from, tie.valid_to, day)]
    if born is None or not ties:
        return False
    last_days = [last_day_by_age(tie, born, rules, day) for tie in ties]
    return all(last is not None and day > last for last in last_days)
