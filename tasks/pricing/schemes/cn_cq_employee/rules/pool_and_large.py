"""The employees' pool (统筹基金) up to its yearly ceiling, then the large-amount fund (大额)."""

from collections.abc import Sequence

from models.money import format_minor, round_minor
from tasks.pricing.figures import Figure
from tasks.pricing.national.cn.settlement import (
    SPECIAL,
    STAY,
    VISIT_ASKS,
    VISIT_READS,
    Share,
    counter_of,
    cut_due,
    in_scope,
    ratio_of,
    share_out,
    told,
    used_in_year,
    visit_of,
)
from tasks.pricing.rule import Case, Change, Charge, Figures, LineState, due_rule
from tasks.pricing.schemes.cn_cq_employee.rules.special_disease import RATIOS, disease_ratio

POOL, LARGE = "pool", "large"
LARGE_FUND = "330100"


@due_rule(
    "CQE-POOL-GROS-RISQUE",
    reference="统筹基金最高支付限额, 大额医疗互助 : plafond de la caisse commune, gros risques",
    reads=(
        "pool.cap",
        "large.cap",
        "large.ratio",
        "inpatient_ratio",
        "special_diseases",
        *RATIOS,
        VISIT_READS,
    ),
    codes=("PLAFOND_POOL", "PLAFOND_GROS_RISQUE"),
    asks=("insured_status", "newborn_under_mother", "late_cancer", *VISIT_ASKS),
)
def pool_then_large(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Return what is due from the pool up to its ceiling, and from the large-amount fund above it.

    Stays and special out-patient diseases share the ceilings of a civil year; the year of a stay is
    that of its admission. Interpretation: what the large-amount fund pays at its ratio is the
    in-scope money that the pool can no longer take up, that is the missing pool money divided by
    the pool's ratio.
    """
    states = in_scope(lines)
    visit = visit_of(case, figures) if states else ""
    if visit not in (STAY, SPECIAL):
        return ()
    years: dict[int, list[LineState]] = {}
    for state in states:
        years.setdefault(state.admission_date.year, []).append(state)
    changes: list[Change] = []
    for year in sorted(years):
        group = years[year]
        if visit == STAY:
            day = group[0].admission_date
            ratio = ratio_of("inpatient_ratio", group[0], case, figures, day)
        else:
            ratio = disease_ratio(group[0], case, figures)[1]
        changes += _settle(group, ratio, case, figures)
    return changes


def _settle(
    group: Sequence[LineState], ratio: Figure, case: Case, figures: Figures
) -> list[Change]:
    """Settle the lines of one civil year."""
    day = min(state.admission_date for state in group)
    cap = figures.at("pool.cap", group[0])
    wanted = sum(state.due_minor for state in group)
    room = max(0, round_minor(cap.minor, cap.rounding) - used_in_year(case, POOL, day))
    pooled = min(wanted, room)
    shares = cut_due(pooled, group)
    is_full = wanted > room
    changes = told(
        shares,
        (cap,),
        code="PLAFOND_POOL" if is_full else "",
        params={"room": format_minor(room, case.dossier.currency)},
        uses=(Charge(counter_of(case, POOL), pooled, day),),
    )
    if not is_full:
        return changes
    beyond = (wanted - pooled) / ratio.value
    large_ratio = figures.at("large.ratio", group[0])
    large_cap = figures.at("large.cap", group[0])
    left = sum(state.base_minor for state in group) - pooled
    large = min(left, round_minor(beyond * large_ratio.value, large_ratio.rounding))
    large_room = max(
        0, round_minor(large_cap.minor, large_cap.rounding) - used_in_year(case, LARGE, day)
    )
    paid = min(large, large_room)
    return changes + told(
        _with_large(shares, paid),
        (large_ratio, large_cap),
        code="PLAFOND_GROS_RISQUE" if large > large_room else "",
        params={"room": format_minor(large_room, case.dossier.currency)},
        uses=(Charge(counter_of(case, LARGE), paid, day),),
        fund=LARGE_FUND,
    )


def _with_large(shares: Sequence[Share], paid: int) -> list[Share]:
    """The pool's shares with the large-amount fund's part, by what the pool leaves of each line."""
    pooled = {state.position: amount for state, amount in shares}
    states = [state for state, _ in shares]
    parts = share_out(paid, states, [state.base_minor - pooled[state.position] for state in states])
    return [(state, pooled[state.position] + part) for state, part in parts]
