"""Days in hospital and other flat amounts, each day at its own date."""

import datetime as dt
from decimal import Decimal

from models.dossier import LineKind
from models.money import round_minor
from tasks.pricing.figures import Figure
from tasks.pricing.rule import Case, Figures, LineState, Tariff, tariff_rule

ONE_DAY = dt.timedelta(days=1)
#: What the column ``per`` says of an amount for each day of a stay.
PER_DAY = "day"


@tariff_rule(
    "MA-TNR-FORFAIT",
    reference=(
        "Forfaits de la tarification nationale de référence (journées d'hospitalisation, dialyse)"
    ),
    reads=("forfaits",),
)
def day_forfait(state: LineState, case: Case, figures: Figures) -> Tariff | None:
    """Return the flat amount times the quantity; a stay across a change is split by day.

    The line's date is the first of its days. A day on which no amount is known leaves the whole
    line without a tariff: half a stay is not priced. The group is what the amount counts for.
    """
    line = state.line
    if line.kind is not LineKind.CODE:
        return None
    key = (case.sector, line.code)
    first = figures.row_on("forfaits", key, line.care_date)
    if first is None:
        return None
    is_split = first.texts["per"] == PER_DAY and first.end is not None
    if not is_split or line.care_date + ONE_DAY * (line.quantity - 1) <= first.last_day:
        amount = round_minor(first.minor * line.quantity, first.rounding)
        return Tariff(amount, (first,), first.texts["per"])
    total = Decimal(0)
    used: dict[str, Figure] = {}
    for number in range(line.quantity):
        row = figures.row_on("forfaits", key, line.care_date + ONE_DAY * number)
        if row is None:
            return None
        total += row.minor
        used[row.figure_id] = row
    amount = round_minor(total, first.rounding)
    return Tariff(amount, tuple(used.values()), first.texts["per"])
