"""A person's corrections: applied when they are values, refused with a sentence when not."""

import datetime as dt
from decimal import Decimal

import pytest

from models.dossier import Dossier, LineKind
from models.reading import Box, FieldEvidence
from tasks.extraction.correct import Refused, correct_dossier, corrected_evidence
from tests.builders import a_dossier


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("insured_name", "Essai Second", "Essai Second"),
        ("provider_inpe", "200000002", "200000002"),
        ("provider_inpe", "H50000000001", "H50000000001"),
        ("insured_number", "50000019910203001x", "50000019910203001X"),
        ("diagnosis", "I25.103", "I25.103"),
        ("prescription_date", "02/11/2026", dt.date(2026, 11, 2)),
        ("prescription_date", "2026-11-02", dt.date(2026, 11, 2)),
        ("prescription_date", "", None),
        ("total_minor", "1 234,50", 123_450),
        ("is_continuous_care", "oui", True),
        ("beneficiary_sex", "F", "F"),
    ],
)
def test_a_field_takes_the_value_that_a_person_wrote(field, text, value):
    assert getattr(correct_dossier(a_dossier(), {field: text}), field) == value


@pytest.mark.parametrize(
    ("field", "text", "word"),
    [
        ("insured_number", "12A", "digits"),
        ("total_minor", "80", "two decimals"),
        ("prescription_date", "31/02/2026", "a day"),
        ("relation", "cousin", "one of"),
        ("lines[9].amount_minor", "80,00", "no line 9"),
        ("lines[1].ean", "6118000010051", "check digit"),
        ("lines[1].tooth", "19", "a tooth in two digits"),
        ("refers_to", "AMO 7 ?", "a code"),
        ("dossier_id", "D0002", "cannot be corrected"),
        ("lines[1].line_no", "2", "cannot be corrected"),
        ("stay.establishment_inpe", "300000001", "no stay"),
    ],
)
def test_a_text_that_is_no_value_is_refused_with_what_to_write(field, text, word):
    answer = correct_dossier(a_dossier(), {field: text})
    assert isinstance(answer, Refused)
    assert word in answer.errors[field]


@pytest.mark.parametrize(
    ("field", "text"),
    [("refers_to", "AMO-2026-0000007"), ("refers_to", ""), ("form.work_accident", "2026/7"),
     ("lines[1].form.excess", "DE")],
)  # fmt: skip
def test_what_is_kept_as_evidence_alone_changes_no_dossier(field, text):
    assert correct_dossier(a_dossier(), {field: text}) == a_dossier()


def test_one_refused_correction_leaves_the_dossier_as_it_was():
    answer = correct_dossier(a_dossier(), {"insured_name": "Essai", "total_minor": "x"})
    assert isinstance(answer, Refused)
    assert set(answer.errors) == {"total_minor"}


def test_an_amount_of_a_line_is_corrected():
    dossier = correct_dossier(a_dossier(), {"lines[1].amount_minor": "150,00"})
    assert dossier.lines[0].amount_minor == 15_000


def test_a_line_that_names_another_thing_forgets_the_first():
    dossier = correct_dossier(a_dossier(), {"lines[1].code": "D700"})
    line = dossier.lines[0]
    assert (line.kind, line.code, line.letter, line.coefficient) == (
        LineKind.CODE,
        "D700",
        "",
        None,
    )
    line = correct_dossier(dossier, {"lines[1].letter": "K", "lines[1].coefficient": "1,5"}).lines[
        0
    ]
    assert (line.kind, line.letter, line.coefficient) == (LineKind.LETTER, "K", Decimal("1.5"))


def test_a_line_that_is_none_is_taken_out():
    assert correct_dossier(a_dossier(), {"lines[1]": ""}).lines == ()


def test_the_insured_person_s_own_number_follows_the_correction():
    dossier = correct_dossier(a_dossier(), {"insured_number": "100000009"})
    assert dossier.beneficiary_number == "100000009"


