"""Faults of rights: too few days, another scheme, children past the age, deposits too late."""

import datetime as dt
from dataclasses import replace

from infra.simulation.electronic import dental, laboratory, pharmacy
from infra.simulation.faults.fault import Fault, date_of, expect, insured_draft, visit
from infra.simulation.maker import Draft, letter_line
from infra.simulation.population import SCHEME, SimAffiliation, SimMonth
from infra.simulation.studio import CLEAN, Day, Expected, Studio


def few_days(studio: Studio, expected: Expected) -> None:
    """Six days a month, declared and paid: 36 of the 54 needed."""
    draft = insured_draft(studio, pharmacy)
    draft.household.months = [
        SimMonth(month.month, 6, 6) for month in studio.maker.population.full_months
    ]
    studio.submit(draft, expected)


def ended_membership(studio: Studio, expected: Expected) -> None:
    """Work that ended ten months ago; rights outlive it by six."""
    draft = insured_draft(studio, laboratory)
    household, day = draft.household, studio.days.day
    end = day - dt.timedelta(days=300)
    household.affiliations = [SimAffiliation(SCHEME, "salaried", household.tied_since, end)]
    household.months = [
        month for month in studio.maker.population.full_months if month.month <= end
    ]
    studio.submit(draft, expected)


def _months_unpaid(studio: Studio) -> list[SimMonth]:
    """Contributions declared in full, none of them paid in the last eight months."""
    months = studio.maker.population.full_months
    return [
        replace(month, days_paid=0) if number >= len(months) - 8 else month
        for number, month in enumerate(months)
    ]


def unpaid_months(studio: Studio, expected: Expected) -> None:
    """Eight months declared, not paid yet."""
    draft = insured_draft(studio, pharmacy)
    draft.household.months = _months_unpaid(studio)
    studio.submit(draft, expected)


def arrears_paid_later(studio: Studio, expected: Expected) -> None:
    """Suspended on the eve; the arrears are paid by the delta of the day, and it is decided."""
    deposit = studio.deposit(Day.EVE)
    draft = insured_draft(studio, laboratory, deposit)
    household, day = draft.household, studio.days.day
    household.months = _months_unpaid(studio)
    for month in household.months:
        if month.days_paid == 0:
            person_id = household.insured.person_id
            studio.deltas.add_month(day, person_id, month, "retract")
            studio.deltas.add_month(day, person_id, replace(month, days_paid=month.days_declared))
    _suspended_until_delta(studio, draft, expected)


def declared_later(studio: Studio, expected: Expected) -> None:
    """A new worker's third month is declared late, by the delta of the day."""
    deposit = studio.deposit(Day.EVE, back=0)
    care = max(deposit - 8, studio.days.eve.replace(day=1).toordinal())
    draft = visit(studio, deposit=deposit, care=care)
    household = draft.household
    full = studio.maker.population.full_months
    start = full[-3].month.replace(day=15)
    household.affiliations = [SimAffiliation(SCHEME, "salaried", start)]
    household.months = [replace(full[-3], days_declared=12, days_paid=12), full[-2]]
    studio.deltas.add_month(studio.days.day, household.insured.person_id, full[-1])
    _suspended_until_delta(studio, draft, expected)


def _suspended_until_delta(studio: Studio, draft: Draft, expected: Expected) -> None:
    due = studio.maker.figures.due_minor(
        draft.dossier, sector=draft.provider.sector, has_ald=draft.has_ald
    )
    after = {
        "delta": studio.days.day.isoformat(),
        "outcome": "accepted",
        "version": 2,
        "due_minor": due,
    }
    studio.submit(draft, replace(expected, after_delta=after), on=Day.EVE)


def other_scheme(studio: Studio, expected: Expected) -> None:
    """A person who has moved to the public sector's scheme."""
    draft = insured_draft(studio, pharmacy)
    household, day = draft.household, studio.days.day
    moved = day - dt.timedelta(days=120)
    household.affiliations = [
        SimAffiliation(SCHEME, "salaried", household.tied_since, moved),
        SimAffiliation("ma-amo-public", "civil_servant", moved + dt.timedelta(days=1)),
    ]
    studio.submit(draft, expected)


def _child_draft(studio: Studio, age: int, **facts: bool) -> Draft:
    household = studio.household()
    child = studio.maker.population.add_child(household, age)
    for name, value in facts.items():
        setattr(child, name, value)
    return dental(studio.maker, household, household.member(child), studio.deposit())


