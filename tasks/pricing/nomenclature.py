"""Acts named by a key letter and a coefficient, as NGAP nomenclatures do."""

from dataclasses import dataclass
from decimal import Decimal

from models.dossier import LineKind
from models.money import round_minor
from tasks.pricing.figures import Figure
from tasks.pricing.rule import Figures, LineState, Tariff


@dataclass(frozen=True, slots=True)
class LetteredAct:
    """A key letter with its coefficient, and the row of the nomenclature behind it, if any."""

    letter: str
    coefficient: Decimal
    figures: tuple[Figure, ...]


def lettered_act(state: LineState, figures: Figures, table: str) -> LetteredAct | None:
    """Return the act of a line: as written on it, or found by its code in a table of acts.

    None for a drug, an unknown code, and a letter without a coefficient above zero. The table
    SHALL have a text column ``letter`` and the coefficient as its value.
    """
    line = state.line
    if line.kind is LineKind.LETTER:
        coefficient = line.coefficient
        if coefficient is None or not coefficient.is_finite() or coefficient <= 0:
            return None
        return LetteredAct(line.letter, coefficient, ())
    if line.kind is LineKind.CODE:
        row = figures.row(table, (line.code,), state)
        if row is not None:
            return LetteredAct(row.texts["letter"], row.value, (row,))
    return None


def letter_tariff(act: LetteredAct, letter: Figure, quantity: int) -> Tariff:
    """Return the tariff letter value × coefficient × quantity, rounded as the letter says."""
    exact = letter.minor * act.coefficient * quantity
    amount = round_minor(exact, letter.rounding)
    return Tariff(amount, (*act.figures, letter), group=act.letter)
