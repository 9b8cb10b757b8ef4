"""A paper dossier from readings of its sheet and bills, without any engine."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from models.dossier import LineKind, PieceKind, Relation
from models.reading import Box, PageText, Token, ZoneReading
from models.stage import Status
from models.work import ChunkOutput
from tasks.extraction.audit import Draw
from tasks.extraction.chunk import (
    EVIDENCE_NAMES,
    ExtractionContext,
    ExtractionInput,
    extract_chunk,
    extract_paper,
    head_changes,
)
from tasks.extraction.electronic import DossierHead
from tasks.extraction.paper import NoSheet, read_paper
from tasks.extraction.template import read_templates
from tasks.extraction.vocabulary import read_vocabulary
from tasks.ocr.chunk import page_json
from tests.stages.extraction.receipts.printed import printed
from tests.stages.extraction.test_invoice import invoice_page

FORMS_DIR = Path(__file__).parents[3] / "tasks" / "extraction" / "forms"
FORM_ID = "cnss_610_1_02"
HEAD = DossierHead(
    dossier_id="D0001",
    version=1,
    content_version=1,
    public_number="AMO-2026-0001",
    scheme="ma-amo-salaries",
    currency="MAD",
    channel="paper",
    agency="",
    region="R-01",
    deposit_date=dt.date(2026, 11, 20),
    receipt_date=dt.date(2026, 11, 20),
)
CLEAN = {
    "deposit_date": "18/11/2026",
    "insured_name": "ESSAI PREMIER",
    "insured_number": "100000001",
    "beneficiary_name": "ESSAI PREMIER",
    "beneficiary_birth_date": "17051980",
    "provider_inpe": "200000001",
    "fees_amount": "80,00",
    "total": "80,00",
    "lines[1].date": "02/11/2026",
    "lines[1].act": "C",
    "lines[1].coefficient": "1",
    "lines[1].quantity": "1",
    "lines[1].amount": "80,00",
}
TICKED = frozenset({"execution", "care_ambulatory", "sex_m"})


def sheet(
    changes: dict[str, str] | None = None,
    second: dict[str, str] | None = None,
    ticked: frozenset[str] = TICKED,
) -> PageText:
    """A registered sheet; ``second`` says where the second engine reads something else."""
    texts = {**CLEAN, **(changes or {})}
    template = read_templates(FORMS_DIR)[FORM_ID]
    zones = [
        zone(name, text, (second or {}).get(name, text)) for name, text in texts.items() if text
    ]
    boxes = [
        ZoneReading(box.name, Box(0, 0, 30, 30), (), checked=box.name in ticked)
        for box in template.checkboxes
    ]
    return PageText(
        page_no=1,
        sha256="",
        width=1_654,
        height=2_339,
        dpi=200,
        form_id=FORM_ID,
        inliers=300,
        skew_degrees=0.0,
        sharpness=300.0,
        is_text_layer=False,
        words=(),
        zones=(*zones, *boxes),
        quality_band="good",
    )


def zone(name: str, first: str, second: str) -> ZoneReading:
    box = Box(10, 20, 300, 40)
    return ZoneReading(
        name, box, (Token(first, box, 80.0, "tesseract"), Token(second, box, 99.0, "rapidocr"))
    )


def read(*pages: PageText):
    answer = read_paper(pages, HEAD, read_templates(FORMS_DIR), read_vocabulary())
    assert not isinstance(answer, NoSheet)
    return answer


def test_a_clean_sheet_becomes_a_dossier_without_doubt():
    answer = read(sheet())
    dossier = answer.dossier
    assert answer.doubtful_fields == ()
    assert (dossier.insured_number, dossier.total_minor) == ("100000001", 8_000)
    assert dossier.deposit_date == dt.date(2026, 11, 18)
    line = dossier.lines[0]
    assert (line.kind, line.letter, line.coefficient) == (LineKind.LETTER, "C", Decimal(1))
    assert (line.care_date, line.amount_minor) == (dt.date(2026, 11, 2), 8_000)


def test_every_field_has_evidence_with_its_place():
    evidence = {one.field: one for one in read(sheet()).evidence}
    assert evidence["lines[1].amount_minor"].value == "8000"
    assert evidence["insured_number"].box == Box(10, 20, 300, 40)
    assert evidence["insured_number"].error_probability < 0.01


def test_a_number_on_which_the_engines_differ_is_doubtful():
    answer = read(sheet(second={"insured_number": "100000007"}))
    assert answer.doubtful_fields == ("insured_number",)


def test_an_amount_on_which_the_engines_differ_is_settled_by_the_total():
    answer = read(sheet(second={"lines[1].amount": "30,00"}))
    assert answer.doubtful_fields == ()
    assert answer.dossier.lines[0].amount_minor == 8_000


def test_the_amount_of_fees_is_a_second_witness_of_the_total():
    answer = read(sheet(second={"total": "30,00", "lines[1].amount": "30,00"}))
    assert answer.dossier.total_minor == 8_000
    assert answer.doubtful_fields == ()


def test_an_amount_is_doubtful_when_no_reading_closes_the_sum():
    changes = {"total": "99,00", "fees_amount": "99,00"}
    answer = read(sheet(changes, second={"lines[1].amount": "30,00"}))
    assert "lines[1].amount_minor" in answer.doubtful_fields


def test_a_sum_that_is_wrong_on_the_paper_is_left_to_validation():
    answer = read(sheet({"total": "203,00", "fees_amount": "203,00"}))
    assert answer.doubtful_fields == ()
    amounts = {one.field for one in answer.evidence if one.is_doubtful}
    assert amounts == {"total_minor", "lines[1].amount_minor"}


def test_a_wrong_sum_beside_another_doubt_stops_the_dossier_with_all_of_them():
    changes = {"total": "203,00", "fees_amount": "203,00"}
    answer = read(sheet(changes, second={"insured_number": "100000007"}))
    assert set(answer.doubtful_fields) == {
        "insured_number", "total_minor", "lines[1].amount_minor",
    }  # fmt: skip
    assert answer.dossier.total_minor == 20_300


@pytest.mark.parametrize(
    ("ticked", "relation"),
    [(TICKED, Relation.SELF), (TICKED | {"relation_child"}, Relation.CHILD)],
)
def test_no_box_of_relation_is_the_insured_person(ticked, relation):
    assert read(sheet(ticked=ticked)).dossier.relation is relation


def test_two_boxes_where_one_may_stand_are_doubtful():
    answer = read(sheet(ticked=TICKED | {"relation_child", "relation_spouse"}))
    assert answer.doubtful_fields == ("relation",)


def test_a_sheet_without_its_kind_of_care_is_doubtful():
    assert read(sheet(ticked=frozenset({"execution"}))).doubtful_fields == ("care_kind",)


def test_a_ticked_prior_agreement_is_a_request():
    ticked = frozenset({"prior_agreement", "care_ambulatory", "sex_m"})
    assert read(sheet(ticked=ticked)).dossier.request_kind.value == "prior_agreement"


@pytest.mark.parametrize(
    ("changes", "ticked"), [({"ald_code": "ALD-08"}, TICKED), ({}, TICKED | {"ald"})]
)
def test_a_long_illness_needs_both_its_box_and_its_code(changes, ticked):
    assert read(sheet(changes, ticked=ticked)).doubtful_fields == ("ald_code",)


def test_a_doubtful_card_number_is_left_empty_and_stops_nobody():
    answer = read(sheet({"insured_cin": "AB123456"}, second={"insured_cin": "AB123458"}))
    assert answer.doubtful_fields == ()
    assert answer.dossier.insured_cin == ""
    assert any(one.field == "insured_cin" and one.is_doubtful for one in answer.evidence)


def test_a_pharmacy_row_is_replaced_by_the_lines_of_its_invoice():
    changes = {
        "lines[1].date": "11/11/2026",
        "lines[1].act": "PH",
        "lines[1].coefficient": "",
        "lines[1].amount": "58,30",
        "fees_amount": "58,30",
        "total": "58,30",
    }
    ticked = frozenset({"execution", "care_pharmacy", "sex_m"})
    dossier = read(sheet(changes, ticked=ticked), invoice_page()).dossier
    assert [line.kind for line in dossier.lines] == [LineKind.DRUG, LineKind.DRUG]
    assert [line.amount_minor for line in dossier.lines] == [5_020, 810]
    assert {line.care_date for line in dossier.lines} == {dt.date(2026, 11, 11)}
    assert dossier.invoice_number == "F0000080"
    assert {piece.kind for piece in dossier.pieces} == {
        PieceKind.CARE_SHEET,
        PieceKind.PHARMACY_INVOICE,
    }


def test_a_pharmacy_row_is_replaced_by_the_lines_of_a_till_s_ticket():
    changes = {
        "lines[1].date": "02/11/2026",
        "lines[1].act": "PH",
        "lines[1].coefficient": "",
        "lines[1].amount": "58,30",
        "fees_amount": "58,30",
        "total": "58,30",
    }
    ticked = frozenset({"execution", "care_pharmacy", "sex_m"})
    ticket = printed(
        "PHARMACIE DU PARC",
        "02 NOV 2026  10:22",
        "6118000010050  ABBOTICINE  2  25,10  50,20",
        "6118000040248  DOLIPRANE   1   8,10   8,10",
        "TOTAL TTC  58,30",
    )
    dossier = read(sheet(changes, ticked=ticked), ticket).dossier
    assert [line.kind for line in dossier.lines] == [LineKind.DRUG, LineKind.DRUG]
    assert [line.amount_minor for line in dossier.lines] == [5_020, 810]
    assert {line.care_date for line in dossier.lines} == {dt.date(2026, 11, 2)}


def pharmacy_sheet(amount: str, rows: int = 2) -> PageText:
    """A sheet with pharmacy rows of the same amount on following days, and their total."""
    changes = {"lines[1].coefficient": "", "lines[1].quantity": ""}
    for row in range(1, rows + 1):
        changes |= {
            f"lines[{row}].date": f"1{row}/11/2026",
            f"lines[{row}].act": "PH",
            f"lines[{row}].amount": amount,
        }
    total = f"{int(amount.replace(',', '')) * rows / 100:.2f}".replace(".", ",")
    changes |= {"fees_amount": total, "total": total}
    return sheet(changes, ticked=frozenset({"execution", "care_pharmacy", "sex_m"}))


def test_an_invoice_pays_for_one_row_alone():
    lines = read(pharmacy_sheet("58,30"), invoice_page()).dossier.lines
    assert [line.kind for line in lines] == [LineKind.DRUG, LineKind.DRUG, LineKind.CODE]
    assert (lines[2].code, lines[2].amount_minor) == ("PH", 5_830)


@pytest.mark.parametrize("number", ["F0000080", "F00000B0"])
def test_the_copy_of_an_invoice_pays_for_nothing(number: str):
    """Scanned twice, or its number read otherwise the second time."""
    again = tuple(
        replace(
            word,
            text=number if word.text == "F0000080" and word.engine == "rapidocr" else word.text,
        )
        for word in invoice_page().words
    )
    copy = replace(invoice_page(), page_no=3, words=again)
    lines = read(pharmacy_sheet("58,30"), invoice_page(), copy).dossier.lines
    assert [line.kind for line in lines] == [LineKind.DRUG, LineKind.DRUG, LineKind.CODE]


def test_two_invoices_of_the_same_amounts_and_other_numbers_are_two():
    other = tuple(
        replace(word, text=word.text.replace("F0000080", "F0000093"))
        for word in invoice_page().words
    )
    second = replace(invoice_page(), page_no=3, words=other)
    lines = read(pharmacy_sheet("58,30"), invoice_page(), second).dossier.lines
    assert [line.kind for line in lines] == [LineKind.DRUG] * 4


def test_a_day_that_does_not_stand_on_the_invoice_is_for_a_person():
    """The invoice is of the eleventh; the sheet's second row is of the twelfth."""
    first, second = (
        pharmacy_sheet("58,30", rows=1),
        sheet(
            {"lines[1].date": "12/11/2026", "lines[1].act": "PH", "lines[1].coefficient": "",
             "lines[1].amount": "58,30", "fees_amount": "58,30", "total": "58,30"},
            ticked=frozenset({"execution", "care_pharmacy", "sex_m"}),
        ),
    )  # fmt: skip
    bill = replace(invoice_page(), quality_band="good")
    assert read(first, bill).doubtful_fields == ()
    assert read(second, bill).doubtful_fields == (
        "lines[1].care_date", "lines[2].care_date",
    )  # fmt: skip


