"""The steps of a price: rule, figure, interval, source, text, amount, in three languages."""

from dataclasses import replace

import pytest

from models.dossier import LineKind
from models.errors import CatalogueError
from tasks.pricing.engine import price
from tasks.pricing.explain import as_dict, as_text, compare, explain, format_value
from tests.builders import a_dossier, a_line, a_pricing_input

CROWN = a_line(
    line_no=2, kind=LineKind.CODE, letter="", coefficient=None, code="D754", amount_minor=400000
)
UNKNOWN = a_line(line_no=3, letter="SF")
ICU = a_line(
    line_no=4, kind=LineKind.CODE, letter="", coefficient=None, code="HJ-REA", amount_minor=150000
)
UNPAID_DRUG = a_line(
    line_no=5, kind=LineKind.DRUG, letter="", coefficient=None, ean="6118001183203"
)
GIVEN = a_pricing_input(a_line(), CROWN, UNKNOWN, ICU, UNPAID_DRUG)


@pytest.fixture
def explanation(catalogue):
    return explain(GIVEN, catalogue)


def test_explaining_gives_the_same_amounts_as_pricing(explanation, catalogue):
    assert explanation.priced == price(GIVEN, catalogue)


def test_the_steps_of_a_line_end_at_its_amount_due(explanation):
    for line in explanation.priced.lines:
        last = [step for step in explanation.steps if step.line_no == line.line_no][-1]
        assert (last.after_minor or 0) == line.due_minor


def test_the_steps_of_a_line_come_in_the_order_of_the_phases(explanation):
    names = [step.name for step in explanation.steps if step.line_no == 2]
    assert names == ["tariff", "cap_at_asked", "base", "rate"]


def test_a_step_names_figure_interval_source_status_and_text(explanation, catalogue):
    step = as_dict(explanation, catalogue, "fr")["steps"][0]
    assert step["rule_id"] == "MA-TNR-LETTRE"
    assert step["text"] == "Valeur de la lettre clé × coefficient × quantité"
    assert "1961-06" in step["reference"]
    assert step["inputs"]["act"] == "C×1"
    assert step["amount_minor"] == 8000
    (figure,) = step["figures"]
    assert figure["figure_id"] == "letters.private.C@2006-09-01"
    assert (figure["value"], figure["from"], figure["to"]) == ("80.00 MAD/unit", "2006-09-01", None)
    assert "1961-06" in figure["source_title"]
    assert (figure["status"], figure["status_text"]) == ("confirmed", "confirmé")


def test_a_row_with_several_numbers_shows_the_one_that_counted(catalogue):
    drug = a_line(kind=LineKind.DRUG, letter="", coefficient=None, ean="6118000040248")
    found = explain(a_pricing_input(drug), catalogue)
    assert "price 8.10, reference_price 7.50, rate 0.70" in as_text(found, catalogue, "en")
    (figure,) = as_dict(found, catalogue, "en")["steps"][0]["figures"]
    assert figure["cells"]["reference_price"] == "7.50"


def test_the_inputs_of_a_step_are_named_in_the_language_asked_for(explanation, catalogue):
    text = as_text(explanation, catalogue, "fr")
    assert "acte C×1 · quantité 1 · soins du 02/11/2026 · secteur privé · demandé 80,00" in text
    assert "reste du plafond 3\u202f000,00\u00a0MAD" in text


def test_a_conflict_shows_the_other_published_value(explanation, catalogue):
    text = as_text(explanation, catalogue, "en")
    assert "another published value: 1200.00" in text
    figures = [figure for step in as_dict(explanation, catalogue, "en")["steps"]
               for figure in step["figures"]]  # fmt: skip
    assert {"1200.00"} == {other["value"] for figure in figures for other in figure["alternatives"]}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "fr",
            ["Ligne 1", "Taux général", "ticket modérateur 24,00\u00a0MAD", "Aucun tarif connu"],
        ),
        ("ar", ["السطر 1", "النسبة العامة", "24,00\u2069\u00a0درهم", "لا توجد تعريفة"]),
        ("en", ["Line 1", "General rate", "above the tariff 1750.00 MAD", "No tariff known"]),
    ],
)
def test_the_steps_are_told_in_the_language_asked_for(explanation, catalogue, language, words):
    text = as_text(explanation, catalogue, language)
    for word in words:
        assert word in text


def test_every_step_of_the_engine_and_every_status_has_its_words(explanation, catalogue):
    for language in ("fr", "ar", "en"):
        assert "no_tariff" not in as_text(explanation, catalogue, language)
    with pytest.raises(CatalogueError, match="language: must be one of fr, ar, en"):
        as_text(explanation, catalogue, "de")


def test_the_total_keeps_what_stays_with_the_patient(explanation, catalogue):
    total = as_dict(explanation, catalogue, "en")["total"]
    assert total["asked_minor"] == (
        total["due_minor"] + total["patient_share_minor"] + total["excess_minor"]
    )


def test_a_dossier_of_an_unknown_scheme_is_explained_too(catalogue):
    found = explain(a_pricing_input(dossier=a_dossier(scheme="zz-nowhere")), catalogue)
    assert "No tariff is known" in as_text(found, catalogue, "en")


def test_a_stored_price_that_still_holds_shows_no_difference(explanation, catalogue):
    assert compare(price(GIVEN, catalogue), explanation.priced) == ()


def test_a_stored_price_that_differs_shows_both_amounts_and_versions(explanation):
    stored = explanation.priced
    old_line = replace(stored.lines[0], due_minor=5599)
    old = replace(
        stored, tariff_version="old", due_minor=stored.due_minor - 1,
        lines=(old_line, *stored.lines[1:]),
    )  # fmt: skip
    found = {(each.line_no, each.field): (each.stored, each.recomputed)
             for each in compare(old, stored)}  # fmt: skip
    assert found == {
        (0, "tariff_version"): ("old", stored.tariff_version),
        (0, "due_minor"): (str(stored.due_minor - 1), str(stored.due_minor)),
        (1, "due_minor"): ("5599", "5600"),
    }


def test_a_stored_line_that_is_gone_shows_as_a_difference(explanation):
    fewer = replace(explanation.priced, lines=explanation.priced.lines[:1])
    gone = {each.line_no for each in compare(explanation.priced, fewer)}
    assert gone == {2, 3, 4, 5}


def test_figures_are_written_as_people_read_them(catalogue):
    scheme = catalogue.schemes["ma-amo-salaries"]
    day = a_line().care_date
    assert format_value(scheme.parameters["rate.general"].timeline.at(day)) == "70 %"
    assert format_value(scheme.parameters["cumulation.first"].timeline.at(day)) == "100 %"
    assert format_value(scheme.parameters["dental.prosthesis_period"].timeline.at(day)) == "2"
    assert format_value(scheme.tables["letters"].at(("private", "K"), day)) == "22.50 MAD/unit"
    assert format_value(scheme.tables["acts"].at(("A115",), day)) == "80"
