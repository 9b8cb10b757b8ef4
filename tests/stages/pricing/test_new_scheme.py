"""A made-up scheme is one folder: no Python of the engine changes, and zero means zero."""

import datetime as dt

import pytest

from models.dossier import LineKind
from models.errors import CatalogueError
from models.outcome import CounterUse
from tasks.pricing.catalogue import load_catalogue
from tasks.pricing.engine import price
from tests.builders import a_dossier, a_line, a_pricing_input

SCHEME = """
id: zz-demo
country: ZZ
currency: EUR
names: {fr: Démonstration, ar: عرض, en: Demonstration}
national: null
rights: rights.yaml
review_grace_days: 30
production: {}
rules:
  tariff: [ZZ-PRICE]
  base: [ZZ-DEDUCTIBLE, ZZ-LIMIT]
  rate: [ZZ-RATE]
  due: [ZZ-FLAT]
"""
SOURCES = """
- id: ZZ-LAW
  title: Invented law
  issuer: Nobody
  date: 2020-01-01
  url: null
  authority: fictional
"""
TABLES = """
- id: prices
  file: prices.csv
  label: {fr: Prix, ar: أثمان, en: Prices}
  key: [code]
  value: amount
  numbers: {amount: EUR, limit: EUR}
  may_be_empty: [limit]
  texts: []
  effective_by: care_date
  rounding: down
  reviewed_until: 2026-06-30
  reviewed_by: nobody
"""
PRICES = """code,amount,limit,valid_from,valid_to,source,status
VISIT,20.00,,2020-01-01,2025-12-31,ZZ-LAW,illustrative
VISIT,30.00,,2026-01-01,,ZZ-LAW,confirmed
GIFT,10.00,0.00,2020-01-01,,ZZ-LAW,confirmed
HALF,1.60,,2020-01-01,,ZZ-LAW,confirmed
"""
PARAMETER = """
- id: {name}
  label: {{fr: "{name}", ar: "{name}", en: "{name}"}}
  unit: {unit}
  effective_by: {by}
  rounding: {rounding}
  values: [{{from: 2020-01-01, to: null, value: "{value}", source: ZZ-LAW, status: confirmed}}]
  reviewed_until: 2026-06-30
  reviewed_by: nobody
"""
TEXTS = "\n".join(
    f"{rule}: {{fr: '{rule} fr', ar: '{rule} ar', en: '{rule} en'}}"
    for rule in ("ZZ-PRICE", "ZZ-DEDUCTIBLE", "ZZ-LIMIT", "ZZ-RATE", "ZZ-FLAT")
)
RULES = '''
"""Rules of a made-up scheme."""

from models.money import MINOR_UNITS, round_minor
from tasks.pricing.rule import (
    Change, Charge, Rate, Tariff, base_rule, due_rule, rate_rule, tariff_rule,
)


@tariff_rule("ZZ-PRICE", reference="Invented law, art. 1", reads=("prices",))
def list_price(state, case, figures):
    """Return the list price times the quantity."""
    row = figures.row("prices", (state.line.code,), state)
    if row is None:
        return None
    return Tariff(round_minor(row.minor * state.line.quantity, row.rounding), (row,), "listed")


@base_rule("ZZ-DEDUCTIBLE", reference="Invented law, art. 2", reads=("deductible",))
def deductible(lines, case, figures):
    """Take the deductible off the lines, the dearest first."""
    changes = []
    used = sum(use.amount_minor for use in case.counters if use.counter == "zz.deductible")
    for state in sorted(lines, key=lambda each: -each.base_minor):
        figure = figures.at("deductible", state)
        taken = min(state.base_minor, max(0, int(figure.minor) - used))
        used += taken
        if taken:
            changes.append(
                Change(state.position, state.base_minor - taken, (figure,), "", {},
                       (Charge("zz.deductible", taken),))
            )
    return changes


@base_rule("ZZ-LIMIT", reference="Invented law, art. 3", reads=("prices",))
def fixed_limit(lines, case, figures):
    """Cap a line at its fixed limit; a limit of 0 pays 0."""
    changes = []
    for state in lines:
        row = figures.row("prices", (state.line.code,), state)
        limit = None if row is None else row.numbers.get("limit")
        if limit is not None:
            most = int(limit * MINOR_UNITS) * state.line.quantity
            changes.append(Change(state.position, min(state.base_minor, most), (row,)))
    return changes


@rate_rule("ZZ-RATE", reference="Invented law, art. 4", reads=("rate",))
def rate(state, case, figures):
    """Return the one rate there is."""
    return Rate(figures.at("rate", state))


@due_rule("ZZ-FLAT", reference="Invented law, art. 5", reads=("flat",))
def flat(lines, case, figures):
    """Take a flat participation off each line, never below zero."""
    return [
        Change(state.position, max(0, state.due_minor - int(figures.at("flat", state).minor)),
               (figures.at("flat", state),))
        for state in lines
        if state.due_minor
    ]
'''


@pytest.fixture
def zz_demo(tmp_path):
    """A function that writes the scheme with some figures and loads it."""

    def load(deductible="0.00", rate="0.50", flat="0.00", rules=RULES):
        folder = tmp_path / "schemes" / "zz_demo"
        (folder / "rules").mkdir(parents=True, exist_ok=True)
        figures = [
            PARAMETER.format(name="deductible", unit="EUR", by="care_date", rounding="half_up",
                             value=deductible),
            PARAMETER.format(name="rate", unit="rate", by="care_date", rounding="down", value=rate),
            PARAMETER.format(name="flat", unit="EUR/act", by="care_date", rounding="half_up",
                             value=flat),
        ]  # fmt: skip
        texts = {
            "scheme.yaml": SCHEME,
            "sources.yaml": SOURCES,
            "tables.yaml": TABLES,
            "prices.csv": PRICES,
            "parameters.yaml": "".join(figures),
            "texts.yaml": TEXTS,
            "rules/all.py": rules,
        }
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
        return load_catalogue(tmp_path / "schemes")

    return load


