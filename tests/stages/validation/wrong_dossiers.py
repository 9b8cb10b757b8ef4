"""Dossiers with one thing wrong, and what is to be found in them."""

import datetime as dt
from dataclasses import replace
from typing import Any

from models.dossier import CareKind, Dossier, Piece, PieceKind, Relation, RequestKind, Stay
from models.registers import RegisterSlice
from tests.builders import CARE_DAY, DEPOSIT_DAY, a_dossier, a_line
from tests.stages.validation.coverage_dossiers import WRONG_COVERAGE
from tests.stages.validation.subjects import (
    CHILD,
    CLINIC,
    DOCTOR,
    DRUG,
    FOR_CHILD,
    NUMBER,
    ON_PAPER,
    SPOUSE,
    a_code_line,
    a_drug_line,
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
REQUEST: dict[str, Any] = {"request_kind": RequestKind.PRIOR_AGREEMENT}

#: Dossiers with one thing wrong, and what is found: codes with their lines.
WRONG: dict[str, tuple[Dossier, RegisterSlice, list[tuple[str, int | None]]]] = {
    **WRONG_COVERAGE,
    "a number nobody has": (
        a_dossier(insured_number="999999999", beneficiary_number=""),
        registers(),
        [("IDENTITE_INCONNUE", None)],
    ),
    "neither number nor CIN": (
        a_dossier(insured_number="", beneficiary_number=""),
        registers(),
        [("IDENTITE_INCONNUE", None)],
    ),
    "no number and an unknown CIN": (
        a_dossier(insured_number="", beneficiary_number="", insured_cin="ZZ999999"),
        registers(),
        [("IDENTITE_INCONNUE", None)],
    ),
    "the CIN of somebody else": (
        a_dossier(insured_cin="BK654321"),
        registers(persons_by_cin={"BK654321": (a_person("P0009", cin="BK654321"),)}),
        [("IDENTITE_INCONNUE", None)],
    ),
    "a number two persons hold": (
        a_dossier(),
        registers(
            persons={"P0001": a_person(), "P0009": a_person("P0009")},
            affiliations_by_number={NUMBER: (an_affiliation(), an_affiliation(person_id="P0009"))},
        ),
        [("IDENTITE_INCONNUE", None)],
    ),
    "a rank the household does not have": (
        a_dossier(**FOR_CHILD | {"beneficiary_number": f"{NUMBER}-77"}),
        registers(),
        [("BENEFICIAIRE_INCONNU", None)],
    ),
    "a dependant of another number": (
        a_dossier(**FOR_CHILD | {"beneficiary_number": "100000009-02"}),
        registers(),
        [("BENEFICIAIRE_INCONNU", None)],
    ),
    "a rank that is no number": (
        a_dossier(**FOR_CHILD | {"beneficiary_number": f"{NUMBER}-٠٢"}),
        registers(),
        [("BENEFICIAIRE_INCONNU", None)],
    ),
    "a child's rank under the spouse's relation": (
        a_dossier(**FOR_CHILD | {"relation": Relation.SPOUSE}),
        registers(),
        [("BENEFICIAIRE_INCONNU", None)],
    ),
    "a child of another birth date on paper": (
        a_dossier(**ON_PAPER | {"beneficiary_birth_date": dt.date(2016, 7, 8)}),
        registers(),
        [("BENEFICIAIRE_INCONNU", None)],
    ),
    "a child not described at all": (
        a_dossier(**ON_PAPER | {"beneficiary_birth_date": None, "beneficiary_name": ""}),
        registers(),
        [("BENEFICIAIRE_INCONNU", None)],
    ),
    "another person's name": (
        a_dossier(insured_name="AUTRUI Quelqu'un", beneficiary_name=""),
        registers(),
        [("NOM_DISCORDANT", None)],
    ),
    "another child's name": (
        a_dossier(**ON_PAPER | {"beneficiary_name": "AUTRUI Quelqu'un"}),
        registers(),
        [("NOM_DISCORDANT", None)],
    ),
    "another birth date by rank": (
        a_dossier(**FOR_CHILD | {"beneficiary_birth_date": dt.date(2015, 7, 9)}),
        registers(),
        [("NOM_DISCORDANT", None)],
    ),
    "no contributions": (a_dossier(), registers(contributions={}), [("DROITS_FERMES", None)]),
    "a tie that ended the day before": (
        a_dossier(**FOR_CHILD),
        registers(dependants={"P0001": (a_tie(valid_to=CARE_DAY - DAY),)}),
        [("DROITS_FERMES", None)],
    ),
    "a child seven months after the end of work": (
        a_dossier(**FOR_CHILD),
        registers(
            affiliations={"P0001": (an_affiliation(valid_to=dt.date(2026, 4, 1)),)},
        ),
        [("DROITS_FERMES", None)],
    ),
    "a divorce a year and a day ago": (
        a_dossier(
            relation=Relation.SPOUSE,
            beneficiary_number=f"{NUMBER}-01",
            beneficiary_name="",
            beneficiary_birth_date=SPOUSE.birth_date,
        ),
        registers(
            dependants={
                "P0001": (
                    a_tie(
                        person_id="P0002",
                        rank=1,
                        relation="spouse",
                        valid_to=dt.date(2025, 11, 1),
                    ),
                )
            }
        ),
        [("DROITS_FERMES", None)],
    ),
    "the second day of care in another scheme": (
        a_dossier(
            lines=(a_line(), a_line(line_no=2, care_date=CARE_DAY + DAY)), total_minor=16_000
        ),
        registers(
            affiliations={
                "P0001": (
                    an_affiliation(valid_to=CARE_DAY),
                    an_affiliation(scheme="ma-amo-public", valid_from=CARE_DAY + DAY),
                )
            }
        ),
        [("LIGNE_AUTRE_REGIME", 2)],
    ),
    "days declared and not paid": (
        a_dossier(),
        registers(
            contributions={
                "P0001": tuple(
                    replace(row, days_paid=0) for row in registers().contributions["P0001"]
                )
            }
        ),
        [("DROITS_SUSPENDUS", None)],
    ),
    "a member of another scheme": (
        a_dossier(),
        registers(affiliations={"P0001": (an_affiliation(scheme="ma-amo-public"),)}),
        [("AUTRE_REGIME", None)],
    ),
    "a dependant insured in another scheme": (
        a_dossier(**FOR_CHILD),
        registers(
            affiliations={
                "P0001": (an_affiliation(),),
                "P0003": (an_affiliation(person_id="P0003", scheme="ma-amo-public"),),
            }
        ),
        [("AUTRE_REGIME", None)],
    ),
    "a child of 22": (
        a_dossier(**FOR_CHILD | {"beneficiary_birth_date": None}),
        registers(
            persons={
                "P0001": a_person(),
                "P0003": replace(CHILD, birth_date=dt.date(2004, 7, 8)),
            }
        ),
        [("AYANT_DROIT_AGE", None)],
    ),
    "a deposit a day late": (
        a_dossier(lines=(a_line(care_date=dt.date(2026, 9, 17)),)),
        registers(),
        [("FORCLUSION", None)],
    ),
    "no care sheet": (a_dossier(pieces=()), registers(), [("PIECE_MANQUANTE", None)]),
    "a piece counted zero times": (
        a_dossier(pieces=(Piece(PieceKind.CARE_SHEET, count=0),)),
        registers(),
        [("PIECE_MANQUANTE", None)],
    ),
    "analyses without bill and prescription": (
        a_dossier(care_kind=CareKind.LABORATORY),
        registers(),
        [("PIECE_MANQUANTE", None), ("PIECE_MANQUANTE", None)],
    ),
    "an undated prescription": (
        a_pharmacy_dossier(prescription_date=None),
        registers(),
        [("ORDONNANCE", None)],
    ),
    "a prescription after the drugs": (
        a_pharmacy_dossier(prescription_date=CARE_DAY + DAY),
        registers(),
        [("ORDONNANCE", 1)],
    ),
    "a drug before its prescription beside a visit": (
        a_dossier(
            pieces=tuple(
                Piece(kind)
                for kind in (PieceKind.CARE_SHEET, PieceKind.PRESCRIPTION, PieceKind.DRUG_BARCODES)
            ),
            prescription_date=CARE_DAY + DAY,
            lines=(a_line(), a_drug_line(line_no=2)),
            total_minor=10_510,
        ),
        registers(),
        [("ORDONNANCE", 2)],
    ),
    "drugs without bar codes": (
        a_pharmacy_dossier(
            pieces=(Piece(PieceKind.CARE_SHEET), Piece(PieceKind.PRESCRIPTION)),
        ),
        registers(),
        [("CODE_BARRES", None)],
    ),
    "a wrong ICE": (
        a_stay_dossier(invoice_ice="001561191000065"),
        registers(),
        [("FACTURE_IF_ICE", None)],
    ),
    "a clinic's invoice without ICE": (
        a_stay_dossier(invoice_ice=""),
        registers(),
        [("FACTURE_IF_ICE", None)],
    ),
    "a clinic's invoice without a number": (
        a_stay_dossier(invoice_number=""),
        registers(),
        [("FACTURE_IF_ICE", None)],
    ),
    "a short INPE": (a_dossier(provider_inpe="2000000"), registers(), [("INPE", None)]),
    "an ill-formed prescriber": (a_dossier(prescriber_inpe="2"), registers(), [("INPE", None)]),
    "drugs nobody prescribed": (
        a_pharmacy_dossier(prescriber_inpe=""),
        registers(),
        [("INPE", None)],
    ),
    "an ill-formed establishment": (
        a_stay_dossier(stay=Stay(CARE_DAY, CARE_DAY, "")),
        registers(),
        [("INPE", None)],
    ),
    "a provider nobody knows": (
        a_dossier(provider_inpe="299999999"),
        registers(),
        [("PRESTATAIRE_INCONNU", None)],
    ),
    "a provider a day after the last": (
        a_dossier(),
        registers(providers_by_inpe={DOCTOR: (a_provider(valid_to=CARE_DAY - DAY),)}),
        [("PRESTATAIRE_INACTIF", None)],
    ),
    "care a day after the deposit": (
        a_dossier(lines=(a_line(care_date=DEPOSIT_DAY + DAY),)),
        registers(),
        [("DATES_INCOHERENTES", 1)],
    ),
    "a deposit after the receipt": (
        a_dossier(receipt_date=DEPOSIT_DAY - DAY),
        registers(),
        [("DATES_INCOHERENTES", None)],
    ),
    "discharged before admitted": (
        a_stay_dossier(stay=Stay(CARE_DAY, CARE_DAY - DAY, CLINIC)),
        registers(),
        [("DATES_INCOHERENTES", None)],
    ),
    "discharged after the deposit": (
        a_stay_dossier(stay=Stay(CARE_DAY, DEPOSIT_DAY + DAY, CLINIC)),
        registers(),
        [("DATES_INCOHERENTES", None)],
    ),
    "care before the birth": (
        a_dossier(**FOR_CHILD | {"beneficiary_birth_date": None}),
        registers(
            persons={"P0001": a_person(), "P0003": replace(CHILD, birth_date=CARE_DAY + DAY)}
        ),
        [("DATES_INCOHERENTES", None)],
    ),
    "a total of a centime more": (
        a_dossier(total_minor=8001),
        registers(),
        [("TOTAL_INCOHERENT", None)],
    ),
    "no lines at all": (
        a_dossier(lines=(), total_minor=0),
        registers(),
        # Without lines the deposit is taken for the day of care.
        [("TOTAL_INCOHERENT", None)],
    ),
    "a line that does not multiply": (
        a_dossier(lines=(a_line(quantity=2),)),
        registers(),
        [("LIGNE_INCOHERENTE", 1)],
    ),
    "a wrong EAN": (
        a_pharmacy_dossier(lines=(a_drug_line(ean=f"{DRUG[:-1]}1"),)),
        registers(),
        [("EAN_INVALIDE", 1)],
    ),
    "a drug on no list": (
        a_pharmacy_dossier(lines=(a_drug_line(ean="4006381333931"),)),
        registers(),
        [("MEDICAMENT_INCONNU", 1)],
    ),
    "an act of no nomenclature": (
        a_dossier(lines=(a_code_line("ZZ999"),)),
        registers(),
        [("ACTE_INCONNU", 1)],
    ),
    "a letter of no nomenclature": (
        a_dossier(lines=(a_line(letter="XX"),)),
        registers(),
        [("ACTE_INCONNU", 1)],
    ),
    "orthodontics without agreement": (
        a_dossier(lines=(a_code_line("ODF"),)),
        registers(),
        [("ENTENTE_PREALABLE", 1)],
    ),
    "an agreement that was refused": (
        a_dossier(lines=(a_code_line("ODF"),)),
        registers(agreements={"P0001": (an_agreement(decision="refused"),)}),
        [("ENTENTE_PREALABLE", 1)],
    ),
    "an agreement a day too old": (
        a_dossier(lines=(a_code_line("ODF"),)),
        registers(
            agreements={
                "P0001": (an_agreement(valid_from=CARE_DAY - 9 * DAY, valid_to=CARE_DAY - DAY),)
            }
        ),
        [("ENTENTE_PREALABLE", 1)],
    ),
    "an agreement on another act": (
        a_dossier(lines=(a_code_line("ODF"),)),
        registers(agreements={"P0001": (an_agreement(act_key="A100"),)}),
        [("ENTENTE_PREALABLE", 1)],
    ),
    "an agreement of another scheme": (
        a_dossier(lines=(a_code_line("ODF"),)),
        registers(agreements={"P0001": (an_agreement(scheme="ma-amo-public"),)}),
        [("ENTENTE_PREALABLE", 1)],
    ),
    "an agreement that is used up": (
        a_dossier(lines=(a_code_line("ODF"),)),
        registers(agreements={"P0001": (an_agreement(used_minor=100_000),)}),
        [("ENTENTE_PREALABLE", 1)],
    ),
    "an agreement quoted for an act that needs none, after its time": (
        a_dossier(agreement_number="PEC-1"),
        registers(
            agreements={
                "P0001": (
                    an_agreement(
                        act_key="C×1", valid_from=CARE_DAY - 9 * DAY, valid_to=CARE_DAY - DAY
                    ),
                )
            }
        ),
        [("ENTENTE_PREALABLE", None)],
    ),
    "an agreement quoted for another act": (
        a_dossier(agreement_number="PEC-1"),
        registers(agreements={"P0001": (an_agreement(),)}),
        [("ENTENTE_PREALABLE", None)],
    ),
    "an agreement number nobody gave": (
        a_dossier(agreement_number="PEC-9"),
        registers(agreements={"P0001": (an_agreement(),)}),
        [("ENTENTE_PREALABLE", None)],
    ),
    "a request for an agreement": (
        a_dossier(**REQUEST),
        registers(),
        [("ENTENTE_DEMANDE", None)],
    ),
    "a request for care to come, without any document": (
        a_pharmacy_dossier(
            **REQUEST,
            pieces=(),
            prescription_date=None,
            prescriber_inpe="",
            lines=(a_drug_line(care_date=DEPOSIT_DAY + DAY), a_code_line("ODF", line_no=2)),
            total_minor=10_510,
        ),
        registers(),
        [("ENTENTE_DEMANDE", None)],
    ),
}
