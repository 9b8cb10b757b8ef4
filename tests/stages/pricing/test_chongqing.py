"""Chongqing: a stay gives what its total gives, however it is billed and in whatever order."""

import datetime as dt
import json
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.dossier import CareKind
from tasks.pricing.chunk import price_in_rank
from tasks.pricing.explain import explain
from tasks.pricing.single import Circumstances, facts_of_words, price_file
from tests.stages.pricing.chongqing_claims import (
    CATALOGUE,
    EMPLOYEE,
    EMPLOYEES,
    ITEM_LISTS,
    LEVELS,
    LTC,
    LTC_FACTS,
    RESIDENT,
    TIERS,
    a_claim,
    an_item,
    numbered,
    priced,
)

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
    [
        ("fr", "franchise 880,00\u00a0CNY"),
        ("ar", "الخصم \u2066880,00\u2069\u00a0يوان"),
        ("en", "deductible 880.00 CNY"),
    ],
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
    caps = {"outpatient_paid": tables["outpatient_cap"].at((status,), day).minor}
    if scheme == RESIDENT:
        basic = tables["annual_cap"].at((status,), day).minor
        return caps | {"basic": basic, "critical": 20_000_000}
    return caps | {"pool": 4_700_000, "large": 50_000_000}


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
            assert used[(f"{scheme}.{counter}", civil_year)] <= cap


@settings(max_examples=60, deadline=None)
@given(both.flatmap(years))
def test_what_the_funds_pay_is_what_the_counters_say(year):
    paid = ("outpatient_paid", "pool", "large", "basic", "critical")
    for each in price_in_rank(year, CATALOGUE):
        counted = sum(
            use.amount_minor for use in each.counter_uses if use.counter.partition(".")[2] in paid
        )
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


def test_what_one_used_as_a_resident_does_not_count_as_an_employee():
    first, then = dt.date(2026, 3, 10), dt.date(2026, 7, 10)
    level = {"hospital_level": "L1"}
    student = a_claim(
        RESIDENT, [an_item("TOTAL-A", 100_000, first)], level | {"insured_status": "tier1"}
    )
    worker = a_claim(
        EMPLOYEE,
        [an_item("TOTAL-A", 520_000, then)],
        level | {"insured_status": "active"},
        key="D0002",
    )
    found = price_in_rank([worker, student], CATALOGUE)
    assert [each.due_minor for each in found] == [30_000, 300_000]


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
