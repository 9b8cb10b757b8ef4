"""Faults for the fraud rules, as far as an electronic dossier can carry them."""

import datetime as dt
from dataclasses import replace

from infra.simulation.electronic import consultation, dental, laboratory, pharmacy, stay_of
from infra.simulation.faults.fault import (
    Fault,
    expect,
    insured_draft,
    retotal,
    visit,
    visit_again,
)
from infra.simulation.maker import Draft, code_line, finish, letter_line
from infra.simulation.population import Household, SimAgreement
from infra.simulation.registers_out import account_row, affiliation_values, provider_values, row
from infra.simulation.studio import CLEAN, Day, Expected, Studio

#: The image-reuse rule needs page images: the paper dossiers carry it.
CARRIED_BY_PAPER = ("F04",)


def _sound(expected: Expected) -> Expected:
    """The sound first dossier of a pair."""
    return replace(CLEAN, fault=expected.fault)


def billed_twice(studio: Studio, expected: Expected) -> None:
    """F01: the eve's analyses once more under a number and an invoice of their own."""
    draft = insured_draft(studio, laboratory, studio.deposit(Day.EVE, back=3))
    studio.submit(draft, _sound(expected), on=Day.EVE)
    maker = studio.maker
    again = {
        **draft.dossier,
        "public_number": maker.population.new_public_number(),
        "deposit_date": maker.day_text(studio.deposit(back=0)),
        "invoice_number": maker.invoice(),
    }
    studio.submit(replace(draft, dossier=again), expected)


def care_after_death(studio: Studio, expected: Expected) -> None:
    """F12: drugs for a spouse who had died."""
    household = studio.household()
    maker = studio.maker
    spouse = maker.population.add_spouse(household, 50)
    draft = pharmacy(maker, household, household.member(spouse), studio.deposit())
    care = dt.date.fromisoformat(draft.dossier["lines"][0]["date"])
    spouse.person.death_date = care - dt.timedelta(days=30)
    studio.submit(draft, expected)


def delivery_of_a_man(studio: Studio, expected: Expected) -> None:
    """F13: a delivery billed for a man."""
    studio.submit(_delivery(studio, "M", 35), expected)


def delivery_at_seventy(studio: Studio, expected: Expected) -> None:
    """F14: a delivery billed for a woman of seventy."""
    studio.submit(_delivery(studio, "F", 70), expected)


def _delivery(studio: Studio, sex: str, age: int) -> Draft:
    household = studio.household()
    maker = studio.maker
    born = maker.population.new_person(sex, age, 0)
    household.insured.sex = sex
    household.insured.birth_date = born.birth_date
    household.insured.given_name = born.given_name
    household.insured.arabic_name = born.arabic_name
    household.insured.family_name = born.family_name
    return stay_of(maker, household, household.self_member(), studio.deposit(), ("ACC",))


def impossible_day(studio: Studio, expected: Expected) -> None:
    """F19: eighteen sessions for one person on the eve, eighteen more the same day for another."""
    therapist = studio.provider("physiotherapist")
    care = studio.days.eve.toordinal() - 12
    first = _long_day(studio, Day.EVE, care)
    first.dossier["provider_id"] = therapist.inpe
    studio.submit(replace(first, provider=therapist), _sound(expected), on=Day.EVE)
    second = _long_day(studio, Day.DAY, care)
    second.dossier["provider_id"] = therapist.inpe
    studio.submit(replace(second, provider=therapist), expected)


def _long_day(studio: Studio, on: Day, care: int) -> Draft:
    draft = visit(studio, deposit=studio.deposit(on, back=1), care=care)
    asked = studio.maker.figures.letter_minor("AMM", "private")
    line = letter_line("AMM", 1, studio.maker.day_text(care), asked, "Séance")
    line["quantity"] = 18
    line["amount_minor"] = 18 * asked
    draft.dossier["lines"] = [line]
    retotal(draft.dossier)
    return draft


