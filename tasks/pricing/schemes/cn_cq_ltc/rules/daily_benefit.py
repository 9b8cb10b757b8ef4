"""Long-term care (长护险): an amount a day by kind of care, for those who meet the conditions."""

import datetime as dt
from collections.abc import Sequence

from models.money import round_minor
from tasks.pricing.figures import Figure
from tasks.pricing.national.cn.settlement import counter_of
from tasks.pricing.primitives import days_between, line_order, months_later
from tasks.pricing.rule import (
    Case,
    Change,
    Charge,
    Figures,
    LineState,
    Rate,
    Tariff,
    base_rule,
    rate_rule,
    tariff_rule,
)

DAYS = "days"
GROUP = "ltc"
CONDITIONS = (
    "ltc.contribution_years_min",
    "ltc.insured_months_min",
    "ltc.disability_months_min",
    "ltc.wait_months",
)
Fault = tuple[str, tuple[Figure, ...], dict[str, str]]


@tariff_rule(
    "CQL-JOUR",
    reference="长期护理保险 : montant par jour selon la prise en charge, conditions",
    reads=("ltc_days", "ltc_grades", *CONDITIONS),
    codes=("LTC_COTISATION", "LTC_ANCIENNETE", "LTC_INCAPACITE", "LTC_DEGRE", "LTC_AVANT_DROIT"),
    asks=(
        "ltc_contribution_years",
        "ltc_makeup_paid",
        "ltc_insured_months",
        "disability_since",
        "assessment_grade",
        "assessment_date",
    ),
)
def daily_benefit(state: LineState, case: Case, figures: Figures) -> Tariff | None:
    """Return the daily amount × the days of the line; nothing is payable where a condition fails.

    The days are those from the line's day on, one after another. The first condition that fails is
    said; a person looks at it, for the register may be late.
    """
    row = figures.row("ltc_days", (state.line.code,), state)
    if row is None:
        return None
    amount = round_minor(row.minor * state.line.quantity, row.rounding)
    used: list[Figure] = [row]
    for check in (_contribution, _seniority, _disability, _grade, _start):
        code, figures_of, params = check(state, case, figures)
        used.extend(figures_of)
        if code:
            return Tariff(amount, tuple(used), GROUP, is_payable=False, code=code, params=params)
    return Tariff(amount, tuple(used), GROUP, is_benefit=True)


def _contribution(state: LineState, case: Case, figures: Figures) -> Fault:
    needed = figures.at("ltc.contribution_years_min", state)
    years = case.whole("ltc_contribution_years", state)
    is_met = years >= needed.value or case.flag("ltc_makeup_paid", state)
    params = {"years": str(years), "needed": str(needed.value)}
    return "" if is_met else "LTC_COTISATION", (needed,), params


def _seniority(state: LineState, case: Case, figures: Figures) -> Fault:
    needed = figures.at("ltc.insured_months_min", state)
    months = case.whole("ltc_insured_months", state)
    params = {"months": str(months), "needed": str(needed.value)}
    return "" if months >= needed.value else "LTC_ANCIENNETE", (needed,), params


def _disability(state: LineState, case: Case, figures: Figures) -> Fault:
    needed = figures.at("ltc.disability_months_min", state)
    since = case.date("disability_since", state)
    is_met = months_later(since, int(needed.value)) <= case.date("assessment_date", state)
    return "" if is_met else "LTC_INCAPACITE", (needed,), {"needed": str(needed.value)}


def _grade(state: LineState, case: Case, figures: Figures) -> Fault:
    row = figures.row("ltc_grades", (case.choice("assessment_grade", state),), state)
    return ("LTC_DEGRE", (), {}) if row is None else ("", (row,), {})


def _start(state: LineState, case: Case, figures: Figures) -> Fault:
    wait = figures.at("ltc.wait_months", state)
    month = case.date("assessment_date", state).replace(day=1)
    start = months_later(month, int(wait.value))
    code = "" if state.line.care_date >= start else "LTC_AVANT_DROIT"
    return code, (wait,), {"start": start.isoformat()}


@base_rule(
    "CQL-JOURS-UNIQUES",
    reference="长期护理保险 : payée par jour, chaque jour une fois",
    reads=("ltc_days",),
    codes=("LTC_JOUR_DEJA_PAYE", "LTC_JOURS_HORS_MOIS"),
)
def each_day_once(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Return the lines with the days that count: inside the line's month, and each day once.

    A day that an earlier dossier or line used is not paid again, whatever the kind of care.
    """
    taken: set[dt.date] = set()
    changes: list[Change] = []
    states = [state for state in lines if state.group == GROUP and state.base_minor > 0]
    for state in sorted(states, key=line_order):
        row = figures.row("ltc_days", (state.line.code,), state)
        if row is None:
            continue
        days, is_cut = _days_of(state)
        free = [
            day
            for day in days
            if day not in taken and not case.used(counter_of(case, DAYS), day, day)
        ]
        taken.update(free)
        amount = round_minor(row.minor * len(free), row.rounding)
        uses = tuple(Charge(counter_of(case, DAYS), 1, day) for day in free)
        params = {"days": str(len(free)), "asked": str(state.line.quantity)}
        code = "LTC_JOURS_HORS_MOIS" if is_cut else ""
        if len(free) < len(days):
            if is_cut:
                changes.append(Change(state.position, amount, (row,), code, params))
            code = "LTC_JOUR_DEJA_PAYE"
        changes.append(Change(state.position, amount, (row,), code, params, uses=uses))
    return changes


def _days_of(state: LineState) -> tuple[list[dt.date], bool]:
    """The line's days inside its month, and whether it asked for more than that."""
    first = state.line.care_date
    month_end = months_later(first.replace(day=1), 1) - dt.timedelta(days=1)
    whole = days_between(first, month_end)
    return whole[: state.line.quantity], state.line.quantity > len(whole)


@rate_rule(
    "CQL-TAUX",
    reference="长期护理保险 : le montant journalier en entier",
    reads=("amount.ratio",),
)
def benefit_ratio(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return the share of the daily amount that is paid: all of it."""
    return Rate(figures.at("amount.ratio", state))
