"""Orthodontics: up to an age, each semester with its prior agreement; no value is published."""

from collections.abc import Sequence

from models.dossier import LineKind, RequestKind
from tasks.pricing.primitives import MONTHS_A_YEAR, line_order, months_later
from tasks.pricing.rule import Case, Change, Figures, LineState, base_rule

#: The code of a semester of orthodontic treatment; our own, none is published.
ORTHODONTICS = "ODF"


@base_rule(
    "MA-ODF",
    reference="CNSS, orthodontie (ODF) : jusqu'à 16 ans, après accord préalable",
    reads=("unpriced_acts", "orthodontics.age", "orthodontics.semesters_per_agreement"),
    codes=("ODF_AGE", "ODF_ACCORD"),
)
def orthodontics(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Return what stands against each semester: the age, or an agreement that is not there.

    A unit of the line is a semester. The dossier's agreement covers as many semesters as the
    figure says, the earliest first; a request for agreement needs none. Interpretation: the 16th
    birthday is itself the last day; an unknown day of birth is told like an age beyond the limit,
    for a person to look at. Nothing is priced here: the value stays unknown, which is not 0.
    """
    semesters = sorted((each for each in lines if _is_semester(each, figures)), key=line_order)
    birth_date = case.validated.beneficiary_birth_date
    needs_agreement = case.dossier.request_kind is RequestKind.REIMBURSEMENT
    agreements = 1 if case.validated.agreement_number else 0
    changes: list[Change] = []
    begun = 0
    for state in semesters:
        limit = figures.at("orthodontics.age", state)
        last = months_later(birth_date, int(limit.value) * MONTHS_A_YEAR) if birth_date else None
        if last is None or state.line.care_date > last:
            params = {"age": f"{limit.value:f}"}
            changes.append(Change(state.position, 0, (limit,), "ODF_AGE", params))
        covered = figures.at("orthodontics.semesters_per_agreement", state)
        begun += state.line.quantity
        if needs_agreement and begun > covered.value * agreements:
            params = {"semesters": f"{covered.value:f}"}
            changes.append(Change(state.position, 0, (covered,), "ODF_ACCORD", params))
    return changes


def _is_semester(state: LineState, figures: Figures) -> bool:
    line = state.line
    if line.kind is not LineKind.CODE or line.code != ORTHODONTICS:
        return False
    return figures.row("unpriced_acts", (ORTHODONTICS,), state) is not None
