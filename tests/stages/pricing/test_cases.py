"""Every golden case of every scheme gives the amounts it states."""

from pathlib import Path

import pytest

import tasks.pricing
from tasks.pricing.cases import AUTHORITIES, outcome_of, read_cases
from tasks.pricing.catalogue import load_catalogue
from tasks.pricing.engine import price

CASES_DIR = Path(__file__).parents[2] / "cases" / "pricing"
CATALOGUE = load_catalogue(Path(tasks.pricing.__file__).parent / "schemes")
CURRENCIES = {name: scheme.currency for name, scheme in CATALOGUE.schemes.items()}
CASES = {
    name: [
        case
        for path in sorted((CASES_DIR / name).glob("*.yaml"))
        for case in read_cases(path, CURRENCIES)
    ]
    for name in CURRENCIES
}
ALL_CASES = [
    pytest.param(case, id=f"{name}: {case.name}") for name, cases in CASES.items() for case in cases
]
#: Parameters that no amount rests on, by scheme; say why beside each.
UNPRICED: dict[str, set[str]] = {}


def priced(case):
    catalogue = CATALOGUE if case.known_on is None else CATALOGUE.as_known(case.known_on)
    return price(case.given, catalogue, production=case.is_production)


@pytest.mark.parametrize("case", ALL_CASES)
def test_a_golden_case_gives_its_amounts(case):
    assert outcome_of(priced(case), list(case.expected)) == dict(case.expected)


def test_there_are_cases_of_every_scheme_with_a_stated_authority():
    assert sum(map(len, CASES.values())) >= 100
    for cases in CASES.values():
        assert cases
        assert len({case.name for case in cases}) == len(cases)
        assert {case.authority for case in cases} <= set(AUTHORITIES)


@pytest.mark.parametrize("scheme_id", CASES)
def test_every_parameter_and_rule_is_used_by_a_case(scheme_id):
    scheme = CATALOGUE.schemes[scheme_id]
    figures: set[str] = set()
    rules: set[str] = set()
    codes: set[str] = set()
    for case in CASES[scheme_id]:
        found = priced(case)
        codes |= {finding.code for finding in found.findings}
        for line in found.lines:
            figures |= {figure_id.partition("@")[0] for figure_id in line.figure_ids}
            rules |= set(line.rule_id.split("+"))
    assert set(scheme.rules) - rules == set()
    given = {code for rule in scheme.rules.values() for code in rule.codes}
    assert given - codes == set(), "no case gives these findings"
    assert set(scheme.parameters) - figures == UNPRICED.get(scheme_id, set())
