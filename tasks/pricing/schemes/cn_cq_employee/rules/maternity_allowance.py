"""Employees' maternity: who is entitled, and the allowance for the days of leave (生育津贴)."""

from collections.abc import Sequence
from decimal import Decimal

from models.dossier import CareKind
from models.money import format_minor, round_minor
from tasks.pricing.national.cn.settlement import ALLOWANCE, counter_of
from tasks.pricing.primitives import line_order, room_left
from tasks.pricing.rule import (
    Case,
    Change,
    Charge,
    Figures,
    LineState,
    Tariff,
    base_rule,
    tariff_rule,
)

#: The line that asks for the allowance; the national lists give no code for it.
ALLOWANCE_CODE = "MATERNITY-ALLOWANCE"
FLEXIBLE = "flexible"
DYSTOCIA = "dystocia"
COUNTER = "maternity_allowance"


@tariff_rule(
    "CQE-MATERNITE-DROIT",
    reference="职工生育待遇 : mois de cotisation continue, indépendants exclus",
    reads=("maternity.contribution_months_min",),
    codes=("MATERNITE_COTISATION", "MATERNITE_STATUT"),
    asks=("insured_status", "contribution_months"),
)
def maternity_entitlement(state: LineState, case: Case, figures: Figures) -> Tariff | None:
    """Return a line that is not payable when the maternity cover is not open; else nothing.

    Flexible workers have none; the others need some months of contribution.
    """
    if case.dossier.care_kind is not CareKind.MATERNITY:
        return None
    needed = figures.at("maternity.contribution_months_min", state)
    asked = max(0, state.asked_minor)
    if case.choice("insured_status", state).startswith(FLEXIBLE):
        return Tariff(asked, (needed,), is_payable=False, code="MATERNITE_STATUT")
    months = case.whole("contribution_months", state)
    if months >= needed.value:
        return None
    params = {"months": str(months), "needed": str(needed.value)}
    return Tariff(asked, (needed,), is_payable=False, code="MATERNITE_COTISATION", params=params)


@tariff_rule(
    "CQE-ALLOCATION",
    reference="生育津贴 : salaire mensuel moyen de cotisation ÷ 30 × jours de congé",
    reads=("allowance.days", "allowance.days_dystocia", "allowance.days_child", "allowance.month"),
    asks=("contribution_wage", "maternity_event", "extra_children"),
)
def maternity_allowance(state: LineState, case: Case, figures: Figures) -> Tariff | None:
    """Return the allowance: the year before's monthly contribution wage by day, times the days.

    Difficult births and each further child add days. It is owed without a bill.
    """
    if state.line.code != ALLOWANCE_CODE:
        return None
    days = figures.at("allowance.days", state)
    month = figures.at("allowance.month", state)
    used = [days, month]
    count = days.value
    if case.choice("maternity_event") == DYSTOCIA:
        more = figures.at("allowance.days_dystocia", state)
        used.append(more)
        count += more.value
    children = case.whole("extra_children")
    if children:
        more = figures.at("allowance.days_child", state)
        used.append(more)
        count += more.value * children
    wage = case.whole("contribution_wage", state)
    amount = round_minor(Decimal(wage) * count / month.value, days.rounding)
    params = {"days": str(count), "wage": format_minor(wage, case.dossier.currency)}
    return Tariff(amount, tuple(used), group=ALLOWANCE, is_benefit=True, params=params)


@base_rule(
    "CQE-ALLOCATION-UNIQUE",
    reference="生育津贴 : une allocation par naissance (notre lecture)",
    reads=("maternity.pregnancy_months",),
    codes=("ALLOCATION_DEJA_VERSEE",),
)
def one_allowance(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Return the allowance lines, of which one pregnancy pays a single one."""
    asked = sorted(
        (state for state in lines if state.group == ALLOWANCE and state.base_minor > 0),
        key=line_order,
    )
    counter = counter_of(case, COUNTER)
    uses = [(use.care_date, use.amount_minor) for use in case.counters if use.counter == counter]
    changes: list[Change] = []
    for state in asked:
        months = figures.at("maternity.pregnancy_months", state)
        day = state.line.care_date
        if room_left(1, uses, day, period_months=int(months.value)):
            uses.append((day, 1))
            charge = (Charge(counter, 1, day),)
            changes.append(Change(state.position, state.base_minor, (months,), uses=charge))
        else:
            changes.append(Change(state.position, 0, (months,), "ALLOCATION_DEJA_VERSEE"))
    return changes
