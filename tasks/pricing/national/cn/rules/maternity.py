"""Maternity care: an amount by event and hospital level, up to which the bill is paid."""

from collections.abc import Sequence

from models.money import format_minor, round_minor
from tasks.pricing.national.cn.settlement import (
    MATERNITY,
    VISIT_ASKS,
    VISIT_READS,
    counter_of,
    in_force,
    in_scope,
    maternity_row,
    share_by_base,
    told,
    visit_of,
)
from tasks.pricing.primitives import room_left
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

COUNTER = "maternity."


@rate_rule(
    "CN-TAUX-MATERNITE",
    reference="生育医疗费 : payé dans la limite du montant",
    reads=("amount.ratio", VISIT_READS),
    asks=VISIT_ASKS,
)
def maternity_ratio(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return the share paid within a maternity amount; without an amount there is no share.

    A cash allowance has no amount by level: it is owed as calculated.
    """
    if visit_of(case, figures) != MATERNITY:
        return None
    row = in_force(maternity_row(case, figures), VISIT_READS)
    return Rate(figures.at("amount.ratio", state), (row,))


@due_rule(
    "CN-MATERNITE-LIMITE",
    reference="生育医疗费限额 : montants par événement et niveau",
    reads=("maternity.pregnancy_months", VISIT_READS),
    codes=("LIMITE_MATERNITE",),
    asks=VISIT_ASKS,
)
def maternity_limit(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Return maternity care cut to what is left of the event's amount.

    Interpretation: the amounts are limits (限额), so a lower bill is paid as it is; dossiers of one
    pregnancy share an amount, and a pregnancy is told by its length in months.
    """
    states = in_scope(lines)
    if not states or visit_of(case, figures) != MATERNITY:
        return ()
    row = in_force(maternity_row(case, figures), VISIT_READS)
    months = figures.at("maternity.pregnancy_months", states[0])
    day = case.dossier.care_start
    counter = counter_of(case, COUNTER + case.choice("maternity_event"))
    uses = [(use.care_date, use.amount_minor) for use in case.counters if use.counter == counter]
    limit = round_minor(row.minor, row.rounding)
    room = room_left(limit, uses, day, period_months=int(months.value))
    wanted = sum(state.due_minor for state in states)
    due = min(wanted, room)
    return told(
        share_by_base(due, states),
        (row, months),
        code="LIMITE_MATERNITE" if wanted > room else "",
        params={"room": format_minor(room, case.dossier.currency)},
        uses=(Charge(counter, due, day),),
    )
