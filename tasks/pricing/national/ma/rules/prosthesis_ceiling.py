"""Dental prostheses: what is reimbursable of them is capped over two years."""

from collections.abc import Sequence

from models.money import format_minor
from tasks.pricing.primitives import MONTHS_A_YEAR, Use, room_left
from tasks.pricing.rule import Case, Change, Charge, Figures, LineState, base_rule

PROSTHESIS_GROUP = "DP"
COUNTER = "ma.dental_prosthesis"


@base_rule(
    "MA-PLAFOND-PROTHESE",
    reference="CNSS, prothèses dentaires : 3 000 MAD de base par personne et par période de 2 ans",
    reads=("dental.prosthesis_ceiling", "dental.prosthesis_period"),
    codes=("PLAFOND_PROTHESE",),
)
def prosthesis_ceiling(
    lines: Sequence[LineState], case: Case, figures: Figures
) -> Sequence[Change]:
    """Return the prosthesis lines cut to what the person has left of the ceiling.

    Interpretation: the two years slide (no text fixes a civil year), so no two years in a row ever
    hold more than the ceiling, in whatever order dossiers arrive. Lines of one dossier use the
    room in the order of their dates, then by what they are, never by their place on the sheet.
    """
    capped = [
        state
        for state in lines
        if state.group == PROSTHESIS_GROUP and state.tariff_minor is not None
    ]
    if not capped:
        return ()
    uses: list[Use] = [
        (use.care_date, use.amount_minor) for use in case.counters if use.counter == COUNTER
    ]
    capped.sort(key=_order)
    changes: list[Change] = []
    for state in capped:
        ceiling = figures.at("dental.prosthesis_ceiling", state)
        period = figures.at("dental.prosthesis_period", state)
        day = state.line.care_date
        months = int(period.value) * MONTHS_A_YEAR
        room = room_left(int(ceiling.minor), uses, day, period_months=months)
        base = min(state.base_minor, room)
        uses.append((day, base))
        is_cut = base < state.base_minor
        params = {"room": format_minor(room, case.dossier.currency)}
        changes.append(
            Change(
                state.position,
                base,
                (ceiling, period),
                "PLAFOND_PROTHESE" if is_cut else "",
                params,
                (Charge(COUNTER, base),),
            )
        )
    return changes


def _order(state: LineState) -> tuple[object, ...]:
    line = state.line
    return (line.care_date, -(state.tariff_minor or 0), line.act_key, line.tooth, -state.base_minor)
