"""Builders of the validation stage's values: registers of one household, rules, subjects."""

import datetime as dt
import functools
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from models.dossier import (
    CareKind,
    Dossier,
    DossierLine,
    LineKind,
    Piece,
    PieceKind,
    Relation,
    Stay,
)
from models.messages import read_codes
from models.registers import (
    Affiliation,
    Agreement,
    Contribution,
    Dependant,
    LongTermCondition,
    Person,
    Provider,
    RegisterSlice,
    SubjectFact,
)
from tasks.validation.checks import all_checks
from tasks.validation.context import CODES_FILE
from tasks.validation.precedence import read_precedence
from tasks.validation.subject import KnownCodes, ValidationContext, build_subject
from tests.builders import CARE_DAY, a_dossier, a_line
from tests.stages.validation.insured import all_rules

SCHEME = "ma-amo-salaries"
RIGHTS = Path(__file__).parents[3] / "tasks/pricing/schemes/ma_amo_salaries/rights.yaml"
NUMBER = "100000001"
DOCTOR = "200000001"
CLINIC = "200000002"
DRUG = "6118000010050"
ICE = "001561191000066"
SINCE = dt.date(2015, 1, 1)
KNOWN_ON = dt.date(2026, 11, 20)


@functools.cache
def a_context() -> ValidationContext:
    """All schemes' own rules, with a handful of known codes."""
    known = KnownCodes(
        acts=frozenset({"A100", "ODF"}), letters=frozenset({"C", "B"}), drugs=frozenset({DRUG})
    )
    return ValidationContext(
        rules=dict(all_rules()),
        known=dict.fromkeys(all_rules(), known),
        codes=read_codes(CODES_FILE),
        precedence=read_precedence(),
    )


def a_person(person_id: str = "P0001", **changes: Any) -> Person:
    """The insured person of ``a_dossier()``."""
    person = Person(
        person_id=person_id,
        family_name="ESSAI",
        given_name="PREMIER",
        arabic_name="",
        birth_date=dt.date(1980, 5, 17),
        death_date=None,
        sex="M",
        cin="BE123456",
        valid_from=SINCE,
        valid_to=None,
    )
    return replace(person, **changes)


SPOUSE = a_person("P0002", given_name="SECONDE", sex="F", birth_date=dt.date(1982, 3, 4))
CHILD = a_person("P0003", given_name="TROISIEME", birth_date=dt.date(2015, 7, 8))


#: A dossier for the child, named by rank; and described on paper.
FOR_CHILD: dict[str, Any] = {
    "relation": Relation.CHILD,
    "beneficiary_number": f"{NUMBER}-02",
    "beneficiary_name": "ESSAI TROISIEME",
    "beneficiary_birth_date": CHILD.birth_date,
}
ON_PAPER: dict[str, Any] = FOR_CHILD | {"beneficiary_number": ""}


def a_tie(**changes: Any) -> Dependant:
    """The child's tie to the insured person, rank 2."""
    tie = Dependant(
        insured_id="P0001",
        person_id="P0003",
        rank=2,
        relation="child",
        is_student=False,
        is_disabled=False,
        is_married=False,
        valid_from=SINCE,
        valid_to=None,
    )
    return replace(tie, **changes)


def a_provider(inpe: str = DOCTOR, **changes: Any) -> Provider:
    """A private doctor who has practised since 2015."""
    provider = Provider(
        provider_id=f"H{inpe[-4:]}",
        inpe=inpe,
        name="Cabinet",
        kind="doctor",
        specialty="general",
        sector="private",
        ice=ICE,
        valid_from=SINCE,
        valid_to=None,
    )
    return replace(provider, **changes)


def an_affiliation(**changes: Any) -> Affiliation:
    """The insured person's membership since 2015."""
    row = Affiliation("P0001", SCHEME, NUMBER, "salaried", SINCE, None)
    return replace(row, **changes)


def an_agreement(**changes: Any) -> Agreement:
    """A granted agreement of the insured person on orthodontics."""
    agreement = Agreement(
        agreement_number="PEC-1",
        person_id="P0001",
        scheme=SCHEME,
        act_key="ODF",
        decision="granted",
        amount_minor=100_000,
        used_minor=0,
        valid_from=CARE_DAY,
        valid_to=CARE_DAY,
    )
    return replace(agreement, **changes)


