"""Special out-patient diseases (门诊特殊疾病) of employees: list, ratio, yearly deductible."""

from collections.abc import Sequence

from models.money import format_minor, round_minor
from tasks.pricing.figures import Figure
from tasks.pricing.national.cn.settlement import (
    SPECIAL,
    VISIT_ASKS,
    VISIT_READS,
    by_year_and_figure,
    counter_of,
    first_day,
    in_force,
    in_scope,
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
    base_rule,
    due_rule,
    rate_rule,
)

DEDUCTIBLE = "special_deductible"
HEAVY, LATE_ONLY, YES = "yes", "late", "yes"
#: The statuses of flexible workers of the first tier, active or retired.
FIRST_TIER = ("flexible1", "flexible1_retired")
RATIOS = ("special.ratio_heavy", "special.ratio_other")


@base_rule(
    "CQE-SPECIALE-LISTE",
    reference="门诊特殊疾病 : liste de 53 maladies depuis le 01/06/2025 (26 connues)",
    reads=("special_diseases", VISIT_READS),
    codes=("MALADIE_SPECIALE_NON_LISTEE", "MALADIE_HORS_PALIER"),
    asks=("insured_status", *VISIT_ASKS),
)
def special_list(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Return the lines of a disease that is not in the known part of the list, or not open to one.

    A flexible worker of the first tier may claim four diseases only; another one is not paid.
    """
    states = in_scope(lines)
    if not states or visit_of(case, figures) != SPECIAL:
        return ()
    changes: list[Change] = []
    for state in states:
        row = figures.row("special_diseases", (case.validated.ald_code,), state)
        if row is None:
            # Not calculated below; a person looks whether it is one of those missing here.
            changes.append(
                Change(state.position, state.base_minor, (), "MALADIE_SPECIALE_NON_LISTEE")
            )
        elif case.choice("insured_status", state) in FIRST_TIER and row.texts["flexible1"] != YES:
            changes.append(Change(state.position, 0, (row,), "MALADIE_HORS_PALIER"))
    return changes


@rate_rule(
    "CQE-TAUX-SPECIALE",
    reference="职工门诊特殊疾病 : taux des maladies lourdes et des autres",
    reads=("special_diseases", *RATIOS, VISIT_READS),
    asks=("late_cancer", *VISIT_ASKS),
)
def special_ratio(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return the ratio of a listed disease: the heavy ones, or the others.

    Cancer is heavy only for late-stage radiotherapy, chemotherapy and pain relief.
    """
    if visit_of(case, figures) != SPECIAL:
        return None
    row, ratio = disease_ratio(state, case, figures)
    return Rate(ratio, (row,))


def disease_ratio(state: LineState, case: Case, figures: Figures) -> tuple[Figure, Figure]:
    """Return the disease's row on the list, and the ratio that goes with it.

    Raises:
        FigureNotInForce: for a disease that is not in the known part of the list on that day.
    """
    key = (case.validated.ald_code,)
    row = in_force(figures.row("special_diseases", key, state), "special_diseases")
    heavy = row.texts["heavy"]
    is_heavy = heavy == HEAVY or (heavy == LATE_ONLY and case.flag("late_cancer"))
    return row, figures.at(RATIOS[0] if is_heavy else RATIOS[1], state)


@due_rule(
    "CQE-FRANCHISE-SPECIALE",
    reference="职工门诊特殊疾病 : franchise du niveau d'hospitalisation",
    reads=("special_diseases", "inpatient_deductible", *RATIOS, VISIT_READS),
    asks=("late_cancer", *VISIT_ASKS),
)
def special_due(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Return what is due of special out-patient care: (in scope − deductible) × ratio.

    Interpretation: the deductible is that of a first stay at the provider's level, once a civil
    year; what was deducted at a lower level counts.
    """
    states = in_scope(lines)
    if not states or visit_of(case, figures) != SPECIAL:
        return ()
    ratios = {state.position: disease_ratio(state, case, figures)[1] for state in states}
    changes: list[Change] = []
    here: dict[int, int] = {}
    for group in by_year_and_figure(states, ratios):
        day = first_day(group)
        level = case.choice("hospital_level", group[0])
        row = in_force(
            figures.row_on("inpatient_deductible", (level, "general"), day), "inpatient_deductible"
        )
        ratio = ratios[group[0].position]
        deducted = used_in_year(case, DEDUCTIBLE, day) + here.get(day.year, 0)
        total = sum(state.base_minor for state in group)
        taken = min(total, max(0, round_minor(row.minor, row.rounding) - deducted))
        here[day.year] = here.get(day.year, 0) + taken
        due = round_minor((total - taken) * ratio.value, ratio.rounding)
        params = {"deductible": format_minor(taken, case.dossier.currency)}
        changes += told(
            share_by_base(due, group),
            (row, ratio),
            params=params,
            uses=(Charge(counter_of(case, DEDUCTIBLE), taken, day),),
        )
    return changes