@pytest.mark.parametrize("written", ["58,30€", "58,30 EUR"])
def test_a_bill_in_another_currency_is_read_by_a_person(written: str):
    foreign = tuple(
        replace(word, text=written if word.text == "58,30" else word.text)
        for word in invoice_page().words
    )
    answer = read(pharmacy_sheet("58,30", rows=1), replace(invoice_page(), words=foreign))
    assert [line.kind for line in answer.dossier.lines] == [LineKind.CODE]
    assert [one.code for one in answer.notices] == ["AUTRE_MONNAIE"]
    assert answer.notices[0].params == {"found": "EUR", "own": "MAD"}


@pytest.mark.parametrize("misread", ["10$083", "58$30", "$8,3", "€"])
def test_a_digit_misread_as_a_sign_is_no_other_currency(misread: str):
    """In one engine's reading of a number, or of a word that is no amount's."""
    words = tuple(
        replace(word, text=misread if word.text in ("2", "10007919") else word.text)
        for word in invoice_page().words
    )
    answer = read(pharmacy_sheet("58,30", rows=1), replace(invoice_page(), words=words))
    assert answer.notices == ()


@pytest.mark.parametrize(
    ("written", "codes"), [("80,00 €", ["AUTRE_MONNAIE"]), ("80,00 DH", []), ("$0,00", [])]
)
def test_a_sheet_whose_amounts_are_in_another_currency_is_for_a_person(written, codes):
    amounts = dict.fromkeys(("total", "fees_amount", "lines[1].amount"), written)
    assert [one.code for one in read(sheet(second=amounts)).notices] == codes


