"""Clean electronic dossiers of every kind of care, as mappings of ``models.electronic``'s form.

What is written here trips no rule: members have one dossier of a kind, lines of a dossier differ
in what they bill, care lies within the filing deadline and fits age and sex, every piece is there.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from infra.simulation.maker import (
    Draft,
    Maker,
    bill,
    code_line,
    drug_line,
    finish,
    letter_line,
    prescribe,
)
from infra.simulation.population import Household, SimMember, SimProvider

#: Illustrative analyses: no coefficient of the NABM is confirmed; all of a dossier's differ.
ANALYSES: tuple[tuple[str, int], ...] = (
    ("Numération formule sanguine", 80),
    ("Glycémie", 30),
    ("Taux de prothrombine", 40),
    ("HDL cholestérol", 50),
    ("Triglycérides", 60),
    ("ECBU", 90),
    ("HbA1c", 100),
    ("T4 libre", 200),
    ("TSH", 250),
    ("Vitamine D", 450),
)
#: Illustrative imaging coefficients.
IMAGES: tuple[tuple[str, int], ...] = (
    ("Radiographie du thorax", 15),
    ("Radiographie d'un membre", 12),
    ("Échographie abdominale", 25),
)


def consultation(maker: Maker, household: Household, member: SimMember, deposit: int) -> Draft:
    """A consultation of a general practitioner or a specialist, at or above the tariff."""
    care = maker.care_day(deposit)
    chance = maker.rng.random()
    role = "general" if chance < 0.6 else "specialist" if chance < 0.92 else "hospital"
    provider = maker.provider(role, care)
    letter = _letter_of(provider)
    tariff = maker.figures.letter_minor(letter, provider.sector)
    asked = tariff if role == "hospital" else tariff + 1_000 * maker.below(12)
    dossier = maker.head(household, member, deposit, "ambulatory")
    dossier["prescriber_id"] = "" if role == "hospital" else provider.inpe
    lines = [letter_line(letter, 1, maker.day_text(care), asked, "Consultation")]
    return Draft(finish(dossier, provider, ("care_sheet",), lines), household, member, provider)


def _letter_of(provider: SimProvider) -> str:
    if provider.role != "specialist":
        return "C"
    return {"cardiology": "CsC", "psychiatry": "CNPSY"}.get(provider.specialty, "Cs")


def pharmacy(maker: Maker, household: Household, member: SimMember, deposit: int) -> Draft:
    """One to four drugs at their public price; a few of them are not reimbursed."""
    care = maker.care_day(deposit)
    provider = maker.provider("pharmacy", care)
    count = 1 + maker.below(4)
    drugs = maker.rng.sample(maker.paid_drugs, count)
    if maker.unpaid_drugs and maker.rng.random() < 0.05:
        drugs.append(maker.unpaid_drugs[maker.below(len(maker.unpaid_drugs))])
    day = maker.day_text(care)
    lines = [drug_line(drug, day, 1 + (maker.rng.random() < 0.2)) for drug in drugs]
    return pharmacy_of(maker, household, member, deposit, provider, lines)


def pharmacy_of(
    maker: Maker,
    household: Household,
    member: SimMember,
    deposit: int,
    provider: SimProvider,
    lines: list[dict[str, Any]],
) -> Draft:
    """A pharmacy dossier of given lines, with all its pieces."""
    dossier = maker.head(household, member, deposit, "pharmacy")
    prescribe(maker, dossier, dt.date.fromisoformat(lines[0]["date"]).toordinal())
    bill(maker, dossier, provider)
    pieces = ("care_sheet", "prescription", "pharmacy_invoice", "drug_barcodes")
    return Draft(finish(dossier, provider, pieces, lines), household, member, provider)


def laboratory(maker: Maker, household: Household, member: SimMember, deposit: int) -> Draft:
    """One to five analyses of different coefficients."""
    care = maker.care_day(deposit)
    provider = maker.provider("laboratory", care)
    day = maker.day_text(care)
    unit = maker.figures.letter_minor("B", "private")
    lines = [
        letter_line("B", coefficient, day, coefficient * (unit + 10 * maker.below(3)), label)
        for label, coefficient in maker.rng.sample(ANALYSES, 1 + maker.below(5))
    ]
    return billed(maker, Draft({}, household, member, provider), deposit, "laboratory", lines)


def radiology(maker: Maker, household: Household, member: SimMember, deposit: int) -> Draft:
    """One or two images of different coefficients."""
    care = maker.care_day(deposit)
    provider = maker.provider("radiology", care)
    day = maker.day_text(care)
    unit = maker.figures.letter_minor("Z", "private")
    lines = [
        letter_line("Z", coefficient, day, coefficient * (unit + 100 * maker.below(5)), label)
        for label, coefficient in maker.rng.sample(IMAGES, 1 + maker.below(2))
    ]
    return billed(maker, Draft({}, household, member, provider), deposit, "radiology", lines)


def billed(
    maker: Maker, draft: Draft, deposit: int, kind: str, lines: list[dict[str, Any]]
) -> Draft:
    """A laboratory or radiology dossier of given lines, with prescription and bill."""
    dossier = maker.head(draft.household, draft.member, deposit, kind)
    prescribe(maker, dossier, dt.date.fromisoformat(lines[0]["date"]).toordinal())
    bill(maker, dossier, draft.provider)
    piece = "lab_bill" if kind == "laboratory" else "radiology_bill"
    draft.dossier = finish(dossier, draft.provider, ("care_sheet", "prescription", piece), lines)
    return draft


def physiotherapy(maker: Maker, household: Household, member: SimMember, deposit: int) -> Draft:
    """Four to eight sessions, every fourth day; continuous care that has ended."""
    count = 4 + maker.below(5)
    last = deposit - 1 - maker.below(8)
    first = last - 4 * (count - 1)
    provider = maker.provider("physiotherapist", first)
    asked = maker.figures.letter_minor("AMM", "private") + 1_000 * maker.below(4)
    lines = [
        letter_line("AMM", 1, maker.day_text(first + 4 * number), asked, "Séance")
        for number in range(count)
    ]
    dossier = maker.head(household, member, deposit, "ambulatory")
    dossier["is_continuous_care"] = True
    prescribe(maker, dossier, first)
    pieces = ("care_sheet", "prescription", "fee_note")
    return Draft(finish(dossier, provider, pieces, lines), household, member, provider)


def dental(maker: Maker, household: Household, member: SimMember, deposit: int) -> Draft:
    """Dental care on different teeth, now and then a crown under the two years' ceiling."""
    care = maker.care_day(deposit)
    provider = maker.provider("dentist", care)
    day = maker.day_text(care)
    lines = [
        {**code_line(code, day, _dental_asked(maker, code)), "tooth": tooth}
        for code, tooth in _dental_acts(maker, maker.age_of(member))
    ]
    dossier = maker.head(household, member, deposit, "dental")
    dossier["prescriber_id"] = provider.inpe
    pieces = ("care_sheet", "dental_chart", "fee_note")
    return Draft(finish(dossier, provider, pieces, lines), household, member, provider)


