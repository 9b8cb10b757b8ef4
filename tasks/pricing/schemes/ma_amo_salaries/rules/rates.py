"""The payer's share: general, drugs, serious illness treated in a public structure."""

from models.dossier import LineKind
from tasks.pricing.rule import Case, Figures, LineState, Rate, rate_rule

PUBLIC = "public"


@rate_rule(
    "MA-TAUX-ALD-PUBLIC",
    reference=(
        "Taux porté à 90 % pour les maladies graves ou invalidantes soignées dans un "
        "établissement public"
    ),
    reads=("rate.ald_public",),
)
def ald_rate(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return the rate of a recognised long-term condition treated in a public structure.

    The sources give it for care on the base of the reference tariff; drugs, which have a base of
    their own, keep their rate and are asked first.
    The exoneration of such conditions elsewhere (77 to 100 %, disease by disease) is not applied:
    its table is not available, and the general rate is what is known to be due at least.
    """
    if not case.validated.ald_code or case.sector != PUBLIC:
        return None
    return Rate(figures.at("rate.ald_public", state))


@rate_rule(
    "MA-TAUX-MEDICAMENT",
    reference="CNSS : 70 % de la base de remboursement des médicaments admis",
    reads=("rate.drugs",),
)
def drug_rate(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return the rate of the drugs that the list says are reimbursable."""
    if state.line.kind is not LineKind.DRUG:
        return None
    return Rate(figures.at("rate.drugs", state))


@rate_rule(
    "MA-TAUX-GENERAL",
    reference="CNSS, « Que couvre l'AMO » : 70 % de la tarification nationale de référence",
    reads=("rate.general",),
)
def general_rate(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return the general rate of ambulatory and hospital care."""
    return Rate(figures.at("rate.general", state))
