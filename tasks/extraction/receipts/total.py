"""The total of a receipt: the amount that its words, its place and its arithmetic point to."""

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tasks.extraction.receipts.amounts import ROUNDING_MAX, Amount, AmountRow
from tasks.extraction.receipts.words import Role

#: What a row's role is worth to its amount.
_ROLE_SCORES = {
    Role.TOTAL: 3.0,
    Role.AMOUNT: 2.0,
    Role.SUBTOTAL: 1.2,
    Role.PAID: 1.0,
    Role.COUNT: 0.5,
    Role.ITEM: 0.0,
}
_STRONG_SCORE = 1.5
_SUMMARY_SCORE = -3.0
_REPEAT_SCORE, _REPEATS_MAX = 0.4, 3
#: What each way of adding up is worth.
_PAID_SCORE, _PARTS_SCORE, _ITEMS_SCORE, _ROUNDED_SCORE = 3.0, 1.5, 1.0, 2.0
#: A rounding leaves a multiple of the smallest coin.
_COIN = 5
#: Rows of items among which a sum is looked for.
_ITEMS_MAX = 60


class Closure(StrEnum):
    """A way in which other amounts of the receipt give its total."""

    PAID = "paid minus change"
    PARTS = "parts plus tax"
    ITEMS = "sum of the items"
    ROUNDED = "total plus rounding"


@dataclass(frozen=True, slots=True)
class Total:
    """The likeliest total, its row's role, how it adds up, and how clearly it won."""

    amount: Amount
    role: Role
    closures: frozenset[Closure]
    lead: float


@dataclass(slots=True)
class _Candidate:
    minor: int
    score: float
    row: AmountRow
    amount: Amount
    repeats: int = 0
    closures: set[Closure] = field(default_factory=set)


def find_total(rows: Sequence[AmountRow]) -> Total | None:
    """Return the total of a receipt, or nothing when no amount stands on it."""
    candidates = _candidates(rows)
    if not candidates:
        return None
    _add_closures(candidates, rows)
    ranked = sorted(
        candidates.values(), key=lambda one: (round(one.score, 3), one.row.row_no), reverse=True
    )
    best = ranked[0]
    if best.score <= 0:
        best = max(ranked, key=lambda one: one.minor)
    lead = best.score - max((one.score for one in ranked if one is not best), default=0.0)
    return Total(best.amount, best.row.role, frozenset(best.closures), lead)


def _candidates(rows: Sequence[AmountRow]) -> dict[int, _Candidate]:
    candidates: dict[int, _Candidate] = {}
    for row in rows:
        if row.role not in _ROLE_SCORES:
            continue
        score = _ROLE_SCORES[row.role] + _STRONG_SCORE * row.is_strong
        score += _SUMMARY_SCORE * row.is_summary
        for amount in row.amounts:
            if amount.minor <= 0:
                continue
            own = score if amount is row.last else min(score, 0.5)
            found = candidates.get(amount.minor)
            if found is None:
                candidates[amount.minor] = _Candidate(amount.minor, own, row, amount)
                continue
            found.repeats += row.role is not Role.ITEM
            if own > found.score or (own == found.score and not found.amount.is_agreed):
                found.score, found.row, found.amount = max(own, found.score), row, amount
    for one in candidates.values():
        one.score += _REPEAT_SCORE * min(one.repeats, _REPEATS_MAX)
    return candidates


def _add_closures(candidates: dict[int, _Candidate], rows: Sequence[AmountRow]) -> None:
    own = [row for row in rows if not row.is_summary]
    by_role = {role: _values(own, role) for role in Role}
    _close_by_payment(candidates, by_role)
    _close_by_parts(candidates, by_role)
    _close_by_items(candidates, own)
    _close_by_rounding(candidates, by_role)


def _values(rows: Sequence[AmountRow], role: Role) -> list[int]:
    return [row.last.minor for row in rows if row.role is role]


def _reward(candidate: _Candidate, closure: Closure, score: float) -> None:
    if closure not in candidate.closures:
        candidate.closures.add(closure)
        candidate.score += score


def _close_by_payment(candidates: dict[int, _Candidate], by_role: dict[Role, list[int]]) -> None:
    paid = [*by_role[Role.PAID], *by_role[Role.AMOUNT]]
    for given, back in itertools.product(paid, by_role[Role.CHANGE]):
        candidate = candidates.get(given - abs(back))
        if candidate is not None and candidate.row.role is not Role.ITEM:
            _reward(candidate, Closure.PAID, _PAID_SCORE)


def _close_by_parts(candidates: dict[int, _Candidate], by_role: dict[Role, list[int]]) -> None:
    bases = {*by_role[Role.SUBTOTAL], *by_role[Role.TOTAL], *by_role[Role.AMOUNT]}
    taxes = {tax for tax in by_role[Role.TAX] if tax > 0}
    corrections = {0, *by_role[Role.ROUNDING], *(-abs(off) for off in by_role[Role.DISCOUNT])}
    for base, tax, correction in itertools.product(bases, taxes, corrections):
        candidate = candidates.get(base + tax + correction)
        if candidate is not None and base > 0:
            _reward(candidate, Closure.PARTS, _PARTS_SCORE)


def _close_by_items(candidates: dict[int, _Candidate], rows: Sequence[AmountRow]) -> None:
    end = next((row.row_no for row in rows if row.role in {Role.TOTAL, Role.SUBTOTAL}), None)
    items = [row for row in rows if row.role is Role.ITEM and (end is None or row.row_no < end)]
    if not items or len(items) > _ITEMS_MAX:
        return
    candidate = candidates.get(sum(row.last.minor for row in items))
    if candidate is not None and candidate.row.role is not Role.ITEM:
        _reward(candidate, Closure.ITEMS, _ITEMS_SCORE)


def _close_by_rounding(candidates: dict[int, _Candidate], by_role: dict[Role, list[int]]) -> None:
    bases = Counter([*by_role[Role.SUBTOTAL], *by_role[Role.TOTAL], *by_role[Role.AMOUNT]])
    for base, step in itertools.product(bases, by_role[Role.ROUNDING]):
        if not 0 < abs(step) <= ROUNDING_MAX:
            continue
        for sign in (step, -step):
            candidate = candidates.get(base + sign)
            is_coin = (base + sign) % _COIN == 0 and base % _COIN != 0
            if candidate is not None and is_coin and candidate.row.role is not Role.ITEM:
                _reward(candidate, Closure.ROUNDED, _ROUNDED_SCORE)
