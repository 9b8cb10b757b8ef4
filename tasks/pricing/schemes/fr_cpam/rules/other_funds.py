"""What other funds pay on top of the insurance: the local scheme of Alsace-Moselle, the C2S."""

from collections.abc import Sequence

from models.money import round_minor
from tasks.pricing.rule import Case, Change, Figures, LineState, due_rule
from tasks.pricing.schemes.fr_cpam.rules.kinds import (
    CARE,
    DAY_CHARGE,
    DRUG,
    RATE_READS,
    STAY,
    ordinary_rate,
)
from tasks.pricing.schemes.fr_cpam.rules.people import (
    AID_C2S,
    COVERED_ASKS,
    COVERED_READS,
    PATHWAY_ASKS,
    PATHWAY_READS,
    has_aid,
    is_covered_whole,
    is_outside_pathway,
)

LOCAL_FUND, C2S_FUND = "regime_local", "c2s"


@due_rule(
    "FR-REGIME-LOCAL",
    reference="Régime local d'Alsace-Moselle : complément de remboursement",
    reads=("local_rates", *RATE_READS, *COVERED_READS),
    asks=("local_scheme", *COVERED_ASKS),
)
def local_scheme(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Return the lines with what the local scheme adds to the insurance's ordinary share.

    It adds the difference between its total rate and the ordinary rate, and leaves participation,
    franchises and what is lost outside the pathway to the patient. It bears the day charge.
    """
    changes: list[Change] = []
    for state in lines:
        if state.group not in CARE or not state.base_minor or not case.flag("local_scheme", state):
            continue
        if is_covered_whole(state, case, figures):
            continue
        ordinary = ordinary_rate(state, figures)
        kind = state.group
        if kind == DRUG and ordinary is not None:
            kind = f"{DRUG}_{ordinary.value:.2f}"
        total = figures.row("local_rates", (kind,), state)
        if ordinary is None or total is None:
            continue
        upper = round_minor(state.base_minor * total.value, total.rounding)
        usual = round_minor(state.base_minor * ordinary.value, ordinary.rounding)
        added = upper - (state.due_minor if state.group in (STAY, DAY_CHARGE) else usual)
        # What is above its usual share has been made whole by another rule.
        if added > 0 and state.due_minor + added <= upper:
            changes.append(
                Change(state.position, state.due_minor + added, (total,), fund=LOCAL_FUND)
            )
    return changes


@due_rule(
    "FR-C2S",
    reference="Complémentaire santé solidaire : aucune part à la charge de la personne",
    reads=("rate.outside_pathway", *RATE_READS, *PATHWAY_READS),
    asks=("aid", *PATHWAY_ASKS),
)
def solidarity_cover(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Return the lines with the patient's share and flat charges borne by the C2S.

    What is lost outside the pathway stays with the patient: no source lists the C2S among the
    exceptions (our reading).
    """
    changes: list[Change] = []
    for state in lines:
        # What is reimbursed whole has nothing to add to, and need not say how the patient came.
        if state.group not in CARE or state.due_minor >= state.base_minor:
            continue
        if not has_aid(state, case, AID_C2S):
            continue
        ordinary = ordinary_rate(state, figures)
        if ordinary is None:
            continue
        lost = 0
        read = [ordinary]
        if is_outside_pathway(state, case, figures):
            outside = figures.at("rate.outside_pathway", state)
            read.append(outside)
            lost = round_minor(state.base_minor * ordinary.value, ordinary.rounding)
            lost -= round_minor(state.base_minor * outside.value, outside.rounding)
        due = state.base_minor - lost
        if due > state.due_minor:
            changes.append(Change(state.position, due, tuple(read), fund=C2S_FUND))
    return changes
