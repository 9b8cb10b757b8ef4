"""How a settlement is computed on a visit's total and split among its lines, without remainder.

National field set: in-scope amount (符合政策范围) → deductible (起付线) → ratio → ceilings. A ratio
is applied once to a total; the lines share the result, so that one bill of forty lines and one bill
of a single line give the same money.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from models.dossier import CareKind
from models.errors import FactMissing, FigureNotInForce
from models.money import MINOR_UNITS, round_minor
from tasks.pricing.figures import Figure
from tasks.pricing.primitives import age_on, allocate, line_order, year_of
from tasks.pricing.rule import Case, Change, Charge, Figures, LineState

#: Kinds of visit; each has its own deductible, ratio and ceiling.
STAY, OUTPATIENT, SPECIAL, MATERNITY = "stay", "outpatient", "special", "maternity"
#: The group of a line that is no bill but a benefit in money.
ALLOWANCE = "allowance"
#: A delivery that a scheme without an amount for it pays like any other stay.
CAESAREAN = "caesarean"
#: Facts that ``visit_of`` asks, and the table it reads; a rule that calls it declares them.
VISIT_ASKS = ("maternity_event", "hospital_level")
VISIT_READS = "maternity_amounts"

Share = tuple[LineState, int]


def visit_of(case: Case, figures: Figures) -> str:
    """Return which kind of visit a dossier is about.

    A caesarean for which the scheme has no amount is an ordinary stay; a recognised special disease
    (the register's long-term condition that the dossier names) makes an out-patient visit special.

    Raises:
        FactMissing: for a stay without its days, or maternity care without its event.
    """
    dossier = case.dossier
    if dossier.care_kind is CareKind.MATERNITY:
        if case.choice("maternity_event") != CAESAREAN or maternity_row(case, figures) is not None:
            return MATERNITY
        return STAY
    if dossier.stay is not None:
        return STAY
    if dossier.care_kind is CareKind.HOSPITAL:
        raise FactMissing("stay")
    return SPECIAL if case.validated.ald_code else OUTPATIENT


def maternity_row(case: Case, figures: Figures) -> Figure | None:
    """Return the maternity event's amount at the provider's level, on the first day of care."""
    day = case.dossier.care_start
    key = (case.choice("maternity_event"), case.choice("hospital_level", day=day))
    return figures.row_on(VISIT_READS, key, day)


def in_force(figure: Figure | None, name: str) -> Figure:
    """Return a table's row, or refuse to calculate without it.

    Raises:
        FigureNotInForce: names the table.
    """
    if figure is None:
        raise FigureNotInForce(f"{name}: no row in force for this case")
    return figure


def age_in_years(case: Case, day: dt.date) -> Decimal:
    """Return the patient's age on a day; a newborn filed under the mother's number has none yet.

    Raises:
        FactMissing: when nobody knows the birth date.
    """
    if case.flag("newborn_under_mother"):
        return Decimal(0)
    birth_date = case.validated.beneficiary_birth_date
    if birth_date is None:
        raise FactMissing("birth_date")
    return Decimal(max(0, age_on(birth_date, day)))


def ratio_of(table: str, state: LineState, case: Case, figures: Figures, day: dt.date) -> Figure:
    """Return the row of a ratio table for the person's status and age and the provider's level.

    Raises:
        FigureNotInForce: when the table has no such row in force.
    """
    key = (
        case.choice("insured_status", state, day),
        case.choice("hospital_level", state, day),
    )
    return in_force(figures.band(table, key, age_in_years(case, day), state), table)


def in_scope(lines: Sequence[LineState]) -> list[LineState]:
    """Return the lines of which something is in scope; benefits in money are not among them."""
    return [state for state in lines if state.base_minor > 0 and state.group != ALLOWANCE]


def by_year_and_figure(
    states: Iterable[LineState], ratios: Mapping[int, Figure]
) -> list[list[LineState]]:
    """Return lines in groups of one civil year and one ratio, the earliest group first."""
    groups: dict[tuple[int, str], list[LineState]] = {}
    for state in sorted(states, key=line_order):
        key = (state.line.care_date.year, ratios[state.position].figure_id)
        groups.setdefault(key, []).append(state)
    return list(groups.values())


def first_day(states: Sequence[LineState]) -> dt.date:
    """Return the first day of care of some lines."""
    return min(state.line.care_date for state in states)


def counter_of(case: Case, name: str) -> str:
    """Return a counter's full name: each scheme has its own, also for one who changes schemes."""
    return f"{case.dossier.scheme}.{name}"


def used_in_year(case: Case, counter: str, day: dt.date) -> int:
    """Return what dossiers of lower rank used of a counter in a day's civil year."""
    return case.used(counter_of(case, counter), *year_of(day))


def money(figure: Figure, column: str) -> int:
    """Return another amount of a table's row in minor units; 0 where the cell is empty."""
    number = figure.numbers.get(column)
    if number is None:
        return 0
    return round_minor(number * MINOR_UNITS, figure.rounding)


def share_out(total: int, states: Sequence[LineState], weights: Sequence[int]) -> list[Share]:
    """Return a total split among lines by weight, exactly, in an order that ignores the sheet."""
    pairs = sorted(zip(states, weights, strict=True), key=lambda pair: line_order(pair[0]))
    parts = allocate(total, [weight for _, weight in pairs])
    return [(state, part) for (state, _), part in zip(pairs, parts, strict=True)]


def share_by_base(total: int, states: Sequence[LineState]) -> list[Share]:
    """Return a total split by what is in scope of each line; never more than that."""
    return share_out(total, states, [state.base_minor for state in states])


def cut_due(total: int, states: Sequence[LineState]) -> list[Share]:
    """Return a lower total due, split by what is due so far."""
    return share_out(total, states, [state.due_minor for state in states])


def add_due(extra: int, states: Sequence[LineState]) -> list[Share]:
    """Return what is due with an extra amount, split by what each line leaves to the patient."""
    shares = share_out(extra, states, [state.base_minor - state.due_minor for state in states])
    return [(state, state.due_minor + part) for state, part in shares]


def told(
    shares: Sequence[Share],
    figures: tuple[Figure, ...],
    *,
    code: str = "",
    params: Mapping[str, str] | None = None,
    uses: Sequence[Charge] = (),
    fund: str = "",
) -> list[Change]:
    """Return shares as changes; the first line bears the finding and what is used of counters."""
    return [
        Change(
            state.position,
            amount,
            figures,
            code=code if place == 0 else "",
            params=dict(params or {}) if place == 0 else {},
            uses=tuple(uses) if place == 0 else (),
            fund=fund,
        )
        for place, (state, amount) in enumerate(shares)
    ]
