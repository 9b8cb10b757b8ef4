import ast
import csv
from pathlib import Path

import pytest

from infra.simulation.truth import Drug, TariffFacts, half_up_pct, read_drugs

SIMULATION = Path(__file__).parents[3] / "infra" / "simulation"
DRUG = Drug("6118000040248", "DOLIPRANE", price_minor=810, reference_minor=750, rate_pct=70)
UNPAID = Drug("6118000012948", "WIN", price_minor=2000, reference_minor=0, rate_pct=0)


@pytest.fixture(scope="module")
def figures():
    return TariffFacts({DRUG.ean: DRUG, UNPAID.ean: UNPAID})


def a_line(amount_minor, *, quantity=1, date="2026-11-02", **names):
    return {"amount_minor": amount_minor, "quantity": quantity, "date": date, **names}


def due_of(figures, *lines, sector="private", has_ald=False, used=0):
    return figures.due_minor(
        {"lines": list(lines)}, sector=sector, has_ald=has_ald, prosthesis_used_minor=used
    )


@pytest.mark.parametrize(
    ("line", "sector", "due_minor"),
    [
        # 70 % of C 80.00 whatever is asked above it; of what is asked below it.
        (a_line(15000, letter="C", coefficient=1), "private", 5600),
        (a_line(6000, letter="C", coefficient=1), "private", 4200),
        (a_line(15000, letter="Cs", coefficient=1), "private", 10500),
        (a_line(19000, letter="CNPSY", coefficient=1), "private", 13300),
        (a_line(7500, letter="Cs", coefficient=1), "public", 5250),
        # B 80 × 1.10 = 88.00; in the public sector 0.90.
        (a_line(8800, letter="B", coefficient=80), "private", 6160),
        (a_line(8800, letter="B", coefficient=80), "public", 5040),
        (a_line(15000, letter="Z", coefficient=15), "private", 10500),
        # 18 sessions of 50.00.
        (a_line(90000, letter="AMM", coefficient=1, quantity=18), "private", 63000),
        # D 10 × 17.50 = 175.00.
        (a_line(20000, code="D700"), "private", 12250),
        # K 82 lies in the band 80–89: 6,400.00 private, 3,200.00 public.
        (a_line(700000, code="HER"), "private", 448000),
        (a_line(700000, code="HER"), "public", 224000),
        (a_line(800000, code="ACC"), "private", 560000),
        (a_line(275000, code="HJ-MED", quantity=5), "private", 192500),
    ],
)
def test_a_line_is_owed_its_rate_of_the_lesser_of_asked_and_tariff(
    figures, line, sector, due_minor
):
    assert due_of(figures, line, sector=sector) == due_minor


def test_a_drug_is_owed_on_its_reference_price_times_the_boxes(figures):
    assert due_of(figures, a_line(1620, ean=DRUG.ean, quantity=2)) == 1050


def test_a_drug_at_a_rate_of_zero_is_owed_nothing_and_is_not_unknown(figures):
    assert due_of(figures, a_line(2000, ean=UNPAID.ean)) == 0


def test_a_drug_that_is_not_listed_has_no_tariff(figures):
    assert due_of(figures, a_line(2000, ean="6118000000000")) is None


def test_a_letter_without_a_value_has_no_tariff_and_leaves_the_dossier_without_an_amount(figures):
    known = a_line(8000, letter="C", coefficient=1)
    assert due_of(figures, known, a_line(3000, letter="AMI", coefficient=2)) is None


def test_half_a_centime_is_rounded_upwards_on_each_line(figures):
    assert half_up_pct(5, 70) == 4
    line = a_line(1005, letter="C", coefficient=1)
    assert due_of(figures, line) == 704
    assert due_of(figures, line, line) == 1408


def test_a_recognised_condition_in_a_public_structure_is_owed_90_percent(figures):
    line = a_line(7500, letter="Cs", coefficient=1)
    assert due_of(figures, line, sector="public", has_ald=True) == 6750
    assert due_of(figures, line, sector="private", has_ald=True) == 5250


def test_the_second_surgical_act_of_a_day_counts_half_and_the_third_nothing(figures):
    acts = [a_line(700000, code="HER"), a_line(600000, code="APP"), a_line(900000, code="ACC")]
    # 70 % of 8,000.00 + half of 6,400.00 + nothing.
    assert due_of(figures, *acts) == 784000


def test_surgical_acts_of_two_days_are_not_cumulated(figures):
    first = a_line(640000, code="HER", date="2026-11-02")
    second = a_line(560000, code="APP", date="2026-11-03")
    assert due_of(figures, first, second) == 840000


def test_prostheses_are_owed_up_to_a_base_of_3000_in_two_years(figures):
    crown = a_line(225000, code="D754")
    assert due_of(figures, crown) == 157500
    assert due_of(figures, crown, crown) == 210000
    assert due_of(figures, crown, used=225000) == 52500
    assert due_of(figures, crown, used=300000) == 0


def test_the_drug_list_is_read_in_centimes_and_percent(tmp_path):
    path = tmp_path / "drugs.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["ean", "name", "price", "reference_price", "rate"])
        writer.writerow(["6118000040248", "DOLIPRANE", "8.10", "7.5", "0.70"])
        writer.writerow(["6118000012948", "WIN", "20.00", "", "0.00"])
    drugs = read_drugs(path)
    assert drugs["6118000040248"] == DRUG
    assert drugs["6118000012948"] == UNPAID


def test_the_simulator_imports_nothing_of_the_stages():
    modules = [path for path in SIMULATION.rglob("*.py") if "paper" not in path.parts]
    imported = {
        name
        for path in modules
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in _names_of(node)
    }
    assert "models.errors" in imported
    assert not {name for name in imported if name.split(".")[0] in {"tasks", "contracts", "flows"}}


def _names_of(node):
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
