"""Chongqing's figures: each from its first day on, each as its sources say it."""

import datetime as dt
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

import tasks.pricing
from models.dossier import CareKind
from tasks.pricing.catalogue import load_catalogue
from tasks.pricing.figures import DOUBTFUL, Status
from tests.stages.pricing.chongqing_claims import (
    CATALOGUE,
    EMPLOYEE,
    EMPLOYEE_FACTS,
    ITEM_LISTS,
    LTC_FACTS,
    ONE_DAY,
    RESIDENT,
    SCHEMES,
    a_claim,
    an_item,
    priced,
)

# -- every figure's first day ---------------------------------------------------------------------


def table_rows(scheme):
    tables = CATALOGUE.schemes[scheme].tables
    for table_id, table in tables.items():
        if scheme == EMPLOYEE and table_id in ITEM_LISTS:
            # They start with the residents' scheme, before the employees' own figures do.
            continue
        for key, timeline in table.by_key.items():
            for figure in timeline.figures:
                yield pytest.param(scheme, table_id, key, figure, id=f"{scheme}:{figure.figure_id}")


def claim_for(scheme, table_id, key, day):
    """A dossier that the row of a table must price on a day, and nothing else of its key."""
    status = "active" if scheme == EMPLOYEE else "tier1"
    facts = {**EMPLOYEE_FACTS, "insured_status": status, "hospital_level": "L1"}
    facts |= {"special_kind": "chronic"}
    total = [an_item("TOTAL-A", 1_000_000, day)]
    if table_id in (*ITEM_LISTS, "bulk_prices"):
        return a_claim(scheme, [an_item(key[0], 1_000_000, day)], facts)
    if table_id == "special_diseases":
        form = {"late_cancer": "no"} if scheme == EMPLOYEE else {}
        return a_claim(scheme, total, facts, ald=key[0], form=form)
    if table_id == "ltc_days":
        return a_claim(scheme, [an_item(key[0], 0, day)], LTC_FACTS)
    if table_id == "ltc_grades":
        graded = LTC_FACTS | {"assessment_grade": key[0]}
        return a_claim(scheme, [an_item("LTC-INSTITUTION", 0, day)], graded)
    if table_id == "maternity_amounts":
        event = {"maternity_event": key[0]}
        facts |= {"hospital_level": key[1]}
        return a_claim(scheme, total, facts, care_kind=CareKind.MATERNITY, form=event)
    if table_id == "chronic_ratio":
        return a_claim(scheme, total, facts | {"hospital_level": key[0]}, ald="CQSD19")
    if table_id == "inpatient_deductible":
        facts |= {"hospital_level": key[0], "is_tcm": "yes" if key[1] == "tcm" else "no"}
        return a_claim(scheme, total, facts, admission=day)
    facts |= {"insured_status": key[0]}
    if table_id == "annual_cap":
        return a_claim(scheme, total, facts, admission=day)
    if table_id == "outpatient_cap":
        return a_claim(scheme, total, facts)
    birth = day.replace(year=day.year - (30 if key[2] == "18" else 10), day=1)
    facts |= {"hospital_level": key[1]}
    admission = day if table_id == "inpatient_ratio" else None
    return a_claim(scheme, total, facts, admission=admission, birth=birth)


#: Rows that price nothing: residents' special diseases have no ratio from June 2025 on, and
#: assisted reproduction has none at all.
UNPRICED_ROWS = {
    *((RESIDENT, "special_diseases", key)
      for key in CATALOGUE.schemes[RESIDENT].tables["special_diseases"].by_key),
    *((RESIDENT, "services", (code,))
      for code in ("990000000000008", "990000000000009")),
}  # fmt: skip


