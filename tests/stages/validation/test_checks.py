from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.dossier import Relation
from tasks.validation.checks import all_checks
from tests.builders import a_dossier, a_line
from tests.stages.validation.sound_dossiers import SOUND
from tests.stages.validation.subjects import (
    CHILD,
    NUMBER,
    a_context,
    a_person,
    a_tie,
    codes_of,
    registers,
)
from tests.stages.validation.wrong_dossiers import WRONG

CASES = Path(__file__).parents[2] / "cases/validation"
DEADLINES = yaml.safe_load((CASES / "deadlines.yaml").read_text(encoding="utf-8"))
AGES = yaml.safe_load((CASES / "ages.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", SOUND)
def test_nothing_is_found_in_a_sound_dossier(name: str) -> None:
    assert codes_of(*SOUND[name]) == []


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_found_and_nothing_else(name: str) -> None:
    dossier, slice_of_registers, expected = WRONG[name]

    assert codes_of(dossier, slice_of_registers) == expected


def test_every_code_of_the_stage_is_found_in_some_case() -> None:
    found = {code for *_, codes in WRONG.values() for code, _ in codes}

    assert found == set(a_context().codes)


def test_every_code_belongs_to_exactly_one_check() -> None:
    codes = sorted(code for check in all_checks() for code in check.codes)

    assert codes == sorted(a_context().codes)


def test_checks_are_one_a_file_and_in_the_order_of_their_names() -> None:
    folder = Path(__file__).parents[3] / "tasks/validation/checks"
    files = sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")

    assert [check.name for check in all_checks()] == files


@pytest.mark.parametrize("case", DEADLINES, ids=[case["name"] for case in DEADLINES])
def test_the_filing_deadline(case: dict[str, Any]) -> None:
    lines = tuple(
        a_line(line_no=number, care_date=day) for number, day in enumerate(case["acts"], start=1)
    )
    dossier = a_dossier(
        lines=lines,
        total_minor=8000 * len(lines),
        is_continuous_care=case.get("continuous", False),
        deposit_date=case["deposit"],
        receipt_date=case["deposit"],
    )

    found = {code for code, _ in codes_of(dossier)}
    assert ("FORCLUSION" not in found) is case["in_time"]


@pytest.mark.parametrize("case", AGES, ids=[case["name"] for case in AGES])
def test_the_age_of_dependants(case: dict[str, Any]) -> None:
    relation = case.get("relation", "child")
    tie = a_tie(
        relation=relation,
        is_student=case.get("student", False),
        is_disabled=case.get("disabled", False),
        is_married=case.get("married", False),
    )
    persons = {"P0001": a_person(), "P0003": replace(CHILD, birth_date=case["born"])}
    dossier = a_dossier(
        relation=Relation(relation),
        beneficiary_number=f"{NUMBER}-02",
        beneficiary_name="",
        beneficiary_birth_date=None,
        lines=(a_line(care_date=case["care"]),),
    )

    found = {
        code
        for code, _ in codes_of(dossier, registers(persons=persons, dependants={"P0001": (tie,)}))
    }
    assert ("AYANT_DROIT_AGE" not in found) is case["covered"]
