"""Whether one scheme's rights are open for a person on the day of care, by what, and if not, why.

Rights open by days or months of contributions, declared **and paid**, by months of membership or by
membership alone, where the scheme's conditions on the person are met; the figures stand in the
scheme's ``rights.yaml``. Days declared and not paid, a recent month whose declaration may still
come in, or a fact that the register does not hold, leave the dossier waiting: they never close a
right. Which of several schemes pays is ``coverage.py``'s question.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from models.dossier import CareKind
from models.registers import Affiliation, Contribution, SubjectFact, holds_on
from tasks.validation.contributions import Ledger, read_ledger
from tasks.validation.months import add_months, month_number
from tasks.validation.rights_sections import ConditionTest, MissingFact, RightsKind
from tasks.validation.scheme_rules import SchemeRules


class RightsState(StrEnum):
    """What the registers say about a person's rights on a day."""

    OPEN = "open"
    SUSPENDED = "suspended"
    OTHER_SCHEME = "other_scheme"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class RightsAnswer:
    """The answer for one day: the rule that opened the rights, or the reason why none did.

    ``basis`` is set when open; ``reason`` when not (``unpaid``, ``undeclared``, ``arrears``,
    ``paid_late``, ``days_missing``, ``too_short``, ``excluded``, ``condition``, ``fact_missing``,
    ``no_affiliation``, ``no_rule``, ``no_tie``); ``other_scheme`` names the scheme that covers the
    person instead. ``category`` is the membership's that was looked at. ``params`` are counts and
    names as text, for the sentence shown to people.
    """

    state: RightsState
    basis: str = ""
    reason: str = ""
    other_scheme: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    category: str = ""

    @property
    def is_open(self) -> bool:
        """Whether care on that day is covered."""
        return self.state is RightsState.OPEN


@dataclass(frozen=True, slots=True)
class InsuredRecord:
    """All that the registers hold about one insured person, of whatever scheme."""

    person_id: str
    affiliations: Sequence[Affiliation]
    contributions: Sequence[Contribution]
    facts: Sequence[SubjectFact] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What rights are asked for: the day and kind of care, on the registers of which day.

    ``maintenance`` names the rule that keeps rights open after the membership has ended
    (``end_of_work``, or ``survivors`` for the dependants of an insured person who has died).
    """

    day: dt.date
    known_on: dt.date
    care_kind: CareKind | None = None
    maintenance: str = "end_of_work"


@dataclass(frozen=True, slots=True)
class _Moment:
    """The day on which an opening is looked at, and the last month that may count for it."""

    day: dt.date
    last_month: int
    ledger: Ledger
    memberships: Sequence[Affiliation]


def resolve_rights(record: InsuredRecord, rules: SchemeRules, asked: Asked) -> RightsAnswer:
    """Return what an insured person's rights in one scheme are on the day of care."""
    own = sorted(
        (item for item in record.affiliations if item.scheme == rules.scheme),
        key=lambda item: (item.valid_from, item.number, item.category),
    )
    ledger = read_ledger(record.contributions, rules, asked.day, asked.known_on)
    facts = [item for item in record.facts if item.scheme in ("", rules.scheme)]
    moment = _Moment(asked.day, month_number(asked.day) - 1, ledger, own)
    current = [item for item in own if holds_on(item.valid_from, item.valid_to, asked.day)]
    answer = _best(
        [_opened(item.category, rules, moment, facts, asked.care_kind) for item in current]
    )
    if answer.state is not RightsState.CLOSED:
        return answer
    kept = _maintained(own, rules, ledger, facts, asked)
    return kept if kept.is_open or not current else answer


NOT_AFFILIATED = RightsAnswer(RightsState.CLOSED, reason="no_affiliation")
_NO_RULE = RightsAnswer(RightsState.CLOSED, reason="no_rule")
_RANKS = (RightsState.OPEN, RightsState.SUSPENDED, RightsState.OTHER_SCHEME, RightsState.CLOSED)


def _best(answers: Sequence[RightsAnswer]) -> RightsAnswer:
    """The answer that is kindest to the person; the first of several that are equally so."""
    return min(answers, key=lambda one: _RANKS.index(one.state), default=NOT_AFFILIATED)


