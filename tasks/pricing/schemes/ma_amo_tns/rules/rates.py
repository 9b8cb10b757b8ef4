"""The payer's share under the AMO of non-salaried workers: general, drugs, serious illness."""

from models.dossier import LineKind
from tasks.pricing.rule import Case, Figures, LineState, Rate, rate_rule

PUBLIC = "public"


@rate_rule(
    "MA-TNS-TAUX-MEDICAMENT",
    reference="AMO des TNS : taux des médicaments des salariés, égalité supposée",
    reads=("rate.drugs",),
)
def drug_rate(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return the rate of the drugs that the list says are reimbursable."""
    if state.line.kind is not LineKind.DRUG:
        return None
    return Rate(figures.at("rate.drugs", state))


@rate_rule(
    "MA-TNS-TAUX-ALD-PUBLIC",
    reference="AMO des TNS : taux des maladies graves des salariés, égalité supposée",
    reads=("rate.ald_public",),
)
def ald_rate(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return the rate of a recognised long-term condition treated in a public structure."""
    if not case.validated.ald_code or case.sector != PUBLIC:
        return None
    return Rate(figures.at("rate.ald_public", state))


@rate_rule(
    "MA-TNS-TAUX-GENERAL",
    reference="AMO des TNS : taux général des salariés, égalité supposée",
    reads=("rate.general",),
)
def general_rate(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return the general rate of ambulatory and hospital care."""
    return Rate(figures.at("rate.general", state))
