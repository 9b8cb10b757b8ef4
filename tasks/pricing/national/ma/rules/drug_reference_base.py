"""Drugs: reimbursed on their reference price, the nearest generic's where there is one."""

from models.dossier import LineKind
from models.money import MINOR_UNITS, round_minor
from tasks.pricing.rule import Case, Figures, LineState, Tariff, tariff_rule

DRUG_GROUP = "drug"


@tariff_rule(
    "MA-MED-PBR",
    reference=(
        "Guide des médicaments remboursables : base de remboursement = prix du générique le plus "
        "proche s'il existe (CNSS, questions fréquentes)"
    ),
    reads=("drugs",),
    codes=("NON_REMBOURSABLE",),
)
def drug_reference_base(state: LineState, case: Case, figures: Figures) -> Tariff | None:
    """Return reference price × quantity; what a box costs above it stays with the patient.

    A drug listed at a rate of 0 is not reimbursable: its public price is shown and nothing is
    due. A reimbursable drug without a reference price has no tariff, which is not 0.
    """
    line = state.line
    if line.kind is not LineKind.DRUG:
        return None
    row = figures.row("drugs", (line.ean,), state)
    if row is None:
        return None
    if not row.numbers["rate"]:
        price = round_minor(row.minor * line.quantity, row.rounding)
        return Tariff(price, (row,), DRUG_GROUP, is_payable=False, code="NON_REMBOURSABLE")
    reference = row.numbers.get("reference_price")
    if reference is None:
        return None
    exact = reference * MINOR_UNITS * line.quantity
    return Tariff(round_minor(exact, row.rounding), (row,), DRUG_GROUP)