def child_too_old(studio: Studio, expected: Expected) -> None:
    """A child of 23 who does not study."""
    studio.submit(_child_draft(studio, 23), expected)


def student_too_old(studio: Studio, expected: Expected) -> None:
    """A student of 28."""
    studio.submit(_child_draft(studio, 28, is_student=True), expected)


def sound_student(studio: Studio, expected: Expected) -> None:
    """A student of 23, who is covered."""
    studio.submit(_child_draft(studio, 23, is_student=True), expected)


def sound_disabled_child(studio: Studio, expected: Expected) -> None:
    """A disabled child of 30, covered without limit of age."""
    studio.submit(_child_draft(studio, 30, is_disabled=True), expected)


def late_deposit(studio: Studio, expected: Expected) -> None:
    """A deposit 75 days after the only act."""
    deposit = studio.deposit()
    studio.submit(visit(studio, deposit=deposit, care=deposit - 75), expected)


def late_after_continuous_care(studio: Studio, expected: Expected) -> None:
    """A deposit 66 days after the end of continuous care."""
    deposit = studio.deposit()
    studio.submit(_sessions(studio, deposit, last=deposit - 66), expected)


def sound_last_day(studio: Studio, expected: Expected) -> None:
    """A deposit on the very day two calendar months after the act."""
    deposit = studio.deposit()
    day = date_of(deposit)
    index = day.year * 12 + day.month - 3
    act = dt.date(index // 12, index % 12 + 1, min(day.day, 28))
    studio.submit(visit(studio, deposit=deposit, care=act.toordinal()), expected)


def sound_continuous_care(studio: Studio, expected: Expected) -> None:
    """Continuous care that began four months ago and ended 30 days before the deposit."""
    deposit = studio.deposit()
    studio.submit(_sessions(studio, deposit, last=deposit - 30), expected)


def _sessions(studio: Studio, deposit: int, *, last: int) -> Draft:
    draft = visit(studio, deposit=deposit, care=last, provider=studio.provider("physiotherapist"))
    maker = studio.maker
    asked = maker.figures.letter_minor("AMM", "private")
    days = range(last - 84, last + 1, 12)
    dossier = draft.dossier
    dossier["lines"] = [letter_line("AMM", 1, maker.day_text(day), asked, "Séance") for day in days]
    dossier["total_minor"] = asked * len(days)
    dossier["is_continuous_care"] = True
    prescriber = maker.population.providers["general"][0].inpe
    dossier["prescriber_id"] = prescriber
    dossier["prescription"] = {"date": maker.day_text(days[0]), "prescriber_id": prescriber}
    dossier["pieces"].append({"kind": "prescription", "count": 1})
    return draft


FAULTS = (
    Fault("few_days", 25, expect("DROITS_FERMES", outcome="refused"), few_days),
    Fault("ended_membership", 15, expect("DROITS_FERMES", outcome="refused"), ended_membership),
    Fault("unpaid_months", 30, expect("DROITS_SUSPENDUS", outcome="suspended"), unpaid_months),
    Fault(
        "arrears_paid_later",
        15,
        expect("DROITS_SUSPENDUS", outcome="suspended"),
        arrears_paid_later,
    ),
    Fault("declared_later", 15, expect("DROITS_SUSPENDUS", outcome="suspended"), declared_later),
    Fault("other_scheme", 20, expect("AUTRE_REGIME", outcome="refused"), other_scheme),
    Fault("child_too_old", 15, expect("AYANT_DROIT_AGE", outcome="refused"), child_too_old),
    Fault("student_too_old", 10, expect("AYANT_DROIT_AGE", outcome="refused"), student_too_old),
    Fault("sound_student", 10, CLEAN, sound_student),
    Fault("sound_disabled_child", 10, CLEAN, sound_disabled_child),
    Fault("late_deposit", 40, expect("FORCLUSION", outcome="refused"), late_deposit),
    Fault(
        "late_after_continuous_care",
        10,
        expect("FORCLUSION", outcome="refused"),
        late_after_continuous_care,
    ),
    Fault("sound_last_day", 10, CLEAN, sound_last_day),
    Fault("sound_continuous_care", 10, CLEAN, sound_continuous_care),
)
