"""French cash benefits: published maxima, and what holds for every stop however it is cut up."""

import datetime as dt
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tasks.pricing
from models.dossier import CareKind, LineKind
from models.messages import render
from models.outcome import DatedFact, PricingInput
from models.written import written
from tasks.pricing.cases import read_cases
from tasks.pricing.catalogue import load_catalogue
from tasks.pricing.chunk import price_in_rank
from tasks.pricing.engine import price
from tasks.pricing.explain import as_text, explain
from tests.builders import a_dossier, a_line, a_validated

CATALOGUE = load_catalogue(Path(tasks.pricing.__file__).parent / "schemes")
SCHEME = CATALOGUE.schemes["fr-cpam"]
START = dt.date(2026, 1, 15)
ONE_DAY = dt.timedelta(days=1)
WAITING = 3
COMMUNE = (
    DatedFact("mandate_body", "commune", dt.date(2020, 1, 1), None),
    DatedFact("mandate_gross_monthly", "250000", dt.date(2020, 1, 1), None),
)


def read_all(scheme_id):
    """The golden cases of cash benefits."""
    folder = Path(__file__).parents[2] / "cases" / "pricing" / scheme_id
    names = ("sick_pay_*.yaml", "accident_maternity.yaml", "elected_*.yaml")
    paths = sorted(path for name in names for path in folder.glob(name))
    return [case for path in paths for case in read_cases(path, {scheme_id: "EUR"})]


def wages(amount=300_000):
    return {f"salary_m{month}": str(amount) for month in (1, 2, 3)}


def a_period(first, days, **facts):
    return a_line(
        kind=LineKind.CODE,
        code="IJ",
        letter="",
        coefficient=None,
        care_date=first,
        quantity=days,
        amount_minor=0,
        unit_amount_minor=None,
        facts={**wages(), **facts},
    )


def a_stop(*periods, number=1, start=START, people=(), ald="", **facts):
    """A dossier of some certified periods of one stop."""
    lines = tuple(replace(period, line_no=no) for no, period in enumerate(periods, start=1))
    key = f"D{number:04d}"
    dossier = a_dossier(
        dossier_id=key,
        public_number=f"CPAM-2026-{key}",
        scheme="fr-cpam",
        currency="EUR",
        care_kind=CareKind.SICK_LEAVE,
        lines=lines,
        total_minor=0,
        facts={"stop_start": start.isoformat(), **facts},
    )
    validated = a_validated(dossier_id=key, facts=tuple(people), ald_code=ald)
    return PricingInput(dossier, validated, ())


def priced(*periods, **about):
    return price(a_stop(*periods, **about), CATALOGUE)


def params_of(found, code):
    return [dict(each.params) for each in found.findings if each.code == code]


