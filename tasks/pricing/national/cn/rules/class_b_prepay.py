"""Class B (乙类): the patient pays a first share before anything is in scope (先行自付)."""

from collections.abc import Sequence

from models.money import format_minor, round_minor
from tasks.pricing.national.cn.settlement import in_scope, share_by_base, told
from tasks.pricing.rule import Case, Change, Figures, LineState, base_rule

CLASS_B = "B"


@base_rule(
    "CN-AVANCE-B",
    reference="乙类先行自付 : part d'abord payée sur la classe B (ordre de calcul recalled)",
    reads=("prepay.class_b",),
)
def class_b_prepay(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Return the class B lines without the share the patient pays first.

    The share is taken once of the class's total, and the lines bear it by what they cost.
    """
    groups: dict[str, list[LineState]] = {}
    for state in in_scope(lines):
        if state.group == CLASS_B:
            figure = figures.at("prepay.class_b", state)
            groups.setdefault(figure.figure_id, []).append(state)
    changes: list[Change] = []
    for states in groups.values():
        figure = figures.at("prepay.class_b", states[0])
        total = sum(state.base_minor for state in states)
        prepaid = round_minor(total * figure.value, figure.rounding)
        params = {"prepaid": format_minor(prepaid, case.dossier.currency)}
        changes += told(share_by_base(total - prepaid, states), (figure,), params=params)
    return changes
