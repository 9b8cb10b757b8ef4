"""A receipt as a whole: values with evidence, written by hand, drawn on paper, and real ones."""

import datetime as dt
from pathlib import Path

import pytest

from flows.measure_receipts import compare, receipt_ids
from models.dossier import PieceKind
from tasks.extraction.bill import read_body, read_date
from tasks.extraction.document import describe_pages
from tasks.extraction.invoice import read_invoice
from tasks.extraction.kinds import document_of
from tasks.extraction.pages import page_of_json
from tasks.extraction.receipts.receipt import P_TOTAL, read_receipt
from tasks.extraction.receipts.total import Closure
from tasks.extraction.rows import cells_of
from tasks.extraction.vocabulary import read_vocabulary
from tasks.ocr.chunk import page_json
from tasks.ocr.document import read_document_pages
from tests.stages.extraction.receipts.printed import ROUNDED, TICKET, drawn, printed

FORMS_DIR = Path(__file__).parents[4] / "tasks" / "extraction" / "forms"
#: Third-party receipts, which may lie beside the repository.
SROIE = next(
    (
        found
        for folder in Path(__file__).resolve().parents
        if (found := folder / "shared" / "data" / "ocr" / "sroie").is_dir()
    ),
    None,
)
TODAY = dt.date(2026, 11, 22)
SMOKE_COUNT = 2


def test_a_receipt_says_company_date_and_total_with_their_places():
    receipt = read_receipt(printed(*TICKET), TODAY)
    assert receipt.company.value == "PHARMACIE DU PARC SARL"
    assert receipt.date.value == "2026-11-18"
    assert receipt.total.value == "6640"
    assert receipt.total.box.top > receipt.date.box.top > receipt.company.box.top
    assert not any(one.is_doubtful for one in (receipt.company, receipt.date, receipt.total))


def test_a_total_that_one_engine_alone_read_waits_for_a_person():
    receipt = read_receipt(printed(*TICKET, first={"66.40": "56.40"}), TODAY)
    assert (receipt.total.value, receipt.total.is_doubtful) == ("6640", True)
    assert receipt.total.judged.error_probability == P_TOTAL[True, False]
    assert receipt.total.reading.first == "56.40"


def test_a_total_that_nothing_adds_up_to_waits_for_a_person():
    receipt = read_receipt(printed("SUNRISE MART", "12/03/2018", "TOTAL   12.00"), TODAY)
    assert (receipt.total.value, receipt.total.is_doubtful) == ("1200", True)
    assert receipt.closures == ()


def test_the_sum_of_the_items_alone_does_not_settle_a_total():
    receipt = read_receipt(printed("BREAD  4.33", "MILK  2.50", "TOTAL  6.83"), TODAY)
    assert receipt.closures == (Closure.ITEMS,)
    assert (receipt.total.value, receipt.total.is_doubtful) == ("683", True)


@pytest.mark.parametrize(
    "lines", [(*TICKET, *ROUNDED), (*ROUNDED, *TICKET), (*TICKET, *TICKET[4:])]
)
def test_two_receipts_on_one_scan_wait_for_a_person(lines):
    receipt = read_receipt(printed(*lines), TODAY)
    values = (receipt.company, receipt.date, receipt.total)
    assert all(one.value and one.is_doubtful for one in values)


def test_a_company_at_the_foot_of_a_receipt_makes_it_no_second_one():
    receipt = read_receipt(printed(*TICKET, "LOGICIEL CAISSE EXEMPLE SARL"), TODAY)
    assert not receipt.total.is_doubtful


def test_what_is_not_printed_is_missing_and_doubtful():
    receipt = read_receipt(printed("**", "----"), TODAY)
    values = (receipt.company, receipt.date, receipt.total)
    assert [(one.value, one.is_doubtful) for one in values] == [("", True)] * 3


def test_segments_are_kept_with_a_page():
    page = printed(*ROUNDED)
    assert page_of_json(page_json(page)) == page


def test_a_page_kept_before_segments_were_read_has_none():
    text = page_json(printed()).decode().replace(',"segments":[]', "")
    assert "segments" not in text
    assert page_of_json(text).segments == ()


