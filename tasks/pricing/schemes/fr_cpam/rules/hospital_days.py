"""The days of a stay's line: which they are, what the day charge is on each."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from models.money import format_minor, round_minor
from tasks.pricing.figures import Figure
from tasks.pricing.primitives import days_between
from tasks.pricing.rule import Case, Figures, LineState

ONE_DAY = dt.timedelta(days=1)
#: The day charge of each kind of ward.
CHARGE_OF_WARD = {"mco": "day_charge.mco", "psychiatry": "day_charge.psychiatry"}
CHARGE_READS = tuple(CHARGE_OF_WARD.values())
CHARGE_ASKS = ("ward",)


@dataclass(frozen=True, slots=True)
class DayCharge:
    """The day charges of a line's days, in minor units, with the figures they come from."""

    amount_minor: int
    days: int
    figures: tuple[Figure, ...]

    def params(self, currency: str) -> dict[str, str]:
        """Return what a finding says of it."""
        return {"days": str(self.days), "charge": format_minor(self.amount_minor, currency)}


def days_of(state: LineState) -> list[dt.date]:
    """Return the days of a line: its quantity, from its date on; the day of discharge counts.

    A misread date at the end of the calendar gives the days that there are.
    """
    first = state.line.care_date
    count = min(state.line.quantity - 1, (dt.date.max - first).days)
    return days_between(first, first + ONE_DAY * count)


def charge_of_days(state: LineState, case: Case, figures: Figures) -> DayCharge:
    """Return the day charge of a line, each day at the figure in force on that day.

    Raises:
        FigureNotInForce: when there is no figure on one of the days.
    """
    name = CHARGE_OF_WARD[case.choice("ward", state)]
    total = Decimal(0)
    used: dict[str, Figure] = {}
    days = days_of(state)
    for day in days:
        figure = figures.on(name, day)
        total += figure.minor
        used[figure.figure_id] = figure
    rounding = next(iter(used.values())).rounding
    return DayCharge(round_minor(total, rounding), len(days), tuple(used.values()))
