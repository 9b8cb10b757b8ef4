"""What holds for every dossier: never negative, never above asked, order never matters."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

import tasks.pricing
from models.dossier import LineKind
from models.outcome import PricingInput
from tasks.pricing.catalogue import load_catalogue
from tasks.pricing.chunk import price_in_rank
from tasks.pricing.engine import price
from tasks.pricing.primitives import months_later
from tests.builders import a_dossier, a_line, a_validated

CATALOGUE = load_catalogue(Path(tasks.pricing.__file__).parent / "schemes")
TABLES = CATALOGUE.schemes["ma-amo-salaries"].tables
LETTERS = sorted({key[1] for key in TABLES["letters"].by_key} | {"SF", "AMI"})
CODES = [*sorted(key[0] for key in TABLES["acts"].by_key), "HJ-MED", "HJ-REA", "DIAL", "A999"]
EANS = [*sorted(key[0] for key in TABLES["drugs"].by_key), "6118009999991"]
CEILING = 300_000

days = st.dates(dt.date(2026, 1, 1), dt.date(2026, 11, 20))
few_days = st.sampled_from([dt.date(2026, 10, 1), dt.date(2026, 10, 2)])
amounts = st.integers(0, 3_000_000)
coefficients = st.decimals("0.5", "400", places=1)


letter_lines = st.builds(
    lambda letter, coefficient: {"letter": letter, "coefficient": coefficient},
    st.sampled_from(LETTERS),
    coefficients,
)
code_lines = st.sampled_from([*CODES, "D754", "D754", "A115", "APP"]).map(
    lambda code: {"kind": LineKind.CODE, "letter": "", "coefficient": None, "code": code}
)
drug_lines = st.sampled_from(EANS).map(
    lambda ean: {"kind": LineKind.DRUG, "letter": "", "coefficient": None, "ean": ean}
)
lines = st.lists(
    st.builds(
        lambda named, day, quantity, amount: a_line(
            care_date=day, quantity=quantity, amount_minor=amount, unit_amount_minor=None, **named
        ),
        letter_lines | code_lines | drug_lines,
        few_days,
        st.integers(1, 4),
        amounts,
    ),
    min_size=1,
    max_size=7,
)
people = st.builds(
    lambda sector, ald: a_validated(provider_sector=sector, ald_code=ald),
    st.sampled_from(["private", "public", ""]),
    st.sampled_from(["", "17"]),
)


def numbered(given_lines):
    return tuple(replace(line, line_no=no) for no, line in enumerate(given_lines, start=1))


def priced_of(given_lines, validated):
    return price(PricingInput(a_dossier(lines=numbered(given_lines)), validated, ()), CATALOGUE)


@settings(max_examples=150, deadline=None)
@given(lines, people)
def test_a_line_is_never_negative_and_never_above_what_was_asked(given_lines, validated):
    priced = priced_of(given_lines, validated)
    for line in priced.lines:
        assert 0 <= line.due_minor <= line.base_minor <= line.asked_minor
        if line.tariff_minor is None:
            assert line.due_minor == 0
        else:
            assert line.base_minor <= line.tariff_minor
    unknown = {line.line_no for line in priced.lines if line.tariff_minor is None}
    assert unknown == {each.line_no for each in priced.findings if each.code == "TARIF_INCONNU"}


@settings(max_examples=150, deadline=None)
@given(lines, people)
def test_the_sum_of_the_lines_is_the_total(given_lines, validated):
    priced = priced_of(given_lines, validated)
    assert priced.due_minor == sum(line.due_minor for line in priced.lines)
    assert priced.asked_minor == sum(line.amount_minor for line in given_lines)


@settings(max_examples=200, deadline=None)
@given(lines, people, st.randoms(use_true_random=False))
def test_the_order_of_the_lines_never_changes_what_is_paid(given_lines, validated, random):
    shuffled = list(given_lines)
    random.shuffle(shuffled)
    before = priced_of(given_lines, validated)
    after = priced_of(shuffled, validated)
    assert before.due_minor == after.due_minor
    assert sorted(line.due_minor for line in before.lines) == sorted(
        line.due_minor for line in after.lines
    )
    assert sorted(each.code for each in before.findings) == sorted(
        each.code for each in after.findings
    )


@settings(max_examples=200, deadline=None)
@given(lines, people, st.integers(0, 6), st.integers(1, 500_000))
def test_asking_more_never_gives_less(given_lines, validated, position, more):
    position %= len(given_lines)
    dearer = list(given_lines)
    dearer[position] = replace(dearer[position], amount_minor=dearer[position].amount_minor + more)
    assert priced_of(dearer, validated).due_minor >= priced_of(given_lines, validated).due_minor


def prostheses(sequence):
    """One person's dossiers of one prosthesis each."""
    for number, (day, coefficient, amount) in enumerate(sequence, start=1):
        line = a_line(
            letter="DP", coefficient=Decimal(coefficient), amount_minor=amount, care_date=day
        )
        key = f"D{number:04d}"
        dossier = a_dossier(dossier_id=key, public_number=f"AMO-2026-{key}", lines=(line,))
        yield PricingInput(dossier, a_validated(dossier_id=key), ())


sequences = st.lists(
    st.tuples(
        st.dates(dt.date(2020, 1, 1), dt.date(2026, 11, 20)),
        st.integers(1, 250),
        st.integers(0, 400_000),
    ),
    min_size=1,
    max_size=9,
)


@settings(max_examples=100, deadline=None)
@given(sequences)
def test_no_two_years_ever_hold_more_than_the_ceiling(sequence):
    priced = price_in_rank(list(prostheses(sequence)), CATALOGUE)
    uses = [use for each in priced for use in each.counter_uses]
    for start in {use.care_date for use in uses}:
        end = months_later(start, 24)
        held = sum(use.amount_minor for use in uses if start <= use.care_date < end)
        assert held <= CEILING


@settings(max_examples=100, deadline=None)
@given(sequences, st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_no_amount(sequence, random):
    in_order = list(prostheses(sequence))
    shuffled = random.sample(in_order, len(in_order))
    assert price_in_rank(shuffled, CATALOGUE) == price_in_rank(in_order, CATALOGUE)


@settings(max_examples=60, deadline=None)
@given(lines, people)
def test_pricing_twice_gives_the_same(given_lines, validated):
    assert priced_of(given_lines, validated) == priced_of(given_lines, validated)
