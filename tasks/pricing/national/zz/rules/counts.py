"""How often: visits of a category, days between two of a service, units in a civil year."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from models.money import round_minor
from tasks.pricing.primitives import year_of
from tasks.pricing.product import category_of, key_of, listed_lines, service_of
from tasks.pricing.rule import Case, Change, Charge, Figures, LineState, base_rule

VISITS = "zz.visits."
UNITS = "zz.units."


@base_rule(
    "ZZ-MAXIMUM-VISITES",
    reference="General rule: the most dossiers of a category in a civil year",
    reads=("services", "visit_limits"),
    codes=("ZZ_MAXIMUM_VISITES",),
)
def visits(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Count the dossier as one of its category, or refuse all its lines beyond the maximum.

    A maximum is one of visits, admissions, deliveries: what is beyond it is the whole event, not
    one of its lines.
    """
    payable = listed_lines(lines)
    category = category_of(payable, case, figures)
    if not payable or not category:
        return ()
    first = payable[0]
    limit = figures.row("visit_limits", (category,), first)
    counter = VISITS + category
    used = case.used(counter, *year_of(first.line.care_date))
    if limit is not None and used >= limit.value:
        params = {"category": category, "most": str(limit.value)}
        return [
            Change(state.position, 0, (limit,), "ZZ_MAXIMUM_VISITES", params) for state in payable
        ]
    known = () if limit is None else (limit,)
    return [Change(first.position, first.base_minor, known, uses=(Charge(counter, 1),))]


@base_rule(
    "ZZ-FREQUENCE",
    reference="General rule: days that must lie between two of a service",
    reads=("services",),
    codes=("ZZ_FREQUENCE",),
)
def frequency(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Refuse a service fewer days after the last one than its frequency; exactly as many is right.

    Days of care are compared, never days of arrival: an act that is filed late is judged by the
    acts before it, and those after it by it.
    """
    changes: list[Change] = []
    kept: dict[str, list[dt.date]] = {}
    for state in listed_lines(lines):
        service = service_of(state, figures)
        days = None if service is None else service.numbers.get("frequency")
        if service is None or not days:
            continue
        key, day = key_of(state.line), state.line.care_date
        own = kept.setdefault(key, [])
        others = [use.care_date for use in case.counters if use.counter == UNITS + key]
        if any(abs((day - other).days) < days for other in (*others, *own)):
            params = {"days": str(days)}
            changes.append(Change(state.position, 0, (service,), "ZZ_FREQUENCE", params))
        else:
            own.append(day)
    return changes


@base_rule(
    "ZZ-MAXIMUM-ACTES",
    reference="General rule: the most units of a service in a civil year",
    reads=("services",),
    codes=("ZZ_MAXIMUM", "ZZ_MAXIMUM_REDUIT"),
)
def most_units(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Count the units of each line, cut down to what is left of the year's maximum."""
    changes: list[Change] = []
    taken: dict[str, int] = {}
    for state in listed_lines(lines):
        service = service_of(state, figures)
        if service is None:
            continue
        counter, units = UNITS + key_of(state.line), state.line.quantity
        kept = units
        most = service.numbers.get("max_units")
        if most is not None:
            used = case.used(counter, *year_of(state.line.care_date)) + taken.get(counter, 0)
            kept = max(0, min(units, int(most) - used))
        taken[counter] = taken.get(counter, 0) + kept
        base = round_minor(Decimal(state.base_minor * kept) / units, service.rounding)
        code = "" if kept == units else "ZZ_MAXIMUM_REDUIT" if kept else "ZZ_MAXIMUM"
        params = {"kept": str(kept), "units": str(units), "most": str(most)} if code else {}
        changes.append(
            Change(state.position, base, (service,), code, params, (Charge(counter, kept),))
        )
    return changes
