"""The rule by which a reading needs no person."""

import pytest

from tasks.extraction.acceptance import Reading, Source, judge
from tasks.extraction.fields import parse_name, parser_of

NINE = parser_of("digits", "[0-9]{9}", 9)


def test_two_engines_that_agree_on_a_valid_value_are_believed():
    judged = judge(Reading("123456789", "123456789", 10, 10), NINE, is_required=True)
    assert (judged.value, judged.source) == ("123456789", Source.AGREED)
    assert not judged.is_doubtful


def test_two_valid_values_that_differ_are_doubtful_however_sure_the_engines_are():
    judged = judge(Reading("123456789", "123456788", 100, 100), NINE, is_required=True)
    assert judged.is_doubtful


def test_agreement_on_an_invalid_value_is_doubtful():
    judged = judge(Reading("12345678", "12345678", 100, 100), NINE, is_required=True)
    assert judged.is_doubtful


@pytest.mark.parametrize(("confidence", "is_doubtful"), [(89.9, True), (90.0, False)])
def test_one_valid_reading_stands_alone_only_when_its_engine_is_sure(confidence, is_doubtful):
    judged = judge(Reading("1787789328", "787789328", 99, confidence), NINE, is_required=True)
    assert (judged.value, judged.is_doubtful) == ("787789328", is_doubtful)


def test_one_reading_where_the_second_engine_was_spared_is_evidence_of_its_own():
    judged = judge(Reading("123456789", "", 95, is_single=True), NINE, is_required=True)
    assert (judged.value, judged.source) == ("123456789", Source.FIRST)
    unsure = judge(Reading("123456789", "", 80, is_single=True), NINE, is_required=True)
    assert unsure.is_doubtful


def test_an_empty_field_is_doubtful_only_when_it_must_be_there():
    assert judge(Reading(), NINE, is_required=True).is_doubtful
    assert not judge(Reading(), NINE, is_required=False).is_doubtful


def test_a_bar_code_that_repeats_one_reading_settles_it():
    reading = Reading("123456789", "123456788", 50, 99)
    judged = judge(reading, NINE, is_required=True, confirmations=frozenset({"123456789"}))
    assert (judged.value, judged.source) == ("123456789", Source.CONFIRMED)


def test_a_bar_code_stands_for_readings_that_are_no_values():
    reading = Reading("12345", "", 50, 0)
    judged = judge(reading, NINE, is_required=True, confirmations=frozenset({"123456789"}))
    assert (judged.value, judged.is_doubtful) == ("123456789", False)


def test_a_bar_code_that_contradicts_a_valid_reading_is_doubtful():
    reading = Reading("123456789", "123456789", 99, 99)
    judged = judge(reading, NINE, is_required=True, confirmations=frozenset({"987654321"}))
    assert judged.is_doubtful


def test_a_name_keeps_the_accents_and_blanks_that_one_engine_lost():
    judged = judge(Reading("Aïcha", "Aicha", 60, 99), parse_name, is_required=True)
    assert (judged.value, judged.is_doubtful) == ("Aïcha", False)
    judged = judge(Reading("BELHAJIMANE", "BELHAJ IMANE"), parse_name, is_required=True)
    assert judged.value == "BELHAJ IMANE"


def test_the_surer_of_two_nearly_equal_names_is_taken_as_less_certain():
    judged = judge(Reading("SLAOUT SANAA", "SLAOUI SANAA", 40, 96), parse_name, is_required=True)
    assert (judged.value, judged.is_doubtful) == ("SLAOUI SANAA", False)
    assert judged.error_probability > 0.01


@pytest.mark.parametrize(
    "reading",
    [
        Reading("SLAOUT SANAA", "SLAOUI SANAA", 99, 60),
        Reading("BENNANI SANAA", "SLAOUI SANAA", 99, 99),
    ],
)
def test_names_that_differ_much_or_that_nobody_is_sure_of_are_doubtful(reading):
    assert judge(reading, parse_name, is_required=True).is_doubtful


def test_numbers_are_never_nearly_equal():
    assert judge(Reading("123456789", "123456788", 99, 99), NINE, is_required=True).is_doubtful


@pytest.mark.parametrize(("other", "is_doubtful"), [("125.103", False), ("825.103", True)])
def test_a_digit_that_looks_like_the_letter_of_a_code_does_not_contradict_it(other, is_doubtful):
    icd = parser_of("code", "[A-Z][0-9]{2}[0-9.]{0,10}")
    judged = judge(Reading(other, "I25.103", 95, 80), icd, is_required=False)
    assert (judged.value, judged.is_doubtful) == ("I25.103", is_doubtful)
