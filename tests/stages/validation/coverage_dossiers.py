"""Dossiers in which several schemes, parents or insurers meet, and what is to be found in them."""

import datetime as dt
from dataclasses import replace

from models.dossier import Dossier, Relation
from models.registers import RegisterSlice
from tests.builders import CARE_DAY, a_dossier, a_line
from tests.stages.validation.subjects import (
    FOR_CHILD,
    NUMBER,
    a_fact,
    an_affiliation,
    other_parent,
    registers,
)

DAY = dt.timedelta(days=1)

#: Dossiers with one thing to say about coverage: codes with their lines.
WRONG_COVERAGE: dict[str, tuple[Dossier, RegisterSlice, list[tuple[str, int | None]]]] = {
    "a pension of too little": (
        a_dossier(),
        registers(
            affiliations={"P0001": (an_affiliation(category="pensioner"),)},
            contributions={},
            facts={"P0001": (a_fact("pension_monthly", "499"),)},
        ),
        [("CONDITION_DROITS", None)],
    ),
    "a scheme whose score nobody has given yet": (
        a_dossier(scheme="ma-amo-achamil"),
        registers(
            affiliations={"P0001": (an_affiliation(scheme="ma-amo-achamil"),)},
            contributions={
                "P0001": tuple(
                    replace(row, scheme="ma-amo-achamil")
                    for row in registers().contributions["P0001"]
                )
            },
        ),
        [("DROITS_A_ETABLIR", None)],
    ),
    "a child whose mother is insured too": (
        a_dossier(**FOR_CHILD),
        registers(**other_parent("F")),
        [("AUTRE_COUVERTURE", None)],
    ),
    "a child whose father is insured elsewhere": (
        a_dossier(**FOR_CHILD),
        registers(**other_parent("M")),
        [("AUTRE_REGIME", None)],
    ),
    "an insured spouse of the same scheme": (
        a_dossier(
            relation=Relation.SPOUSE,
            beneficiary_number=f"{NUMBER}-01",
            beneficiary_name="",
            beneficiary_birth_date=None,
        ),
        registers(
            affiliations={
                "P0001": (an_affiliation(),),
                "P0002": (an_affiliation(person_id="P0002", number="100000007"),),
            },
            contributions={
                "P0001": registers().contributions["P0001"],
                "P0002": tuple(
                    replace(row, person_id="P0002") for row in registers().contributions["P0001"]
                ),
            },
        ),
        [("AUTRE_COUVERTURE", None)],
    ),
    "a complementary insurer": (
        a_dossier(),
        registers(
            facts={
                "P0001": (
                    a_fact("complementary_insurer", "yes"),
                    a_fact("complementary_rate", "0.30"),
                )
            }
        ),
        [("COMPLEMENTAIRE", None)],
    ),
    "the middle days of care in another scheme": (
        a_dossier(
            lines=tuple(
                a_line(line_no=number, care_date=CARE_DAY + number * DAY) for number in (1, 2, 3, 4)
            ),
            total_minor=32_000,
        ),
        registers(
            affiliations={
                "P0001": (
                    an_affiliation(valid_to=CARE_DAY + DAY),
                    an_affiliation(
                        scheme="ma-army",
                        valid_from=CARE_DAY + 2 * DAY,
                        valid_to=CARE_DAY + 3 * DAY,
                    ),
                    an_affiliation(valid_from=CARE_DAY + 4 * DAY),
                )
            }
        ),
        [("LIGNE_AUTRE_REGIME", 2), ("LIGNE_AUTRE_REGIME", 3)],
    ),
}