def asked(*lines, **changes):
    made = tuple(
        a_line(line_no=no, kind=LineKind.CODE, letter="", coefficient=None, code=code,
               amount_minor=amount, quantity=quantity)
        for no, (code, amount, quantity) in enumerate(lines, start=1)
    )  # fmt: skip
    dossier = a_dossier(scheme="zz-demo", currency="EUR", lines=made)
    return a_pricing_input(dossier=dossier, **changes)


def test_a_made_up_scheme_prices_without_a_change_of_the_engine(zz_demo):
    priced = price(asked(("VISIT", 3500, 1)), zz_demo())
    assert (priced.base_minor, priced.due_minor) == (3000, 1500)
    assert priced.lines[0].rule_id == "ZZ-PRICE+ZZ-RATE+ZZ-FLAT"


def test_a_line_wholly_inside_the_deductible_is_paid_nothing(zz_demo):
    priced = price(asked(("VISIT", 3000, 1)), zz_demo(deductible="50.00"))
    assert (priced.base_minor, priced.due_minor) == (0, 0)
    assert [use.amount_minor for use in priced.counter_uses] == [3000]


def test_what_is_left_of_a_deductible_is_taken_before_the_rate(zz_demo):
    used = CounterUse("P0001", "zz.deductible", dt.date(2026, 1, 5), 12000, "D0009", 1)
    given = asked(("VISIT", 3000, 1), counters=(used,))
    assert price(given, zz_demo(deductible="130.00", rate="0.80")).due_minor == 1600


def test_a_fixed_limit_of_zero_pays_zero(zz_demo):
    assert price(asked(("GIFT", 1000, 3)), zz_demo()).due_minor == 0


def test_a_rate_of_zero_pays_zero(zz_demo):
    priced = price(asked(("VISIT", 3000, 1)), zz_demo(rate="0.00"))
    assert (priced.base_minor, priced.due_minor) == (3000, 0)


def test_cents_are_kept_through_the_lines(zz_demo):
    assert price(asked(("HALF", 160, 1)), zz_demo()).due_minor == 80


def test_a_figure_rounds_as_it_says(zz_demo):
    assert price(asked(("HALF", 160, 1)), zz_demo(rate="0.333")).due_minor == 53


def test_a_participation_takes_off_the_due_and_never_below_zero(zz_demo):
    catalogue = zz_demo(flat="10.00")
    assert price(asked(("VISIT", 3000, 1)), catalogue).due_minor == 500
    assert price(asked(("HALF", 160, 1)), catalogue).due_minor == 0


def test_several_kinds_of_lines_add_up_once_each(zz_demo):
    given = asked(("VISIT", 3000, 1), ("HALF", 160, 1), ("VISIT", 3000, 1), ("HALF", 160, 1))
    assert price(given, zz_demo()).due_minor == 3160


def test_the_days_of_grace_after_the_last_review_are_data(zz_demo):
    lines = (a_line(line_no=1, kind=LineKind.CODE, letter="", coefficient=None, code="VISIT",
                    care_date=dt.date(2026, 7, 30)),
             a_line(line_no=2, kind=LineKind.CODE, letter="", coefficient=None, code="VISIT",
                    care_date=dt.date(2026, 7, 31)))  # fmt: skip
    dossier = a_dossier(scheme="zz-demo", currency="EUR", lines=lines)
    findings = price(a_pricing_input(dossier=dossier), zz_demo()).findings
    assert [(each.code, each.line_no) for each in findings] == [("HORS_REVISION", 2)]


def test_an_illustrative_figure_is_marked(zz_demo):
    line = a_line(kind=LineKind.CODE, letter="", coefficient=None, code="VISIT",
                  care_date=dt.date(2025, 12, 31))  # fmt: skip
    dossier = a_dossier(scheme="zz-demo", currency="EUR", lines=(line,))
    findings = price(a_pricing_input(dossier=dossier), zz_demo()).findings
    assert [each.code for each in findings] == ["CHIFFRE_NON_CONFIRME"]


def test_a_rule_that_pays_more_than_was_asked_is_stopped(zz_demo):
    wrong = RULES.replace("max(0, state.due_minor - int(", "(state.asked_minor + 1 + int(")
    with pytest.raises(CatalogueError, match="ZZ-FLAT: line 1: 3001 is below zero or above"):
        price(asked(("VISIT", 3000, 1)), zz_demo(rules=wrong))


def test_a_rule_that_reads_what_it_did_not_declare_is_stopped(zz_demo):
    wrong = RULES.replace('figures.at("rate", state)', 'figures.at("flat", state)', 1)
    with pytest.raises(CatalogueError, match="ZZ-RATE: flat: read without standing in reads"):
        price(asked(("VISIT", 3000, 1)), zz_demo(rules=wrong))


def test_a_rule_that_raises_a_code_it_did_not_declare_is_stopped(zz_demo):
    wrong = RULES.replace('(row,), "listed")', '(row,), "listed", code="NON_REMBOURSABLE")')
    with pytest.raises(CatalogueError, match="ZZ-PRICE: code NON_REMBOURSABLE"):
        price(asked(("VISIT", 3000, 1)), zz_demo(rules=wrong))
