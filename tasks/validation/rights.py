"""Whether a person's rights are open on the day of care, by what, and if not, why not.

Rights open by days or months of contributions, declared **and paid**, or by membership alone; the
figures stand in the scheme's ``rights.yaml``. Days declared and not paid, or a recent month whose
declaration may still come in, leave the dossier waiting: they never close a right.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from models.registers import Affiliation, Contribution, holds_on
from tasks.validation.months import add_months, days_since_month, month_number
from tasks.validation.scheme_rules import RightsKind, SchemeRules


class RightsState(StrEnum):
    """What the registers say about a person's rights on a day."""

    OPEN = "open"
    SUSPENDED = "suspended"
    OTHER_SCHEME = "other_scheme"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class RightsAnswer:
    """The answer for one day: the rule that opened the rights, or the reason why none did.

    ``basis`` is set when open; ``reason`` when not (``unpaid``, ``undeclared``, ``days_missing``,
    ``no_affiliation``, ``no_rule``); ``other_scheme`` names the scheme that covers the person
    instead. ``params`` are counts as text, for the sentence shown to people.
    """

    state: RightsState
    basis: str = ""
    reason: str = ""
    other_scheme: str = ""
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether care on that day is covered."""
        return self.state is RightsState.OPEN


@dataclass(frozen=True, slots=True)
class _Ledger:
    """A person's contributions to one scheme by month, and how late declarations may come."""

    paid: Mapping[int, int]
    declared: Mapping[int, int]
    known_on: dt.date
    days_after_month: int
    month_days_max: int

    def pending_months(self, months: range) -> int:
        """How many of these months have no declaration yet that may still come in."""
        return sum(
            1
            for month in months
            if month not in self.declared
            and days_since_month(month, self.known_on) <= self.days_after_month
        )


def resolve_rights(
    affiliations: Sequence[Affiliation],
    contributions: Sequence[Contribution],
    rules: SchemeRules,
    care_date: dt.date,
    *,
    known_on: dt.date,
    maintenance: str = "end_of_work",
) -> RightsAnswer:
    """Return what an insured person's rights are on the day of care.

    ``known_on`` is the day of the registers' knowledge; ``maintenance`` names the rule that keeps
    rights open after the membership has ended (``end_of_work``, or ``survivors`` for the
    dependants of an insured person who has died).
    """
    own = [item for item in affiliations if item.scheme == rules.scheme]
    current = [item for item in own if holds_on(item.valid_from, item.valid_to, care_date)]
    ledger = _ledger(contributions, rules, care_date, known_on)
    answer = _NOT_AFFILIATED
    if current:
        last_month = month_number(care_date) - 1
        answer = _opened(current[-1].category, ledger, rules, care_date, last_month)
    if answer.state is not RightsState.CLOSED:
        return answer
    elsewhere = covered_elsewhere(affiliations, rules.scheme, care_date)
    if elsewhere:
        return RightsAnswer(RightsState.OTHER_SCHEME, reason="other_scheme", other_scheme=elsewhere)
    kept = _maintained(own, ledger, rules, care_date, maintenance)
    return kept if kept.is_open or answer is _NOT_AFFILIATED else answer


def covered_elsewhere(affiliations: Sequence[Affiliation], scheme: str, care_date: dt.date) -> str:
    """Return the id of another scheme a person belongs to on a day; empty when there is none."""
    others = (
        item.scheme
        for item in affiliations
        if item.scheme != scheme and holds_on(item.valid_from, item.valid_to, care_date)
    )
    return min(others, default="")


_NOT_AFFILIATED = RightsAnswer(RightsState.CLOSED, reason="no_affiliation")
_NO_RULE = RightsAnswer(RightsState.CLOSED, reason="no_rule")


def _maintained(
    affiliations: Sequence[Affiliation],
    ledger: _Ledger,
    rules: SchemeRules,
    care_date: dt.date,
    maintenance: str,
) -> RightsAnswer:
    """Rights that were open when a membership ended, for the months during which they last."""
    figures = rules.figures("maintenance", maintenance, care_date)
    answer = _NOT_AFFILIATED
    for item in affiliations:
        end = item.valid_to
        if figures is None or end is None or end >= care_date:
            continue
        if care_date > add_months(end, figures["months"]):
            continue
        answer = _opened(item.category, ledger, rules, end, month_number(end))
        if answer.is_open:
            return RightsAnswer(RightsState.OPEN, basis=maintenance, params=answer.params)
    return answer


