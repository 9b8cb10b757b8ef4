"""The loader of the rules' figures and tables: what stands in force, and what it refuses."""

import datetime as dt
from pathlib import Path

import pytest

from models.dossier import LineKind
from models.errors import CatalogueError, FigureNotInForce
from tasks.fraud.act_tables import read_act_limits, read_frequency_ceilings, read_standard_minutes
from tasks.fraud.figures import FraudPaths, own_paths, read_figures, render_reason
from tasks.fraud.history import bill_key
from tasks.fraud.rules import all_rules
from tests.builders import a_line

ROOT = Path(__file__).resolve().parents[3]
PATHS = own_paths(ROOT / "tasks" / "pricing" / "national" / "ma" / "drugs.csv")

RULE = """\
id: F99
reference: none
name: {fr: a, ar: b, en: c}
sentence: {fr: "a {x}", ar: "b {x}", en: "c {x}"}
figures:
  - id: days
    unit: days
    values:
      - {from: 2026-01-01, to: 2026-06-30, value: 7, source: s, status: proposal}
      - {from: 2026-07-01, to: null, value: 9, source: s, status: proposal}
"""


def _paths(folder: Path, rule: str) -> FraudPaths:
    (folder / "f99.yaml").write_text(rule, encoding="utf-8")
    return FraudPaths(folder, PATHS.tables_dir, PATHS.drugs_file)


def test_an_imported_drug_list_stands_for_the_national_one_drug_by_drug(tmp_path: Path) -> None:
    head = "ean,price,valid_from,valid_to,source,status\n"
    tail = ",2026-01-01,,S,secondary-source\n"
    national, imported = tmp_path / "drugs.csv", tmp_path / "imported.csv"
    national.write_text(f"{head}1,10.00{tail}2,20.00{tail}", encoding="utf-8")
    paths = own_paths(national, imported)
    assert read_figures(paths).drug_prices["1"][0].price_minor == 1000
    imported.write_text(f"{head}1,12.00{tail}", encoding="utf-8")
    read_figures.cache_clear()
    prices = read_figures(paths).drug_prices
    assert {ean: row.price_minor for ean, (row,) in prices.items()} == {"1": 1200, "2": 2000}


def test_a_figure_is_the_one_in_force_on_the_day(tmp_path: Path) -> None:
    figures = read_figures(_paths(tmp_path, RULE))
    assert figures.at("F99", "days", dt.date(2026, 6, 30)) == 7
    assert figures.at("F99", "days", dt.date(2026, 7, 1)) == 9


def test_a_figure_asked_for_before_its_first_day_is_an_error(tmp_path: Path) -> None:
    figures = read_figures(_paths(tmp_path, RULE))
    with pytest.raises(FigureNotInForce, match="F99: days has no value on 2025-12-31"):
        figures.at("F99", "days", dt.date(2025, 12, 31))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("value: 7", "value: 7.5", "no whole number"),
        ("value: 7", "value: true", "no whole number"),
        (
            "status: proposal}\n      - {from: 2026-07",
            "status: sure}\n      - {from: 2026-07",
            "status",
        ),
        ("from: 2026-07-01", "from: 2026-06-30", "two values on 2026-06-30"),
        ("reference: none", "refrence: none", "keys must be"),
        ("ar: b,", "", "keys must be"),
        ("    unit: days\n", "", "keys must be"),
        ("figures:", "figures", "not YAML"),
        (
            "source: s, status: proposal}\n      - {from: 2026-07",
            "status: proposal}\n      - {from: 2026-07",
            "keys",
        ),
        ("from: 2026-01-01", "from: soon", "are days"),
    ],
)
def test_a_faulty_rule_file_is_refused(tmp_path: Path, old: str, new: str, problem: str) -> None:
    assert old in RULE
    with pytest.raises(CatalogueError, match=problem):
        read_figures(_paths(tmp_path, RULE.replace(old, new, 1)))


def test_every_rule_has_its_sentences_and_the_points_of_its_effects() -> None:
    figures = read_figures(PATHS)
    ids = [rule.RULE_ID for rule in all_rules()]
    assert sorted(figures.texts) == ids
    points = {rule for rule, name in figures.values if name.startswith("points_")}
    assert points == set(ids)


def test_the_fourteen_rules_are_found_in_the_order_of_their_ids() -> None:
    assert " ".join(rule.RULE_ID for rule in all_rules()) == (
        "F01 F04 F11 F12 F13 F14 F16 F19 F23 F26 F34 F35 F49 F50"
    )


def test_the_rules_of_the_payment_are_marked() -> None:
    moments = {rule.RULE_ID: rule.MOMENT for rule in all_rules()}
    assert [key for key, moment in moments.items() if moment == "payment"] == ["F11", "F16", "F35"]
    assert [key for key, moment in moments.items() if moment == "both"] == ["F49", "F50"]


def test_a_reason_is_rendered_in_each_language_and_shows_a_missing_part() -> None:
    text = read_figures(PATHS).texts["F23"]
    params = {"ceiling": "PROTHESE_DENT", "count": "2", "months": "24"}
    assert render_reason(text, params, "en") == (
        "Ceiling PROTHESE_DENT: 2 in 24 months, … allowed."
    )
    assert "24" in render_reason(text, params, "ar")


LIMITS = "act,sex,age_min_years,age_max_years,valid_from,valid_to,source,status\n"


@pytest.mark.parametrize(
    "row",
    [
        "ACC,X,12,55,2006-01-01,,s,illustrative",
        "ACC,F,twelve,55,2006-01-01,,s,illustrative",
        "ACC,F,12,55,2006-13-01,,s,illustrative",
        "ACC,F,12,55,2006-01-01,,,illustrative",
        "ACC,F,12,55,2006-01-01,,s,certain",
        "ACC,F,12",
    ],
)
def test_a_faulty_row_of_a_table_is_refused_with_its_number(tmp_path: Path, row: str) -> None:
    path = tmp_path / "act_limits.csv"
    path.write_text(LIMITS + "ACC,F,12,55,2006-01-01,,s,illustrative\n" + row + "\n", "utf-8")
    with pytest.raises(CatalogueError, match=r"act_limits.csv: row 3"):
        read_act_limits(path)


def test_a_table_with_other_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ceilings.csv"
    path.write_text(LIMITS, "utf-8")
    with pytest.raises(CatalogueError, match="columns must be"):
        read_frequency_ceilings(path)


def test_minutes_follow_the_coefficient_and_the_quantity() -> None:
    standard = read_standard_minutes(PATHS.tables_dir / "standard_minutes.csv")
    assert standard.minutes("doctor", a_line(letter="C", quantity=3)) == 45
    assert standard.minutes("doctor", a_line(letter="K", coefficient=80)) == 80
    assert standard.minutes("doctor", a_line(letter="X")) == 15
    assert standard.minutes("laboratory", a_line(letter="B", coefficient=80)) == 0
    assert standard.provider_kinds == {"doctor", "dentist"}


def test_the_bill_key_of_an_act_and_of_a_drug_is_its_code() -> None:
    act = a_line(kind=LineKind.CODE, code="A115", letter="", coefficient=None)
    drug = a_line(kind=LineKind.DRUG, ean="6118000010050", letter="", coefficient=None)
    assert (bill_key(act), bill_key(drug)) == ("A115", "6118000010050")