@pytest.mark.parametrize(("amount", "count"), [("150,00", 1), ("notice", 0)])
def test_a_care_sheet_of_no_known_form_is_no_page_to_leave_out(amount: str, count: int):
    """Its lines are nobody's: a person splits the dossier. A printed back page has no amounts."""
    unknown = replace(
        invoice_page(),
        words=(*_line("FEUILLE DE SOINS", 80), *_line("02/11/2026", 400), *_line(amount, 600)),
    )
    notices = read(sheet(), unknown).notices
    assert [one.code for one in notices] == ["PLUSIEURS_FEUILLES"] * count


def _line(text: str, top: int) -> tuple[Token, ...]:
    """A line, read by both engines where it holds a number."""
    box = Box(200, top, 200, 30)
    first = Token(text, box, 97.0, "tesseract")
    is_number = any(sign.isdigit() for sign in text)
    return (first, replace(first, engine="rapidocr")) if is_number else (first,)


def test_a_page_without_a_name_may_be_the_prescription_so_that_a_person_looks():
    changes = {
        "lines[1].date": "11/11/2026",
        "lines[1].act": "PH",
        "lines[1].coefficient": "",
        "lines[1].amount": "58,30",
        "fees_amount": "58,30",
        "total": "58,30",
    }
    ticked = frozenset({"execution", "care_pharmacy", "sex_m"})
    filled = sheet(changes, ticked=ticked)
    nameless = replace(invoice_page(), page_no=3, words=invoice_page().words[:0])
    assert "prescription_date" in read(filled, invoice_page(), nameless).doubtful_fields
    assert "prescription_date" not in read(filled, invoice_page()).doubtful_fields


