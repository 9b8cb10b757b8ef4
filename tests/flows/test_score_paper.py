"""What extraction says of a dossier is compared with what was written, field by field."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

from models.dossier import DossierLine, LineKind
from models.reading import Box, FieldEvidence
from tasks.extraction.chunk import Extracted, empty_dossier
from tasks.paper_measure import head_of, score_fields

DAY = dt.date(2026, 11, 20)
LINE = DossierLine(
    line_no=1,
    kind=LineKind.LETTER,
    code="",
    letter="C",
    coefficient=Decimal(1),
    ean="",
    label="Consultation",
    care_date=DAY,
    quantity=1,
    unit_amount_minor=None,
    amount_minor=12_000,
)
TRUTH: dict[str, Any] = {
    "public_number": "AMO-1",
    "expected_fields": {"insured_number": "100810385", "total_minor": 12_000},
    "expected_lines": [
        {
            "letter": "C",
            "coefficient": "1",
            "care_date": "2026-11-20",
            "quantity": 1,
            "amount_minor": 12_000,
        }
    ],
}


def evidence(field: str, *, is_doubtful: bool = False) -> FieldEvidence:
    return FieldEvidence(field, 1, Box(0, 0, 1, 1), "", "", "", 0.001, is_doubtful, "agreed")


def extracted(*lines: DossierLine, **changes: Any) -> Extracted:
    dossier = replace(
        empty_dossier(head_of("d", TRUTH, DAY)),
        insured_number="100810385",
        total_minor=12_000,
        lines=lines,
        **changes,
    )
    found = [evidence("insured_number"), evidence("total_minor")]
    return Extracted(dossier, tuple(found))


def scores(what: Extracted) -> dict[str, tuple[bool, bool]]:
    return {one.field: (one.is_right, one.is_accepted) for one in score_fields(what, TRUTH)}


def test_a_dossier_read_well_has_all_its_fields_right():
    found = scores(extracted(LINE))
    assert all(is_right for name, (is_right, _) in found.items() if name in MEANT)
    assert set(found) >= MEANT


#: What the truth above says; kinds of care and request of an empty dossier count besides.
MEANT = {
    "insured_number",
    "total_minor",
    "lines[1].letter",
    "lines[1].coefficient",
    "lines[1].care_date",
    "lines[1].quantity",
    "lines[1].amount_minor",
}


def test_a_line_too_few_is_wrong_in_all_its_fields():
    found = scores(extracted())
    assert {name for name, one in found.items() if name.startswith("lines[1]") and not one[0]} == {
        name for name in MEANT if name.startswith("lines[1]")
    } - {"lines[1].coefficient"}


def test_a_line_too_many_is_one_wrong_amount():
    found = scores(extracted(LINE, replace(LINE, line_no=2)))
    assert found["lines[2].amount_minor"] == (False, True)
    assert "lines[2].letter" not in found


def test_an_act_taken_for_another_kind_is_one_wrong_act_with_that_evidence():
    read = extracted(replace(LINE, letter="", code="G", coefficient=None))
    doubted = replace(read, evidence=(*read.evidence, evidence("lines[1].code", is_doubtful=True)))
    assert scores(doubted)["lines[1].letter"] == (False, False)
    assert "lines[1].code" not in scores(doubted)


def test_without_a_sheet_nothing_is_accepted():
    unread = Extracted(empty_dossier(head_of("d", TRUTH, DAY)))
    assert scores(unread)
    assert not any(is_accepted for _, is_accepted in scores(unread).values())


def test_what_was_read_though_nothing_stands_there_is_wrong():
    assert scores(extracted(LINE, agreement_number="EP-1"))["agreement_number"][0] is False
