"""A person's contributions to one scheme by month: what counts as paid on a day, what is owed.

Only days that are both declared and paid count. Where a scheme says until when a month may be paid,
a month paid later does not count for care before the payment, unless an amnesty lets it; the
payment's day is the day since which the register has known of it. Penalties and costs stand in no
register here: they never close a right, whether an amnesty waives them or not.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from models.registers import Contribution
from tasks.validation.months import days_since_month, month_number
from tasks.validation.rights_sections import AmnestyEffect
from tasks.validation.scheme_rules import Row, SchemeRules


@dataclass(frozen=True, slots=True)
class Ledger:
    """Days by month: paid, paid too late to count, declared; and how late declarations may come.

    ``forgiven`` are months whose debt an amnesty has cancelled.
    """

    paid: Mapping[int, int]
    late: Mapping[int, int]
    declared: Mapping[int, int]
    known_on: dt.date
    days_after_month: int
    month_days_max: int
    forgiven: frozenset[int] = field(default_factory=frozenset)

    def pending_months(self, months: range) -> int:
        """How many of these months have no declaration yet that may still come in."""
        return sum(
            1
            for month in months
            if month not in self.declared
            and days_since_month(month, self.known_on) <= self.days_after_month
        )

    def months_owed(self, months: range) -> int:
        """How many of these months are declared, not wholly paid, and not forgiven."""
        return sum(1 for month in months if self.is_owed(month) and month not in self.forgiven)

    def is_owed(self, month: int) -> bool:
        """Whether a month is declared and not wholly paid, in time or late."""
        paid = self.paid.get(month, 0) + self.late.get(month, 0)
        return self.declared.get(month, 0) > paid


def read_ledger(
    contributions: Sequence[Contribution],
    rules: SchemeRules,
    care_date: dt.date,
    known_on: dt.date,
) -> Ledger:
    """Return what a person's contributions to a scheme are worth for care on a day."""
    own = [item for item in contributions if item.scheme == rules.scheme]
    paid: dict[int, int] = {}
    late: dict[int, int] = {}
    declared: dict[int, int] = {}
    for item in own:
        month = month_number(item.month)
        counted = late if _is_late(item, rules, care_date) else paid
        counted[month] = counted.get(month, 0) + min(item.days_paid, item.days_declared)
        declared[month] = declared.get(month, 0) + item.days_declared
    waiting = rules.figures("declaration", "pending", care_date)
    ledger = Ledger(
        paid=paid,
        late=late,
        declared=declared,
        known_on=known_on,
        days_after_month=-1 if waiting is None else waiting["days_after_month"],
        month_days_max=0 if waiting is None else waiting["month_days_max"],
    )
    forgiven = _forgiven(own, ledger, rules, care_date)
    if not forgiven:
        return ledger
    return Ledger(
        paid, late, declared, known_on, ledger.days_after_month, ledger.month_days_max, forgiven
    )


def _is_late(item: Contribution, rules: SchemeRules, care_date: dt.date) -> bool:
    """Whether a payment came after the care, too late for its month, and no amnesty counts it."""
    limit = rules.figures("late_payment", "limit", care_date)
    paid_on = item.known_from
    if limit is None or paid_on is None or paid_on <= care_date or item.days_paid == 0:
        return False
    if days_since_month(month_number(item.month), paid_on) <= limit["days_after_month"]:
        return False
    return not any(
        row.figures["effect"] is AmnestyEffect.COUNTS_AS_PAID
        and _is_about(row, item.month)
        and _runs_on(row, paid_on)
        and row.figures["counts_from"] <= care_date
        for row in _amnesties(rules)
    )


def _forgiven(
    own: Sequence[Contribution], ledger: Ledger, rules: SchemeRules, care_date: dt.date
) -> frozenset[int]:
    """The months whose debt an amnesty cancelled for who then paid, and has paid since.

    Only who owed enough months is let off; ``regular_months`` after the first payment must be paid,
    as far as they lie before the care.
    """
    months: set[int] = set()
    for row in _amnesties(rules):
        figures = row.figures
        if figures["effect"] is not AmnestyEffect.CANCELLED or care_date < figures["counts_from"]:
            continue
        first_paid = _first_payment(own, row)
        about = {month_number(item.month) for item in own if _is_about(row, item.month)}
        if first_paid is None or sum(map(ledger.is_owed, about)) < figures["months_owed_min"]:
            continue
        following = month_number(first_paid) + 1
        last = min(following + figures["regular_months"], month_number(care_date))
        if not any(ledger.is_owed(month) for month in range(following, last)):
            months |= about
    return frozenset(months)


def _first_payment(own: Sequence[Contribution], row: Row) -> dt.date | None:
    """The day, while the amnesty ran, of the first payment for a month that it does not cancel."""
    days = [
        item.known_from
        for item in own
        if item.known_from is not None
        and item.days_paid > 0
        and item.month > row.figures["last_month"]
        and _runs_on(row, item.known_from)
    ]
    return min(days, default=None)


def _amnesties(rules: SchemeRules) -> list[Row]:
    return [row for rule in rules.sections["amnesties"].values() for row in rule.rows]


def _is_about(row: Row, month: dt.date) -> bool:
    first, last = row.figures["first_month"], row.figures["last_month"]
    return bool(month_number(first) <= month_number(month) <= month_number(last))


def _runs_on(row: Row, day: dt.date) -> bool:
    return row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)
