"""What a stay leaves to the patient: the thirty-first day, heavy acts, the day charge."""

import datetime as dt
from collections.abc import Sequence

from models.money import format_minor, round_minor
from tasks.pricing.primitives import line_order, take_in_order
from tasks.pricing.rule import Case, Change, Figures, LineState, due_rule
from tasks.pricing.schemes.fr_cpam.rules.hospital_days import (
    CHARGE_ASKS,
    CHARGE_READS,
    charge_of_days,
    days_of,
)
from tasks.pricing.schemes.fr_cpam.rules.kinds import MEDICAL_ACT, STAY
from tasks.pricing.schemes.fr_cpam.rules.people import (
    AID_AME,
    AID_C2S,
    DAY_CHARGE_ACT,
    MATERNITY_ASKS,
    MATERNITY_READS,
    NEWBORN_READS,
    PATHWAY_ASKS,
    PATHWAY_READS,
    has_aid,
    is_in_maternity,
    is_newborn_in_hospital,
    is_outside_pathway,
    is_war_invalidity,
    is_work_accident,
)


@due_rule(
    "FR-JOUR-31",
    reference="Code de la sécurité sociale, R160-5 ; motif d'exonération 63 de la CNAM",
    reads=("hospital.full_from_day", "rate.hospital", "rate.full"),
)
def thirty_first_day(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Return stays whose days from the thirty-first of the stay on are reimbursed whole.

    Days are counted from the admission. The line's base is split evenly over its days.
    """
    changes: list[Change] = []
    for state in lines:
        if state.group != STAY or state.due_minor >= state.base_minor:
            continue
        first_full = figures.at("hospital.full_from_day", state)
        days = days_of(state)
        count = sum((day - state.admission_date).days + 1 >= first_full.value for day in days)
        if not count:
            continue
        part, whole = figures.at("rate.hospital", state), figures.at("rate.full", state)
        share = part.value * (len(days) - count) + whole.value * count
        due = round_minor(state.base_minor * share / len(days), part.rounding)
        params = {"days": str(count)}
        changes.append(Change(state.position, due, (first_full, whole), params=params))
    return changes


@due_rule(
    "FR-ACTE-LOURD",
    reference="Code de la sécurité sociale, R160-16",
    reads=(
        "heavy_act.threshold",
        "heavy_act.participation",
        "rate.full",
        "rate.outside_pathway_full",
        *PATHWAY_READS,
    ),
    codes=("FR_ACTE_LOURD",),
    asks=("aid", "local_scheme", *PATHWAY_ASKS),
)
def heavy_act(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Return heavy acts at 100 % less a flat participation, taken once a day or once a stay.

    The tariffs of one day's acts add up to reach the threshold, those of a stay too. In a stay
    the price of its days is reimbursed whole as well. Who is reimbursed whole anyway, has the
    C2S or belongs to the local scheme of Alsace-Moselle owes no participation. Imaging is not
    concerned. The threshold as a coefficient (60) is not used: no letter with such coefficients
    has a known value.
    """
    sessions: dict[dt.date | None, list[LineState]] = {}
    for state in lines:
        if state.group == MEDICAL_ACT and state.due_minor < state.base_minor:
            day = None if case.dossier.stay is not None else state.line.care_date
            sessions.setdefault(day, []).append(state)
    changes: list[Change] = []
    for day, acts in sessions.items():
        acts.sort(key=line_order)
        threshold = figures.at("heavy_act.threshold", acts[0])
        if sum(state.tariff_minor or 0 for state in acts) < threshold.minor:
            continue
        changes.extend(_with_participation(acts, case, figures))
        if day is None:
            whole = figures.at("rate.full", acts[0])
            changes.extend(
                Change(state.position, state.base_minor, (whole,))
                for state in lines
                if state.group == STAY and state.due_minor < state.base_minor
            )
    return changes


def _with_participation(acts: list[LineState], case: Case, figures: Figures) -> list[Change]:
    """The acts of one session reimbursed whole, the participation taken from the first on."""
    first = acts[0]
    flat = figures.at("heavy_act.participation", first)
    threshold = figures.at("heavy_act.threshold", first)
    is_free = has_aid(first, case, AID_C2S) or case.flag("local_scheme", first)
    dues: list[int] = []
    for state in acts:
        is_outside = is_outside_pathway(state, case, figures)
        rate = figures.at("rate.outside_pathway_full" if is_outside else "rate.full", state)
        dues.append(round_minor(state.base_minor * rate.value, rate.rounding))
    taken = take_in_order(0 if is_free else int(flat.minor), dues)
    changes: list[Change] = []
    for state, due, part in zip(acts, dues, taken, strict=True):
        params = {"charge": format_minor(part, case.dossier.currency)}
        code = "FR_ACTE_LOURD" if part else ""
        read = (threshold, flat) if part else (threshold,)
        changes.append(Change(state.position, due - part, read, code, params))
    return changes


@due_rule(
    "FR-IMPUTATION-FORFAIT",
    reference="Code de la sécurité sociale, L174-4 : le forfait s'impute sur la participation",
    reads=(*CHARGE_READS, *MATERNITY_READS, *NEWBORN_READS),
    codes=("FR_FORFAIT_JOURNALIER",),
    asks=("aid", "cause", *CHARGE_ASKS, *MATERNITY_ASKS),
)
def day_charge_of_stay(
    lines: Sequence[LineState], case: Case, figures: Figures
) -> Sequence[Change]:
    """Return stays of which the patient bears at least the day charge of their days.

    Where the patient's share is as high as the day charge or higher, the charge is inside it and
    nothing changes. A bill that has the day charge on a line of its own keeps it there, its price
    of a day being read as net of the charge. Maternity, newborns, accidents at work, invalidity
    of war and the State's aid owe none.
    """
    if any(line.code == DAY_CHARGE_ACT for line in case.dossier.lines):
        return ()
    changes: list[Change] = []
    for state in lines:
        if state.group != STAY or not state.base_minor or _owes_none(state, case, figures):
            continue
        charge = charge_of_days(state, case, figures)
        most = max(0, state.base_minor - charge.amount_minor)
        if state.due_minor > most:
            params = charge.params(case.dossier.currency)
            changes.append(
                Change(state.position, most, charge.figures, "FR_FORFAIT_JOURNALIER", params)
            )
    return changes


def _owes_none(state: LineState, case: Case, figures: Figures) -> bool:
    return (
        has_aid(state, case, AID_AME)
        or is_work_accident(state, case)
        or is_war_invalidity(state, case)
        or is_in_maternity(state, case, figures)
        or is_newborn_in_hospital(state, case, figures)
    )
