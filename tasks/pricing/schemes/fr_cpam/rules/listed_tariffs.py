"""Biology, nursing and physiotherapy by letter; drugs by their listed price."""

from models.dossier import LineKind
from models.money import round_minor
from tasks.pricing.nomenclature import LetteredAct, letter_tariff, lettered_act
from tasks.pricing.rule import Case, Figures, LineState, Tariff, tariff_rule
from tasks.pricing.schemes.fr_cpam.rules.kinds import BIOLOGY, DRUG

BIOLOGY_LETTER = "B"
#: The territory under which every letter is written.
MAINLAND = "metropole"
#: A line with a letter needs no table of acts.
NO_TABLE = ""


@tariff_rule(
    "FR-BIOLOGIE",
    reference="Nomenclature des actes de biologie médicale ; avenant 12 (JO du 10/01/2024)",
    reads=("biology", "letters"),
    asks=("territory",),
)
def biology(state: LineState, case: Case, figures: Figures) -> Tariff | None:
    """Return the act's coefficient × the value of B in the territory of care × the quantity."""
    line = state.line
    if line.kind is not LineKind.CODE:
        return None
    row = figures.row("biology", (line.code,), state)
    if row is None:
        return None
    letter = figures.row("letters", (case.choice("territory", state), BIOLOGY_LETTER), state)
    if letter is None:
        return None
    act = LetteredAct(BIOLOGY_LETTER, row.value, (row,))
    tariff = letter_tariff(act, letter, line.quantity)
    return Tariff(tariff.amount_minor, tariff.figures, BIOLOGY)


@tariff_rule(
    "FR-LETTRE",
    reference="Nomenclature générale des actes professionnels : lettres clés",
    reads=("letters",),
    asks=("territory",),
)
def lettered(state: LineState, case: Case, figures: Figures) -> Tariff | None:
    """Return letter value × coefficient × quantity in the territory of care."""
    line = state.line
    if line.kind is not LineKind.LETTER:
        return None
    act = lettered_act(state, figures, NO_TABLE)
    if act is None or figures.row("letters", (MAINLAND, act.letter), state) is None:
        return None
    letter = figures.row("letters", (case.choice("territory", state), act.letter), state)
    if letter is None:
        return None
    tariff = letter_tariff(act, letter, line.quantity)
    return Tariff(tariff.amount_minor, tariff.figures, letter.texts["kind"])


@tariff_rule(
    "FR-MEDICAMENT",
    reference="Base de données publique des médicaments",
    reads=("drugs",),
)
def drug_price(state: LineState, case: Case, figures: Figures) -> Tariff | None:
    """Return the public price with the dispensing fee, times the boxes, on the dispensing date.

    Interpretation: the rate applies to the price with the fee; no source at hand says otherwise.
    What a brand costs above a generic's flat liability tariff is in no source either.
    """
    line = state.line
    if line.kind is not LineKind.DRUG:
        return None
    row = figures.row("drugs", (line.ean,), state)
    if row is None:
        return None
    return Tariff(round_minor(row.minor * line.quantity, row.rounding), (row,), DRUG)
