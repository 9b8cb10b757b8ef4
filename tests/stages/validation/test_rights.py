import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.registers import Affiliation, Contribution
from tasks.validation.coverage import (
    Beneficiary,
    CoverageRules,
    Insured,
    answer_of,
    resolve_coverage,
    rights_through,
)
from tasks.validation.precedence import read_precedence
from tasks.validation.rights import (
    Asked,
    InsuredRecord,
    RightsAnswer,
    RightsState,
    resolve_rights,
)
from tasks.validation.scheme_rules import SchemeRules, read_scheme_rules

ROOT = Path(__file__).parents[3]
RIGHTS = ROOT / "tasks/pricing/schemes/ma_amo_salaries/rights.yaml"
CASES = yaml.safe_load((ROOT / "tests/cases/validation/rights.yaml").read_text(encoding="utf-8"))
SCHEME = "ma-amo-salaries"


def month_of(text: str) -> dt.date:
    return dt.date.fromisoformat(f"{text}-01")


def rules_of(case: dict[str, Any], folder: Path) -> SchemeRules:
    if "opening" not in case:
        return read_scheme_rules(RIGHTS)
    raw = yaml.safe_load(RIGHTS.read_text(encoding="utf-8"))
    row = {"rule": "tested", "categories": [], "from": dt.date(2020, 1, 1), "to": None}
    row |= {"source": "a case of the tests", "status": "illustrative"}
    raw["opening"] = [row | case["opening"]]
    path = folder / "rights.yaml"
    path.write_text(yaml.safe_dump(raw), encoding="utf-8")
    return read_scheme_rules(path)


def answer_in(case: dict[str, Any], folder: Path) -> RightsAnswer:
    category = case.get("category", "salaried")
    memberships = case.get("memberships", [[SCHEME, dt.date(2020, 1, 1), None]])
    contributions = [
        Contribution("P1", scheme, month_of(month), declared, paid)
        for key, scheme in (("months", SCHEME), ("months_elsewhere", "ma-amo-public"))
        for month, (declared, paid) in case.get(key, {}).items()
    ]
    record = InsuredRecord(
        "P1",
        [
            Affiliation("P1", scheme, "100000001", category, first, last)
            for scheme, first, last in memberships
        ],
        contributions,
    )
    rules = rules_of(case, folder)
    known_on = case.get("known_on", dt.date(2026, 11, 20))
    person = Beneficiary((Insured(record),))
    every = CoverageRules({SCHEME: rules}, read_precedence()["MA"], "MA")
    coverage = resolve_coverage(person, every, case["care"], known_on=known_on)
    here = rights_through(Insured(record), rules, SCHEME, case["care"], known_on=known_on)
    return answer_of(here, coverage, SCHEME, "P1")


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_rights_on_the_day_of_care(case: dict[str, Any], tmp_path: Path) -> None:
    answer = answer_in(case, tmp_path)

    state, why = case["expected"]
    said = {
        RightsState.OPEN: answer.basis,
        RightsState.OTHER_SCHEME: answer.other_scheme,
    }.get(answer.state, answer.reason)
    assert [answer.state.value, said] == [state, why]


def test_the_answer_says_how_many_days_were_paid_and_needed(tmp_path: Path) -> None:
    case = {"care": dt.date(2026, 11, 2), "months": {"2026-09": (26, 26), "2026-10": (26, 20)}}

    assert answer_in(case, tmp_path).params == {"needed": "54", "paid": "46", "months": "6"}


@pytest.mark.parametrize(
    ("care", "state"),
    [(dt.date(2028, 5, 30), RightsState.OPEN), (dt.date(2028, 5, 31), RightsState.CLOSED)],
)
def test_survivors_keep_rights_for_24_months(care: dt.date, state: RightsState) -> None:
    record = InsuredRecord(
        "P1",
        [Affiliation("P1", SCHEME, "100000001", "salaried", dt.date(2020, 1, 1), DEATH)],
        [Contribution("P1", SCHEME, dt.date(2026, month, 1), 26, 26) for month in (3, 4, 5)],
    )
    asked = Asked(care, dt.date(2028, 6, 30), maintenance="survivors")
    answer = resolve_rights(record, read_scheme_rules(RIGHTS), asked)

    assert answer.state is state


DEATH = dt.date(2026, 5, 30)


@pytest.mark.parametrize("care", [dt.date.min, dt.date(1, 3, 1), dt.date.max])
def test_absurd_days_of_care_are_answered_and_not_refused_by_a_crash(care: dt.date) -> None:
    record = InsuredRecord(
        "P1",
        [Affiliation("P1", SCHEME, "100000001", "salaried", dt.date.min, None)],
        [Contribution("P1", SCHEME, dt.date(2026, 5, 1), 26, 26)],
    )
    asked = Asked(care, dt.date(2026, 11, 20))
    answer = resolve_rights(record, read_scheme_rules(RIGHTS), asked)

    assert not answer.is_open
