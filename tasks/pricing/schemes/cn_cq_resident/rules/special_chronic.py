"""Special out-patient diseases of residents: the chronic ones, under the rule before June 2025."""

from collections.abc import Sequence

from models.errors import FigureNotInForce
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

CHRONIC = "chronic"
PAID = "chronic_paid"
ASKS = ("special_kind", *VISIT_ASKS)


@base_rule(
    "CQR-SPECIALE-LISTE",
    reference="门诊特殊疾病 : liste de 53 maladies depuis le 01/06/2025 (26 connues)",
    reads=("special_diseases", "chronic_ratio", VISIT_READS),
    codes=("MALADIE_SPECIALE_NON_LISTEE",),
    asks=VISIT_ASKS,
)
def special_list(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Return the lines of a disease that is not in the known part of the list in force."""
    states = in_scope(lines)
    if not states or visit_of(case, figures) != SPECIAL:
        return ()
    level = case.choice("hospital_level", states[0])
    changes: list[Change] = []
    for state in states:
        is_before = figures.row("chronic_ratio", (level,), state) is not None
        row = figures.row("special_diseases", (case.validated.ald_code,), state)
        if row is None and not is_before:
            # Not calculated below; a person looks whether it is one of those missing here.
            changes.append(
                Change(state.position, state.base_minor, (), "MALADIE_SPECIALE_NON_LISTEE")
            )
    return changes


@rate_rule(
    "CQR-TAUX-CHRONIQUE",
    reference="居民门诊慢性病 : taux par niveau, avant le 01/06/2025",
    reads=("chronic_ratio", VISIT_READS),
    asks=ASKS,
)
def chronic_ratio(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return the ratio of a chronic disease by level, until 31 May 2025.

    Neither the ratio of the major diseases nor that of the list from June 2025 is known for
    residents: such care cannot be calculated.
    """
    if visit_of(case, figures) != SPECIAL:
        return None
    return Rate(_ratio(state, case, figures))


def _ratio(state: LineState, case: Case, figures: Figures) -> Figure:
    row = in_force(
        figures.row("chronic_ratio", (case.choice("hospital_level", state),), state),
        "chronic_ratio",
    )
    if case.choice("special_kind", state) != CHRONIC:
        raise FigureNotInForce("chronic_ratio: no ratio of the major special diseases is known")
    return row


@due_rule(
    "CQR-CHRONIQUE",
    reference="居民门诊慢性病 : plafond annuel par nombre de maladies, avant le 01/06/2025",
    reads=("chronic_ratio", "chronic.cap", "chronic.cap_extra", VISIT_READS),
    codes=("PLAFOND_CHRONIQUE",),
    asks=(*ASKS, "special_count"),
)
def chronic_due(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Return what is due of chronic care: in scope × ratio, up to the year's ceiling."""
    states = in_scope(lines)
    if not states or visit_of(case, figures) != SPECIAL:
        return ()
    ratios = {state.position: _ratio(state, case, figures) for state in states}
    changes: list[Change] = []
    here: dict[int, int] = {}
    for group in by_year_and_figure(states, ratios):
        day = first_day(group)
        ratio = ratios[group[0].position]
        cap = figures.at("chronic.cap", group[0])
        used: list[Figure] = [ratio, cap]
        limit = cap.minor
        extra = max(0, case.whole("special_count", group[0]) - 1)
        if extra:
            more = figures.at("chronic.cap_extra", group[0])
            used.append(more)
            limit += more.minor * extra
        before = used_in_year(case, PAID, day) + here.get(day.year, 0)
        room = max(0, round_minor(limit, cap.rounding) - before)
        total = sum(state.base_minor for state in group)
        wanted = round_minor(total * ratio.value, ratio.rounding)
        due = min(wanted, room)
        here[day.year] = here.get(day.year, 0) + due
        changes += told(
            share_by_base(due, group),
            tuple(used),
            code="PLAFOND_CHRONIQUE" if wanted > room else "",
            params={"room": format_minor(room, case.dossier.currency)},
            uses=(Charge(counter_of(case, PAID), due, day),),
        )
    return changes