def nearest_cent(amount):
    return int((amount * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def figures_of(name):
    return SCHEME.parameters[name].timeline.figures


def value_on(name, day):
    return SCHEME.parameters[name].timeline.at(day).value


@pytest.mark.parametrize(
    "figure", figures_of("sick_pay.daily_maximum"), ids=lambda each: each.figure_id
)
def test_a_published_maximum_is_what_the_minimum_wage_gives_on_its_first_and_last_day(figure):
    for day in (figure.start, figure.end or dt.date(2026, 11, 21)):
        before = day.replace(day=1) - ONE_DAY
        ceiling = value_on("sick_pay.smic_multiple", day) * value_on("sick_pay.smic_month", before)
        exact = ceiling * 3 / Decimal("91.25") / 2
        assert nearest_cent(exact) == figure.minor


@pytest.mark.parametrize("year", [2025, 2026])
def test_the_published_maxima_are_what_the_ceiling_of_social_security_gives(year):
    day = dt.date(year, 1, 1)
    ceiling = value_on("sick_pay.pss_month", day)
    daily = ceiling * 12 * Decimal("0.00834")
    first, later = daily * Decimal("0.6"), daily * Decimal("0.8")
    maternity = ceiling * 3 / Decimal("91.25") * Decimal("0.79")
    assert nearest_cent(first) == value_on("sick_pay.accident_maximum_first", day) * 100
    assert nearest_cent(later) == value_on("sick_pay.accident_maximum_later", day) * 100
    assert nearest_cent(maternity) == value_on("sick_pay.maternity_maximum", day) * 100


@pytest.mark.parametrize(("year", "threshold"), [(2025, "1962.50"), (2026, "2002.50")])
def test_the_threshold_of_officials_is_half_the_monthly_ceiling(year, threshold):
    day = dt.date(year, 1, 1)
    half = value_on("elected.threshold_share", day) * value_on("sick_pay.pss_month", day)
    assert half == Decimal(threshold)


def test_the_rounding_in_conflict_keeps_both_ways_with_their_sources():
    (figure,) = figures_of("sick_pay.cent_threshold")
    assert figure.value == Decimal("0.5")
    assert [(each.value, each.source) for each in figure.alternatives] == [
        (Decimal(1), "FR-IJ-SERVICE-PUBLIC-EXEMPLE")
    ]


def test_every_source_of_cash_benefits_stands_behind_a_figure():
    figures = list(CATALOGUE.figures("fr-cpam"))
    named = {figure.source for figure in figures}
    named |= {other.source for figure in figures for other in figure.alternatives}
    own = {each for each in CATALOGUE.sources if each.startswith(("FR-IJ-", "FR-ELU-"))}
    assert own <= named


def test_every_finding_of_cash_benefits_is_a_sentence_with_its_parameters():
    ours = [code for code in CATALOGUE.codes.values() if code.code.startswith(("IJ_", "ELU_"))]
    assert len(ours) >= 18
    for case in read_all("fr-cpam"):
        for each in price(case.given, CATALOGUE).findings:
            for language in ("fr", "ar", "en"):
                assert "…" not in render(CATALOGUE.codes[each.code], each.params, language)


def test_the_steps_show_the_rounding_where_the_sources_disagree():
    explanation = explain(a_stop(a_period(START, 10, **wages(200_000))), CATALOGUE)
    for language in ("fr", "ar", "en"):
        text = as_text(explanation, CATALOGUE, language)
        assert "sick_pay.cent_threshold@2024-01-01" in text
        assert written("32.88 EUR", language) in text


def test_the_rounding_is_not_in_doubt_at_an_officially_published_maximum():
    found = priced(a_period(START, 10))
    assert not params_of(found, "CHIFFRE_NON_CONFIRME")
    assert not any("cent_threshold" in each for each in found.lines[0].figure_ids)


def test_the_finding_of_recoverable_benefits_names_their_amount():
    found = priced(
        a_period(dt.date(2025, 11, 3), 10),
        start=dt.date(2025, 11, 3),
        people=COMMUNE,
        mandate_continued="yes",
        doctor_opinion="silent",
    )
    assert params_of(found, "ELU_IJ_RECUPERABLE") == [{"amount": "290.29 EUR"}]


def test_the_finding_of_a_reduced_allowance_names_what_the_council_pays_at_most():
    found = priced(a_period(START, 10, allowance_period="50000"), people=COMMUNE)
    assert params_of(found, "ELU_INDEMNITE_REDUITE") == [
        {"mandate": "1", "allowance": "500.00 EUR", "most": "209.71 EUR", "paid": "290.29 EUR"}
    ]


def test_an_allowance_is_reduced_by_the_benefits_of_job_and_mandate_together():
    found = priced(
        a_period(START, 10, allowance_period="70000"),
        a_period(START, 10, income="mandate", **wages(250_000)),
        people=COMMUNE,
        has_allowance_notice="yes",
    )
    (params,) = params_of(found, "ELU_INDEMNITE_REDUITE")
    assert (params["paid"], params["most"]) == ("577.99 EUR", "122.01 EUR")


def test_a_period_of_no_days_has_no_tariff():
    found = priced(a_period(START, 0))
    assert found.lines[0].tariff_minor is None
    assert [each.code for each in found.findings] == ["TARIF_INCONNU"]


def test_the_waiting_days_of_a_condition_follow_the_stops_and_not_their_arrival():
    later = dt.date(2026, 3, 2)
    first_stop = a_stop(a_period(START, 10), number=1, ald="08", is_ald_stop="yes")
    second_stop = a_stop(a_period(later, 10), number=2, start=later, ald="08", is_ald_stop="yes")
    due = [each.due_minor for each in price_in_rank([second_stop, first_stop], CATALOGUE)]
    assert due == [7 * 4147, 10 * 4195]


# Periods as days after the stop's first day, and lengths; they may overlap and leave gaps.
periods = st.lists(st.tuples(st.integers(0, 70), st.integers(1, 25)), min_size=1, max_size=6)
incomes = st.integers(0, 600_000)
risks = st.sampled_from(["sickness", "work_accident", "maternity"])
starts = st.dates(dt.date(2025, 1, 1), dt.date(2026, 11, 20))


def covered(cut):
    """The days of a stop that some period certifies, counted from its first day."""
    return {offset + count for offset, days in cut for count in range(days)}


def dossiers_of(cut, start=START, **facts):
    """One dossier for each period of a stop."""
    return [
        a_stop(
            a_period(start + ONE_DAY * offset, days),
            number=number,
            start=start,
            is_prolongation="yes" if offset else "no",
            **facts,
        )
        for number, (offset, days) in enumerate(cut, start=1)
    ]


@settings(max_examples=60, deadline=None)
@given(periods, st.randoms(use_true_random=False))
def test_the_order_of_the_dossiers_of_a_stop_changes_nothing(cut, random):
    in_order = dossiers_of(cut)
    shuffled = random.sample(in_order, len(in_order))
    assert price_in_rank(shuffled, CATALOGUE) == price_in_rank(in_order, CATALOGUE)


@settings(max_examples=60, deadline=None)
@given(periods)
def test_a_stop_is_paid_for_its_days_less_the_waiting_days_however_it_is_cut_up(cut):
    paid = len([day for day in covered(cut) if day >= WAITING])
    apart = price_in_rank(dossiers_of(cut), CATALOGUE)
    together = priced(*[a_period(START + ONE_DAY * offset, days) for offset, days in cut])
    assert sum(each.due_minor for each in apart) == paid * 4147
    assert together.due_minor == paid * 4147


@settings(max_examples=60, deadline=None)
@given(periods)
def test_a_work_accident_pays_each_day_at_its_own_rate_however_it_is_cut_up(cut):
    days = covered(cut)
    expected = sum(5917 if day < 28 else 7791 for day in days)
    found = price_in_rank(dossiers_of(cut, stop_risk="work_accident"), CATALOGUE)
    assert sum(each.due_minor for each in found) == expected


stops = st.lists(st.tuples(st.integers(0, 40), periods), min_size=1, max_size=3)


@settings(max_examples=60, deadline=None)
@given(stops)
def test_no_day_is_paid_twice_in_whatever_stops_it_stands(given_stops):
    given_dossiers = [
        replace(each, dossier=replace(each.dossier, dossier_id=key, public_number=f"CPAM-{key}"))
        for number, (later, cut) in enumerate(given_stops)
        for each in dossiers_of(cut, start=START + ONE_DAY * later)
        for key in [f"S{number}{each.dossier.dossier_id}"]
    ]
    days = {later + day for later, cut in given_stops for day in covered(cut)}
    found = price_in_rank(given_dossiers, CATALOGUE)
    paid = [use.amount_minor for each in found for use in each.counter_uses
            if use.counter == "fr.sick_pay.paid_days.job"]  # fmt: skip
    assert sum(paid) <= len(days)


@settings(max_examples=60, deadline=None)
@given(periods, st.randoms(use_true_random=False))
def test_the_order_of_the_lines_of_a_stop_changes_nothing(cut, random):
    lines = [a_period(START + ONE_DAY * offset, days) for offset, days in cut]
    shuffled = random.sample(lines, len(lines))
    before, after = priced(*lines), priced(*shuffled)
    assert before.due_minor == after.due_minor
    assert before.counter_uses == after.counter_uses
    assert sorted(each.code for each in before.findings) == sorted(
        each.code for each in after.findings
    )


@settings(max_examples=100, deadline=None)
@given(starts, st.integers(0, 40), st.integers(1, 40), st.tuples(incomes, incomes, incomes), risks)
def test_a_day_is_never_negative_and_never_above_the_maximum(start, offset, days, amounts, risk):
    facts = {f"salary_m{month}": str(amount) for month, amount in enumerate(amounts, start=1)}
    period = a_period(start + ONE_DAY * offset, days, **facts)
    (line,) = priced(period, start=start, stop_risk=risk, is_prolongation="yes").lines
    maximum = {
        "sickness": "sick_pay.daily_maximum",
        "work_accident": "sick_pay.accident_maximum_later",
        "maternity": "sick_pay.maternity_maximum",
    }[risk]
    assert line.tariff_minor is not None
    assert 0 <= line.due_minor <= line.base_minor <= line.asked_minor
    assert line.tariff_minor <= days * value_on(maximum, start) * 100


@settings(max_examples=60, deadline=None)
@given(starts, incomes, st.integers(0, 100_000), risks)
def test_earning_more_never_gives_less(start, wage, more, risk):
    low = priced(a_period(start, 40, **wages(wage)), start=start, stop_risk=risk)
    high = priced(a_period(start, 40, **wages(wage + more)), start=start, stop_risk=risk)
    assert low.due_minor <= high.due_minor


@settings(max_examples=60, deadline=None)
@given(starts, st.integers(0, 500_000), st.booleans(), st.sampled_from(["job", "mandate"]))
def test_an_official_is_paid_on_the_mandate_only_above_the_threshold(start, gross, stopped, income):
    people = (
        COMMUNE[0],
        DatedFact("mandate_gross_monthly", str(gross), dt.date(2020, 1, 1), None),
        DatedFact("has_stopped_work", "yes" if stopped else "no", dt.date(2020, 1, 1), None),
    )
    found = priced(a_period(start, 10, income=income), start=start, people=people)
    threshold = value_on("sick_pay.pss_month", start) * 100 / 2
    is_open = income == "job" or stopped or gross > threshold
    assert (found.due_minor > 0) == is_open
