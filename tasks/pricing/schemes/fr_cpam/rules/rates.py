"""The insurance's share: by kind of care, reduced outside the pathway, none of flat charges."""

from models.money import format_minor
from tasks.pricing.rule import Case, Figures, LineState, Rate, rate_rule
from tasks.pricing.schemes.fr_cpam.rules.kinds import (
    CHARGES,
    DAY_CHARGE,
    DOCTORS_CARE,
    DRUG,
    RATE_READS,
    drug_row_rate,
    ordinary_rate,
)
from tasks.pricing.schemes.fr_cpam.rules.people import (
    DIRECT_ACCESS,
    PATHWAY_ASKS,
    PATHWAY_READS,
    is_in_hospital,
    is_outside_pathway,
    may_see_directly,
)


@rate_rule(
    "FR-TAUX-FORFAIT",
    reference="Code de la sécurité sociale, L174-4 et L160-13 I",
    reads=("rate.patient_charge",),
    codes=("FR_FORFAIT_JOURNALIER", "FR_FORFAIT_URGENCES"),
)
def patient_charge(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return nothing for the day charge and the emergency charge: the patient bears them."""
    if state.group not in CHARGES:
        return None
    code = "FR_FORFAIT_JOURNALIER" if state.group == DAY_CHARGE else "FR_FORFAIT_URGENCES"
    params = {
        "days": str(state.line.quantity),
        "charge": format_minor(state.tariff_minor or 0, case.dossier.currency),
    }
    return Rate(figures.at("rate.patient_charge", state), code=code, params=params)


@rate_rule(
    "FR-TAUX-HORS-PARCOURS",
    reference="Code de la sécurité sociale, L162-5-3 ; décision UNCAM du 22/01/2009",
    reads=("rate.outside_pathway", *RATE_READS, *PATHWAY_READS),
    codes=("FR_HORS_PARCOURS", "FR_ACCES_DIRECT"),
    asks=PATHWAY_ASKS,
)
def outside_pathway(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return the reduced rate of doctor's care outside the coordinated pathway.

    Nobody is outside it below 16, in a stay, in an emergency, away from home, or with a
    specialty of direct access. Direct access that the specialty or the age does not give is shown
    to a person before anything is reduced.
    """
    if state.group not in DOCTORS_CARE:
        return None
    if is_outside_pathway(state, case, figures):
        reduced = figures.at("rate.outside_pathway", state)
        return Rate(reduced, (figures.at("pathway.age", state),), code="FR_HORS_PARCOURS")
    if is_in_hospital(case) or not case.has("pathway", state):
        return None
    ordinary = ordinary_rate(state, figures)
    is_claimed = case.choice("pathway", state) == DIRECT_ACCESS
    if ordinary is None or not is_claimed or may_see_directly(state, case, figures):
        return None
    return Rate(ordinary, code="FR_ACCES_DIRECT")


@rate_rule(
    "FR-TAUX-MEDICAMENT",
    reference="Code de la sécurité sociale, R160-5 : taux selon le service médical rendu",
    reads=("drugs",),
)
def drug_rate(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return the rate that the list of drugs gives the box: 100, 65, 30 or 15 %."""
    if state.group != DRUG:
        return None
    row = figures.row("drugs", (state.line.ean,), state)
    return None if row is None else Rate(drug_row_rate(row))


@rate_rule(
    "FR-TAUX-NATURE",
    reference="Code de la sécurité sociale, R160-5",
    reads=RATE_READS,
)
def rate_of_kind(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return the ordinary rate of the kind of care: doctor, dentist, laboratory, transport."""
    rate = ordinary_rate(state, figures)
    return None if rate is None else Rate(rate)
