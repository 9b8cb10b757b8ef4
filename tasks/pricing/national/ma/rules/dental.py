"""Dental acts: D for care, DP for prostheses."""

from tasks.pricing.nomenclature import letter_tariff, lettered_act
from tasks.pricing.rule import Case, Figures, LineState, Tariff, tariff_rule

#: Key letters of dental care and of dental prostheses.
DENTAL_LETTERS = ("D", "DP")


@tariff_rule(
    "MA-TNR-DENTAIRE",
    reference="Soins dentaires pris en charge par la CNSS depuis janvier 2015 (valeur du D)",
    reads=("acts", "letters"),
)
def dental(state: LineState, case: Case, figures: Figures) -> Tariff | None:
    """Return D value × coefficient × quantity; care and prostheses have a value each.

    The published amounts of some acts (262 for D 15) are cut to whole dirhams; the exact product
    (262.50) is used, because no text says that it is rounded down.
    """
    act = lettered_act(state, figures, "acts")
    if act is None or act.letter not in DENTAL_LETTERS:
        return None
    letter = figures.row("letters", (case.sector, act.letter), state)
    return None if letter is None else letter_tariff(act, letter, state.line.quantity)