def crown_on_crown(studio: Studio, expected: Expected) -> None:
    """F23: a second crown on the same tooth within two years."""
    household = studio.household()
    first = _crown(studio, household, Day.EVE, "D750", "36", 30)
    studio.submit(first, _sound(expected), on=Day.EVE)
    used = studio.maker.figures.prosthesis_base_minor(first.dossier, "private")
    second = _crown(studio, household, Day.DAY, "D750", "36", 5)
    studio.submit(second, replace(expected, prosthesis_used_minor=used))


def sound_ceiling_over_days(studio: Studio, expected: Expected) -> None:
    """A second costly crown on another tooth: the two years' ceiling leaves 750 of its base."""
    household = studio.household()
    first = _crown(studio, household, Day.EVE, "D754", "36", 30)
    studio.submit(first, _sound(expected), on=Day.EVE)
    used = studio.maker.figures.prosthesis_base_minor(first.dossier, "private")
    second = _crown(studio, household, Day.DAY, "D754", "46", 5)
    studio.submit(second, replace(expected, prosthesis_used_minor=used))


def _crown(
    studio: Studio, household: Household, on: Day, code: str, tooth: str, back: int
) -> Draft:
    maker = studio.maker
    deposit = studio.deposit(on, back=1)
    draft = dental(maker, household, household.self_member(), deposit)
    day = maker.day_text(deposit - back)
    line = {**code_line(code, day, maker.figures.tariff_of(code, "private")), "tooth": tooth}
    pieces = ("care_sheet", "dental_chart", "fee_note")
    finish(draft.dossier, draft.provider, pieces, [line])
    return draft


def visit_during_stay(studio: Studio, expected: Expected) -> None:
    """F26: a consultation elsewhere in the middle of the eve's stay."""
    household = studio.household()
    maker = studio.maker
    member = household.self_member()
    stay = stay_of(maker, household, member, studio.deposit(Day.EVE, back=2), ())
    studio.submit(stay, _sound(expected), on=Day.EVE)
    admission = dt.date.fromisoformat(stay.dossier["stay"]["admission_date"]).toordinal()
    draft = consultation(maker, household, member, studio.deposit(back=0))
    studio.submit(visit_again(maker, draft, admission + 1, studio.provider("general")), expected)


def dear_drug(studio: Studio, expected: Expected) -> None:
    """F34: a drug billed a quarter above its public price."""
    draft = insured_draft(studio, pharmacy)
    line = draft.dossier["lines"][0]
    line["unit_amount_minor"] = line["unit_amount_minor"] * 5 // 4
    line["amount_minor"] = line["unit_amount_minor"] * line["quantity"]
    retotal(draft.dossier)
    studio.submit(draft, expected)


def account_of_five(studio: Studio, expected: Expected) -> None:
    """F49, hold: five households that have nothing to do with each other share an account."""
    _shared_account(studio, expected, 5)


def account_of_twelve(studio: Studio, expected: Expected) -> None:
    """F49, block: twelve households share an account."""
    _shared_account(studio, expected, 12)


def _shared_account(studio: Studio, expected: Expected, count: int) -> None:
    rib = ""
    for _ in range(count):
        draft = insured_draft(studio, laboratory)
        account = draft.household.account
        assert account is not None
        rib = rib or account.rib
        draft.household.account = replace(account, rib=rib)
        studio.submit(draft, expected)


def new_account(studio: Studio, expected: Expected) -> None:
    """F50: an account that replaced another four days before the day."""
    draft = insured_draft(studio, laboratory)
    _replace_account(studio, draft.household, studio.days.day - dt.timedelta(days=4))
    studio.submit(draft, expected)


def _replace_account(studio: Studio, household: Household, since: dt.date) -> None:
    household.former_account = household.account
    fresh = studio.maker.population.new_account(household.insured.person_id)
    household.account = replace(fresh, valid_from=since)


def account_changed_by_delta(studio: Studio, expected: Expected) -> None:
    """F50 at payment: the account is changed by the delta of the day, after the decision."""
    draft = insured_draft(studio, laboratory)
    day, old = studio.days.day, draft.household.account
    assert old is not None
    fresh = studio.maker.population.new_account(old.holder_id)
    closed = account_row(old, valid_to=day - dt.timedelta(days=1))
    retracted = {**account_row(old), "op": "retract", "known_from": day.isoformat()}
    studio.deltas.add(day, retracted)
    studio.deltas.add(day, {**closed, "known_from": day.isoformat()})
    studio.deltas.add(day, account_row(replace(fresh, valid_from=day)))
    studio.submit(draft, expected)


