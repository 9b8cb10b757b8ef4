"""Surgery: a forfait for each band of K, in place of letter × coefficient."""

from models.money import MINOR_UNITS, round_minor
from tasks.pricing.nomenclature import lettered_act
from tasks.pricing.primitives import stepped
from tasks.pricing.rule import Case, Figures, LineState, Tariff, tariff_rule

#: The key letter of surgery and of specialists' acts.
SURGERY_LETTER = "K"


@tariff_rule(
    "MA-TNR-FORFAIT-K",
    reference=(
        "Arrêté du ministre de la santé n° 1961-06 du 4 août 2006, grille 2 (secteur privé) ; "
        "convention nationale du secteur public, mai 2007, grille 2"
    ),
    reads=("acts", "surgery_bands"),
)
def surgery_forfait(state: LineState, case: Case, figures: Figures) -> Tariff | None:
    """Return the forfait of the K band that holds the coefficient, times the quantity.

    Interpretation: where the grid of the sector has a band for the coefficient, its forfait
    replaces letter × coefficient; below the first band (K 30 in the private sector) there is no
    forfait and K counts at its letter value (22.50 a unit). The public grid begins at K 0, so a
    public K act always has a forfait. A coefficient between two whole ones takes the lower band.
    Past the last band the forfait grows by a step for each begun ten of K above 300.
    """
    act = lettered_act(state, figures, "acts")
    if act is None or act.letter != SURGERY_LETTER:
        return None
    band = figures.band("surgery_bands", (case.sector,), act.coefficient, state)
    if band is None:
        return None
    amount = band.minor
    step = band.numbers.get("step_amount")
    if step is not None:
        beyond = act.coefficient - band.numbers["step_above"]
        amount = stepped(band.value, step, band.numbers["step_width"], beyond) * MINOR_UNITS
    total = round_minor(amount * state.line.quantity, band.rounding)
    return Tariff(total, (*act.figures, band), group=SURGERY_LETTER)
