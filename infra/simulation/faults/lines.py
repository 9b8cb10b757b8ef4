"""Faults of lines: dates, arithmetic, unknown acts and drugs, letters without a value."""

from infra.simulation.electronic import consultation, dental, laboratory, pharmacy, stay_of
from infra.simulation.faults.fault import Fault, expect, insured_draft, retotal, visit
from infra.simulation.maker import drug_line, letter_line
from infra.simulation.studio import CLEAN, Expected, Studio
from models.errors import UsageError

#: No act of any nomenclature bears this code.
UNKNOWN_ACT = "ZZ999"
#: Listed in grid 1, but its value is not readable in the public copies.
LETTER_WITHOUT_VALUE = "AMI"


def care_after_deposit(studio: Studio, expected: Expected) -> None:
    """Care dated two days after the deposit's stamp."""
    deposit = studio.deposit(back=6)
    studio.submit(visit(studio, deposit=deposit, care=deposit + 2), expected)


def wrong_total(studio: Studio, expected: Expected) -> None:
    """A total of ten dirhams more than the lines."""
    draft = insured_draft(studio, laboratory)
    draft.dossier["total_minor"] += 1_000
    studio.submit(draft, expected)


def wrong_line_amount(studio: Studio, expected: Expected) -> None:
    """A line whose quantity times unit price is not its amount; the total follows the lines."""
    draft = insured_draft(studio, pharmacy)
    line = draft.dossier["lines"][0]
    line["unit_amount_minor"] -= 100
    studio.submit(draft, expected)


def wrong_check_digit(studio: Studio, expected: Expected) -> None:
    """A drug code whose check digit is wrong."""
    draft = insured_draft(studio, pharmacy)
    line = draft.dossier["lines"][0]
    line["ean"] = f"{line['ean'][:12]}{(int(line['ean'][12]) + 3) % 10}"
    studio.submit(draft, expected)


def unknown_act(studio: Studio, expected: Expected) -> None:
    """An act code that no table knows."""
    draft = insured_draft(studio, dental)
    draft.dossier["lines"][0]["code"] = UNKNOWN_ACT
    studio.submit(draft, expected)


def unknown_drug(studio: Studio, expected: Expected) -> None:
    """A sound drug code that is not on the list."""
    draft = insured_draft(studio, pharmacy)
    first = f"611809{studio.maker.below(10**6):06d}"
    draft.dossier["lines"][0]["ean"] = f"{first}{ean_check_digit(first)}"
    studio.submit(draft, expected)


def ean_check_digit(first: str) -> int:
    """The thirteenth digit of an EAN: weights 1 and 3, up to the next ten."""
    return -sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(first)) % 10


def letter_without_value(studio: Studio, expected: Expected) -> None:
    """A nurse's letter whose value nobody can read: no tariff known, which is not zero."""
    draft = insured_draft(studio, consultation)
    day = draft.dossier["lines"][0]["date"]
    draft.dossier["lines"] = [letter_line(LETTER_WITHOUT_VALUE, 2, day, 3_000, "Soins")]
    retotal(draft.dossier)
    studio.submit(draft, expected)


def public_medical_days(studio: Studio, expected: Expected) -> None:
    """Days in a public hospital, for which no amount is published: no tariff known either."""
    household = studio.household()
    maker = studio.maker
    draft = stay_of(maker, household, household.self_member(), studio.deposit(), ())
    house = studio.provider("hospital")
    draft.provider = house
    draft.dossier["provider_id"] = house.inpe
    draft.dossier["stay"]["establishment_id"] = house.inpe
    draft.dossier["invoice_ice"] = house.ice
    studio.submit(draft, expected)


def nothing_reimbursable(studio: Studio, expected: Expected) -> None:
    """Only drugs at a rate of zero: a sound dossier on which nothing is due."""
    draft = insured_draft(studio, pharmacy)
    maker = studio.maker
    if not maker.unpaid_drugs:
        raise UsageError("the drug list has no drug at a rate of 0; give the whole list")
    drug = maker.unpaid_drugs[maker.below(len(maker.unpaid_drugs))]
    draft.dossier["lines"] = [drug_line(drug, draft.dossier["lines"][0]["date"])]
    retotal(draft.dossier)
    studio.submit(draft, expected)


FAULTS = (
    Fault(
        "care_after_deposit",
        25,
        expect("DATES_INCOHERENTES", outcome="returned"),
        care_after_deposit,
    ),
    Fault("wrong_total", 40, expect("TOTAL_INCOHERENT", outcome="review"), wrong_total),
    Fault(
        "wrong_line_amount", 30, expect("LIGNE_INCOHERENTE", outcome="review"), wrong_line_amount
    ),
    Fault(
        "wrong_check_digit",
        25,
        expect("EAN_INVALIDE", outcome="returned", allowed=("MEDICAMENT_INCONNU", "TARIF_INCONNU")),
        wrong_check_digit,
    ),
    Fault(
        "unknown_act",
        25,
        expect("ACTE_INCONNU", outcome="review", allowed=("TARIF_INCONNU",)),
        unknown_act,
    ),
    Fault(
        "unknown_drug",
        25,
        expect("MEDICAMENT_INCONNU", outcome="review", allowed=("TARIF_INCONNU",)),
        unknown_drug,
    ),
    Fault(
        "letter_without_value",
        25,
        expect("TARIF_INCONNU", outcome="review", allowed=("ACTE_INCONNU",)),
        letter_without_value,
    ),
    Fault(
        "public_medical_days",
        15,
        expect("TARIF_INCONNU", outcome="review"),
        public_medical_days,
    ),
    Fault("nothing_reimbursable", 15, CLEAN, nothing_reimbursable),
)
