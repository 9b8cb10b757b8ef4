"""What the law asks about a person on a day: age, maternity, aid, pathway, full cover."""

import datetime as dt

from models.dossier import CareKind, LineKind
from models.errors import FactMissing
from tasks.pricing.primitives import age_on, months_later
from tasks.pricing.rule import Case, Figures, LineState
from tasks.pricing.schemes.fr_cpam.rules.kinds import (
    CHARGES,
    DAY_CHARGE,
    DOCTORS_CARE,
    EMERGENCY_CARE,
)

#: The act code of the flat charge of an emergency ward.
EMERGENCY_ACT = "FPU"
#: The act code of the day charge (CNAM list IR_ACT_COD).
DAY_CHARGE_ACT = "FJ"
AID_C2S, AID_AME = "c2s", "ame"
WORK_ACCIDENT, WAR_INVALIDITY = "work_accident", "war_invalidity"
OUTSIDE, DIRECT_ACCESS = "outside", "direct_access"

#: What the questions below read and ask; a rule that asks one declares them.
MATERNITY_READS = ("maternity.first_month", "maternity.days_after_birth")
MATERNITY_ASKS = ("pregnancy_start", "delivery_date")
NEWBORN_READS = ("newborn.days",)
PATHWAY_READS = ("pathway.age", "direct_access")
PATHWAY_ASKS = ("pathway",)
COVERED_READS = (*MATERNITY_READS, *NEWBORN_READS)
COVERED_ASKS = (*MATERNITY_ASKS, "aid", "cause", "ald_related")


def birth_date_of(state: LineState) -> dt.date:
    """Return the beneficiary's day of birth.

    Raises:
        FactMissing: when the registers do not know it.
    """
    if state.birth_date is None:
        raise FactMissing("birth_date")
    return state.birth_date


def is_in_hospital(case: Case) -> bool:
    """Tell whether the dossier is a stay."""
    return case.dossier.stay is not None or case.dossier.care_kind is CareKind.HOSPITAL


def is_in_maternity(state: LineState, case: Case, figures: Figures) -> bool:
    """Tell whether care falls from the first day of the sixth month to some days after delivery.

    Before the delivery is known the period is open; the register ends the pregnancy it holds.
    """
    day = state.line.care_date
    has_delivered = case.has("delivery_date", state)
    if has_delivered:
        after = int(figures.at("maternity.days_after_birth", state).value)
        if (day - case.date("delivery_date", state)).days > after:
            return False
    if not case.has("pregnancy_start", state):
        return has_delivered and day >= case.date("delivery_date", state)
    month = int(figures.at("maternity.first_month", state).value)
    return day >= months_later(case.date("pregnancy_start", state), month - 1)


def is_newborn_in_hospital(state: LineState, case: Case, figures: Figures) -> bool:
    """Tell whether a stay's line begins within the first days after birth."""
    if not is_in_hospital(case) or state.birth_date is None:
        return False
    days = int(figures.at("newborn.days", state).value)
    return 0 <= (state.line.care_date - state.birth_date).days < days


def is_work_accident(state: LineState, case: Case) -> bool:
    """Tell whether the care is due to an accident at work or an occupational disease."""
    return case.choice("cause", state) == WORK_ACCIDENT


def is_war_invalidity(state: LineState, case: Case) -> bool:
    """Tell whether the care is due to an invalidity of war that gives a military pension."""
    return case.choice("cause", state) == WAR_INVALIDITY


def has_aid(state: LineState, case: Case, aid: str) -> bool:
    """Tell whether the person has the C2S or the AME on the day of care."""
    return case.choice("aid", state) == aid


def is_related_to_ald(state: LineState, case: Case) -> bool:
    """Tell whether a line belongs to a recognised long-term condition.

    Raises:
        FactMissing: when the person has such a condition and the line does not say.
    """
    return bool(case.validated.ald_code) and case.flag("ald_related", state)


def is_emergency_visit(state: LineState, case: Case) -> bool:
    """Tell whether a line is care of a day on which the emergency ward billed its flat charge."""
    return state.group in EMERGENCY_CARE and any(
        line.kind is LineKind.CODE
        and line.code == EMERGENCY_ACT
        and line.care_date == state.line.care_date
        for line in case.dossier.lines
    )


def is_covered_whole(state: LineState, case: Case, figures: Figures) -> bool:
    """Tell whether the law has the insurance bear the whole of a line, for whatever reason."""
    if has_aid(state, case, AID_AME) or is_in_maternity(state, case, figures):
        return True
    if is_newborn_in_hospital(state, case, figures):
        return True
    if is_war_invalidity(state, case):
        return True
    if state.group in CHARGES:
        return state.group == DAY_CHARGE and is_work_accident(state, case)
    return (
        is_work_accident(state, case)
        or is_emergency_visit(state, case)
        or is_related_to_ald(state, case)
    )


def may_see_directly(state: LineState, case: Case, figures: Figures) -> bool:
    """Tell whether the doctor's specialty may be seen without being sent, at the person's age."""
    row = figures.row("direct_access", (case.validated.provider_specialty,), state)
    if row is None:
        return False
    last = row.numbers.get("age_to")
    if last is None:
        return True
    return row.value <= age_on(birth_date_of(state), state.line.care_date) <= last


def is_outside_pathway(state: LineState, case: Case, figures: Figures) -> bool:
    """Tell whether a line is doctor's care outside the pathway; see ``came_outside``."""
    return state.group in DOCTORS_CARE and came_outside(state, case, figures)


def came_outside(state: LineState, case: Case, figures: Figures) -> bool:
    """Tell whether the patient came to the doctor outside the coordinated pathway.

    Hospital stays and people below the age of the pathway are never outside it, nor is a
    specialty with direct access, whatever the sheet says.

    Raises:
        FactMissing: when the sheet does not say how the patient came, or the age is not known.
    """
    if is_in_hospital(case):
        return False
    day = state.line.care_date
    age = None if state.birth_date is None else age_on(state.birth_date, day)
    if age is not None and age < figures.at("pathway.age", state).value:
        return False
    if case.choice("pathway", state) != OUTSIDE:
        return False
    birth_date_of(state)
    return not may_see_directly(state, case, figures)
