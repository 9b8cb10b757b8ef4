"""What the registers add to a reading, and what they take from it."""

import datetime as dt
from dataclasses import replace

import pytest

from infra.settings import ROOT
from infra.stores.register_hints import known_eans
from models.reading import Box
from models.register_hints import Household, KnownPerson, RegisterHints
from tasks.extraction.acceptance import Judged, Reading, Source
from tasks.extraction.chunk import ExtractionContext, extract_paper
from tasks.extraction.found import Found
from tasks.extraction.registers import asked_of, with_drugs
from tasks.extraction.template import read_templates
from tests.stages.extraction.test_paper import FORMS_DIR, HEAD, sheet

PERSON = KnownPerson("ESSAI", "PREMIER", dt.date(1980, 5, 17), "AB123456")
CHILD = KnownPerson("ESSAI", "DEUXIEME", dt.date(2010, 1, 2), "")
HINTS = RegisterHints(
    {"100000001": (Household("100000001", PERSON, (CHILD,)),)}, frozenset({"200000001"})
)


def evidence(changes=None, second=None, hints=HINTS):
    page = sheet(changes, second)
    extracted = extract_paper([page], HEAD, ExtractionContext(FORMS_DIR), hints)
    return extracted, {one.field: one for one in extracted.evidence}


def test_number_name_and_birth_date_of_one_household_agree_with_the_register():
    _, found = evidence()
    for field in ("insured_number", "insured_name", "beneficiary_birth_date", "provider_inpe"):
        assert (found[field].source, found[field].flags) == ("agreed", "register")


def test_one_reading_that_stands_in_the_register_is_believed():
    _, found = evidence(second={"insured_number": "100000007"})
    assert (found["insured_number"].value, found["insured_number"].source) == (
        "100000001",
        "register",
    )
    assert not found["insured_number"].is_doubtful
    assert found["insured_number"].second_reading == "100000007"


def test_without_the_register_two_readings_that_differ_are_for_a_person():
    extracted, found = evidence(second={"insured_number": "100000007"}, hints=None)
    assert found["insured_number"].is_doubtful
    assert [one.code for one in extracted.findings] == ["CHAMP_DOUTEUX"]


@pytest.mark.parametrize(
    "changes",
    [
        {"insured_name": "BENNANI SANAA", "beneficiary_name": "BENNANI SANAA"},
        {"beneficiary_birth_date": "18051981"},
    ],
)
def test_a_number_alone_settles_nothing_in_a_household_that_is_not_the_sheet_s(changes):
    _, found = evidence(changes, {"insured_number": "100000007"})
    assert found["insured_number"].is_doubtful


def test_a_reading_that_no_register_has_is_not_replaced_by_the_register_s():
    _, found = evidence({"provider_inpe": "200000003"}, {"provider_inpe": "200000004"})
    assert found["provider_inpe"].is_doubtful
    assert found["provider_inpe"].register_value == ""


def test_somebody_else_s_name_stays_as_written_and_the_register_s_stands_beside_it():
    _, found = evidence({"beneficiary_name": "QUESTE WILHELMINE", "insured_name": "QUESTE WILHEL"})
    name = found["insured_name"]
    assert (name.value, name.register_value) == ("QUESTE WILHEL", "ESSAI PREMIER")
    assert name.flags == "register_differs"
    # The names are for validation to compare; what both engines read is no doubt about the reading.
    assert not name.is_doubtful
    _, plain = evidence({"insured_name": "QUESTE WILHEL"}, hints=None)
    assert name.error_probability > plain["insured_name"].error_probability


def test_a_birth_date_that_nobody_of_the_household_has_is_less_believed():
    _, found = evidence({"beneficiary_birth_date": "18051981"})
    assert found["beneficiary_birth_date"].flags == "register_differs"
    assert found["beneficiary_birth_date"].value == "1981-05-18"


def test_a_card_number_read_once_that_the_register_contradicts_goes_to_a_person():
    for text, is_doubtful in (("AB123456", False), ("CB123456", True)):
        page = sheet({"insured_cin": text})
        zones = tuple(
            replace(zone, readings=(replace(zone.readings[0], raw_confidence=99.0),))
            if zone.zone == "insured_cin"
            else zone
            for zone in page.zones
        )
        extracted = extract_paper(
            [replace(page, zones=zones)], HEAD, ExtractionContext(FORMS_DIR), HINTS
        )
        found = {one.field: one for one in extracted.evidence}["insured_cin"]
        assert (found.reading, found.second_reading) == (text, "")
        assert found.is_doubtful is is_doubtful


def test_a_number_that_two_households_share_with_the_same_name_and_day_settles_nothing():
    twice = RegisterHints({"100000001": (Household("100000001", PERSON),) * 2})
    _, found = evidence(second={"insured_number": "100000007"}, hints=twice)
    assert found["insured_number"].is_doubtful


def test_every_reading_of_a_number_is_asked_for():
    page = sheet(second={"insured_number": "100000007", "provider_inpe": "200000009"})
    asked = asked_of([page], read_templates(FORMS_DIR))
    assert asked.numbers == {"100000001", "100000007"}
    assert asked.inpes == {"200000001", "200000009"}


def test_the_evidence_says_what_a_field_was_judged_by():
    _, found = evidence()
    amount = found["total_minor"]
    assert amount.field_type == "amount"
    assert amount.calibration


def test_a_drug_s_code_that_one_engine_read_is_believed_when_the_list_of_drugs_has_it():
    from_list, other = "6118000010050", "6118000012948"
    found = Found(
        Judged(other, 0.5, True, Source.DOUBTFUL), Reading(from_list, other), 1, Box(0, 0, 1, 1)
    )
    known = with_drugs({"ean": found}, RegisterHints(eans=frozenset({from_list})))["ean"]
    assert (known.value, known.judged.source) == (from_list, Source.REGISTER)
    both = with_drugs({"ean": found}, RegisterHints(eans=frozenset({from_list, other})))["ean"]
    assert both.is_doubtful


def test_the_lists_of_drugs_are_read_from_their_files():
    assert "6118000010050" in known_eans(ROOT / "tasks" / "pricing" / "national")