def _maintained(
    memberships: Sequence[Affiliation],
    rules: SchemeRules,
    ledger: Ledger,
    facts: Sequence[SubjectFact],
    asked: Asked,
) -> RightsAnswer:
    """Rights that were open when a membership ended, for the months during which they last."""
    figures = rules.figures("maintenance", asked.maintenance, asked.day)
    answers = []
    for item in memberships:
        end = item.valid_to
        if figures is None or end is None or end >= asked.day:
            continue
        if asked.day > add_months(end, figures["months"]):
            continue
        moment = _Moment(end, month_number(end), ledger, memberships)
        answer = _opened(item.category, rules, moment, facts, asked.care_kind)
        if answer.is_open:
            return RightsAnswer(
                RightsState.OPEN, asked.maintenance, params=answer.params, category=item.category
            )
        answers.append(answer)
    return answers[-1] if answers else NOT_AFFILIATED


def _opened(
    category: str,
    rules: SchemeRules,
    moment: _Moment,
    facts: Sequence[SubjectFact],
    care_kind: CareKind | None,
) -> RightsAnswer:
    """What the rules for a category and kind of care say; any one of several opens the rights."""
    answers = []
    for name, figures in _rules_for(category, rules, moment.day, care_kind):
        answer = _KINDS[figures["kind"]](figures, moment)
        if answer.is_open and figures["kind"] is RightsKind.MONTHS_PAID:
            answer = _regular(answer, rules, moment)
        for condition in figures["conditions"] if answer.is_open else ():
            answer = _under(answer, condition, rules, moment.day, facts)
        answers.append(
            RightsAnswer(
                answer.state,
                name if answer.is_open else "",
                answer.reason,
                params=answer.params,
                category=category,
            )
        )
    return _best(answers) if answers else _NO_RULE


def _rules_for(
    category: str, rules: SchemeRules, day: dt.date, care_kind: CareKind | None
) -> list[tuple[str, Mapping[str, Any]]]:
    """The rules that name the kind of care, else those that name none; of either, the category's.

    A rule without categories is for every category that no other rule of its group names.
    """
    in_force = rules.in_force("opening", day)
    special = [item for item in in_force if care_kind in item[1]["care_kinds"]]
    general = [item for item in in_force if not item[1]["care_kinds"]]
    for group in (special, general):
        named = [item for item in group if category in item[1]["categories"]]
        chosen = named or [item for item in group if not item[1]["categories"]]
        if chosen:
            return chosen
    return []


def _by_days(figures: Mapping[str, Any], moment: _Moment) -> RightsAnswer:
    ledger, needed = moment.ledger, figures["days"]
    months = range(moment.last_month - figures["months"] + 1, moment.last_month + 1)
    paid = sum(ledger.paid.get(month, 0) for month in months)
    late = sum(ledger.late.get(month, 0) for month in months)
    declared = sum(ledger.declared.get(month, 0) for month in months)
    pending = ledger.pending_months(months) * ledger.month_days_max
    params = {"needed": str(needed), "paid": str(paid), "months": str(figures["months"])}
    return _counted((paid, late, declared, pending), needed, params)


def _by_months(figures: Mapping[str, Any], moment: _Moment) -> RightsAnswer:
    ledger, needed = moment.ledger, figures["months"]
    months = range(moment.last_month - needed + 1, moment.last_month + 1)
    paid = sum(1 for month in months if ledger.paid.get(month, 0) > 0)
    late = sum(1 for month in months if ledger.late.get(month, 0) > 0)
    declared = sum(1 for month in months if ledger.declared.get(month, 0) > 0)
    params = {"needed": str(needed), "paid": str(paid), "months": str(needed)}
    return _counted((paid, late, declared, ledger.pending_months(months)), needed, params)


def _counted(
    found: tuple[int, int, int, int], needed: int, params: Mapping[str, str]
) -> RightsAnswer:
    """Days or months found: paid, paid too late, declared, and those that may still come in.

    Too little is paid: waiting when what is declared, or may still be, would be enough.
    """
    paid, late, declared, pending = found
    if paid >= needed:
        return RightsAnswer(RightsState.OPEN, params=params)
    if declared - late >= needed:
        return RightsAnswer(RightsState.SUSPENDED, reason="unpaid", params=params)
    if declared > 0 and declared - late + pending >= needed:
        return RightsAnswer(RightsState.SUSPENDED, reason="undeclared", params=params)
    reason = "paid_late" if paid + late >= needed else "days_missing"
    return RightsAnswer(RightsState.CLOSED, reason=reason, params=params)