@pytest.mark.parametrize(
    ("scheme", "table_id", "key", "figure"), [row for each in SCHEMES for row in table_rows(each)]
)
def test_a_row_prices_from_its_first_day_and_not_the_day_before(scheme, table_id, key, figure):
    on_the_day = priced(claim_for(scheme, table_id, key, figure.start)).lines[0]
    before = priced(claim_for(scheme, table_id, key, figure.start - ONE_DAY)).lines[0]
    assert figure.figure_id not in before.figure_ids
    if (scheme, table_id, key) in UNPRICED_ROWS:
        assert on_the_day.tariff_minor is None
    else:
        assert figure.figure_id in on_the_day.figure_ids


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_parameter_has_its_value_from_its_first_day_and_none_the_day_before(scheme):
    for parameter in CATALOGUE.schemes[scheme].parameters.values():
        for figure in parameter.timeline.figures:
            assert parameter.timeline.at(figure.start) == figure
            assert parameter.timeline.at(figure.start - ONE_DAY) is None
            assert parameter.timeline.at(figure.last_day) == figure


# -- what the sources say, kept as they say it ----------------------------------------------------


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_whole_scheme_is_illustrative_and_no_figure_is_confirmed(scheme):
    assert CATALOGUE.schemes[scheme].status in DOUBTFUL
    assert Status.CONFIRMED not in {figure.status for figure in CATALOGUE.figures(scheme)}


def test_every_chinese_source_stands_behind_a_figure():
    figures = [figure for scheme in SCHEMES for figure in CATALOGUE.figures(scheme)]
    named = {figure.source for figure in figures}
    named |= {other.source for figure in figures for other in figure.alternatives}
    assert named == {name for name in CATALOGUE.sources if name.startswith("CN-")}


def test_the_known_special_diseases_are_twenty_six_and_two_have_another_class():
    rows = [
        figure
        for timeline in CATALOGUE.schemes[EMPLOYEE].tables["special_diseases"].by_key.values()
        for figure in timeline.figures
    ]
    assert Counter(row.texts["class_listed"] for row in rows) == {"1": 11, "1?": 3, "2": 12}
    assert [row.texts["name_zh"] for row in rows if row.status is Status.CONFLICT] == [
        "阿尔茨海默病",
        "耐药结核病",
    ]
    assert sum(row.texts["flexible1"] == "yes" for row in rows) == 4


def test_the_ratio_of_tier_two_at_level_three_keeps_both_other_values():
    table = CATALOGUE.schemes[RESIDENT].tables["inpatient_ratio"]
    row = table.at(("tier2", "L3", "18"), dt.date(2026, 1, 1))
    assert (row.value, row.status) == (Decimal("0.55"), Status.CONFLICT)
    assert [other.value for other in row.alternatives] == [Decimal("0.60"), Decimal("0.70")]


def test_the_deductible_of_critical_illness_keeps_its_three_values():
    (figure,) = CATALOGUE.schemes[RESIDENT].parameters["critical.deductible"].timeline.figures
    values = {figure.value, *(other.value for other in figure.alternatives)}
    assert values == {Decimal(15412), Decimal(17833), Decimal(18797)}


def test_every_drug_code_of_the_sample_has_the_form_of_a_national_code_and_says_sample():
    for key in CATALOGUE.schemes[EMPLOYEE].tables["drugs"].by_key:
        assert (key[0][0], len(key[0])) in {("X", 23), ("Z", 20)}
        assert "SAMPLE" in key[0]


def test_the_same_stay_costs_less_with_the_bulk_price_than_without(copied):
    row = next(
        line
        for line in Path(tasks.pricing.__file__)
        .parent.joinpath("national/cn/bulk_prices.csv")
        .read_text(encoding="utf-8")
        .splitlines(keepends=True)
        if line.startswith("CSAMPLE0000000000001,")
    )
    without = load_catalogue(copied("national/cn/bulk_prices.csv", row, ""))
    day = dt.date(2026, 3, 10)
    lines = [
        an_item("990000000000006", 1_000_000, day),
        an_item("CSAMPLE0000000000001", 1_300_000, day),
    ]
    facts = {"insured_status": "active", "hospital_level": "L3"}
    claim = a_claim(EMPLOYEE, lines, facts, admission=day)
    assert (priced(claim, without).due_minor, priced(claim).due_minor) == (1_769_700, 836_400)
