"""What a payer's share goes by in Morocco: drugs, serious illness in a public structure, the rest.

The schemes of the CNSS ask the same questions, each with its own figures, reference and rule.
"""

from models.dossier import LineKind
from tasks.pricing.rule import Case, Figures, LineState, Rate

PUBLIC = "public"


def drug_share(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return the rate of the drugs that the list says are reimbursable."""
    if state.line.kind is not LineKind.DRUG:
        return None
    return Rate(figures.at("rate.drugs", state))


def public_ald_share(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return the rate of a recognised long-term condition treated in a public structure."""
    if not case.validated.ald_code or case.sector != PUBLIC:
        return None
    return Rate(figures.at("rate.ald_public", state))


def general_share(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return the general rate of ambulatory and hospital care."""
    return Rate(figures.at("rate.general", state))
