"""Chongqing: a stay gives what its total gives, however it is billed and in whatever order."""

import datetime as dt
import json
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tasks.pricing
from models.dossier import CareKind, LineKind, Stay
from models.outcome import DatedFact, PricingInput
from tasks.pricing.catalogue import load_catalogue
from tasks.pricing.chunk import price_in_rank
from tasks.pricing.engine import price
from tasks.pricing.explain import explain
from tasks.pricing.figures import DOUBTFUL, Status
from tasks.pricing.single import Circumstances, facts_of_words, price_file
from tests.builders import a_dossier, a_line, a_validated

CATALOGUE = load_catalogue(Path(tasks.pricing.__file__).parent / "schemes")
EMPLOYEE, RESIDENT, LTC = "cn-cq-employee", "cn-cq-resident", "cn-cq-ltc"
SCHEMES = (EMPLOYEE, RESIDENT, LTC)
ALWAYS = dt.date(1990, 1, 1)
ONE_DAY = dt.timedelta(days=1)
LEVELS = ("community_L1", "community_L2", "L1", "L2", "L3", "children_L3")
TIERS = ("tier1", "tier2")
EMPLOYEES = tuple(key[0] for key in CATALOGUE.schemes[EMPLOYEE].tables["outpatient_cap"].by_key)
LTC_FACTS = {
    "ltc_contribution_years": "20",
    "ltc_insured_months": "60",
    "disability_since": "2019-01-10",
    "assessment_grade": "F",
    "assessment_date": "2020-02-20",
}
EMPLOYEE_FACTS = {"contribution_months": "12", "contribution_wage": "900000"}


def an_item(code, amount, day=dt.date(2026, 3, 10), **changes):
    """A line that names a national code, or the total of a class."""
    return a_line(
        kind=LineKind.CODE,
        letter="",
        coefficient=None,
        code=code,
        care_date=day,
        amount_minor=amount,
        unit_amount_minor=None,
        **changes,
    )


def numbered(lines):
    return tuple(replace(line, line_no=no) for no, line in enumerate(lines, start=1))


def a_claim(
    scheme,
    lines,
    facts,
    *,
    key="D0001",
    admission=None,
    ald="",
    birth=dt.date(1980, 5, 17),
    form=None,
    **changes,
):
    """A dossier of one of the schemes, with what the registers know of person and hospital."""
    stay = None if admission is None else Stay(admission, admission + 5 * ONE_DAY, "")
    dossier = a_dossier(
        dossier_id=key,
        public_number=f"CQ-2026-{key}",
        scheme=scheme,
        currency="CNY",
        stay=stay,
        lines=numbered(lines),
        facts=form or {},
        **({"care_kind": CareKind.HOSPITAL} if stay else {}) | changes,
    )
    dated = tuple(DatedFact(name, value, ALWAYS, None) for name, value in facts.items())
    validated = a_validated(dossier_id=key, beneficiary_birth_date=birth, ald_code=ald, facts=dated)
    return PricingInput(dossier, validated, ())


def priced(claim, catalogue=CATALOGUE):
    return price(claim, catalogue)


# -- every figure's first day ---------------------------------------------------------------------


#: The sample lists of items start with the residents' scheme, before the employees' figures do.
ITEM_LISTS = ("drugs", "materials", "services")


def table_rows(scheme):
    tables = CATALOGUE.schemes[scheme].tables
    for table_id, table in tables.items():
        if scheme == EMPLOYEE and table_id in ITEM_LISTS:
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


# -- one total, however it is billed --------------------------------------------------------------


def test_ten_thousand_on_forty_lines_gives_what_one_line_gives():
    facts = {"insured_status": "active", "hospital_level": "L3"}
    day = dt.date(2026, 3, 10)
    parts = [25_003 if number % 2 else 24_997 for number in range(40)]
    lines = [an_item("TOTAL-A", part, day) for part in parts]
    claim = a_claim(EMPLOYEE, lines, facts, admission=day)
    assert sum(parts) == 1_000_000
    assert priced(claim).due_minor == 775_200