def rights_cancelled_by_delta(studio: Studio, expected: Expected) -> None:
    """F11 at payment: the membership turns out to have ended long ago."""
    draft = insured_draft(studio, pharmacy)
    cancel_membership(studio, draft.household, studio.days.day)
    studio.submit(draft, expected)


def cancel_membership(studio: Studio, household: Household, known: dt.date) -> None:
    """From a day on the payer believes that the membership ended two years ago."""
    since = household.tied_since
    values = affiliation_values(household.insured.person_id, household.number)
    end = since + dt.timedelta(days=365)
    studio.deltas.add(
        known, row("affiliation", values, valid_from=since, known_from=known, op="retract")
    )
    studio.deltas.add(
        known, row("affiliation", values, valid_from=since, known_from=known, valid_to=end)
    )


def provider_struck_off_by_delta(studio: Studio, expected: Expected) -> None:
    """F16 at payment: the provider turns out to have been struck off before the care."""
    deposit = studio.deposit()
    doctor = studio.provider("general")
    draft = visit(studio, deposit=deposit, care=deposit - 8, provider=doctor)
    day = studio.days.day
    end = day - dt.timedelta(days=90)
    values, since = provider_values(doctor), doctor.valid_from
    studio.deltas.add(day, row("provider", values, valid_from=since, known_from=day, op="retract"))
    studio.deltas.add(day, row("provider", values, valid_from=since, known_from=day, valid_to=end))
    studio.submit(draft, expected)


def sound_agreed_stay(studio: Studio, expected: Expected) -> None:
    """A medical stay under a granted agreement of its own."""
    household = studio.household()
    maker = studio.maker
    draft = stay_of(maker, household, household.self_member(), studio.deposit(), ())
    admission = dt.date.fromisoformat(draft.dossier["stay"]["admission_date"])
    agreement = SimAgreement(
        agreement_number=maker.population.new_agreement_number(),
        person_id=household.insured.person_id,
        act_key="HJ-MED",
        decision="granted",
        amount_minor=1_000_000,
        valid_from=admission - dt.timedelta(days=10),
        valid_to=admission + dt.timedelta(days=60),
    )
    household.agreements.append(agreement)
    draft.dossier["agreement_number"] = agreement.agreement_number
    studio.submit(draft, expected)


def _at_payment(code: str) -> Expected:
    return Expected(payment_codes=(code,))


FAULTS = (
    Fault("billed_twice", 25, expect("F01", outcome="refused"), billed_twice),
    Fault("care_after_death", 10, expect("F12", outcome="refused"), care_after_death),
    Fault("delivery_of_a_man", 10, expect("F13", outcome="review"), delivery_of_a_man),
    Fault("delivery_at_seventy", 10, expect("F14", outcome="review"), delivery_at_seventy),
    Fault("impossible_day", 10, expect("F19", outcome="review"), impossible_day),
    Fault("crown_on_crown", 15, expect("F23", outcome="refused"), crown_on_crown),
    Fault("sound_ceiling_over_days", 10, CLEAN, sound_ceiling_over_days),
    Fault("visit_during_stay", 15, expect("F26", outcome="review"), visit_during_stay),
    Fault("dear_drug", 30, expect("F34", outcome="review"), dear_drug),
    Fault("account_of_five", 10, expect("F49", outcome="review"), account_of_five),
    Fault("account_of_twelve", 5, expect("F49", outcome="refused"), account_of_twelve, most=2),
    Fault("new_account", 15, expect("F50", outcome="review"), new_account),
    Fault("account_changed_by_delta", 10, _at_payment("F50"), account_changed_by_delta),
    Fault("rights_cancelled_by_delta", 10, _at_payment("F11"), rights_cancelled_by_delta),
    Fault("provider_struck_off_by_delta", 10, _at_payment("F16"), provider_struck_off_by_delta),
    Fault("sound_agreed_stay", 10, CLEAN, sound_agreed_stay),
)
