"""One dossier file is priced without a database, and a bad file gets a clear sentence."""

import json

import pytest

from models.errors import UsageError
from tasks.pricing.single import Circumstances, price_file

DOSSIER = {
    "format": "tasfiya-dossier/1",
    "public_number": "AMO-2026-0001",
    "scheme": "ma-amo-salaries",
    "deposit_date": "2026-11-18",
    "insured_id": "100000001",
    "insured_name": "Essai Premier",
    "provider_id": "200000001",
    "kind_of_care": "ambulatory",
    "lines": [
        {"letter": "C", "coefficient": "1", "date": "2026-11-02", "amount_minor": 8000},
        {"ean": "6118000040248", "date": "2026-11-02", "quantity": 2, "amount_minor": 1620},
        {"code": "D713", "date": "2026-11-02", "amount_minor": 17500, "tooth": "36"},
    ],
    "total_minor": 27120,
}


@pytest.fixture
def file_of(tmp_path):
    def write(**changes):
        path = tmp_path / "dossier.json"
        path.write_text(json.dumps({**DOSSIER, **changes}), encoding="utf-8")
        return path

    return write


def priced(path, catalogue, language="en", **circumstances):
    given = Circumstances(**circumstances)
    return price_file(path, catalogue, circumstances=given, language=language)


def test_a_file_is_priced_with_lines_total_and_steps(file_of, catalogue):
    found = priced(file_of(), catalogue)
    assert [line["due_minor"] for line in found["lines"]] == [5600, 1050, 12250]
    assert found["total"]["due_minor"] == 18900
    assert (found["currency"], found["public_number"]) == ("MAD", "AMO-2026-0001")
    assert len(found["steps"]) == 9
    json.dumps(found)


def test_the_sector_and_a_condition_are_given_by_the_caller(file_of, catalogue):
    path = file_of(lines=[DOSSIER["lines"][0]])
    assert priced(path, catalogue, sector="public")["total"]["due_minor"] == 3500
    assert priced(path, catalogue, sector="public", ald_code="9")["total"]["due_minor"] == 4500


def test_the_answer_names_no_person(file_of, catalogue):
    assert "Essai" not in json.dumps(priced(file_of(), catalogue), ensure_ascii=False)


def test_the_text_is_in_the_language_asked_for(file_of, catalogue):
    assert "Ligne 1" in priced(file_of(), catalogue, "fr")["text"]


def test_an_unknown_scheme_is_refused_with_those_that_are_known(file_of, catalogue):
    with pytest.raises(UsageError, match=r"unknown scheme; the catalogue has .*ma-amo-salaries"):
        priced(file_of(scheme="zz-nowhere"), catalogue)


def test_an_unknown_sector_is_refused(file_of, catalogue):
    with pytest.raises(UsageError, match="sector must be one of private, public"):
        priced(file_of(), catalogue, sector="military")


def test_a_fault_of_the_file_names_the_field_and_not_its_value(file_of, catalogue):
    with pytest.raises(UsageError, match="total_minor") as caught:
        priced(file_of(total_minor="Essai"), catalogue)
    assert "Essai" not in str(caught.value)


def test_a_line_that_names_two_things_is_refused(file_of, catalogue):
    line = {**DOSSIER["lines"][0], "code": "D713"}
    with pytest.raises(UsageError, match=r"lines\.0: .*exactly one of"):
        priced(file_of(lines=[line]), catalogue)


def test_a_file_that_is_not_there_is_refused(tmp_path, catalogue):
    with pytest.raises(UsageError, match="cannot be read"):
        priced(tmp_path / "nothing.json", catalogue)


def test_a_file_that_is_too_large_is_refused(tmp_path, catalogue):
    path = tmp_path / "large.json"
    path.write_bytes(b" " * 2_000_001)
    with pytest.raises(UsageError, match="above 2000000 bytes"):
        priced(path, catalogue)