def _opened(
    category: str, ledger: _Ledger, rules: SchemeRules, day: dt.date, last_month: int
) -> RightsAnswer:
    """What a category's own rule says on a day, on the months that end with ``last_month``."""
    in_force = rules.in_force("opening", day)
    named = [(name, figures) for name, figures in in_force if category in figures["categories"]]
    chosen = named or [(name, figures) for name, figures in in_force if not figures["categories"]]
    if not chosen:
        return _NO_RULE
    name, figures = chosen[0]
    return _KINDS[figures["kind"]](name, figures, ledger, last_month)


def _by_days(
    name: str, figures: Mapping[str, Any], ledger: _Ledger, last_month: int
) -> RightsAnswer:
    needed = figures["days"]
    months = range(last_month - figures["months"] + 1, last_month + 1)
    paid = sum(ledger.paid.get(month, 0) for month in months)
    params = {"needed": str(needed), "paid": str(paid), "months": str(figures["months"])}
    if paid >= needed:
        return RightsAnswer(RightsState.OPEN, basis=name, params=params)
    declared = sum(ledger.declared.get(month, 0) for month in months)
    pending = ledger.pending_months(months) * ledger.month_days_max
    return _short(declared, pending, needed, params)


def _by_months(
    name: str, figures: Mapping[str, Any], ledger: _Ledger, last_month: int
) -> RightsAnswer:
    needed = figures["months"]
    months = range(last_month - needed + 1, last_month + 1)
    paid = sum(1 for month in months if ledger.paid.get(month, 0) > 0)
    params = {"needed": str(needed), "paid": str(paid), "months": str(needed)}
    if paid >= needed:
        return RightsAnswer(RightsState.OPEN, basis=name, params=params)
    declared = sum(1 for month in months if ledger.declared.get(month, 0) > 0)
    return _short(declared, ledger.pending_months(months), needed, params)


def _by_membership(
    name: str, figures: Mapping[str, Any], ledger: _Ledger, last_month: int
) -> RightsAnswer:
    return RightsAnswer(RightsState.OPEN, basis=name)


_KINDS: Mapping[RightsKind, Callable[[str, Mapping[str, Any], _Ledger, int], RightsAnswer]] = {
    RightsKind.DAYS_IN_MONTHS: _by_days,
    RightsKind.MONTHS_PAID: _by_months,
    RightsKind.OPEN: _by_membership,
}


def _short(declared: int, pending: int, needed: int, params: dict[str, str]) -> RightsAnswer:
    """Too little is paid: waiting when what is declared, or may still be, would be enough."""
    if declared >= needed:
        return RightsAnswer(RightsState.SUSPENDED, reason="unpaid", params=params)
    if declared > 0 and declared + pending >= needed:
        return RightsAnswer(RightsState.SUSPENDED, reason="undeclared", params=params)
    return RightsAnswer(RightsState.CLOSED, reason="days_missing", params=params)


def _ledger(
    contributions: Sequence[Contribution],
    rules: SchemeRules,
    care_date: dt.date,
    known_on: dt.date,
) -> _Ledger:
    """Contributions by month; only days that are both declared and paid count as paid."""
    paid: dict[int, int] = {}
    declared: dict[int, int] = {}
    for item in contributions:
        if item.scheme == rules.scheme:
            month = month_number(item.month)
            paid[month] = paid.get(month, 0) + min(item.days_paid, item.days_declared)
            declared[month] = declared.get(month, 0) + item.days_declared
    late = rules.figures("declaration", "pending", care_date)
    return _Ledger(
        paid=paid,
        declared=declared,
        known_on=known_on,
        days_after_month=-1 if late is None else late["days_after_month"],
        month_days_max=0 if late is None else late["month_days_max"],
    )
