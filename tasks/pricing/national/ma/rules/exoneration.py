"""Exoneration of serious illness, where the register holds one and its rate is known."""

from models.dossier import LineKind
from tasks.pricing.rule import Case, Figures, LineState, Rate, rate_rule

#: What the fact ``exoneration`` says where the payer has granted none.
NONE_GRANTED = "none"
#: Granted for a disease whose own rate stands in a table that is not published.
HEAVY = "heavy"
PUBLIC = "public"


@rate_rule(
    "MA-TAUX-EXONERATION",
    reference="Exonération du ticket modérateur des ALD et ALC (La Vie éco 24512)",
    reads=(
        "rate.exoneration_transplant",
        "rate.exoneration_irct",
        "rate.exoneration_heavy",
        "rate.ald_public",
        "rate.general",
    ),
    codes=("EXONERATION_TAUX_INCONNU",),
    asks=("exoneration",),
)
def exoneration_rate(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return the exonerated rate of care for a recognised condition, drugs set apart.

    Only a dossier filed under a recognised condition counts, and only where the register says
    that the payer granted the exoneration: the condition alone gives no more than the other
    rules. Transplants and end-stage renal failure have a rate; for the other heavy diseases only
    a range is published, so the ordinary rate is applied and a person completes it. Drugs keep
    their rate: no source says that an exoneration reaches them.
    """
    if not case.validated.ald_code or state.line.kind is LineKind.DRUG:
        return None
    granted = case.choice("exoneration", state)
    if granted == NONE_GRANTED:
        return None
    figure = figures.at(f"rate.exoneration_{granted}", state)
    if granted != HEAVY:
        return Rate(figure)
    values = [figure.value, *(other.value for other in figure.alternatives)]
    ordinary = "rate.ald_public" if case.sector == PUBLIC else "rate.general"
    params = {"lowest": f"{min(values):.2f}", "highest": f"{max(values):.2f}"}
    return Rate(figures.at(ordinary, state), (figure,), "EXONERATION_TAUX_INCONNU", params)