def test_the_steps_of_a_stay_show_its_rank_and_deductible():
    facts = {"insured_status": "active", "hospital_level": "L3"}
    day = dt.date(2026, 3, 10)
    claim = a_claim(EMPLOYEE, [an_item("TOTAL-A", 1_000_000, day)], facts, admission=day)
    steps = {step.rule_id: step for step in explain(claim, CATALOGUE).steps}
    step = steps["CN-FRANCHISE-SEJOUR"]
    assert dict(step.params) == {
        "rank": "1",
        "deductible": "880.00 CNY",
        "in_scope": "10000.00 CNY",
    }
    assert (step.before_minor, step.after_minor) == (850_000, 775_200)


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", "franchise 880.00 CNY"), ("ar", "الخصم 880.00 CNY"), ("en", "deductible 880.00 CNY")],
)
def test_a_stay_from_a_file_is_explained_in_each_language(tmp_path, language, words):
    stay = {
        "admission_date": "2026-11-02",
        "discharge_date": "2026-11-09",
        "establishment_id": "H50010300001",
    }
    dossier = {
        "public_number": "CQ-2026-0001",
        "scheme": EMPLOYEE,
        "deposit_date": "2026-11-18",
        "insured_id": "500103199003071239",
        "beneficiary_birth_date": "1990-03-07",
        "provider_id": "H50010300001",
        "kind_of_care": "hospital",
        "stay": stay,
        "lines": [{"code": "TOTAL-A", "date": "2026-11-09", "amount_minor": 1_000_000}],
        "total_minor": 1_000_000,
    }
    path = tmp_path / "stay.json"
    path.write_text(json.dumps(dossier), encoding="utf-8")
    facts = facts_of_words(["insured_status=active", "hospital_level=L3"])
    given = Circumstances(facts=facts)
    found = price_file(path, CATALOGUE, circumstances=given, language=language)
    assert found["total"]["due_minor"] == 775_200
    assert words in found["text"]


days_of_year = st.dates(dt.date(2026, 1, 1), dt.date(2026, 11, 20))
class_totals = st.sampled_from(["TOTAL-A", "TOTAL-A", "TOTAL-B", "TOTAL-C"])
bills = st.lists(st.tuples(class_totals, st.integers(0, 3_000_000)), min_size=1, max_size=6)
CODES = sorted(
    key[0] for name in ITEM_LISTS for key in CATALOGUE.schemes[EMPLOYEE].tables[name].by_key
)
coded = st.lists(
    st.tuples(st.sampled_from(CODES), st.integers(0, 500_000), st.integers(1, 20)),
    max_size=4,
)
visits = st.sampled_from(["stay", "outpatient", "CQSD01", "CQSD12", "CQSD19"])


@st.composite
def claims(draw, scheme, day=days_of_year, key="D0001"):
    """A dossier of one day, any kind of visit, by class totals and by codes."""
    visit, on = draw(visits), draw(day)
    lines = [an_item(code, amount, on) for code, amount in draw(bills)]
    lines += [an_item(code, amount, on, quantity=count) for code, amount, count in draw(coded)]
    facts = {
        "insured_status": draw(st.sampled_from(EMPLOYEES if scheme == EMPLOYEE else TIERS)),
        "hospital_level": draw(st.sampled_from(LEVELS)),
        "special_kind": "chronic",
    }
    if scheme == RESIDENT and visit.startswith("CQSD"):
        visit = "outpatient"
    birth = dt.date(draw(st.sampled_from([1950, 1990, 2015])), 3, 1)
    admission = on if visit == "stay" else None
    ald = visit if visit.startswith("CQSD") else ""
    return a_claim(scheme, lines, facts, key=key, admission=admission, ald=ald, birth=birth)


both = st.sampled_from([EMPLOYEE, RESIDENT])


@settings(max_examples=100, deadline=None)
@given(both.flatmap(claims))
def test_no_line_is_negative_or_above_what_is_in_scope_or_asked(claim):
    for line in priced(claim).lines:
        assert 0 <= line.due_minor <= line.base_minor <= line.asked_minor
        assert not line.shares or sum(share for _, share in line.shares) == line.due_minor


@settings(max_examples=100, deadline=None)
@given(both.flatmap(claims), st.randoms(use_true_random=False))
def test_the_order_of_the_lines_changes_nothing(claim, random):
    lines = list(claim.dossier.lines)
    random.shuffle(lines)
    shuffled = replace(claim, dossier=replace(claim.dossier, lines=numbered(lines)))
    before, after = priced(claim), priced(shuffled)
    assert before.due_minor == after.due_minor
    assert before.counter_uses == after.counter_uses
    assert sorted(each.code for each in before.findings) == sorted(
        each.code for each in after.findings
    )


@settings(max_examples=100, deadline=None)
@given(both.flatmap(claims), st.randoms(use_true_random=False))
def test_splitting_the_totals_over_more_lines_changes_nothing(claim, random):
    lines = []
    for line in claim.dossier.lines:
        if not line.code.startswith("TOTAL"):
            lines.append(line)
            continue
        cuts = sorted(random.randint(0, line.amount_minor) for _ in range(3))
        ends = [*cuts, line.amount_minor]
        lines += [
            replace(line, amount_minor=end - start)
            for start, end in zip([0, *cuts], ends, strict=True)
        ]
    split = replace(claim, dossier=replace(claim.dossier, lines=numbered(lines)))
    whole, parts = priced(claim), priced(split)
    assert (whole.due_minor, whole.base_minor) == (parts.due_minor, parts.base_minor)
    assert whole.counter_uses == parts.counter_uses


@settings(max_examples=80, deadline=None)
@given(both.flatmap(claims), st.integers(1, 400_000))
def test_more_in_scope_never_gives_less(claim, more):
    lines = [*claim.dossier.lines]
    lines[0] = replace(lines[0], amount_minor=lines[0].amount_minor + more)
    dearer = replace(claim, dossier=replace(claim.dossier, lines=tuple(lines)))
    assert priced(dearer).due_minor >= priced(claim).due_minor


