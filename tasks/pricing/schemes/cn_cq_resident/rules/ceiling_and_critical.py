"""The residents' yearly ceiling, then the critical-illness insurance (大病保险)."""

from collections.abc import Sequence

from models.money import MINOR_UNITS, format_minor, round_minor
from tasks.pricing.figures import Figure
from tasks.pricing.national.cn.settlement import (
    SPECIAL,
    STAY,
    VISIT_ASKS,
    VISIT_READS,
    add_due,
    counter_of,
    cut_due,
    in_force,
    in_scope,
    told,
    used_in_year,
    visit_of,
)
from tasks.pricing.rule import Case, Change, Charge, Figures, LineState, due_rule

BASIC, OWN_SHARE, CRITICAL = "basic", "own_share", "critical"
CRITICAL_FUND = "390200"


def _years(lines: Sequence[LineState], case: Case, figures: Figures) -> list[list[LineState]]:
    """The lines of stays and special diseases by the civil year that counts, earliest first."""
    states = in_scope(lines)
    if not states or visit_of(case, figures) not in (STAY, SPECIAL):
        return []
    years: dict[int, list[LineState]] = {}
    for state in states:
        years.setdefault(state.admission_date.year, []).append(state)
    return [years[year] for year in sorted(years)]


@due_rule(
    "CQR-PLAFOND-ANNUEL",
    reference="居民医保年度最高支付限额 : plafond annuel par palier",
    reads=("annual_cap", VISIT_READS),
    codes=("PLAFOND_ANNUEL",),
    asks=("insured_status", *VISIT_ASKS),
)
def annual_ceiling(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Return what is due cut to what the basic fund may still pay this person in the civil year."""
    changes: list[Change] = []
    for group in _years(lines, case, figures):
        day = min(state.admission_date for state in group)
        status = case.choice("insured_status", group[0], day)
        cap = in_force(figures.row_on("annual_cap", (status,), day), "annual_cap")
        wanted = sum(state.due_minor for state in group)
        room = max(0, round_minor(cap.minor, cap.rounding) - used_in_year(case, BASIC, day))
        paid = min(wanted, room)
        changes += told(
            cut_due(paid, group),
            (cap,),
            code="PLAFOND_ANNUEL" if wanted > room else "",
            params={"room": format_minor(room, case.dossier.currency)},
            uses=(Charge(counter_of(case, BASIC), paid, day),),
        )
    return changes


@due_rule(
    "CQR-MALADIE-GRAVE",
    reference="居民大病保险 : part propre de l'année au-delà de la franchise",
    reads=("critical.deductible", "critical.ratio", "critical.cap", VISIT_READS),
    codes=("PLAFOND_MALADIE_GRAVE",),
    asks=VISIT_ASKS,
)
def critical_illness(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Return what is due with the critical-illness fund's part of the year's own in-scope share.

    Interpretation: the own share is what stays and special diseases leave of the in-scope amounts
    of a civil year, deductibles included; only what goes above the yearly deductible counts.
    """
    changes: list[Change] = []
    for group in _years(lines, case, figures):
        changes += _settle(group, case, figures)
    return changes


def _settle(group: Sequence[LineState], case: Case, figures: Figures) -> list[Change]:
    """Add the critical-illness part to the lines of one civil year."""
    day = min(state.admission_date for state in group)
    deductible = figures.at("critical.deductible", group[0])
    own = sum(state.base_minor - state.due_minor for state in group)
    before = used_in_year(case, OWN_SHARE, day)
    charge = Charge(counter_of(case, OWN_SHARE), own, day)
    if before + own <= _lowest(deductible):
        # Below every value that a source gives: the doubt about the deductible plays no part.
        return told([(state, state.due_minor) for state in group], (), uses=(charge,))
    ratio = figures.at("critical.ratio", group[0])
    cap = figures.at("critical.cap", group[0])
    limit = round_minor(deductible.minor, deductible.rounding)
    above = max(0, before + own - limit) - max(0, before - limit)
    wanted = round_minor(above * ratio.value, ratio.rounding)
    room = max(0, round_minor(cap.minor, cap.rounding) - used_in_year(case, CRITICAL, day))
    paid = min(wanted, room)
    return told(
        add_due(paid, group),
        (deductible, ratio, cap),
        code="PLAFOND_MALADIE_GRAVE" if wanted > room else "",
        params={
            "own_share": format_minor(before + own, case.dossier.currency),
            "room": format_minor(room, case.dossier.currency),
        },
        uses=(charge, Charge(counter_of(case, CRITICAL), paid, day)),
        fund=CRITICAL_FUND if paid else "",
    )


def _lowest(figure: Figure) -> int:
    """The lowest value that any source gives for a figure, in minor units."""
    values = [figure.value, *(other.value for other in figure.alternatives)]
    return round_minor(min(values) * MINOR_UNITS, figure.rounding)