def test_a_bill_on_a_till_s_paper_has_its_total_and_date_in_the_pipeline():
    lines = ("PHARMACIE DU PARC", "12 MAR 2018", "ABBOTICINE   50.20", "AMOUNT DUE   50.20")
    document = document_of(printed(*lines), read_vocabulary())
    body = read_body((document,), read_vocabulary())
    assert body.total.reading.second == "50.20"
    assert read_date((document,)).value == "2018-03-12"


def test_a_ticket_with_a_doctor_s_name_is_a_bill_and_an_order_without_amounts_is_none():
    ticket = ("DR EXEMPLE", "CABINET DENTAIRE", "TOTAL   66.40", "ESPECES  100.00", "RENDU  33.60")
    order = ("DR EXEMPLE", "ORDONNANCE", "DOLIPRANE 1000")
    vocabulary = read_vocabulary()
    assert document_of(printed(*ticket), vocabulary).kind is PieceKind.FEE_NOTE
    assert document_of(printed(*order), vocabulary).kind is PieceKind.PRESCRIPTION


def test_the_drugs_of_a_ticket_are_read_from_its_segments():
    lines = (
        "PHARMACIE DU PARC",
        "6118000010050  ABBOTICINE 2  25,10  50,20",
        "6118000040248  DOLIPRANE 1    8,10   8,10",
        "TOTAL TTC  58,30",
    )
    document = document_of(printed(*lines, first={"58,30": "58,80"}), read_vocabulary())
    invoice = read_invoice((document,), read_body((document,), read_vocabulary()))
    assert document.kind is PieceKind.PHARMACY_INVOICE
    assert [drug.amount.value for drug in invoice.items] == ["5020", "810"]
    assert [drug.quantity.value for drug in invoice.items] == ["2", "1"]
    assert invoice.items[0].ean.value == "6118000010050"
    assert (invoice.total.value, invoice.is_closed) == ("5830", True)


def test_the_words_of_a_segment_stand_beside_one_another():
    cells = cells_of(printed("2 X 1 234,50", first={"2 X 1 234,50": "2 X 1 284,50"}))
    assert [cell.reading.second for cell in cells if cell.is_number] == ["2", "1 234,50"]
    assert cells[2].reading.first == "1 284,50"
    assert cells[0].box.left < cells[1].box.left < cells[2].box.left


@pytest.mark.tesseract
@pytest.mark.parametrize(
    ("lines", "values", "closure"),
    [
        (TICKET, ("PHARMACIE DU PARC SARL", "2026-11-18", "6640"), Closure.PAID),
        (ROUNDED, ("SUNRISE MART SDN BHD", "2018-10-12", "2790"), Closure.ROUNDED),
    ],
)
def test_a_drawn_receipt_is_read_by_the_real_engines(lines, values, closure):
    pages = read_document_pages(drawn(lines), FORMS_DIR)
    described = describe_pages(pages, FORMS_DIR, TODAY)["pages"][0]
    fields = {entry["field"]: entry for entry in described["fields"]}
    assert described["layout"] == "receipt"
    assert tuple(fields[name]["value"] for name in ("company", "date", "total_minor")) == values
    assert closure.value in described["adds_up"]
    assert not fields["total_minor"]["is_doubtful"]


@pytest.mark.tesseract
def test_a_receipt_lying_on_its_head_is_turned():
    pages = read_document_pages(drawn(TICKET, turned_degrees=180), FORMS_DIR)
    assert read_receipt(pages[0], TODAY).total.value == "6640"


@pytest.mark.tesseract
@pytest.mark.skipif(SROIE is None, reason="the SROIE receipts do not lie beside the project")
def test_real_receipts_are_read():
    compared = [
        one
        for receipt_id in receipt_ids(SROIE)[:SMOKE_COUNT]
        for one in compare(SROIE, receipt_id, FORMS_DIR, TODAY)
    ]
    assert len(compared) == 3 * SMOKE_COUNT
    assert sum(one.is_right for one in compared) >= 5
    assert all(one.is_right for one in compared if one.field == "total" and one.is_accepted)
