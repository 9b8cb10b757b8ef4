"""The order of rights is read strictly: what is wrong in coverage.yaml is named."""

import copy
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.errors import CatalogueError
from tasks.validation.precedence import COVERAGE_FILE, FirstParent, read_precedence
from tests.stages.validation.insured import DAY, all_rules

RAW = yaml.safe_load(COVERAGE_FILE.read_text(encoding="utf-8"))


def read(change: Callable[[dict[str, Any]], object], folder: Path) -> None:
    raw = copy.deepcopy(RAW)
    change(raw["MA"])
    path = folder / "coverage.yaml"
    path.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    read_precedence(path)


def test_every_scheme_s_country_has_an_order_that_names_the_scheme() -> None:
    for scheme, rules in all_rules().items():
        order = read_precedence()[rules.country]
        assert order.scheme_place(scheme, DAY) < len(order.schemes[0].names), scheme


def test_the_father_s_insurer_comes_first_in_morocco_by_law_65_00() -> None:
    assert read_precedence()["MA"].first_parent(DAY) is FirstParent.FATHER


@pytest.mark.parametrize("day", [dt.date.min, dt.date(2006, 2, 28), DAY, dt.date.max])
def test_every_day_has_an_order(day: dt.date) -> None:
    order = read_precedence()["MA"]

    assert order.rank_of("own", "compulsory", day) == 0
    assert order.rank_of("own", "unheard_of", day) == len(order.order[0].names)


def two_rows(raw: dict[str, Any], last: dt.date, first: dt.date) -> None:
    row = raw["parents"][0]
    row["to"] = last
    raw["parents"].append(row | {"from": first, "to": None, "first": "mother"})


@pytest.mark.parametrize(
    ("day", "first"),
    [(dt.date(2026, 12, 31), FirstParent.FATHER), (dt.date(2027, 1, 1), FirstParent.MOTHER)],
)
def test_a_change_of_the_order_holds_from_its_day(
    day: dt.date, first: FirstParent, tmp_path: Path
) -> None:
    read(lambda raw: two_rows(raw, dt.date(2026, 12, 31), dt.date(2027, 1, 1)), tmp_path)

    assert read_precedence(tmp_path / "coverage.yaml")["MA"].first_parent(day) is first


WRONG: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "missing key": (lambda raw: raw.pop("parents"), "MA: keys must be"),
    "unknown key": (lambda raw: raw.update(extra=1), "MA: keys must be"),
    "no rows": (lambda raw: raw.update(order=[]), "MA: order: must be a list"),
    "missing rank": (
        lambda raw: raw["order"][0]["ranks"].pop(),
        "MA: order from 2006-03-01: ranks must be each of",
    ),
    "rank twice": (
        lambda raw: raw["order"][0]["ranks"].append("own.compulsory"),
        "ranks must be each of",
    ),
    "class without rank": (
        lambda raw: raw["classes"].append({"scheme": "x", "category": "", "class": "other"}),
        "ranks must be each of",
    ),
    "class of other keys": (lambda raw: raw["classes"].append({"scheme": "x"}), "classes: keys"),
    "unknown parent": (lambda raw: raw["parents"][0].update(first="uncle"), "unknown first"),
    "missing source": (lambda raw: raw["parents"][0].update(source=""), "source is missing"),
    "unknown status": (lambda raw: raw["parents"][0].update(status="sure"), "sure"),
    "unknown kind of care": (lambda raw: raw["order"][0].update(apart=["magic"]), "magic"),
    "no date": (lambda raw: raw["parents"][0].update({"from": "then"}), "must be dates"),
    "row of other keys": (lambda raw: raw["parents"][0].update(x=1), "parents: keys must be"),
    "gap": (
        lambda raw: two_rows(raw, dt.date(2026, 12, 30), dt.date(2027, 1, 1)),
        "parents: rows do not meet on 2027-01-01",
    ),
    "overlap": (
        lambda raw: two_rows(raw, dt.date(2027, 1, 1), dt.date(2027, 1, 1)),
        "rows do not meet on 2027-01-01",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_order_is_refused_by_name(name: str, tmp_path: Path) -> None:
    change, sentence = WRONG[name]
    with pytest.raises(CatalogueError, match=sentence):
        read(change, tmp_path)


def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "coverage.yaml"
    path.write_text("- 1\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match="must map countries"):
        read_precedence(path)
