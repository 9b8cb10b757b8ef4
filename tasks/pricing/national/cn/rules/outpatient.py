"""Ordinary out-patient care: yearly deductible, ratio by level, yearly ceiling (普通门诊统筹)."""

from collections.abc import Sequence

from models.money import format_minor, round_minor
from tasks.pricing.figures import Figure
from tasks.pricing.national.cn.settlement import (
    OUTPATIENT,
    VISIT_ASKS,
    VISIT_READS,
    by_year_and_figure,
    counter_of,
    first_day,
    in_force,
    in_scope,
    money,
    ratio_of,
    share_by_base,
    told,
    used_in_year,
    visit_of,
)
from tasks.pricing.rule import (
    Case,
    Change,
    Charge,
    Figures,
    LineState,
    Rate,
    due_rule,
    rate_rule,
)

DEDUCTIBLE, PAID = "outpatient_deductible", "outpatient_paid"
ASKS = ("insured_status", "newborn_under_mother", *VISIT_ASKS)


@rate_rule(
    "CN-TAUX-AMBULATOIRE",
    reference="普通门诊报销比例 : taux ambulatoire par statut et niveau",
    reads=("outpatient_ratio", VISIT_READS),
    asks=ASKS,
)
def outpatient_ratio(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return the ratio of ordinary out-patient care; it is 0 at a level that is not covered."""
    if visit_of(case, figures) != OUTPATIENT:
        return None
    return Rate(ratio_of("outpatient_ratio", state, case, figures, state.line.care_date))


@due_rule(
    "CN-AMBULATOIRE",
    reference="普通门诊统筹 : franchise annuelle, taux, plafond annuel",
    reads=("outpatient_ratio", "outpatient_cap", VISIT_READS),
    codes=("PLAFOND_AMBULATOIRE",),
    asks=ASKS,
)
def outpatient_due(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Return what is due of out-patient care: (in scope − rest of the deductible) × ratio, capped.

    Deductible and ceiling are those of a person and civil year; the out-patient ceiling is apart
    from that of stays (the sources give it as an amount of its own).
    """
    states = in_scope(lines)
    if not states or visit_of(case, figures) != OUTPATIENT:
        return ()
    ratios = {
        state.position: ratio_of("outpatient_ratio", state, case, figures, state.line.care_date)
        for state in states
    }
    changes: list[Change] = []
    here: dict[tuple[str, int], int] = {}
    for group in by_year_and_figure(states, ratios):
        changes += _settle(group, ratios[group[0].position], case, figures, here)
    return changes


def _settle(
    group: Sequence[LineState],
    ratio: Figure,
    case: Case,
    figures: Figures,
    here: dict[tuple[str, int], int],
) -> list[Change]:
    """Settle the lines of one year and ratio; ``here`` is what the dossier used so far."""
    if not ratio.value:
        return []
    day = first_day(group)
    year = day.year
    status = case.choice("insured_status", group[0])
    cap = in_force(figures.row("outpatient_cap", (status,), group[0]), "outpatient_cap")
    total = sum(state.base_minor for state in group)
    deducted = used_in_year(case, DEDUCTIBLE, day) + here.get((DEDUCTIBLE, year), 0)
    taken = min(total, max(0, money(ratio, "deductible") - deducted))
    wanted = round_minor((total - taken) * ratio.value, ratio.rounding)
    paid = used_in_year(case, PAID, day) + here.get((PAID, year), 0)
    room = max(0, round_minor(cap.minor, cap.rounding) - paid)
    due = min(wanted, room)
    for counter, amount in ((DEDUCTIBLE, taken), (PAID, due)):
        here[(counter, year)] = here.get((counter, year), 0) + amount
    currency = case.dossier.currency
    params = {"deductible": format_minor(taken, currency), "room": format_minor(room, currency)}
    return told(
        share_by_base(due, group),
        (ratio, cap),
        code="PLAFOND_AMBULATOIRE" if wanted > room else "",
        params=params,
        uses=(
            Charge(counter_of(case, DEDUCTIBLE), taken, day),
            Charge(counter_of(case, PAID), due, day),
        ),
    )