def a_fact(name: str, value: str, **changes: Any) -> SubjectFact:
    """A fact of the insured person in the salaried scheme, since 2015."""
    return replace(SubjectFact("P0001", SCHEME, name, value, SINCE, None), **changes)


def other_parent(sex: str, **changes: Any) -> dict[str, Any]:
    """What a slice holds more when the child's other parent is a civil servant (``P0007``)."""
    person = a_person("P0007", given_name="AUTRE", sex=sex)
    first = a_person(sex="F" if sex == "M" else "M", **changes)
    servant = an_affiliation(person_id="P0007", scheme="ma-cnops", number="7000007")
    return {
        "persons": {"P0001": first, "P0003": CHILD, "P0007": person},
        "affiliations": {"P0001": (an_affiliation(),), "P0007": (servant,)},
        "ties": {"P0003": (a_tie(), a_tie(insured_id="P0007", rank=1))},
    }


def registers(**changes: Any) -> RegisterSlice:
    """A household of three with full contributions, a doctor and a clinic."""
    clinic = a_provider(CLINIC, kind="clinic", specialty="clinic")
    whole = RegisterSlice(
        known_on=KNOWN_ON,
        persons={person.person_id: person for person in (a_person(), SPOUSE, CHILD)},
        persons_by_cin={"BE123456": (a_person(),)},
        affiliations_by_number={NUMBER: (an_affiliation(),)},
        affiliations={"P0001": (an_affiliation(),)},
        contributions={
            "P0001": tuple(
                Contribution("P0001", SCHEME, dt.date(2026, month, 1), 26, 26)
                for month in range(1, 11)
            )
        },
        dependants={
            "P0001": (a_tie(person_id="P0002", rank=1, relation="spouse"), a_tie()),
        },
        providers_by_inpe={DOCTOR: (a_provider(),), CLINIC: (clinic,)},
        conditions={"P0001": (LongTermCondition("P0001", "9", SINCE, None),)},
        agreements={},
    )
    return replace(whole, **changes)


def codes_of(
    dossier: Dossier, slice_of_registers: RegisterSlice | None = None
) -> list[tuple[str, int | None]]:
    """Codes and lines of everything all checks find, in order."""
    context = a_context()
    subject = build_subject(dossier, slice_of_registers or registers(), context)
    return [
        (finding.code, finding.line_no)
        for check in all_checks()
        for finding in check.findings(subject)
    ]


def a_drug_line(**changes: Any) -> DossierLine:
    """One box of a known drug."""
    return a_line(
        **{
            "kind": LineKind.DRUG,
            "letter": "",
            "coefficient": None,
            "ean": DRUG,
            "unit_amount_minor": 2510,
            "amount_minor": 2510,
        }
        | changes
    )


def a_code_line(code: str, **changes: Any) -> DossierLine:
    """One act by its code."""
    return a_line(kind=LineKind.CODE, letter="", coefficient=None, code=code, **changes)


def a_pharmacy_dossier(**changes: Any) -> Dossier:
    """A clean dossier of one drug on prescription."""
    pieces = (PieceKind.CARE_SHEET, PieceKind.PRESCRIPTION, PieceKind.DRUG_BARCODES)
    return a_dossier(
        **{
            "care_kind": CareKind.PHARMACY,
            "pieces": tuple(Piece(kind) for kind in pieces),
            "prescription_date": CARE_DAY,
            "lines": (a_drug_line(),),
            "total_minor": 2510,
        }
        | changes
    )


def a_stay_dossier(**changes: Any) -> Dossier:
    """A clean dossier of a stay in a private clinic."""
    return a_dossier(
        **{
            "care_kind": CareKind.HOSPITAL,
            "provider_inpe": CLINIC,
            "prescriber_inpe": "",
            "pieces": (Piece(PieceKind.HOSPITAL_INVOICE),),
            "invoice_number": "F1",
            "invoice_ice": ICE,
            "stay": Stay(CARE_DAY, CARE_DAY + dt.timedelta(days=2), CLINIC),
            "lines": (a_line(letter="B", coefficient=Decimal(40)),),
        }
        | changes
    )
