"""In-patient stays: the ratio, and the deductible by level and rank of the stay in the year."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from models.money import format_minor, round_minor
from tasks.pricing.figures import Figure
from tasks.pricing.national.cn.settlement import (
    STAY,
    VISIT_ASKS,
    VISIT_READS,
    counter_of,
    in_force,
    in_scope,
    money,
    ratio_of,
    share_by_base,
    told,
    visit_of,
)
from tasks.pricing.primitives import year_of
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

STAYS, STAY_DEDUCTIBLE = "stays", "stay_deductible"
GENERAL, TRADITIONAL = "general", "tcm"
ASKS = ("insured_status", "newborn_under_mother", *VISIT_ASKS)


@rate_rule(
    "CN-TAUX-SEJOUR",
    reference="住院报销比例 : taux des séjours par statut et niveau de l'hôpital",
    reads=("inpatient_ratio", VISIT_READS),
    asks=ASKS,
)
def stay_ratio(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return the ratio of a stay, by the patient's status and age and the hospital's level."""
    if visit_of(case, figures) != STAY:
        return None
    return Rate(ratio_of("inpatient_ratio", state, case, figures, state.admission_date))


@due_rule(
    "CN-FRANCHISE-SEJOUR",
    reference="住院起付线 : franchise par niveau, décroissante dans l'année, avec plancher",
    reads=("inpatient_ratio", "inpatient_deductible", VISIT_READS),
    asks=(*ASKS, "is_tcm"),
)
def stay_deductible(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Return what is due of a stay: (in scope − deductible) × ratio, on the stay's total.

    Interpretation: the year of a stay is that of its admission; each further stay takes its step
    off the level's first deductible (the sources do not say whether the steps compound); what was
    already deducted for the same day of admission counts, so a stay billed in two parts, or a
    transfer on that day, is not deducted twice.
    """
    states = in_scope(lines)
    if not states or visit_of(case, figures) != STAY:
        return ()
    day = states[0].admission_date
    ratio = ratio_of("inpatient_ratio", states[0], case, figures, day)
    row = _deductible_row(states[0], case, figures, day)
    year_start = year_of(day)[0]
    further = case.used(counter_of(case, STAYS), year_start, day - dt.timedelta(days=1))
    whole = _after(row, further)
    total = sum(state.base_minor for state in states)
    taken = min(total, max(0, whole - case.used(counter_of(case, STAY_DEDUCTIBLE), day, day)))
    due = round_minor((total - taken) * ratio.value, ratio.rounding)
    is_known = case.used(counter_of(case, STAYS), day, day) > 0
    uses = (
        Charge(counter_of(case, STAYS), 0 if is_known else 1, day),
        Charge(counter_of(case, STAY_DEDUCTIBLE), taken, day),
    )
    currency = case.dossier.currency
    params = {
        "rank": str(further + 1),
        "deductible": format_minor(taken, currency),
        "in_scope": format_minor(total, currency),
    }
    return told(share_by_base(due, states), (row, ratio), params=params, uses=uses)


def _deductible_row(state: LineState, case: Case, figures: Figures, day: dt.date) -> Figure:
    """The level's row; hospitals of traditional medicine have their own where it is known."""
    level = case.choice("hospital_level", state, day)
    row = None
    if case.flag("is_tcm", state, day):
        row = figures.row_on("inpatient_deductible", (level, TRADITIONAL), day)
    row = row or figures.row_on("inpatient_deductible", (level, GENERAL), day)
    return in_force(row, "inpatient_deductible")


def _after(row: Figure, further: int) -> int:
    """The deductible of a stay that comes after some others of the year, never below the floor."""
    step = row.numbers.get("step")
    if step is None or not further:
        return round_minor(row.minor, row.rounding)
    lowered = round_minor(row.minor * max(Decimal(0), 1 - step * further), row.rounding)
    return max(lowered, money(row, "floor"))
