"""Every fraud rule against the cases written for it in ``tests/cases/fraud``."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.dossier import CareKind, LineKind, Stay
from models.registers import Account, Affiliation, Provider, RegisterSlice
from tasks.fraud.act_tables import DrugPrice
from tasks.fraud.figures import Figures, own_paths, read_figures
from tasks.fraud.history import (
    DayLoad,
    History,
    HistoryStay,
    PersonFacts,
    SeenImage,
    history_line,
)
from tasks.fraud.rules import all_rules
from tasks.fraud.rules.f23_frequency_ceiling import add_months
from tasks.fraud.subject import Subject
from tests.builders import a_dossier, a_line, a_validated

ROOT = Path(__file__).resolve().parents[3]
CASES = ROOT / "tests" / "cases" / "fraud"
DRUGS = ROOT / "tasks" / "pricing" / "national" / "ma" / "drugs.csv"
DAY = dt.date(2026, 11, 20)

RULES = {rule.RULE_ID: rule for rule in all_rules()}
FILES = {
    path.stem: yaml.safe_load(path.read_text("utf-8")) for path in sorted(CASES.glob("*.yaml"))
}
NAMED = [(rule, case["name"], case) for rule, cases in FILES.items() for case in cases]


def _figures(prices: list[Mapping[str, Any]]) -> Figures:
    """The project's own figures, with a small drug list of the case's own."""
    figures = read_figures(own_paths(DRUGS))
    drugs: dict[str, tuple[DrugPrice, ...]] = {}
    for row in prices:
        price = DrugPrice(row["ean"], row["price_minor"], row["from"], row.get("to"))
        drugs[row["ean"]] = (*drugs.get(row["ean"], ()), price)
    return replace(figures, drug_prices=drugs)


def _line(changes: Mapping[str, Any]) -> Any:
    changes = dict(changes)
    if "code" in changes:
        changes |= {"kind": LineKind.CODE, "letter": "", "coefficient": None}
    elif "ean" in changes:
        changes |= {"kind": LineKind.DRUG, "letter": "", "coefficient": None}
    elif "coefficient" in changes:
        changes["coefficient"] = Decimal(str(changes["coefficient"]))
    return a_line(**changes)


def _subject(case: Mapping[str, Any]) -> Subject:
    lines = tuple(
        _line({"line_no": number, **line})
        for number, line in enumerate(case.get("lines", [{}]), start=1)
    )
    changes = dict(case.get("dossier", {}))
    changes["care_kind"] = CareKind(changes.get("care_kind", "ambulatory"))
    if "stay" in changes:
        changes["stay"] = Stay(*changes["stay"], "300000001")
    changes.setdefault("total_minor", sum(line.amount_minor for line in lines))
    return Subject(
        dossier=a_dossier(lines=lines, **changes),
        validated=a_validated(**case.get("validated", {})),
        due_minor=case.get("due_minor", 5600),
        order_key=case.get("order_key", "2"),
        day=case.get("day", DAY),
        payee_id=case.get("payee_id", "P0001"),
        image_hashes=tuple(case.get("image_hashes", ())),
        registers=_registers(case.get("registers")),
        uncovered_days=frozenset(case.get("uncovered_days", ())),
    )


def _registers(raw: Mapping[str, Any] | None) -> RegisterSlice | None:
    if raw is None:
        return None
    affiliations = tuple(
        Affiliation("P0001", row["scheme"], "100000001", "", row["from"], row.get("to"))
        for row in raw.get("affiliations", ())
    )
    providers = tuple(
        Provider("H0001", "200000001", "", "doctor", "", "private", "", row["from"], row.get("to"))
        for row in raw.get("providers", ())
    )
    return RegisterSlice(
        known_on=DAY,
        affiliations={"P0001": affiliations} if affiliations else {},
        providers_by_inpe={"200000001": providers},
    )


def _history_line(raw: Mapping[str, Any]) -> Any:
    raw = dict(raw)
    return history_line(
        dossier_id=raw.pop("dossier", "D0000"),
        version=1,
        order_key=raw.pop("order_key", "1"),
        status=raw.pop("status", "paid"),
        person_id="P0001",
        provider_id=raw.pop("provider", "H0001"),
        care_kind=raw.pop("care_kind", "ambulatory"),
        line=_line(raw),
    )


def _history(raw: Mapping[str, Any]) -> History:
    stays = [
        HistoryStay(
            row.get("dossier", "D0000"),
            row.get("order_key", "1"),
            row.get("status", "paid"),
            "P0001",
            row.get("provider", "H0009"),
            row["admission"],
            row["discharge"],
        )
        for row in raw.get("stays", ())
    ]
    loads: dict[tuple[str, dt.date], tuple[DayLoad, ...]] = {}
    for row in raw.get("day_loads", ()):
        key = ("H0001", row["date"])
        load = DayLoad(
            row.get("dossier", "D0000"),
            row.get("order_key", "1"),
            row.get("status", "in_progress"),
            row["minutes"],
        )
        loads[key] = (*loads.get(key, ()), load)
    accounts = tuple(
        Account(row["id"], "P0001", "insured", row["rib"], row["from"], row.get("to"), row["known"])
        for row in raw.get("accounts", ())
    )
    return History(
        lines={"P0001": tuple(map(_history_line, raw.get("lines", ())))},
        stays={"P0001": tuple(stays)},
        day_loads=loads,
        images={
            key: tuple(SeenImage(*seen) for seen in found)
            for key, found in raw.get("images", {}).items()
        },
        accounts={"P0001": accounts},
        households_by_rib={
            rib: frozenset(f"U{number}" for number in range(count))
            for rib, count in raw.get("households", {}).items()
        },
        persons={
            key: PersonFacts(row.get("birth"), row.get("death"), row.get("sex", ""))
            for key, row in raw.get("persons", {}).items()
        },
    )


@pytest.mark.parametrize(
    ("rule_id", "name", "case"), NAMED, ids=[f"{rule}: {name}" for rule, name, _ in NAMED]
)
def test_a_rule_says_what_its_case_expects(rule_id: str, name: str, case: Any) -> None:
    figures = _figures(case.get("drug_prices", []))
    found = RULES[rule_id].signals(_subject(case), _history(case.get("history", {})), figures)
    said = [{"effect": one.effect.value, "line": one.line_no or 0} for one in found]
    expected = [{"effect": one["effect"], "line": one.get("line", 0)} for one in case["expect"]]
    assert said == expected
    for signal, one in zip(found, case["expect"], strict=True):
        assert dict(one.get("params", {})).items() <= signal.params.items()


@pytest.mark.parametrize("rule_id", sorted(RULES))
def test_every_rule_has_a_case_that_hits_and_one_that_misses(rule_id: str) -> None:
    answers = [bool(case["expect"]) for case in FILES[rule_id]]
    assert True in answers
    assert False in answers


@pytest.mark.parametrize("rule_id", sorted(RULES))
def test_every_signal_fills_every_gap_of_its_sentence(rule_id: str) -> None:
    text = read_figures(own_paths(DRUGS)).texts[rule_id]
    case = next(case for case in FILES[rule_id] if case["expect"])
    figures = _figures(case.get("drug_prices", []))
    for signal in RULES[rule_id].signals(
        _subject(case), _history(case.get("history", {})), figures
    ):
        for sentence in text.sentences.values():
            assert sentence.format(**signal.params)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-11-02", 24, "2028-11-02"),
        ("9999-12-31", 1, "9999-12-31"),
        ("9999-01-31", 11, "9999-12-31"),
    ],
)
def test_a_window_of_months_ends_with_the_calendar(day: str, months: int, later: str) -> None:
    assert add_months(dt.date.fromisoformat(day), months) == dt.date.fromisoformat(later)
