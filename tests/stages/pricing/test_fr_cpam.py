"""French care: never negative, no order matters, no cap is ever exceeded, every row has its day."""

import datetime as dt
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tasks.pricing
from models.dossier import CareKind, LineKind, Stay
from models.outcome import DatedFact, PricingInput
from models.written import written
from tasks.pricing.catalogue import load_catalogue
from tasks.pricing.chunk import price_in_rank
from tasks.pricing.engine import price
from tasks.pricing.explain import as_text, explain
from tests.builders import a_dossier, a_line, a_validated

SCHEME = "fr-cpam"
CATALOGUE = load_catalogue(Path(tasks.pricing.__file__).parent / "schemes")
TABLES = CATALOGUE.schemes[SCHEME].tables
ONE_DAY = dt.timedelta(days=1)
YEAR_CAP = 5_000
#: Caps of one day in minor units, before and from the day on which they doubled.
DAY_CAPS = {
    "fr.participation.V1": (dt.date(2024, 5, 15), 400, 800),
    "fr.participation.V2": (dt.date(2024, 5, 15), 400, 800),
    "fr.franchise.paramedical": (dt.date(2024, 3, 31), 200, 400),
    "fr.franchise.transport": (dt.date(2024, 3, 31), 400, 800),
}
ALWAYS = (dt.date(1900, 1, 1), None)
CODED = {"kind": LineKind.CODE, "letter": "", "coefficient": None}


def coded(code, **facts):
    return {**CODED, "code": code, "facts": facts}


def lettered(letter, coefficient):
    return {"letter": letter, "coefficient": Decimal(coefficient)}


def boxed(cip13):
    return {"kind": LineKind.DRUG, "letter": "", "coefficient": None, "ean": cip13}


KINDS = (
    *(coded(code) for code in ("G", "CS", "MCG", "MEG", "ACQN001", "HBJD001", "5201", "0552")),
    *(coded("HHFA011"), coded("HHFA011"), coded("FJ"), coded("FPU"), coded("UNKNOWN")),
    coded("FJ", ward="psychiatry"),
    coded("PJ", agreed_tariff="15000"),
    coded("PJ", agreed_tariff="1500"),
    coded("PJ"),
    coded("VP", distance_km="12.5"),
    coded("TXI", agreed_tariff="3150"),
    lettered("AMI", "1.5"),
    lettered("AMK", "8"),
    boxed("3400935955838"),
    boxed("3400931863014"),
    boxed("3400949497294"),
)
answered = st.sampled_from([{"ald_related": "yes"}, {"ald_related": "no"}, {}])
lines = st.lists(
    st.builds(
        lambda named, more, day, quantity, amount: a_line(
            care_date=day,
            quantity=quantity,
            amount_minor=amount,
            unit_amount_minor=None,
            **{**named, "facts": {**named.get("facts", {}), **more}},
        ),
        st.sampled_from(KINDS),
        answered,
        st.sampled_from([dt.date(2026, 6, 1), dt.date(2026, 6, 2)]),
        st.integers(1, 6),
        st.integers(0, 60_000),
    ),
    min_size=1,
    max_size=7,
)


def person(convention, territory, aid, local, pregnancy, ald, specialty, birth):
    facts = [
        DatedFact("convention", convention, *ALWAYS),
        DatedFact("territory", territory, *ALWAYS),
        DatedFact("aid", aid, *ALWAYS),
        DatedFact("local_scheme", local, *ALWAYS),
    ]
    if pregnancy:
        facts.append(DatedFact("pregnancy_start", pregnancy, *ALWAYS))
    return a_validated(
        ald_code=ald,
        provider_specialty=specialty,
        beneficiary_birth_date=birth,
        facts=tuple(facts),
    )


people = st.builds(
    person,
    st.sampled_from(["secteur_1", "optam", "secteur_2"]),
    st.sampled_from(["metropole", "reunion"]),
    st.sampled_from(["none", "none", "c2s", "ame"]),
    st.sampled_from(["no", "yes"]),
    st.sampled_from(["", "", "2025-12-20"]),
    st.sampled_from(["", "8"]),
    st.sampled_from(["", "3", "7", "33"]),
    st.sampled_from([dt.date(1980, 5, 17), dt.date(2001, 3, 3), dt.date(2012, 1, 1)]),
)
stays = st.sampled_from([None, None, Stay(dt.date(2026, 5, 1), dt.date(2026, 6, 10), "")])
circumstances = st.fixed_dictionaries(
    {
        "pathway": st.sampled_from(["treating", "outside", "direct_access"]),
        "cause": st.sampled_from(["illness", "illness", "work_accident", "war_invalidity"]),
    }
)