def test_a_prescription_whose_date_was_not_read_is_doubtful():
    lost = Token("ORDONNANCE", Box(200, 80, 200, 30), 97.0, "tesseract")
    prescription = replace(invoice_page(), page_no=2, words=(lost,))
    assert read(sheet(), prescription).doubtful_fields == ("prescription_date",)


def test_an_act_of_two_letters_is_a_known_one_or_was_misread():
    read_well = read(sheet(second={"lines[1].act": "z"})).doubtful_fields
    misread = read(sheet({"lines[1].act": "de"}, second={"lines[1].act": "C"})).dossier
    assert read_well == ("lines[1].letter",)
    assert misread.lines[0].letter == "C"


def test_a_pharmacy_row_without_an_invoice_stays_a_line_that_names_no_drug():
    changes = {"lines[1].act": "PH", "lines[1].coefficient": ""}
    line = read(sheet(changes)).dossier.lines[0]
    assert (line.kind, line.code, line.ean) == (LineKind.CODE, "PH", "")


def chunk(*pages: PageText) -> ChunkOutput:
    work = ExtractionInput(HEAD, pages=tuple(page_json(page) for page in pages))
    return extract_chunk([work], ExtractionContext(FORMS_DIR))


def test_a_clean_dossier_goes_on():
    output = chunk(sheet())
    assert output.stops == {}
    assert [row[0] for row in output.tables["extracted_dossier"].rows] == ["D0001"]
    assert list(output.tables) == [
        "extracted_dossier",
        "extracted_line",
        "field_evidence",
        "finding",
        "reading_audit",
    ]
    assert output.tables["reading_audit"].rows == []


