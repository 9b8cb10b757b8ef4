"""Anaesthesia and operating theatre, billed for a K act that a line names."""

from collections.abc import Sequence
from decimal import Decimal

from models.dossier import LineKind
from models.errors import FigureNotInForce
from tasks.pricing.figures import Figure
from tasks.pricing.nomenclature import LetteredAct, letter_tariff, lettered_act
from tasks.pricing.rule import (
    Case,
    Change,
    Figures,
    LineState,
    Tariff,
    base_rule,
    tariff_rule,
)

#: The key letter in which operations, their anaesthesia and their theatre are counted.
OPERATING_LETTER = "K"
#: What the fact ``act_role`` says of a line that bills neither the act itself.
ANAESTHESIA, THEATRE = "anaesthesia", "theatre"


@tariff_rule(
    "MA-NGAP-ANESTHESIE",
    reference="Nomenclature générale des actes professionnels, article 22 (anesthésie)",
    reads=("acts", "letters", "surgery_bands", "anaesthesia.default_coefficient"),
    asks=("act_role", "billed_apart"),
)
def anaesthesia(state: LineState, case: Case, figures: Figures) -> Tariff | None:
    """Return the K value times the anaesthesia's coefficient, which the act's own one caps.

    The line names the operated act; its coefficient of anaesthesia stands in the nomenclature,
    K 15 where none does. See ``_billable_act`` for acts that have a surgery forfait.
    """
    if state.line.kind is LineKind.DRUG or case.choice("act_role", state) != ANAESTHESIA:
        return None
    act = _billable_act(state, case, figures)
    own = next((row.numbers.get("anaesthesia_coefficient") for row in act.figures), None)
    used = act.figures
    if own is None:
        default = figures.at("anaesthesia.default_coefficient", state)
        own, used = default.value, (*used, default)
    return _in_letters(state, case, figures, min(own, act.coefficient), used)


@tariff_rule(
    "MA-NGAP-BLOC",
    reference="Nomenclature générale des actes professionnels, article 23 (salle d'opération)",
    reads=("acts", "letters", "surgery_bands", "theatre.share"),
    asks=("act_role", "billed_apart"),
)
def theatre(state: LineState, case: Case, figures: Figures) -> Tariff | None:
    """Return the K value times half the coefficient of the operated act that the line names."""
    if state.line.kind is LineKind.DRUG or case.choice("act_role", state) != THEATRE:
        return None
    act = _billable_act(state, case, figures)
    share = figures.at("theatre.share", state)
    coefficient = act.coefficient * share.value
    return _in_letters(state, case, figures, coefficient, (*act.figures, share))


@base_rule(
    "MA-NGAP-ANNEXE",
    reference=(
        "Nomenclature générale des actes professionnels, articles 22 et 23 ; tarification "
        "nationale de référence, grille 2 (ce que le forfait comprend n'est pas publié)"
    ),
    reads=("acts", "surgery_bands"),
    codes=("ANNEXE_AU_FORFAIT",),
    asks=("act_role", "billed_apart"),
)
def beside_a_forfait(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Return a note for anaesthesia and theatre that a surgery forfait leaves without a price."""
    changes: list[Change] = []
    for state in lines:
        if state.tariff_minor is not None or state.line.kind is LineKind.DRUG:
            continue
        if case.choice("act_role", state) not in (ANAESTHESIA, THEATRE):
            continue
        act = lettered_act(state, figures, "acts")
        band = _forfait_of(act, state, case, figures)
        if band is not None and not case.flag("billed_apart", state):
            params = {"act": state.line.act_key}
            changes.append(Change(state.position, 0, (band,), "ANNEXE_AU_FORFAIT", params))
    return changes


def _forfait_of(
    act: LetteredAct | None, state: LineState, case: Case, figures: Figures
) -> Figure | None:
    if act is None or act.letter != OPERATING_LETTER:
        return None
    return figures.band("surgery_bands", (case.sector,), act.coefficient, state)


def _billable_act(state: LineState, case: Case, figures: Figures) -> LetteredAct:
    """The operated act, where its anaesthesia or theatre has a price of its own.

    Interpretation: an act with a surgery forfait has no other price than the forfait. No text in
    hand says what a forfait includes, so neither a price nor 0 follows for what is billed beside
    it, unless the payer's agreement says that it is billed apart (fact ``billed_apart``).

    Raises:
        FigureNotInForce: when nothing can be calculated, and why.
    """
    act = lettered_act(state, figures, "acts")
    if act is None or act.letter != OPERATING_LETTER:
        raise FigureNotInForce("act_role: the line names no K act")
    band = _forfait_of(act, state, case, figures)
    if band is not None and not case.flag("billed_apart", state):
        raise FigureNotInForce(f"{band.figure_id}: what the forfait includes is not known")
    return act


def _in_letters(
    state: LineState,
    case: Case,
    figures: Figures,
    coefficient: Decimal,
    used: tuple[Figure, ...],
) -> Tariff:
    letter = figures.row("letters", (case.sector, OPERATING_LETTER), state)
    if letter is None:
        raise FigureNotInForce(f"letters: {OPERATING_LETTER}: no value in force")
    named = LetteredAct(OPERATING_LETTER, coefficient, used)
    priced = letter_tariff(named, letter, state.line.quantity)
    role = case.choice("act_role", state)
    return Tariff(priced.amount_minor, priced.figures, role, params={"k": f"{coefficient:f}"})
