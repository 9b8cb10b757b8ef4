"""The payer's share under AMO Tadamon: general, drugs, serious illness."""

from models.dossier import LineKind
from tasks.pricing.rule import Case, Figures, LineState, Rate, rate_rule

PUBLIC = "public"


@rate_rule(
    "MA-TADAMON-TAUX-MEDICAMENT",
    reference="AMO Tadamon : taux des médicaments des salariés (presse)",
    reads=("rate.drugs",),
)
def drug_rate(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return the rate of the drugs that the list says are reimbursable."""
    if state.line.kind is not LineKind.DRUG:
        return None
    return Rate(figures.at("rate.drugs", state))


@rate_rule(
    "MA-TADAMON-TAUX-ALD-PUBLIC",
    reference="AMO Tadamon : taux des maladies graves des salariés (presse)",
    reads=("rate.ald_public",),
)
def ald_rate(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return the rate of a recognised long-term condition treated in a public structure."""
    if not case.validated.ald_code or case.sector != PUBLIC:
        return None
    return Rate(figures.at("rate.ald_public", state))


@rate_rule(
    "MA-TADAMON-TAUX-GENERAL",
    reference="AMO Tadamon : taux général des salariés (presse)",
    reads=("rate.general",),
)
def general_rate(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return the general rate of ambulatory and hospital care."""
    return Rate(figures.at("rate.general", state))
