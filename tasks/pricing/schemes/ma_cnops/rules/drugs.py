"""Drugs under the CNOPS: reimbursed on the public price of its own list."""

from models.dossier import LineKind
from models.money import MINOR_UNITS, format_minor, round_minor
from tasks.pricing.rule import Case, Figures, LineState, Rate, Tariff, rate_rule, tariff_rule

DRUG_GROUP = "drug"


@tariff_rule(
    "MA-CNOPS-PPM",
    reference=(
        "Décret n° 2-05-736, article premier, groupe 3 : médicaments admis au remboursement, "
        "prix public Maroc"
    ),
    reads=("drugs_cnops",),
    codes=("NON_REMBOURSABLE", "BASE_SOUS_PRIX_PUBLIC"),
)
def public_price(state: LineState, case: Case, figures: Figures) -> Tariff | None:
    """Return public price × quantity, as the decree says.

    The list has a reimbursement base too, which may be below the public price where a generic
    exists; the decree knows none. The price counts and a finding tells the difference. A price of
    0 in the list is a price that it does not give: no tariff, except that a drug at a rate of 0
    is not reimbursable whatever its price.
    """
    line = state.line
    if line.kind is not LineKind.DRUG:
        return None
    row = figures.row("drugs_cnops", (line.ean,), state)
    if row is None:
        return None
    amount = round_minor(row.minor * line.quantity, row.rounding)
    if not row.numbers["rate"]:
        return Tariff(amount, (row,), DRUG_GROUP, is_payable=False, code="NON_REMBOURSABLE")
    if not row.value:
        return None
    reference = row.numbers.get("reference_price")
    if reference is None or reference >= row.value:
        return Tariff(amount, (row,), DRUG_GROUP)
    base = round_minor(reference * MINOR_UNITS * line.quantity, row.rounding)
    params = {"base": format_minor(base, case.dossier.currency)}
    return Tariff(amount, (row,), DRUG_GROUP, code="BASE_SOUS_PRIX_PUBLIC", params=params)


@rate_rule(
    "MA-CNOPS-TAUX-MEDICAMENT",
    reference="Décret n° 2-05-736, article premier, groupe 3 : 70 % du prix public Maroc",
    reads=("rate.drugs",),
)
def drug_rate(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return the rate of the drugs that the list says are reimbursable.

    Interpretation: a drug that stands on a line of its own has this rate in hospital too; the
    group of hospital care names no drugs.
    """
    if state.group != DRUG_GROUP:
        return None
    return Rate(figures.at("rate.drugs", state))
