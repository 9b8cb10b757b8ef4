"""Key letter × coefficient: the national reference tariff of most acts."""

from tasks.pricing.nomenclature import letter_tariff, lettered_act
from tasks.pricing.rule import Case, Figures, LineState, Tariff, tariff_rule


@tariff_rule(
    "MA-TNR-LETTRE",
    reference=(
        "Arrêté du ministre de la santé n° 1961-06 du 4 août 2006, grille 1 (secteur privé) ; "
        "convention nationale du secteur public, mai 2007, grille 1"
    ),
    reads=("acts", "letters"),
)
def letter_value(state: LineState, case: Case, figures: Figures) -> Tariff | None:
    """Return letter value × coefficient × quantity in the provider's sector on the care date."""
    act = lettered_act(state, figures, "acts")
    if act is None:
        return None
    letter = figures.row("letters", (case.sector, act.letter), state)
    return None if letter is None else letter_tariff(act, letter, state.line.quantity)
