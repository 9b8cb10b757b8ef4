"""What a dossier must say aloud: a newborn without a number, a decision at once, who is paid."""

from collections.abc import Sequence

from tasks.pricing.primitives import line_order
from tasks.pricing.rule import Case, Change, Figures, LineState, base_rule

PROVIDER = "provider"
ASSISTED_REPRODUCTION = "assisted_reproduction"


@base_rule(
    "CN-MARQUES",
    reference="新生儿随母住院 (med_type 9921), 直接结算 : nouveau-né, paiement direct",
    codes=("NOUVEAU_NE_SANS_NUMERO", "DECISION_IMMEDIATE", "PAIEMENT_DIRECT"),
    asks=("newborn_under_mother", "instant_decision", "payee"),
)
def marks(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Return the dossier's first line as it is, with what has to be marked.

    Whether a decision can be given at once follows from the findings: it can where none of them
    waits for a person. No amount changes.
    """
    asked = (
        ("NOUVEAU_NE_SANS_NUMERO", case.flag("newborn_under_mother")),
        ("DECISION_IMMEDIATE", case.flag("instant_decision")),
        ("PAIEMENT_DIRECT", case.choice("payee") == PROVIDER),
    )
    first = min(lines, key=line_order, default=None)
    if first is None:
        return ()
    return [
        Change(first.position, first.base_minor, (), code) for code, is_asked in asked if is_asked
    ]


@base_rule(
    "CN-PMA",
    reference="辅助生殖 : procréation assistée, aucun taux de Chongqing connu",
    reads=("services",),
    codes=("PMA_NON_CALCULABLE",),
)
def assisted_reproduction(
    lines: Sequence[LineState], case: Case, figures: Figures
) -> Sequence[Change]:
    """Return the lines of assisted reproduction marked: what is due of them is not known."""
    changes: list[Change] = []
    for state in lines:
        row = figures.row("services", (state.line.code,), state)
        if row is not None and row.texts["category"] == ASSISTED_REPRODUCTION:
            changes.append(Change(state.position, 0, (), "PMA_NON_CALCULABLE"))
    return changes