def _dental_asked(maker: Maker, code: str) -> int:
    return maker.figures.tariff_of(code, "private") + 2_500 * maker.below(7)


def _dental_acts(maker: Maker, age: int) -> list[tuple[str, str]]:
    if age < 12:
        return [("D715", "75")] if age >= 6 else [("D700", "84")]
    chance = maker.rng.random()
    if age >= 20 and chance < 0.08:
        return [("D754", "36"), ("D754", "46")]
    if age >= 20 and chance < 0.20:
        return [("D750", "36")]
    if age >= 20 and chance < 0.30:
        return [("D720", "48")]
    acts = [("D700", "16"), ("D701", "25"), ("D708", ""), ("D713", "14")]
    return maker.rng.sample(acts, 1 + maker.below(2))


def hospital(maker: Maker, household: Household, member: SimMember, deposit: int) -> Draft:
    """A stay: medical days, or one surgical act under its band, or a delivery."""
    age = maker.age_of(member)
    chance = maker.rng.random()
    if member.person.sex == "F" and 20 <= age <= 40 and chance < 0.4:
        codes: tuple[str, ...] = ("ACC",)
    elif age >= 16 and chance < 0.75:
        codes = ("HER", "APP") if chance > 0.71 else ("HER",) if chance > 0.55 else ("APP",)
    else:
        codes = ()
    return stay_of(maker, household, member, deposit, codes)


def stay_of(
    maker: Maker,
    household: Household,
    member: SimMember,
    deposit: int,
    codes: Sequence[str],
) -> Draft:
    """A stay with the given surgical acts the day after admission, or with medical days."""
    nights = 2 + maker.below(5)
    admission = deposit - 1 - maker.below(25) - nights
    is_public = bool(codes) and maker.rng.random() < 0.25
    provider = maker.provider("hospital" if is_public else "clinic", admission + 1, 4)
    if codes:
        day = maker.day_text(admission + 1)
        extra = 0 if is_public else 20_000 * maker.below(5)
        lines = [
            code_line(code, day, maker.figures.tariff_of(code, provider.sector) + extra)
            for code in codes
        ]
    else:
        asked = maker.figures.tariff_of("HJ-MED", "private") + 5_000 * maker.below(5)
        lines = [code_line("HJ-MED", maker.day_text(admission), asked, nights)]
    dossier = maker.head(household, member, deposit, "hospital")
    bill(maker, dossier, provider)
    dossier["stay"] = {
        "admission_date": maker.day_text(admission),
        "discharge_date": maker.day_text(admission + nights),
        "establishment_id": provider.inpe,
    }
    pieces = ("care_sheet", "hospital_invoice")
    return Draft(finish(dossier, provider, pieces, lines), household, member, provider)


def long_term(maker: Maker, household: Household, member: SimMember, deposit: int) -> Draft:
    """A public hospital's consultation for a recognised long-term condition (90 %)."""
    care = maker.care_day(deposit)
    provider = maker.provider("hospital", care)
    ald_code = ALD_CODES[maker.below(len(ALD_CODES))]
    household.conditions.append((member.person.person_id, ald_code))
    asked = maker.figures.letter_minor("Cs", "public")
    dossier = maker.head(household, member, deposit, "ambulatory")
    dossier["ald_code"] = ald_code
    lines = [letter_line("Cs", 1, maker.day_text(care), asked, "Consultation")]
    finish(dossier, provider, ("care_sheet",), lines)
    return Draft(dossier, household, member, provider, has_ald=True)


#: Numbers of the arrêté 2518-05's list: diabetes, hypertension, rheumatoid arthritis.
ALD_CODES = ("9", "14", "26")

Builder = Callable[[Maker, Household, SimMember, int], Draft]
#: Kinds of clean dossiers with their share in thousandths.
MIX: tuple[tuple[Builder, int], ...] = (
    (consultation, 330),
    (pharmacy, 300),
    (laboratory, 140),
    (radiology, 80),
    (dental, 70),
    (hospital, 40),
    (physiotherapy, 30),
    (long_term, 10),
)