def priced_of(given_lines, validated, facts, stay=None):
    numbered = tuple(replace(line, line_no=no) for no, line in enumerate(given_lines, start=1))
    dossier = a_dossier(
        scheme=SCHEME,
        currency="EUR",
        lines=numbered,
        facts=facts,
        stay=stay,
        care_kind=CareKind.AMBULATORY if stay is None else CareKind.HOSPITAL,
    )
    return price(PricingInput(dossier, validated, ()), CATALOGUE)


@settings(max_examples=250, deadline=None)
@given(lines, people, circumstances, stays)
def test_a_line_is_never_negative_nor_above_what_was_asked(given_lines, validated, facts, stay):
    priced = priced_of(given_lines, validated, facts, stay)
    said = {"TARIF_INCONNU", "FAIT_MANQUANT"}
    for line in priced.lines:
        assert 0 <= line.due_minor <= line.base_minor <= line.asked_minor
        if line.tariff_minor is None:
            assert line.due_minor == 0
            assert [each for each in priced.findings if each.line_no == line.line_no
                    and each.code in said]  # fmt: skip
        if line.shares:
            assert sum(amount for _, amount in line.shares) == line.due_minor


@settings(max_examples=250, deadline=None)
@given(lines, people, circumstances, stays, st.randoms(use_true_random=False))
def test_the_order_of_lines_never_changes_what_is_paid(given_lines, validated, facts, stay, random):
    shuffled = list(given_lines)
    random.shuffle(shuffled)
    before = priced_of(given_lines, validated, facts, stay)
    after = priced_of(shuffled, validated, facts, stay)
    assert sorted(line.due_minor for line in before.lines) == sorted(
        line.due_minor for line in after.lines
    )
    assert before.counter_uses == after.counter_uses
    assert sorted(each.code for each in before.findings) == sorted(
        each.code for each in after.findings
    )


def bills(sequence):
    """One person's dossiers of one line each, of two practitioners."""
    for number, (day, named, quantity, practitioner) in enumerate(sequence, start=1):
        key = f"D{number:04d}"
        line = a_line(care_date=day, quantity=quantity, amount_minor=200_000, **named)
        dossier = a_dossier(
            dossier_id=key,
            public_number=f"FR-2026-{key}",
            scheme=SCHEME,
            currency="EUR",
            lines=(line,),
            facts={"pathway": "treating"},
        )
        validated = replace(
            person("secteur_1", "metropole", "none", "no", "", "", "", dt.date(1980, 5, 17)),
            dossier_id=key,
            provider_id=practitioner,
        )
        yield PricingInput(dossier, validated, ())