def _by_membership_months(figures: Mapping[str, Any], moment: _Moment) -> RightsAnswer:
    since = _member_since(moment.memberships, moment.day)
    params = {"needed": str(figures["months"]), "months": str(figures["months"])}
    if since is not None and add_months(since, figures["months"]) <= moment.day:
        return RightsAnswer(RightsState.OPEN, params=params)
    return RightsAnswer(RightsState.CLOSED, reason="too_short", params=params)


def _member_since(memberships: Sequence[Affiliation], day: dt.date) -> dt.date | None:
    """The first day of the membership that has lasted without a break until a day."""
    since = None
    for item in sorted(memberships, key=lambda one: one.valid_from, reverse=True):
        reaches = day if since is None else since - dt.timedelta(days=1)
        if holds_on(item.valid_from, item.valid_to, reaches):
            since = item.valid_from
            if since == dt.date.min:
                break
    return since


def _by_membership(figures: Mapping[str, Any], moment: _Moment) -> RightsAnswer:
    return RightsAnswer(RightsState.OPEN)


def _excluded(figures: Mapping[str, Any], moment: _Moment) -> RightsAnswer:
    return RightsAnswer(RightsState.CLOSED, reason="excluded")


_KINDS: Mapping[RightsKind, Callable[[Mapping[str, Any], _Moment], RightsAnswer]] = {
    RightsKind.DAYS_IN_MONTHS: _by_days,
    RightsKind.MONTHS_PAID: _by_months,
    RightsKind.MONTHS_INSURED: _by_membership_months,
    RightsKind.OPEN: _by_membership,
    RightsKind.EXCLUDED: _excluded,
}


def _regular(answer: RightsAnswer, rules: SchemeRules, moment: _Moment) -> RightsAnswer:
    """Months owed from before hold rights up until they are paid, where the scheme says so."""
    figures = rules.figures("regularity", "payment", moment.day)
    if figures is None:
        return answer
    months = range(moment.last_month - figures["months"] + 1, moment.last_month + 1)
    owed = moment.ledger.months_owed(months)
    if not owed:
        return answer
    params = {**answer.params, "owed": str(owed)}
    return RightsAnswer(RightsState.SUSPENDED, reason="arrears", params=params)


def _under(
    answer: RightsAnswer,
    name: str,
    rules: SchemeRules,
    day: dt.date,
    facts: Sequence[SubjectFact],
) -> RightsAnswer:
    """An open answer under a condition on the person; what is shut stays shut."""
    figures = rules.figures("conditions", name, day)
    if figures is None or not answer.is_open:
        return answer
    known = [
        item
        for item in facts
        if item.name == figures["fact"] and holds_on(item.valid_from, item.valid_to, day)
    ]
    latest = max(known, key=lambda item: (item.valid_from, item.value), default=None)
    is_met = None if latest is None else _meets(latest.value, figures)
    if is_met is None and figures["missing"] is not MissingFact.WAIT:
        is_met = figures["missing"] is MissingFact.MET
    params = {"condition": figures["label"], "rule": name}
    if is_met is None:
        return RightsAnswer(RightsState.SUSPENDED, reason="fact_missing", params=params)
    if is_met:
        return answer
    return RightsAnswer(RightsState.CLOSED, reason="condition", params=params)


def _meets(value: str, figures: Mapping[str, Any]) -> bool | None:
    """Whether a fact's value meets a condition; None for a number that cannot be read."""
    test = figures["test"]
    if test is ConditionTest.ONE_OF:
        return value in figures["values"]
    if test is ConditionTest.NONE_OF:
        return value not in figures["values"]
    limit = Decimal(figures["values"][0])
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    if not number.is_finite():
        return None
    return _COMPARED[test](number, limit)


_COMPARED: Mapping[ConditionTest, Callable[[Decimal, Decimal], bool]] = {
    ConditionTest.ABOVE: lambda number, limit: number > limit,
    ConditionTest.AT_LEAST: lambda number, limit: number >= limit,
    ConditionTest.AT_MOST: lambda number, limit: number <= limit,
    ConditionTest.BELOW: lambda number, limit: number < limit,
}
