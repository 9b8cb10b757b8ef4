import json
from typing import Any

import pytest

from tasks.intake.limits import Limits, ReadingContext
from tasks.intake.native import read_record
from tasks.intake.result import ReceivedRecord, Record, Refused

CONTEXT = ReadingContext(Limits(lines=3), {"ma-amo-salaries": "MAD"})


def a_record(**changes: Any) -> dict[str, Any]:
    record: dict[str, Any] = {
        "format": "tasfiya-dossier/1",
        "public_number": "AMO-2026-0001",
        "scheme": "ma-amo-salaries",
        "agency": "AG-01",
        "region": "R-01",
        "deposit_date": "2026-11-18",
        "insured_id": "100000001",
        "insured_name": "Essai Premier",
        "provider_id": "200000001",
        "kind_of_care": "ambulatory",
        "lines": [
            {"letter": "C", "coefficient": 1, "date": "2026-11-02", "amount_minor": 8000},
        ],
        "total_minor": 8000,
    }
    return {name: value for name, value in (record | changes).items() if value is not ...}


def read(**changes: Any) -> Record:
    record = a_record(**changes)
    return read_record(json.dumps(record), record, CONTEXT)


def fields(record: Record) -> str:
    assert isinstance(record, Refused)
    assert record.code == "IN_SCHEMA"
    return record.params["fields"]


def test_a_record_of_the_published_form_is_received() -> None:
    record = read()
    assert isinstance(record, ReceivedRecord)
    assert (record.public_number, record.scheme) == ("AMO-2026-0001", "ma-amo-salaries")
    assert json.loads(record.payload)["lines"][0]["coefficient"] == "1"


def test_a_missing_field_is_named_with_the_senders_number() -> None:
    record = read(insured_id=...)
    assert fields(record) == "$.insured_id: missing"
    assert record.public_number == "AMO-2026-0001"


def test_a_field_of_a_line_is_named_by_its_path() -> None:
    line = {"letter": "C", "coefficient": 1, "date": "2026-13-02", "amount_minor": 8000}
    assert fields(read(lines=[line])) == "$.lines[0].date: date_parsing"


def test_an_amount_written_as_text_is_not_guessed() -> None:
    assert fields(read(total_minor="8000")) == "$.total_minor: int_type"


def test_an_amount_with_decimals_is_not_rounded() -> None:
    assert fields(read(total_minor=80.5)) == "$.total_minor: int_type"


def test_a_line_that_names_two_things_is_refused() -> None:
    line = {"code": "A100", "ean": "6111", "date": "2026-11-02", "amount_minor": 1}
    assert fields(read(lines=[line])) == "$.lines[0]: value_error"


def test_neither_values_nor_keys_of_the_senders_own_making_are_repeated() -> None:
    refused = read(**{"Nom Secret": "Valeur Secrète", "insured_id": "123456789" * 9})
    assert "$.?: extra_forbidden" in fields(refused)
    assert "Secr" not in str(refused)
    assert "123456789" not in str(refused)


def test_a_bank_account_has_no_place_in_a_dossier() -> None:
    assert fields(read(rib="011780000000000000000000")) == "$.?: extra_forbidden"


def test_a_json_value_that_is_no_object_is_no_dossier() -> None:
    for value in ([], "text", 42, None, True):
        refused = read_record(json.dumps(value), value, CONTEXT)
        assert refused == Refused("IN_SCHEMA", {"fields": "$: object_expected"})


def test_an_unknown_scheme_is_refused_by_its_own_code() -> None:
    assert read(scheme="xx-unknown") == Refused("IN_SCHEME", {}, "AMO-2026-0001")


def test_another_version_of_the_form_is_refused_by_its_own_code() -> None:
    refused = read(format="tasfiya-dossier/9")
    assert refused == Refused("IN_FORMAT", {"format": "tasfiya-dossier/1"}, "AMO-2026-0001")


def test_lines_up_to_the_limit_are_read_and_one_more_is_refused() -> None:
    line = a_record()["lines"][0]
    assert isinstance(read(lines=[line] * 3), ReceivedRecord)
    assert read(lines=[line] * 4) == Refused(
        "IN_LINES", {"count": "4", "limit": "3"}, "AMO-2026-0001"
    )


def test_a_control_character_in_a_text_is_refused_with_its_field() -> None:
    assert read(insured_name="Essai\x00") == Refused(
        "IN_CONTROL_CHARACTER", {"field": "$.insured_name"}, "AMO-2026-0001"
    )


def test_arabic_text_and_its_joiners_are_no_control_characters() -> None:
    assert isinstance(read(insured_name="عبد\u200cالله بن \u00a0علي"), ReceivedRecord)


def test_a_public_number_of_another_form_is_not_repeated() -> None:
    refused = read(public_number="Dossier de M. Secret")
    assert isinstance(refused, Refused)
    assert refused.public_number == ""


def test_a_well_formed_number_is_repeated_also_when_the_record_is_refused() -> None:
    refused = read(kind_of_care="magic")
    assert isinstance(refused, Refused)
    assert refused.public_number == "AMO-2026-0001"


@pytest.mark.parametrize(
    ("written", "channel"),
    [
        (..., "electronic"),
        ("", "electronic"),
        ("electronic", "electronic"),
        ("fhir", "fhir"),
        ("paper", "electronic"),
        ("portail", "electronic"),
    ],
)
def test_how_a_record_came_in_is_not_for_its_sender_to_say(written: Any, channel: str) -> None:
    record = read(channel=written)
    assert isinstance(record, ReceivedRecord)
    assert record.channel == channel
