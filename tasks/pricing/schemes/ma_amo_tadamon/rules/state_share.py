"""AMO Tadamon in public structures: the State pays what would stay with the patient."""

from collections.abc import Sequence
from decimal import Decimal

from models.money import round_minor
from tasks.pricing.rule import Case, Change, Figures, LineState, due_rule

PUBLIC = "public"
#: The fund of scheme.yaml that bears the patient's share.
STATE = "state"


@due_rule(
    "MA-TADAMON-ETAT",
    reference="AMO Tadamon : ticket modérateur pris en charge par l'État en structure publique",
    reads=("state.public_share",),
)
def state_share(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Return the lines raised to their base, the difference borne by the State.

    What is above the reference tariff is no patient's share in the sense of the text and is left.
    """
    if case.sector != PUBLIC:
        return ()
    changes: list[Change] = []
    for state in lines:
        left = state.base_minor - state.due_minor
        if left > 0:
            share = figures.at("state.public_share", state)
            borne = round_minor(Decimal(left) * share.value, share.rounding)
            changes.append(Change(state.position, state.due_minor + borne, (share,), fund=STATE))
    return changes