sequences = st.lists(
    st.tuples(
        st.dates(dt.date(2024, 3, 25), dt.date(2024, 4, 5))
        | st.dates(dt.date(2024, 5, 10), dt.date(2024, 5, 20))
        | st.dates(dt.date(2026, 5, 28), dt.date(2026, 6, 2)),
        st.sampled_from(
            [
                coded("G"),
                coded("5201"),
                lettered("AMI", "4"),
                coded("TXI", agreed_tariff="3150"),
                boxed("3400949497294"),
            ]
        ),
        st.integers(1, 30),
        st.sampled_from(["V1", "V2"]),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=120, deadline=None)
@given(sequences, st.randoms(use_true_random=False))
def test_no_cap_is_exceeded_and_the_order_of_arrival_changes_no_amount(sequence, random):
    in_order = list(bills(sequence))
    priced = price_in_rank(in_order, CATALOGUE)
    shuffled = random.sample(in_order, len(in_order))
    assert price_in_rank(shuffled, CATALOGUE) == priced
    by_year: dict[tuple[str, int], int] = defaultdict(int)
    by_day: dict[tuple[str, dt.date], int] = defaultdict(int)
    for use in (use for each in priced for use in each.counter_uses):
        by_year[(use.counter, use.care_date.year)] += use.amount_minor
        by_day[(use.counter, use.care_date)] += use.amount_minor
    for (counter, _), amount in by_year.items():
        if counter in ("fr.participation", "fr.franchise"):
            assert amount <= YEAR_CAP
    for (counter, day), amount in by_day.items():
        if counter in DAY_CAPS:
            doubled, before, since = DAY_CAPS[counter]
            assert amount <= (since if day >= doubled else before)


def test_a_year_of_care_reaches_both_caps_and_stops_there():
    months = range(1, 13)
    visits = [(dt.date(2025, month, 3), coded("G"), 3, "V1") for month in months]
    nurses = [(dt.date(2025, month, 4), lettered("AMI", "4"), 4, "V2") for month in months]
    trips = [(dt.date(2025, 2, 5), coded("TXI", agreed_tariff="3150"), 2, "V2")]
    priced = price_in_rank(list(bills([*nurses, *trips, *visits])), CATALOGUE)
    used: dict[str, int] = defaultdict(int)
    for use in (use for each in priced for use in each.counter_uses):
        used[use.counter] += use.amount_minor
    assert (used["fr.participation"], used["fr.franchise"]) == (YEAR_CAP, YEAR_CAP)


def test_a_corrected_earlier_dossier_moves_the_cap_of_the_later_ones():
    visits = [
        (dt.date(2025, 1 + week // 4, 3 + week % 4), coded("G"), 3, "V1") for week in range(9)
    ]
    with_all = price_in_rank(list(bills(visits)), CATALOGUE)
    without_first = price_in_rank(list(bills(visits))[1:], CATALOGUE)
    assert with_all[-1].due_minor == 6300 - 200
    assert without_first[-1].due_minor == 6300 - 600


def row_keys():
    """Every key of every table that prices a line, with the first day of each interval."""
    for table_id in ("consultations", "ccam", "biology", "letters", "drugs"):
        for key, timeline in TABLES[table_id].by_key.items():
            for figure in timeline.figures:
                yield pytest.param(table_id, key, figure, id=figure.figure_id)


def priced_with(table_id, key, day):
    convention = key[2] if table_id == "consultations" else "secteur_1"
    specialty = key[1] if table_id == "consultations" and key[1] != "general" else ""
    territory = key[0] if table_id == "letters" else "metropole"
    named = {
        "letters": lambda: lettered(key[1], "1") if table_id == "letters" else None,
        "drugs": lambda: boxed(key[0]),
    }.get(table_id, lambda: coded(key[0]))()
    line = a_line(care_date=day, amount_minor=1_000_000, **named)
    validated = person(convention, territory, "none", "no", "", "", specialty, dt.date(1980, 5, 17))
    return priced_of((line,), validated, {"pathway": "treating"}).lines[0]


@pytest.mark.parametrize(("table_id", "key", "figure"), row_keys())
def test_a_row_prices_from_its_first_day_and_not_the_day_before(table_id, key, figure):
    day = max(figure.start, biology_starts(table_id, figure))
    assert figure.figure_id in priced_with(table_id, key, day).figure_ids
    assert figure.figure_id not in priced_with(table_id, key, figure.start - ONE_DAY).figure_ids


def biology_starts(table_id, figure):
    """An act of biology older than the first known value of B prices from that value on."""
    first = TABLES["letters"].by_key[("metropole", "B")].figures[0].start
    is_within = figure.end is None or figure.end >= first
    return first if table_id == "biology" and is_within else figure.start


@pytest.mark.parametrize("parameter", CATALOGUE.schemes[SCHEME].parameters.values(),
                         ids=lambda parameter: parameter.parameter_id)  # fmt: skip
def test_a_parameter_has_its_value_from_its_first_day_and_another_the_day_before(parameter):
    for figure in parameter.timeline.figures:
        assert parameter.timeline.at(figure.start) == figure
        assert parameter.timeline.at(figure.start - ONE_DAY) != figure
        assert parameter.timeline.at(figure.last_day) == figure


def test_every_specialty_of_direct_access_counts_from_its_first_day():
    for timeline in TABLES["direct_access"].by_key.values():
        for figure in timeline.figures:
            assert timeline.at(figure.start) == figure
            assert timeline.at(figure.start - ONE_DAY) is None


def test_the_drafts_of_2025_are_written_and_price_on_no_day():
    drafts = {draft.key: draft for draft in CATALOGUE.drafts(SCHEME)}
    assert {key for key in drafts if key.startswith(("participation", "franchise"))} == {
        "participation.amount",
        "participation.year",
        "franchise.box",
        "franchise.paramedical",
        "franchise.paramedical_day",
        "franchise.transport",
        "franchise.transport_day",
        "franchise.year",
    }
    parameters = CATALOGUE.schemes[SCHEME].parameters
    for key, draft in drafts.items():
        assert parameters[key].timeline.at(draft.start) != draft


def test_every_price_of_the_extract_of_medicines_is_the_price_without_fee_plus_the_fee():
    for timeline in TABLES["drugs"].by_key.values():
        for row in timeline.figures:
            assert row.value == row.numbers["price_without_fee"] + row.numbers["fee"]


def due_of(catalogue, named, day, amount, pathway="treating"):
    line = a_line(care_date=day, amount_minor=amount, unit_amount_minor=None, **named)
    dossier = a_dossier(scheme=SCHEME, currency="EUR", lines=(line,), facts={"pathway": pathway})
    validated = person("secteur_1", "metropole", "none", "no", "", "", "", dt.date(1980, 5, 17))
    return price(PricingInput(dossier, validated, ()), catalogue).due_minor


@pytest.mark.parametrize(
    ("tariff", "due"),
    [
        # 119.99 × 70 % = 83.993, half up 83.99, less 2 of participation.
        ("119.99", 8199),
        # 120.00 × 100 % less 24 and 2.
        ("120.00", 9400),
    ],
)
def test_an_act_is_heavy_from_the_threshold_of_its_tariff_on(copied, tariff, due):
    catalogue = load_catalogue(copied("national/fr/ccam.csv", ",284.09,", f",{tariff},"))
    assert due_of(catalogue, coded("HHFA011"), dt.date(2025, 2, 3), 40_000) == due


@pytest.mark.parametrize(
    ("day", "due"),
    [
        # 2.18 × 65 % = 1.42 less 0.50, then less 1.00.
        (dt.date(2024, 3, 30), 92),
        (dt.date(2024, 3, 31), 42),
    ],
)
def test_the_franchise_of_a_box_doubles_where_older_prices_are_known(copied, day, due):
    old = "2.18,1.16,1.02,0.65,2026-05-26"
    catalogue = load_catalogue(
        copied("national/fr/drugs.csv", old, old.replace("2026-05-26", "2020-01-01"))
    )
    assert due_of(catalogue, boxed("3400935955838"), day, 218) == due


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_a_french_dossier_is_explained_in_each_language(language):
    line = a_line(care_date=dt.date(2025, 1, 10), amount_minor=3_000, **coded("G"))
    dossier = a_dossier(scheme=SCHEME, currency="EUR", lines=(line,), facts={"pathway": "outside"})
    validated = person("secteur_1", "metropole", "none", "yes", "", "", "", dt.date(1980, 5, 17))
    explanation = explain(PricingInput(dossier, validated, ()), CATALOGUE)
    text = as_text(explanation, CATALOGUE, language)
    rules = ("FR-CONSULTATION", "FR-TAUX-HORS-PARCOURS", "FR-PARTICIPATION", "FR-REGIME-LOCAL")
    for rule_id in rules:
        assert CATALOGUE.schemes[SCHEME].texts[rule_id][language] in text
    assert written("13.00 EUR", language) in text


def test_a_misread_date_at_the_end_of_the_calendar_breaks_nothing():
    last = dt.date.max
    for named in (coded("FJ"), coded("PJ", agreed_tariff="15000"), coded("G")):
        line = a_line(care_date=last, quantity=6, amount_minor=90_000, **named)
        validated = person("secteur_1", "metropole", "none", "no", last.isoformat(), "", "", last)
        priced = priced_of((line,), validated, {"pathway": "treating"}, Stay(last, last, ""))
        assert 0 <= priced.due_minor <= 90_000
