"""Every golden case of the AMO of salaried employees gives the amounts it states."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.dossier import LineKind
from models.outcome import CounterUse, PricingInput
from tasks.pricing.engine import price
from tests.builders import a_dossier, a_line, a_validated

CASES_DIR = Path(__file__).parents[2] / "cases" / "pricing" / "ma-amo-salaries"
CASE_KEYS = {"name", "authority", "source", "care_date", "sector", "lines", "expected"}
CASE_KEYS_OPTIONAL = {"ald", "used", "production"}
LINE_KEYS = {
    "letter",
    "coefficient",
    "code",
    "ean",
    "quantity",
    "asked_minor",
    "care_date",
    "tooth",
}
EXPECTED_KEYS = {"due_minor", "base_minor", "due_lines", "rules", "codes", "effects"}
AUTHORITIES = {"official-example", "recomputed", "regression-only"}


def read_cases() -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = []
    for path in sorted(CASES_DIR.glob("*.yaml")):
        cases.extend(yaml.safe_load(path.read_text(encoding="utf-8")))
    return cases


CASES = read_cases()


def line_of(number: int, line: dict[str, Any], care_date: dt.date) -> Any:
    assert set(line) <= LINE_KEYS
    kinds = {"letter": LineKind.LETTER, "code": LineKind.CODE, "ean": LineKind.DRUG}
    (kind,) = [kinds[key] for key in kinds if key in line]
    return a_line(
        line_no=number,
        kind=kind,
        letter=line.get("letter", ""),
        coefficient=Decimal(line["coefficient"]) if "coefficient" in line else None,
        code=line.get("code", ""),
        ean=line.get("ean", ""),
        quantity=line.get("quantity", 1),
        unit_amount_minor=None,
        amount_minor=line["asked_minor"],
        care_date=line.get("care_date", care_date),
        tooth=line.get("tooth", ""),
    )


def input_of(case: dict[str, Any], day: dt.date | None = None) -> PricingInput:
    """A case as an input of pricing; ``day`` moves every line to that day."""
    care_date = day or case["care_date"]
    given = [
        {key: value for key, value in line.items() if key != "care_date" or day is None}
        for line in case["lines"]
    ]
    lines = tuple(line_of(number, line, care_date) for number, line in enumerate(given, start=1))
    used = tuple(
        CounterUse(
            "P0001", "ma.dental_prosthesis", use["care_date"], use["amount_minor"], "D0000", 1
        )
        for use in case.get("used", [])
    )
    dossier = a_dossier(lines=lines, total_minor=sum(line.amount_minor for line in lines))
    validated = a_validated(provider_sector=case["sector"], ald_code=case.get("ald", ""))
    return PricingInput(dossier, validated, used)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_golden_case_gives_its_amounts(case, catalogue):
    assert set(case) >= CASE_KEYS
    assert set(case) <= CASE_KEYS | CASE_KEYS_OPTIONAL
    expected = case["expected"]
    assert set(expected) <= EXPECTED_KEYS
    priced = price(input_of(case), catalogue, production=case.get("production", False))
    given = {
        "due_minor": priced.due_minor,
        "base_minor": priced.base_minor,
        "due_lines": [line.due_minor for line in priced.lines],
        "rules": [line.rule_id for line in priced.lines],
        "codes": sorted(finding.code for finding in priced.findings),
        "effects": [finding.effect.value for finding in priced.findings],
    }
    assert {key: given[key] for key in expected} == expected


def test_there_are_cases_of_every_kind_with_a_stated_authority():
    assert len(CASES) >= 100
    assert len({case["name"] for case in CASES}) == len(CASES)
    assert {case["authority"] for case in CASES} <= AUTHORITIES


def test_every_parameter_and_rule_is_used_by_a_case(catalogue):
    scheme = catalogue.schemes["ma-amo-salaries"]
    figures: set[str] = set()
    rules: set[str] = set()
    codes: set[str] = set()
    for case in CASES:
        priced = price(input_of(case), catalogue)
        codes |= {finding.code for finding in priced.findings}
        for line in priced.lines:
            figures |= {figure_id.partition("@")[0] for figure_id in line.figure_ids}
            rules |= set(line.rule_id.split("+"))
    assert set(scheme.rules) <= rules
    assert codes == set(catalogue.codes)
    # The share for another territory is read for the finding's sentence; it prices no line.
    assert set(scheme.parameters) - figures == {"cumulation.second_distinct"}