def test_evidence_keeps_its_readings_after_a_correction():
    box = Box(1, 2, 3, 4)
    read = FieldEvidence("total_minor", 1, box, "80,0", "30,00", "3000", 0.5, True, "doubtful")
    corrected = corrected_evidence(read, "8000")
    assert (corrected.reading, corrected.second_reading) == ("80,0", "30,00")
    assert (corrected.value, corrected.is_doubtful, corrected.source) == ("8000", False, "person")


NEW = {
    "lines[+1].letter": "C",
    "lines[+1].care_date": "02/11/2026",
    "lines[+1].amount_minor": "9,50",
}


def test_a_line_that_nobody_read_is_added_after_the_others_were_taken_out():
    dossier = correct_dossier(a_dossier(), {**NEW, "lines[1]": "", "total_minor": "9,50"})
    (line,) = dossier.lines
    assert (line.line_no, line.kind, line.letter) == (1, LineKind.LETTER, "C")
    assert (line.coefficient, line.quantity, line.amount_minor) == (Decimal(1), 1, 950)
    assert line.care_date == dt.date(2026, 11, 2)


def test_a_new_line_for_a_drug_keeps_its_quantity():
    texts = {
        "ean": "6118000010050",
        "care_date": "02/11/2026",
        "quantity": "3",
        "amount_minor": "75,30",
    }
    dossier = correct_dossier(
        a_dossier(), {f"lines[+7].{name}": text for name, text in texts.items()}
    )
    line = dossier.lines[-1]
    assert (line.line_no, line.kind, line.quantity, line.amount_minor) == (
        7,
        LineKind.DRUG,
        3,
        7530,
    )


@pytest.mark.parametrize(
    ("left_out", "named"),
    [("letter", "code"), ("care_date", "care_date"), ("amount_minor", "amount_minor")],
)
def test_a_new_line_that_is_not_whole_is_refused(left_out, named):
    texts = {name: text for name, text in NEW.items() if not name.endswith(left_out)}
    answer = correct_dossier(a_dossier(lines=()), texts)
    assert isinstance(answer, Refused)
    assert set(answer.errors) == {f"lines[+1].{named}"}


def test_a_new_line_does_not_take_the_place_of_one_that_is_there():
    answer = correct_dossier(a_dossier(), NEW)
    assert isinstance(answer, Refused)
    assert "already" in answer.errors["lines[+1].amount_minor"]


def test_a_field_of_a_new_line_that_is_no_value_is_named():
    answer = correct_dossier(a_dossier(lines=()), {**NEW, "lines[+1].quantity": "0"})
    assert isinstance(answer, Refused)
    assert set(answer.errors) == {"lines[+1].quantity"}


def test_a_person_says_which_documents_there_are():
    dossier = correct_dossier(
        a_dossier(pieces=()), {"pieces": "care_sheet prescription care_sheet"}
    )
    assert [piece.kind.value for piece in dossier.pieces] == ["care_sheet", "prescription"]
    assert isinstance(correct_dossier(a_dossier(), {"pieces": "letter"}), Refused)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("insured_name", "A" * 201), ("insured_name", "A\nB"), ("insured_name", "A\x07"),
        ("facts.Name", "x"), (f"facts.{'a' * 41}", "x"), ("facts.<b>", "x"), ("facts.x", "y" * 201),
        ("insured_number", "1" * 41), ("provider_inpe", "9" * 300), ("agreement_number", "A" * 41),
        ("total_minor", "9999999999,00"), ("pieces", "care_sheet " * 60),
        ("lines[1].code", "C" * 41),
    ],
)  # fmt: skip
def test_a_text_that_no_form_holds_is_refused(field: str, text: str) -> None:
    result = correct_dossier(a_dossier(), {field: text})
    assert isinstance(result, Refused)
    assert set(result.errors) == {field}


def test_signs_that_turn_a_name_round_are_not_kept() -> None:
    found = correct_dossier(a_dossier(), {"insured_name": "ESSAI\u202e REIMERP\u200b"})
    assert isinstance(found, Dossier)
    assert found.insured_name == "ESSAI REIMERP"
