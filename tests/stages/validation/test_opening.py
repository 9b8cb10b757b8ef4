"""How rights open in every scheme: kinds of opening, conditions, arrears and amnesties."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.dossier import CareKind, PieceKind
from models.registers import Affiliation, Contribution, SubjectFact
from tasks.validation.rights import Asked, InsuredRecord, RightsAnswer, resolve_rights
from tasks.validation.rights_sections import AmnestyEffect, RightsKind
from tasks.validation.scheme_rules import Row, Rule, SchemeRules
from tests.stages.validation.insured import KNOWN_ON, SINCE, a_membership, a_record, all_rules

CASES = yaml.safe_load(
    (Path(__file__).parents[2] / "cases/validation/opening.yaml").read_text(encoding="utf-8")
)


def a_month(scheme: str, month: str, entry: list[Any]) -> Contribution:
    first = dt.date.fromisoformat(f"{month}-01")
    return Contribution("P1", scheme, first, entry[0], entry[1], *entry[2:])


def answer_in(case: dict[str, Any]) -> RightsAnswer:
    scheme = case["scheme"]
    member = case.get("member", SINCE)
    periods = member if isinstance(member, list) else [[member, None]]
    record = InsuredRecord(
        "P1",
        [
            Affiliation("P1", scheme, "100000001", case.get("category", ""), first, last)
            for first, last in periods
        ],
        [a_month(scheme, month, entry) for month, entry in case.get("months", {}).items()],
        [SubjectFact("P1", scheme, name, *entry) for name, entry in case.get("facts", {}).items()],
    )
    kind = CareKind(case["care_kind"]) if "care_kind" in case else None
    asked = Asked(case["care"], case.get("known_on", KNOWN_ON), kind)
    return resolve_rights(record, all_rules()[scheme], asked)


@pytest.mark.parametrize("case", CASES, ids=[f"{one['scheme']}: {one['name']}" for one in CASES])
def test_rights_open_as_the_scheme_says(case: dict[str, Any]) -> None:
    answer = answer_in(case)

    said = answer.basis if answer.is_open else answer.reason
    assert [answer.state.value, said] == case["expected"]


def test_every_opening_and_every_condition_of_every_scheme_has_a_case() -> None:
    opened = {(one["scheme"], one["expected"][1]) for one in CASES}
    # These two are the cases of rights.yaml, which are older.
    opened |= {("ma-amo-salaries", "days_in_months"), ("ma-amo-salaries", "pension")}
    wanted = {
        (scheme, name)
        for scheme, rules in all_rules().items()
        for name, rule in rules.sections["opening"].items()
        if all(row.figures["kind"] is not RightsKind.EXCLUDED for row in rule.rows)
    }
    assert wanted <= opened
    assert {one["expected"][1] for one in CASES} >= {"condition", "fact_missing", "excluded"}


def test_a_condition_that_is_not_met_is_named_in_three_languages() -> None:
    case = next(one for one in CASES if one["name"] == "Tadamon, a score just above it")

    label = answer_in(case).params["condition"]
    assert label.count(" / ") == 2
    assert "score RSU" in label


def test_a_fact_of_another_scheme_counts_for_nothing_here() -> None:
    record = a_record(
        a_membership("ma-amo-tadamon"),
        facts=[SubjectFact("P1", "ma-amo-achamil", "rsu_score", "99", SINCE, None)],
    )
    answer = resolve_rights(
        record, all_rules()["ma-amo-tadamon"], Asked(dt.date(2026, 11, 2), KNOWN_ON)
    )
    assert answer.is_open


@pytest.mark.parametrize("scheme", sorted(all_rules()))
def test_every_scheme_says_which_documents_each_kind_of_care_needs(scheme: str) -> None:
    rules = all_rules()[scheme]
    day = dt.date(2026, 11, 2)
    kinds = {kind.value for kind in CareKind}
    named = {name for name, _ in rules.in_force("pieces", day)}

    assert named <= kinds
    pieces = {piece for _, row in rules.in_force("pieces", day) for piece in row["pieces"]}
    assert all(isinstance(piece, PieceKind) for piece in pieces)
    assert named or scheme == "cn-cq-ltc"


# --- Payments that come late, and an amnesty that lets them count. No scheme here has a source for
# --- such a deadline, so that the rows are made up.

MONTHS = ("2026-01", "2026-02", "2026-03")


def with_rows(amnesty: bool) -> SchemeRules:
    """TNS rules under which a month is paid within 60 days, and an amnesty in autumn."""
    rules = all_rules()["ma-amo-tns"]
    since = rules.sections["filing"]["first_act"].rows[0]
    limit = replace(since, figures={"days_after_month": 60})
    pardon = Row(
        dt.date(2026, 9, 1),
        dt.date(2026, 9, 30),
        {
            "effect": AmnestyEffect.COUNTS_AS_PAID,
            "first_month": dt.date(2026, 2, 1),
            "last_month": dt.date(2026, 3, 1),
            "counts_from": dt.date(2026, 4, 2),
            "months_owed_min": 0,
            "regular_months": 0,
        },
        "made up",
        since.status,
    )
    sections = {
        **rules.sections,
        "late_payment": {"limit": Rule("limit", (limit,))},
        "amnesties": {"autumn": Rule("autumn", (pardon,))} if amnesty else {},
    }
    return replace(rules, sections=sections)


def settled(
    rules: SchemeRules, known: dict[str, dt.date], care: dt.date = dt.date(2026, 4, 2)
) -> tuple[str, str]:
    months = [
        Contribution("P1", "ma-amo-tns", dt.date.fromisoformat(f"{month}-01"), 30, 30, day)
        for month, day in known.items()
    ]
    record = a_record(a_membership("ma-amo-tns"), contributions=months)
    answer = resolve_rights(record, rules, Asked(care, KNOWN_ON))
    return answer.state.value, answer.reason


IN_TIME = dict.fromkeys(MONTHS, dt.date(2026, 4, 1))


@pytest.mark.parametrize(
    ("paid_on", "expected"),
    [
        (dt.date(2026, 5, 30), ("open", "")),
        (dt.date(2026, 5, 31), ("closed", "paid_late")),
    ],
)
def test_a_month_paid_too_late_opens_nothing_for_care_before(
    paid_on: dt.date, expected: tuple[str, str]
) -> None:
    assert settled(with_rows(False), IN_TIME | {"2026-03": paid_on}) == expected


def test_it_counts_for_care_from_the_payment_on() -> None:
    late = {"2026-04": dt.date(2026, 8, 15), "2026-05": dt.date(2026, 8, 15)}
    late |= {"2026-06": dt.date(2026, 8, 15)}
    rules = with_rows(False)

    assert settled(rules, late, dt.date(2026, 7, 20)) == ("closed", "paid_late")
    known_before = dict.fromkeys(late, dt.date(2026, 7, 20))
    assert settled(rules, known_before, dt.date(2026, 7, 20)) == ("open", "")


@pytest.mark.parametrize(
    ("paid_on", "state"),
    [
        (dt.date(2026, 8, 31), "closed"),
        (dt.date(2026, 9, 1), "open"),
        (dt.date(2026, 9, 30), "open"),
        (dt.date(2026, 10, 1), "closed"),
    ],
)
def test_arrears_paid_while_an_amnesty_runs_count_as_paid_in_time(
    paid_on: dt.date, state: str
) -> None:
    known = IN_TIME | {"2026-02": paid_on, "2026-03": paid_on}

    assert settled(with_rows(True), known)[0] == state
    assert settled(with_rows(False), known)[0] == "closed"


def test_an_amnesty_is_about_its_own_months_only() -> None:
    known = IN_TIME | {"2026-01": dt.date(2026, 9, 15)}

    assert settled(with_rows(True), known) == ("closed", "paid_late")


def test_an_amnesty_counts_for_care_from_its_day_only() -> None:
    known = dict.fromkeys(("2025-12", "2026-01"), dt.date(2026, 2, 1))
    known["2026-02"] = dt.date(2026, 9, 15)
    before = dt.date(2026, 3, 31)

    assert settled(with_rows(True), known, before) == ("closed", "paid_late")


def test_what_the_register_learns_later_opens_rights_for_the_same_day_of_care() -> None:
    rules = with_rows(True)
    unpaid = [
        Contribution("P1", "ma-amo-tns", dt.date.fromisoformat(f"{month}-01"), 30, 0)
        for month in MONTHS
    ]
    care = dt.date(2026, 4, 2)
    record = a_record(a_membership("ma-amo-tns"), contributions=unpaid)
    before = resolve_rights(record, rules, Asked(care, dt.date(2026, 8, 1)))

    assert (before.state.value, before.reason) == ("suspended", "unpaid")
    known = dict.fromkeys(MONTHS[1:], dt.date(2026, 9, 15)) | {"2026-01": dt.date(2026, 2, 1)}
    assert settled(rules, known) == ("open", "")
