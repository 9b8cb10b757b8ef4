"""Dossiers at the edge of a rule in which nothing is to be found."""

import datetime as dt
from dataclasses import replace

from models.dossier import Dossier, Piece, PieceKind, Relation
from models.registers import RegisterSlice
from tests.builders import CARE_DAY, DEPOSIT_DAY, a_dossier, a_line
from tests.stages.validation.subjects import (
    CHILD,
    CLINIC,
    DOCTOR,
    FOR_CHILD,
    NUMBER,
    ON_PAPER,
    a_code_line,
    a_fact,
    a_person,
    a_pharmacy_dossier,
    a_provider,
    a_stay_dossier,
    a_tie,
    an_affiliation,
    an_agreement,
    registers,
)

DAY = dt.timedelta(days=1)

#: Sound dossiers at the edge of a rule: nothing is found in any of them.
SOUND: dict[str, tuple[Dossier, RegisterSlice]] = {
    "a consultation": (a_dossier(), registers()),
    "drugs on prescription": (a_pharmacy_dossier(), registers()),
    "a stay in a clinic": (a_stay_dossier(), registers()),
    "a child by its rank": (a_dossier(**FOR_CHILD), registers()),
    "a child by rank without the relation": (
        a_dossier(**FOR_CHILD | {"relation": Relation.SELF}),
        registers(),
    ),
    "a child described on paper": (a_dossier(**ON_PAPER), registers()),
    "a child described by birth date alone": (
        a_dossier(**ON_PAPER | {"beneficiary_name": ""}),
        registers(),
    ),
    "a child described by name alone": (
        a_dossier(**ON_PAPER | {"beneficiary_birth_date": None}),
        registers(),
    ),
    "twins told apart by name": (
        a_dossier(**ON_PAPER),
        registers(
            persons={
                "P0001": a_person(),
                "P0003": CHILD,
                "P0004": replace(CHILD, person_id="P0004", given_name="QUATRIEME"),
            },
            dependants={"P0001": (a_tie(), a_tie(person_id="P0004", rank=3))},
        ),
    ),
    "no names written": (a_dossier(insured_name="", beneficiary_name=" "), registers()),
    "the number left out and the CIN known": (
        a_dossier(insured_number="", beneficiary_number="", insured_cin="BE123456"),
        registers(),
    ),
    "number and CIN agree": (a_dossier(insured_cin="be 123456"), registers()),
    "a card that was renewed": (
        a_dossier(insured_cin="OLD12345"),
        registers(persons_by_cin={"OLD12345": (a_person(cin="OLD12345"),)}),
    ),
    "a number that went to a second person": (
        a_dossier(),
        registers(
            persons={"P0001": a_person(), "P0009": a_person("P0009", given_name="AUTRE")},
            affiliations_by_number={
                NUMBER: (
                    an_affiliation(person_id="P0009", valid_to=dt.date(2019, 12, 31)),
                    an_affiliation(valid_from=dt.date(2020, 1, 1)),
                )
            },
        ),
    ),
    "a person who was registered twice and merged": (
        a_dossier(),
        registers(
            persons={"P0001": a_person(), "P0000": a_person()},
            affiliations_by_number={NUMBER: (an_affiliation(person_id="P0000"),)},
            affiliations={"P0000": (an_affiliation(person_id="P0000"),)},
            contributions={"P0000": registers().contributions["P0001"]},
        ),
    ),
    "a child of somebody who died seven months ago": (
        a_dossier(**FOR_CHILD),
        registers(
            persons={"P0001": a_person(death_date=dt.date(2026, 4, 1)), "P0003": CHILD},
            affiliations={"P0001": (an_affiliation(valid_to=dt.date(2026, 4, 1)),)},
        ),
    ),
    "a child tied to a person id that was merged": (
        a_dossier(**FOR_CHILD),
        registers(
            persons={"P0001": a_person(), "P0000": a_person(), "P0003": CHILD},
            affiliations_by_number={NUMBER: (an_affiliation(), an_affiliation(person_id="P0000"))},
            dependants={"P0000": (a_tie(insured_id="P0000"),)},
        ),
    ),
    "a spouse divorced a year ago to the day": (
        a_dossier(
            relation=Relation.SPOUSE,
            beneficiary_number=f"{NUMBER}-01",
            beneficiary_name="",
            beneficiary_birth_date=None,
        ),
        registers(
            dependants={
                "P0001": (
                    a_tie(
                        person_id="P0002",
                        rank=1,
                        relation="spouse",
                        valid_to=dt.date(2025, 11, 2),
                    ),
                )
            }
        ),
    ),
    "care on the day of the deposit": (
        a_dossier(lines=(a_line(care_date=DEPOSIT_DAY),)),
        registers(),
    ),
    "care on the day of birth": (
        a_dossier(**ON_PAPER | {"beneficiary_birth_date": CARE_DAY}),
        registers(
            persons={"P0001": a_person(), "P0003": replace(CHILD, birth_date=CARE_DAY)},
        ),
    ),
    "a provider on the last day of practice": (
        a_dossier(),
        registers(providers_by_inpe={DOCTOR: (a_provider(valid_to=CARE_DAY),)}),
    ),
    "a provider who came back": (
        a_dossier(),
        registers(
            providers_by_inpe={
                DOCTOR: (
                    a_provider(valid_to=dt.date(2020, 1, 1)),
                    a_provider(valid_from=CARE_DAY),
                )
            }
        ),
    ),
    "a public hospital's invoice without ICE": (
        a_stay_dossier(invoice_ice="", invoice_number=""),
        registers(providers_by_inpe={CLINIC: (a_provider(CLINIC, sector="public"),)}),
    ),
    "an unknown unit amount": (a_dossier(lines=(a_line(unit_amount_minor=None),)), registers()),
    "a letter whose value is missing": (a_dossier(lines=(a_line(letter="C"),)), registers()),
    "an agreed act": (
        a_dossier(lines=(a_code_line("ODF"),), agreement_number="PEC-1"),
        registers(agreements={"P0001": (an_agreement(),)}),
    ),
    "an act agreed without the number on the sheet": (
        a_dossier(lines=(a_code_line("ODF"),)),
        registers(agreements={"P0001": (an_agreement(act_key="", decision="accepted"),)}),
    ),
    "a complementary insurer that ended the day before": (
        a_dossier(),
        registers(
            facts={"P0001": (a_fact("complementary_insurer", "yes", valid_to=CARE_DAY - DAY),)}
        ),
    ),
    "nobody else pays beside us": (
        a_dossier(),
        registers(facts={"P0001": (a_fact("complementary_insurer", "no"),)}),
    ),
    "a member of another country's scheme": (
        a_dossier(),
        registers(affiliations={"P0001": (an_affiliation(), an_affiliation(scheme="fr-cpam"))}),
    ),
    "a child who is a member elsewhere without open rights": (
        a_dossier(**FOR_CHILD),
        registers(
            affiliations={
                "P0001": (an_affiliation(),),
                "P0003": (an_affiliation(person_id="P0003", scheme="ma-amo-tns"),),
            }
        ),
    ),
    "a prescription beside care that needs none": (
        a_dossier(pieces=(Piece(PieceKind.CARE_SHEET), Piece(PieceKind.PRESCRIPTION))),
        registers(),
    ),
}
