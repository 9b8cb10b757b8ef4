"""What the two Moroccan drug lists share: strengths, the reference price, and their warnings."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal

from tasks.pricing.lists.cells import Reason, as_line, read_amount
from tasks.pricing.lists.official_list import ListedRow

#: How the lists write that there is no unit.
NO_UNIT = "NA"


def strength(dosage: str, unit: str) -> str:
    """Return a strength with its unit, such as ``500 MG``; empty where the list gives none."""
    plain = as_line(unit)
    return as_line(f"{dosage} {'' if plain == NO_UNIT else plain}") if dosage.strip() else ""


def drug_row(
    line: int, code: str, cells: Mapping[str, str], warnings: Counter[Reason]
) -> ListedRow:
    """Return a drug's row with its reference price read; odd figures are taken and counted.

    A reference price of zero is none.

    Raises:
        RowRefused: when the reference price is no number.
    """
    reference = read_amount(cells["reference_price"])
    warnings[Reason.NO_REFERENCE_PRICE] += bool(Decimal(cells["rate"])) and not reference
    if reference:
        is_above = Decimal(reference) > Decimal(cells["price"])
        warnings[Reason.REFERENCE_ABOVE_PRICE] += is_above
    return ListedRow(line, code, {**cells, "reference_price": reference})
