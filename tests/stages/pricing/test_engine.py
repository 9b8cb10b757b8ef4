"""What the engine promises whatever the scheme: own date, own line, no silent zero, no cut cent."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from models.dossier import LineKind, RequestKind, Stay
from models.finding import Effect
from models.outcome import CounterUse
from tasks.pricing.catalogue import load_catalogue
from tasks.pricing.engine import ENGINE_VERSION, price
from tests.builders import a_dossier, a_line, a_pricing_input, a_validated


def a_code(code, **changes):
    return a_line(kind=LineKind.CODE, letter="", coefficient=None, code=code, **changes)


def a_drug(ean, **changes):
    return a_line(kind=LineKind.DRUG, letter="", coefficient=None, ean=ean, **changes)


def test_a_line_is_priced_at_its_own_date_of_care(catalogue):
    early = a_line(line_no=1, care_date=dt.date(2006, 8, 31))
    late = a_line(line_no=2, care_date=dt.date(2006, 9, 1))
    priced = price(a_pricing_input(early, late), catalogue)
    assert [line.due_minor for line in priced.lines] == [0, 5600]


def test_the_total_is_the_sum_of_the_lines(catalogue):
    lines = (a_line(line_no=1), a_drug("6118000040248", line_no=2), a_code("A115", line_no=3))
    priced = price(a_pricing_input(*lines), catalogue)
    assert priced.due_minor == sum(line.due_minor for line in priced.lines)
    assert priced.base_minor == sum(line.base_minor for line in priced.lines)
    assert priced.asked_minor == sum(line.amount_minor for line in lines)


def test_an_unknown_tariff_is_none_and_a_finding_never_zero(catalogue):
    priced = price(a_pricing_input(a_line(letter="SF")), catalogue)
    assert priced.lines[0].tariff_minor is None
    (finding,) = priced.findings
    assert (finding.code, finding.effect, finding.line_no) == ("TARIF_INCONNU", Effect.REVIEW, 1)


@pytest.mark.parametrize(
    "misread",
    [
        {"coefficient": None},
        {"coefficient": Decimal(0)},
        {"coefficient": Decimal(-1)},
        {"coefficient": Decimal("NaN")},
        {"quantity": 0},
        {"quantity": -2},
    ],
)
def test_a_misread_coefficient_or_quantity_gives_no_tariff_and_not_zero(catalogue, misread):
    priced = price(a_pricing_input(a_line(**misread)), catalogue)
    assert (priced.lines[0].tariff_minor, priced.due_minor) == (None, 0)
    assert [finding.code for finding in priced.findings] == ["TARIF_INCONNU"]


def test_a_scheme_that_the_catalogue_does_not_hold_gives_no_tariff(catalogue):
    dossier = a_dossier(scheme="zz-nowhere")
    priced = price(a_pricing_input(dossier=dossier), catalogue)
    assert [finding.code for finding in priced.findings] == ["TARIF_INCONNU"]
    assert (priced.due_minor, priced.tariff_version) == (0, "unknown")


def test_a_dossier_in_another_currency_gives_no_tariff(catalogue):
    priced = price(a_pricing_input(dossier=a_dossier(currency="EUR")), catalogue)
    assert (priced.due_minor, priced.lines[0].tariff_minor) == (0, None)


def test_a_line_keeps_its_rules_and_figures(catalogue):
    line = price(a_pricing_input(), catalogue).lines[0]
    assert line.rule_id == "MA-TNR-LETTRE+MA-TAUX-GENERAL"
    assert line.figure_ids == ("letters.private.C@2006-09-01", "rate.general@2006-09-01")


def test_a_priced_dossier_names_tariff_and_engine_version(catalogue):
    priced = price(a_pricing_input(), catalogue)
    assert priced.tariff_version == catalogue.schemes["ma-amo-salaries"].tariff_version
    assert priced.engine_version == ENGINE_VERSION


def test_a_negative_amount_asked_is_never_paid(catalogue):
    line = price(a_pricing_input(a_line(amount_minor=-500)), catalogue).lines[0]
    assert (line.base_minor, line.due_minor) == (0, 0)


def test_a_stay_of_days_starts_on_the_line_and_not_on_the_admission(catalogue):
    stay = Stay(dt.date(2006, 8, 1), dt.date(2006, 9, 5), "200000002")
    line = a_code("HJ-MED", care_date=dt.date(2006, 9, 1), quantity=3, amount_minor=900000)
    given = a_pricing_input(dossier=a_dossier(lines=(line,), stay=stay))
    assert price(given, catalogue).due_minor == 115500


def test_the_first_line_in_doubt_is_marked_once_each(catalogue):
    lines = (a_code("HJ-REA", line_no=1, amount_minor=150000), a_line(line_no=2))
    priced = price(a_pricing_input(*lines), catalogue)
    assert [(each.code, each.line_no) for each in priced.findings] == [("CHIFFRE_NON_CONFIRME", 1)]


def test_production_sends_stale_figures_to_a_person(catalogue):
    given = a_pricing_input(a_line(care_date=dt.date(2026, 11, 22)))
    assert price(given, catalogue).findings[0].effect is Effect.NOTE
    assert price(given, catalogue, production=True).findings[0].effect is Effect.REVIEW


PARAMETERS = "schemes/ma_amo_salaries/parameters.yaml"


def test_an_adjustment_whose_figure_is_not_in_force_leaves_no_amount(copied):
    later = '"Several acts: share of the second"\n  unit: rate\n  effective_by: care_date\n'
    later += "  rounding: half_up\n  values:\n    - from: {}"
    schemes_dir = copied(PARAMETERS, later.format("2006-09-01"), later.format("2026-11-03"))
    acts = [a_code("A115", line_no=no, amount_minor=640000) for no in (1, 2)]
    priced = price(a_pricing_input(*acts), load_catalogue(schemes_dir))
    assert [(line.tariff_minor, line.due_minor) for line in priced.lines] == [(None, 0)] * 2
    assert [finding.code for finding in priced.findings] == ["TARIF_INCONNU"] * 2


def test_a_figure_by_admission_date_is_read_on_the_first_day_of_the_stay(copied):
    by_care = "  effective_by: care_date\n  rounding: half_up\n  values:\n    - from: 2006-09-01"
    by_admission = by_care.replace("care_date", "admission_date").replace(
        "2006-09-01", "2026-10-10"
    )
    catalogue = load_catalogue(copied(PARAMETERS, by_care, by_admission))
    line = a_line(care_date=dt.date(2026, 10, 11))
    for admitted, due in ((dt.date(2026, 10, 9), 0), (dt.date(2026, 10, 10), 5600)):
        stay = Stay(admitted, dt.date(2026, 10, 12), "200000002")
        given = a_pricing_input(dossier=a_dossier(lines=(line,), stay=stay))
        assert price(given, catalogue).due_minor == due


def test_a_stay_across_a_change_is_split_by_day(copied):
    path = "national/ma/forfaits.csv"
    row = 'private,HJ-MED,"Hospitalisation médicale, par jour",day,550.00,2006-09-01,,'
    new = row.replace("550.00,2006-09-01,,", "550.00,2006-09-01,2026-10-31,")
    later = row.replace("550.00,2006-09-01", "600.00,2026-11-01") + "MA-LAVIEECO-2020-01,confirmed"
    catalogue = load_catalogue(copied(path, row, f"{later},,,\n{new}"))
    stay = a_code("HJ-MED", care_date=dt.date(2026, 10, 30), quantity=4, amount_minor=9_000_000)
    line = price(a_pricing_input(stay), catalogue).lines[0]
    assert line.tariff_minor == 2 * 55000 + 2 * 60000
    assert line.figure_ids[:2] == (
        "forfaits.private.HJ-MED@2006-09-01",
        "forfaits.private.HJ-MED@2026-11-01",
    )


def test_a_stay_beyond_the_last_day_known_has_no_tariff(copied):
    row = "550.00,2006-09-01,,"
    catalogue = load_catalogue(
        copied("national/ma/forfaits.csv", row, "550.00,2006-09-01,2026-10-31,")
    )
    stay = a_code("HJ-MED", care_date=dt.date(2026, 10, 30), quantity=3, amount_minor=165000)
    assert price(a_pricing_input(stay), catalogue).lines[0].tariff_minor is None


# -- counters ------------------------------------------------------------------------------------


def test_prostheses_of_one_day_are_one_use_of_the_ceiling(catalogue):
    crowns = (a_code("D754", line_no=1, amount_minor=225000, tooth="11"),
              a_code("D750", line_no=2, amount_minor=62500, tooth="12"))  # fmt: skip
    priced = price(a_pricing_input(*crowns), catalogue)
    assert [(use.counter, use.amount_minor, use.person_id) for use in priced.counter_uses] == [
        ("ma.dental_prosthesis", 287500, "P0001")
    ]


def test_an_earlier_version_of_the_same_dossier_does_not_count_against_it(catalogue):
    own = CounterUse("P0001", "ma.dental_prosthesis", dt.date(2026, 11, 2), 225000, "D0001", 1)
    crown = a_code("D754", amount_minor=225000)
    given = a_pricing_input(dossier=a_dossier(version=2, lines=(crown,)), counters=(own,))
    assert price(given, catalogue).due_minor == 157500


def test_a_use_of_another_counter_does_not_count(catalogue):
    other = CounterUse("P0001", "zz.other", dt.date(2026, 11, 2), 300000, "D0009", 1)
    given = a_pricing_input(a_code("D754", amount_minor=225000), counters=(other,))
    assert price(given, catalogue).due_minor == 157500


def test_a_request_for_agreement_uses_no_ceiling(catalogue):
    dossier = a_dossier(
        lines=(a_code("D754", amount_minor=225000),), request_kind=RequestKind.PRIOR_AGREEMENT
    )
    assert price(a_pricing_input(dossier=dossier), catalogue).counter_uses == ()


def test_an_unknown_person_uses_no_ceiling(catalogue):
    given = a_pricing_input(
        a_code("D754", amount_minor=225000), validated=a_validated(beneficiary_person_id="")
    )
    assert price(given, catalogue).counter_uses == ()


# -- order ---------------------------------------------------------------------------------------


def test_acts_with_one_tariff_are_ranked_by_what_they_are(catalogue):
    first = a_line(letter="K", coefficient=Decimal(80), amount_minor=640000)
    second = a_line(letter="K", coefficient=Decimal(82), amount_minor=100000)
    one_way = price(
        a_pricing_input(replace(first, line_no=1), replace(second, line_no=2)), catalogue
    )
    other_way = price(
        a_pricing_input(replace(second, line_no=1), replace(first, line_no=2)), catalogue
    )
    assert one_way.due_minor == other_way.due_minor
