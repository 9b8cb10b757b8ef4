"""Care that is in the basket and whose tariff is not published: said with its reason, never 0."""

from collections.abc import Iterator, Sequence

from models.dossier import LineKind
from tasks.pricing.figures import Figure
from tasks.pricing.primitives import MONTHS_A_YEAR, months_later
from tasks.pricing.rule import Case, Change, Figures, LineState, base_rule


@base_rule(
    "MA-PANIER-SANS-TARIF",
    reference=(
        "Tarification nationale de référence : forfaits de l'optique, des dispositifs et des "
        "appareillages, orthodontie (valeurs non publiées)"
    ),
    reads=("unpriced_acts",),
    codes=("TARIF_NON_PUBLIE",),
)
def unpublished_tariff(
    lines: Sequence[LineState], case: Case, figures: Figures
) -> Sequence[Change]:
    """Return a note for each line of the basket that no rule could price for want of a figure."""
    return [
        Change(state.position, 0, (row,), "TARIF_NON_PUBLIE", {"act": state.line.code})
        for state, row in _unpriced(lines, figures)
    ]


@base_rule(
    "MA-PANIER-ENFANT",
    reference="Loi 65-00, article 7 : panier entier pour l'enfant de 12 ans au plus",
    reads=("unpriced_acts", "basket.child_age"),
    codes=("PANIER_ENFANT",),
)
def child_basket(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Return a note for unpriced lines of a child who has the whole basket of article 7.

    The age opens the basket and changes no rate, so it is told only where a person has to price.
    Interpretation: the 12th birthday is itself the last day, as for the ages of dependants.
    """
    birth_date = case.validated.beneficiary_birth_date
    if birth_date is None:
        return ()
    changes: list[Change] = []
    for state, _ in _unpriced(lines, figures):
        age = figures.at("basket.child_age", state)
        if state.line.care_date <= months_later(birth_date, int(age.value) * MONTHS_A_YEAR):
            params = {"age": f"{age.value:f}"}
            changes.append(Change(state.position, 0, (age,), "PANIER_ENFANT", params))
    return changes


def _unpriced(lines: Sequence[LineState], figures: Figures) -> Iterator[tuple[LineState, Figure]]:
    for state in lines:
        if state.tariff_minor is None and state.line.kind is LineKind.CODE:
            row = figures.row("unpriced_acts", (state.line.code,), state)
            if row is not None:
                yield state, row
