import datetime as dt
from decimal import Decimal

import pytest

from infra.simulation.paper.sheet import (
    act_rows,
    checked_boxes,
    expected_fields,
    expected_lines,
    zone_texts,
)
from infra.simulation.paper.template import read_template
from infra.simulation.paper.writing import amount_text, coefficient_text, date_text
from tests.stages.simulation_paper.papers import (
    DRUGS,
    INSURED,
    SHEET,
    a_laboratory_paper,
    a_paper,
    a_pharmacy_paper,
)

TEMPLATE = read_template(SHEET)


@pytest.mark.parametrize(
    ("amount_minor", "style", "text"),
    [(123_450, "comma", "1234,50"), (123_450, "dot", "1234.50"), (123_450, "space", "1 234,50")],
)
def test_an_amount_is_written_in_three_ways(amount_minor: int, style: str, text: str) -> None:
    assert amount_text(amount_minor, style) == text


def test_seven_centimes_have_two_digits() -> None:
    assert amount_text(7) == "0,07"


@pytest.mark.parametrize(("value", "text"), [("80", "80"), ("1.50", "1,5"), ("100", "100")])
def test_a_coefficient_has_no_idle_zeros(value: str, text: str) -> None:
    assert coefficient_text(Decimal(value)) == text


def test_a_date_in_cells_has_no_marks() -> None:
    assert date_text(dt.date(2010, 5, 7), "cells") == "07052010"


def test_a_pharmacy_sheet_has_one_row_with_the_sum_of_the_invoice() -> None:
    rows = act_rows(a_pharmacy_paper(), read_template(SHEET))
    assert [(row["act"], row["coefficient"], row["amount"]) for row in rows] == [
        ("PH", "", "58,30")
    ]


def test_drugs_of_two_days_have_a_row_a_day() -> None:
    paper = a_pharmacy_paper(lines=(DRUGS[0], {**DRUGS[1], "date": "2026-11-09"}))
    rows = act_rows(paper, read_template(SHEET))
    assert [(row["date"], row["amount"]) for row in rows] == [
        ("02/11/2026", "50,20"),
        ("09/11/2026", "8,10"),
    ]


def test_a_laboratory_sheet_has_one_row_with_the_sum_of_the_coefficients() -> None:
    rows = act_rows(a_laboratory_paper(), read_template(SHEET))
    assert [(row["act"], row["coefficient"], row["amount"]) for row in rows] == [
        ("B", "110", "121,00")
    ]


def test_analyses_without_a_bill_are_written_line_by_line() -> None:
    paper = a_laboratory_paper()
    sheet_only = paper.changed(pieces=paper.record.pieces[:1])
    rows = act_rows(sheet_only, read_template(SHEET))
    assert [row["coefficient"] for row in rows] == ["80", "30"]


def test_expected_lines_are_those_of_the_invoice_and_not_of_the_sheet() -> None:
    lines = expected_lines(a_pharmacy_paper())
    assert [(line["ean"], line["amount_minor"]) for line in lines] == [
        ("6118000010050", 5_020),
        ("6118000040248", 810),
    ]


def test_a_first_submission_has_no_public_number_on_its_sheet() -> None:
    assert zone_texts(a_paper(), TEMPLATE)["public_number"] == ""


def test_a_complement_names_the_dossier_it_completes() -> None:
    complement = a_paper(kind_of_submission="complement")
    assert zone_texts(complement, TEMPLATE)["public_number"] == "AMO-2026-00000001"
    assert expected_fields(complement, TEMPLATE)["public_number"] == "AMO-2026-00000001"


def test_the_insured_person_himself_has_no_relation_ticked() -> None:
    boxes = checked_boxes(a_paper(relation="self"), TEMPLATE)
    assert [name for name in boxes if name.startswith("relation")] == []


def test_a_request_for_agreement_is_ticked_instead_of_execution() -> None:
    boxes = checked_boxes(a_paper(request="prior_agreement"), TEMPLATE)
    assert "prior_agreement" in boxes
    assert "execution" not in boxes


def test_pieces_are_counted_without_the_sheet() -> None:
    assert zone_texts(a_pharmacy_paper(), TEMPLATE)["pieces_count"] == "3"


def test_expected_fields_say_what_stands_on_the_sheet() -> None:
    paper = a_pharmacy_paper(ald_code="ALD-05")
    fields, texts = expected_fields(paper, TEMPLATE), zone_texts(paper, TEMPLATE)
    same = ("insured_number", "insured_cin", "insured_name", "beneficiary_name", "ald_code")
    assert {name: fields[name] for name in same} == {name: texts[name] for name in same}
    assert fields["insured_number"] == INSURED
    assert texts["total"] == amount_text(fields["total_minor"])
    birth = dt.date.fromisoformat(fields["beneficiary_birth_date"])
    assert texts["beneficiary_birth_date"] == date_text(birth, "cells")