def test_drawn_fields_of_a_dossier_are_asked_about_and_stop_nothing():
    context = ExtractionContext(FORMS_DIR, draw=Draw(1.0, "key", HEAD.receipt_date))
    output = extract_chunk([ExtractionInput(HEAD, pages=(sheet(),))], context)
    asked = {row[2] for row in output.tables["reading_audit"].rows}
    assert {"insured_number", "total_minor", "lines[1].amount_minor"} <= asked
    assert output.stops == {}


def test_a_doubtful_dossier_waits_for_a_person():
    stop = chunk(sheet(second={"insured_number": "100000007"})).stops["D0001"]
    assert (stop.status, stop.reasons) == (Status.IN_REVIEW, ("CHAMP_DOUTEUX",))


def test_a_doubt_names_fields_and_never_values():
    rows = chunk(sheet(second={"insured_number": "100000007"})).tables["finding"].rows
    assert "insured_number" in rows[0][-1]
    assert "10000000" not in rows[0][-1]


def test_a_dossier_without_a_known_form_waits_for_a_person():
    output = chunk(invoice_page())
    assert output.stops["D0001"].reasons == ("FORMULAIRE_INCONNU",)
    assert len(output.tables["extracted_dossier"].rows) == 1


def test_an_unreadable_page_returns_the_dossier():
    output = chunk(sheet(), replace(invoice_page(), problem="the page is blank"))
    stop = output.stops["D0001"]
    assert (stop.status, stop.reasons) == (Status.RETURNED, ("PAGE_ILLISIBLE",))


def test_the_evidence_says_deposit_day_and_the_dossier_referred_to():
    changes = head_changes(chunk(sheet({"public_number": "AMO-2026-0000007"})))
    assert changes["D0001"].deposit_date == "2026-11-18"
    assert changes["D0001"].refers_to == "AMO-2026-0000007"


def test_a_dossier_without_lines_is_doubtful():
    bare = {name: "" for name in CLEAN if name.startswith("lines")}
    extracted = extract_paper([sheet(bare)], HEAD, ExtractionContext(FORMS_DIR))
    assert [one.code for one in extracted.findings] == ["CHAMP_DOUTEUX"]


def test_each_field_has_one_evidence_row():
    rows = chunk(sheet()).tables["field_evidence"].rows
    names = [row[EVIDENCE_NAMES.index("field")] for row in rows]
    assert len(names) == len(set(names))