# -- one year, whatever arrives first -------------------------------------------------------------


@st.composite
def years(draw, scheme):
    """One person's dossiers, some of the end of the year before; status and tier stay the same."""
    count = draw(st.integers(1, 7))
    day = st.one_of(days_of_year, st.dates(dt.date(2025, 12, 20), dt.date(2026, 1, 10)))
    status = draw(st.sampled_from(EMPLOYEES if scheme == EMPLOYEE else TIERS))
    found = []
    for number in range(count):
        claim = draw(claims(scheme, day, f"D{number:04d}"))
        facts = tuple(
            replace(fact, value=status) if fact.name == "insured_status" else fact
            for fact in claim.validated.facts
        )
        found.append(replace(claim, validated=replace(claim.validated, facts=facts)))
    return found


@settings(max_examples=60, deadline=None)
@given(both.flatmap(years), st.randoms(use_true_random=False))
def test_the_order_in_which_dossiers_arrive_changes_no_amount(year, random):
    shuffled = random.sample(year, len(year))
    assert price_in_rank(shuffled, CATALOGUE) == price_in_rank(year, CATALOGUE)


def caps_of(scheme, status):
    tables = CATALOGUE.schemes[scheme].tables
    day = dt.date(2026, 1, 1)
    caps = {"cn.outpatient_paid": tables["outpatient_cap"].at((status,), day).minor}
    if scheme == RESIDENT:
        basic = tables["annual_cap"].at((status,), day).minor
        return caps | {"cn.basic": basic, "cn.critical": 20_000_000}
    return caps | {"cn.pool": 4_700_000, "cn.large": 50_000_000}


@settings(max_examples=60, deadline=None)
@given(both.flatmap(years))
def test_no_civil_year_ever_holds_more_than_its_ceilings(year):
    scheme = year[0].dossier.scheme
    facts = {fact.name: fact.value for fact in year[0].validated.facts}
    used = Counter()
    for each in price_in_rank(year, CATALOGUE):
        for use in each.counter_uses:
            used[(use.counter, use.care_date.year)] += use.amount_minor
    for counter, cap in caps_of(scheme, facts["insured_status"]).items():
        for civil_year in (2025, 2026):
            assert used[(counter, civil_year)] <= cap


@settings(max_examples=60, deadline=None)
@given(both.flatmap(years))
def test_what_the_funds_pay_is_what_the_counters_say(year):
    paid = ("cn.outpatient_paid", "cn.pool", "cn.large", "cn.basic", "cn.critical")
    for each in price_in_rank(year, CATALOGUE):
        counted = sum(use.amount_minor for use in each.counter_uses if use.counter in paid)
        assert counted == each.due_minor


def test_stays_are_deducted_by_their_rank_in_the_year_whatever_arrives_first():
    facts = {"insured_status": "active", "hospital_level": "L3"}
    days = [dt.date(2026, month, 4) for month in (2, 4, 6, 8, 10)]
    claims_of_year = [
        a_claim(EMPLOYEE, [an_item("TOTAL-A", 200_000, day)], facts, key=f"D{no}", admission=day)
        for no, day in enumerate(days)
    ]
    found = price_in_rank(claims_of_year[::-1], CATALOGUE)
    deducted = [880, 792, 704, 620, 620]
    assert [each.due_minor for each in found] == [(2000 - part) * 85 for part in deducted]
    totals = list(accumulate(each.due_minor for each in found))
    assert totals[-1] == sum((2000 - part) * 85 for part in deducted)


# -- long-term care -------------------------------------------------------------------------------

ltc_codes = st.sampled_from(["LTC-HOME-INDIVIDUAL", "LTC-HOME-VISIT", "LTC-INSTITUTION"])
care_periods = st.lists(
    st.tuples(ltc_codes, st.dates(dt.date(2026, 8, 1), dt.date(2026, 10, 31)), st.integers(1, 40)),
    min_size=1,
    max_size=3,
)


@settings(max_examples=80, deadline=None)
@given(st.lists(care_periods, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_no_day_of_care_is_ever_paid_twice(periods, random):
    dossiers = [
        a_claim(
            LTC,
            [an_item(code, 0, day, quantity=days) for code, day, days in lines],
            LTC_FACTS,
            key=f"D{number}",
            care_kind=CareKind.LONG_TERM_CARE,
        )
        for number, lines in enumerate(periods)
    ]
    found = price_in_rank(dossiers, CATALOGUE)
    used = [use.care_date for each in found for use in each.counter_uses]
    assert len(used) == len(set(used))
    assert sum(each.due_minor for each in found) <= 5_000 * len(used)
    for each in found:
        days = sum(use.amount_minor for use in each.counter_uses)
        assert 4_000 * days <= each.due_minor <= 5_000 * days
    assert price_in_rank(random.sample(dossiers, len(dossiers)), CATALOGUE) == found
