"""Who is reimbursed the whole: AME, maternity, newborns, accidents at work, ALD, emergencies."""

from tasks.pricing.rule import Case, Figures, LineState, Rate, rate_rule
from tasks.pricing.schemes.fr_cpam.rules.kinds import CARE, CHARGES, EMERGENCY_CHARGE
from tasks.pricing.schemes.fr_cpam.rules.people import (
    AID_AME,
    MATERNITY_ASKS,
    MATERNITY_READS,
    NEWBORN_READS,
    PATHWAY_ASKS,
    PATHWAY_READS,
    has_aid,
    is_emergency_visit,
    is_in_maternity,
    is_newborn_in_hospital,
    is_outside_pathway,
    is_related_to_ald,
    is_war_invalidity,
    is_work_accident,
)


@rate_rule(
    "FR-TAUX-AME",
    reference="Aide médicale de l'État : soins pris en charge à 100 %",
    reads=("rate.full",),
    asks=("aid",),
)
def state_aid(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return the whole for people with the State's medical aid; it leaves them no charge."""
    if state.group not in CARE or not has_aid(state, case, AID_AME):
        return None
    return Rate(figures.at("rate.full", state))


@rate_rule(
    "FR-TAUX-MATERNITE",
    reference="Code de la sécurité sociale, L160-9",
    reads=("rate.full", *MATERNITY_READS),
    asks=MATERNITY_ASKS,
)
def maternity(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return the whole for all care from the sixth month to the twelfth day after delivery."""
    if state.group not in CARE or not is_in_maternity(state, case, figures):
        return None
    read = tuple(figures.at(name, state) for name in MATERNITY_READS)
    return Rate(figures.at("rate.full", state), read)


@rate_rule(
    "FR-TAUX-NOUVEAU-NE",
    reference="Code de la sécurité sociale, L160-9-1",
    reads=("rate.full", *NEWBORN_READS),
)
def newborn(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return the whole for a newborn in hospital whose line begins in the first thirty days."""
    if state.group not in CARE or not is_newborn_in_hospital(state, case, figures):
        return None
    return Rate(figures.at("rate.full", state), (figures.at("newborn.days", state),))


@rate_rule(
    "FR-TAUX-ATMP",
    reference="Code de la sécurité sociale, L431-1",
    reads=("rate.full",),
    asks=("cause",),
)
def work_accident(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return the whole after an accident at work, the day charge too; not the emergency charge."""
    if state.group not in CARE or state.group == EMERGENCY_CHARGE:
        return None
    return Rate(figures.at("rate.full", state)) if is_work_accident(state, case) else None


@rate_rule(
    "FR-TAUX-GUERRE",
    reference="Pensions militaires d'invalidité, article 115 (motif d'exonération 21 de la CNAM)",
    reads=("rate.full",),
    asks=("cause",),
)
def war_invalidity(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return the whole of care due to an invalidity of war; it leaves no charge at all."""
    if state.group not in CARE or not is_war_invalidity(state, case):
        return None
    return Rate(figures.at("rate.full", state))


@rate_rule(
    "FR-TAUX-URGENCES",
    reference="Code de la sécurité sociale, L160-13 I : le forfait remplace la participation",
    reads=("rate.full",),
)
def emergency_visit(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return the whole for care of a day on which the emergency ward bills its flat charge."""
    return Rate(figures.at("rate.full", state)) if is_emergency_visit(state, case) else None


@rate_rule(
    "FR-TAUX-ALD",
    reference="Affections de longue durée : 100 % des soins en rapport ; L162-5-3 hors parcours",
    reads=("rate.full", "rate.outside_pathway_full", *PATHWAY_READS),
    codes=("FR_HORS_PARCOURS",),
    asks=("ald_related", *PATHWAY_ASKS),
)
def long_term_condition(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return the whole for care related to a recognised long-term condition.

    Care not related keeps its ordinary rate. Outside the pathway the forty points are taken off
    the whole.
    """
    if state.group not in CARE or state.group in CHARGES or not is_related_to_ald(state, case):
        return None
    if is_outside_pathway(state, case, figures):
        reduced = figures.at("rate.outside_pathway_full", state)
        return Rate(reduced, (figures.at("pathway.age", state),), code="FR_HORS_PARCOURS")
    return Rate(figures.at("rate.full", state))
