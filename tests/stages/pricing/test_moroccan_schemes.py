"""The Moroccan schemes share tables and rules, and none of them another one's figures."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tasks.pricing
from models.dossier import CareKind, LineKind
from models.outcome import DatedFact, PricingInput
from tasks.pricing.catalogue import load_catalogue
from tasks.pricing.engine import price
from tasks.pricing.explain import as_text, explain
from tests.builders import a_dossier, a_line, a_validated

CATALOGUE = load_catalogue(Path(tasks.pricing.__file__).parent / "schemes")
SCHEMES = ("ma-amo-salaries", "ma-amo-tns", "ma-amo-tadamon", "ma-amo-achamil", "ma-cnops")
TABLES = CATALOGUE.schemes["ma-amo-salaries"].tables
CODES = [
    *sorted(key[0] for key in TABLES["acts"].by_key),
    *sorted(key[0] for key in TABLES["unpriced_acts"].by_key),
    *("HJ-MED", "HJ-REA", "DIAL", "TDM", "A999", "ODF", "ODF", "D754", "D754"),
]
EANS = [key[0] for name in ("drugs", "drugs_cnops") for key in sorted(TABLES[name].by_key)]
OPERATIONS = ("A100", "A101", "A115", "A115", "APP", "HER")

schemes = st.sampled_from(SCHEMES)
line_facts = st.fixed_dictionaries(
    {},
    optional={
        "act_role": st.sampled_from(["operation", "anaesthesia", "theatre"]),
        "billed_apart": st.sampled_from(["yes", "no"]),
        "distinct_territory": st.sampled_from(["yes", "no"]),
    },
)
named_lines = (
    st.builds(
        lambda letter, k: {"letter": letter, "coefficient": k},
        st.sampled_from(["C", "Cs", "B", "K", "K", "K", "DP", "D", "SF"]),
        st.decimals("0.5", "350", places=1),
    )
    | st.sampled_from(OPERATIONS).map(lambda code: {"code": code})
    | st.sampled_from(CODES).map(lambda code: {"code": code})
    | st.sampled_from(EANS).map(lambda ean: {"ean": ean})
)


def the_line(named, day, quantity, amount, facts):
    kind = LineKind.DRUG if "ean" in named else LineKind.CODE
    kind = LineKind.LETTER if "letter" in named else kind
    blank = {} if kind is LineKind.LETTER else {"letter": "", "coefficient": None}
    return a_line(
        kind=kind,
        care_date=day,
        quantity=quantity,
        amount_minor=amount,
        unit_amount_minor=None,
        facts=facts,
        **{**blank, **named},
    )


lines = st.lists(
    st.builds(
        the_line,
        named_lines,
        st.sampled_from([dt.date(2026, 10, 1), dt.date(2026, 10, 2)]),
        st.integers(1, 3),
        st.sampled_from([0, 1, 10_000, 200_000, 260_000]) | st.integers(0, 3_000_000),
        line_facts,
    ),
    min_size=1,
    max_size=6,
)
people = st.builds(
    lambda sector, ald, exoneration, agreement, birth: a_validated(
        provider_sector=sector,
        ald_code=ald,
        agreement_number=agreement,
        beneficiary_birth_date=birth,
        facts=(DatedFact("exoneration", exoneration, dt.date(2020, 1, 1), None),),
    ),
    st.sampled_from(["private", "public", ""]),
    st.sampled_from(["", "17"]),
    st.sampled_from(["none", "transplant", "irct", "heavy"]),
    st.sampled_from(["", "PEC-1"]),
    st.sampled_from([None, dt.date(2015, 5, 5), dt.date(1980, 5, 5)]),
)
dossier_facts = st.fixed_dictionaries(
    {}, optional={"multiple_trauma": st.sampled_from(["yes", "no"])}
)


def priced(scheme, given_lines, validated, facts=None, **changes):
    numbered = tuple(replace(line, line_no=no) for no, line in enumerate(given_lines, start=1))
    dossier = a_dossier(scheme=scheme, lines=numbered, facts=facts or {}, **changes)
    return price(PricingInput(dossier, validated, ()), CATALOGUE)


@settings(max_examples=200, deadline=None)
@given(schemes, lines, people, dossier_facts, st.randoms(use_true_random=False))
def test_the_order_of_the_lines_never_changes_what_is_paid(
    scheme, given_lines, validated, facts, random
):
    shuffled = list(given_lines)
    random.shuffle(shuffled)
    before = priced(scheme, given_lines, validated, facts)
    after = priced(scheme, shuffled, validated, facts)
    assert before.due_minor == after.due_minor
    assert sorted(line.due_minor for line in before.lines) == sorted(
        line.due_minor for line in after.lines
    )
    assert sorted(each.code for each in before.findings) == sorted(
        each.code for each in after.findings
    )


@settings(max_examples=200, deadline=None)
@given(schemes, lines, people, dossier_facts)
def test_what_is_due_stays_within_the_base_and_the_amount_asked(
    scheme, given_lines, validated, facts
):
    found = priced(scheme, given_lines, validated, facts)
    for line in found.lines:
        assert 0 <= line.due_minor <= line.base_minor <= line.asked_minor
        if line.tariff_minor is None:
            assert line.due_minor == 0
    unknown = {line.line_no for line in found.lines if line.tariff_minor is None}
    assert unknown == {each.line_no for each in found.findings if each.code == "TARIF_INCONNU"}


@settings(max_examples=200, deadline=None)
@given(schemes, lines, people, dossier_facts, st.integers(0, 5), st.integers(1, 500_000))
def test_asking_more_never_gives_less(scheme, given_lines, validated, facts, position, more):
    position %= len(given_lines)
    dearer = list(given_lines)
    dearer[position] = replace(dearer[position], amount_minor=dearer[position].amount_minor + more)
    before = priced(scheme, given_lines, validated, facts)
    assert priced(scheme, dearer, validated, facts).due_minor >= before.due_minor


@settings(max_examples=200, deadline=None)
@given(lines, people, dossier_facts)
def test_the_funds_of_tadamon_share_all_that_is_due(given_lines, validated, facts):
    found = priced("ma-amo-tadamon", given_lines, validated, facts)
    for line in found.lines:
        shares = dict(line.shares)
        assert set(shares) <= {"amo", "state"}
        assert all(share >= 0 for share in shares.values())
        if shares:
            assert sum(shares.values()) == line.due_minor
        if validated.provider_sector == "public":
            assert line.due_minor == line.base_minor
        else:
            assert "state" not in shares


@settings(max_examples=100, deadline=None)
@given(lines, people, dossier_facts)
def test_tadamon_pays_what_employees_get_and_the_state_only_what_is_left(
    given_lines, validated, facts
):
    employee = priced("ma-amo-salaries", given_lines, validated, facts)
    solidary = priced("ma-amo-tadamon", given_lines, validated, facts)
    for own, other in zip(solidary.lines, employee.lines, strict=True):
        assert own.due_minor - dict(own.shares).get("state", 0) == other.due_minor


def test_one_dossier_under_each_scheme_is_priced_at_that_scheme_s_own_rates():
    given_lines = [
        a_line(),
        a_line(letter="K", coefficient=Decimal(80), amount_minor=640_000),
        a_line(kind=LineKind.DRUG, letter="", coefficient=None, ean="6118000130789",
               amount_minor=4_400),
    ]  # fmt: skip
    found = {
        scheme: [
            line.due_minor
            for line in priced(scheme, given_lines, a_validated(provider_sector="public")).lines
        ]
        for scheme in SCHEMES
    }
    # C 50, K 80 = 3,200 and a box at 44.00 in a public structure.
    ordinary = [3_500, 224_000, 3_080]
    assert found == {
        "ma-amo-salaries": ordinary,
        "ma-amo-tns": ordinary,
        "ma-amo-achamil": ordinary,
        "ma-amo-tadamon": [5_000, 320_000, 4_400],
        "ma-cnops": [4_000, 320_000, 3_080],
    }


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_scheme_prices_with_figures_of_its_own_and_of_the_country(scheme):
    own = CATALOGUE.schemes[scheme]
    figures = {id(figure) for parameter in own.parameters.values()
               for figure in parameter.timeline.figures}  # fmt: skip
    for other_id in set(SCHEMES) - {scheme}:
        other = CATALOGUE.schemes[other_id]
        theirs = {id(figure) for parameter in other.parameters.values()
                  for figure in parameter.timeline.figures}  # fmt: skip
        assert not figures & theirs


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_rate_changed_in_one_scheme_changes_no_other(scheme, copied):
    """Written by hand in one folder, read through every scheme."""
    folder = scheme.replace("-", "_")
    rate = '"0.80"' if scheme == "ma-cnops" else '"0.70"'
    changed = load_catalogue(copied(f"schemes/{folder}/parameters.yaml", rate, '"0.55"'))
    given_lines = [a_line()]
    for each in SCHEMES:
        before = priced(each, given_lines, a_validated()).due_minor
        dossier = a_dossier(scheme=each, lines=(a_line(),))
        after = price(PricingInput(dossier, a_validated(), ()), changed).due_minor
        assert after == (4_400 if each == scheme else before)


@pytest.mark.parametrize("scheme", ["ma-amo-tns", "ma-amo-achamil"])
def test_an_assumed_equality_is_named_on_every_priced_line(scheme):
    found = priced(scheme, [a_line(), a_line(letter="Cs", amount_minor=15_000)], a_validated())
    marked = [each for each in found.findings if each.code == "CHIFFRE_NON_CONFIRME"]
    assert [each.line_no for each in marked] == [1, 2]


def test_a_stay_is_hospital_care_for_the_cnops_whatever_the_form_says():
    ambulatory = priced("ma-cnops", [a_line()], a_validated())
    hospital = priced("ma-cnops", [a_line()], a_validated(), care_kind=CareKind.HOSPITAL)
    assert (ambulatory.due_minor, hospital.due_minor) == (6_400, 7_200)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_the_steps_of_a_line_without_a_tariff_show_no_amount(scheme, language):
    glasses = a_line(kind=LineKind.CODE, letter="", coefficient=None, code="LUN-VER")
    numbered = (glasses, a_line(line_no=2))
    given_input = PricingInput(a_dossier(scheme=scheme, lines=numbered), a_validated(), ())
    found = explain(given_input, CATALOGUE)
    assert all(step.after_minor is None for step in found.steps if step.line_no == 1)
    rule = CATALOGUE.schemes[scheme].texts["MA-PANIER-SANS-TARIF"][language]
    assert f"{rule} [MA-PANIER-SANS-TARIF]: –" in as_text(found, CATALOGUE, language)
