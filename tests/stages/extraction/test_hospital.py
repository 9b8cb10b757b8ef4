"""A clinic's invoice of free layout, drawn, read by both engines, and taken as lines."""

import datetime as dt
import io
import random
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from infra.settings import Settings
from infra.simulation.paper.hospital_bill import (
    HospitalInvoice,
    HospitalRow,
    hospital_layouts,
    render_hospital_invoice,
)
from models.dossier import CareKind, PieceKind
from models.reading import PageText, Token
from tasks.extraction.bill import read_body, read_head
from tasks.extraction.document import describe_pages
from tasks.extraction.hospital import (
    ADMISSION,
    THIRD_PARTY,
    HospitalBill,
    read_hospital,
    with_stay,
)
from tasks.extraction.kinds import document_of
from tasks.extraction.vocabulary import read_vocabulary
from tasks.ocr.document import read_document_pages
from tests.stages.extraction.test_paper import read, sheet

INVOICE = HospitalInvoice(
    issuer="Clinique de l'Exemple",
    inpe="100200300",
    ice="001561191000066",
    number="F20260117",
    date=dt.date(2026, 11, 5),
    patient="ESSAI PREMIER",
    admission=dt.date(2026, 11, 1),
    discharge=dt.date(2026, 11, 4),
    rows=(
        HospitalRow("Chambre individuelle", 180_000, quantity=3, unit_minor=60_000),
        HospitalRow("Appendicectomie", 112_500, letter="K", coefficient="50"),
        HospitalRow("Radiographie du thorax", 25_000, letter="Z", coefficient="25"),
        HospitalRow("Bilan sanguin", 13_200, letter="B", coefficient="120"),
        HospitalRow("Pharmacie et consommables", 48_350),
    ),
    third_party_minor=300_000,
)
ACTS = ("HJ-MED", "K 50", "Z 25", "B 120", "PHARMACIE")


@cache
def page_of(layout_no: int) -> PageText:
    image = render_hospital_invoice(
        INVOICE, hospital_layouts()[layout_no], typeface="sans", rng=random.Random(layout_no)
    )
    target = io.BytesIO()
    image.save(target, "PNG")
    (page,) = read_document_pages(target.getvalue(), Settings().forms_dir)
    return page


def bill_of(page: PageText) -> HospitalBill:
    vocabulary = read_vocabulary()
    document = document_of(page, vocabulary)
    assert document.kind is PieceKind.HOSPITAL_INVOICE
    return read_hospital((document,), read_body((document,), vocabulary), vocabulary)


@pytest.mark.parametrize("layout_no", range(len(hospital_layouts())))
def test_both_layouts_are_read_whole_and_add_up(layout_no: int) -> None:
    page = page_of(layout_no)
    bill = bill_of(page)
    assert bill.is_closed
    assert int(bill.total.value) == INVOICE.total_minor
    assert [int(item.amount.value) for item in bill.items] == [
        row.amount_minor for row in INVOICE.rows
    ]
    acts = [
        f"{item.letter} {item.coefficient.value}" if item.coefficient else item.code.value
        for item in bill.items
    ]
    assert tuple(acts) == ACTS
    room = bill.items[0]
    assert (room.quantity.value, room.unit and room.unit.value) == ("3", "60000")
    assert (bill.admission.value, bill.discharge.value) == ("2026-11-01", "2026-11-04")
    assert (bill.third_party.value, bill.patient.value) == ("300000", "79050")
    doubts = [item.amount.is_doubtful or item.code.is_doubtful for item in bill.items]
    assert not any(doubts[:1] + doubts[4:])
    head = read_head((document_of(page, read_vocabulary()),), read_vocabulary())
    assert (head.number.value, head.ice.value, head.date.value) == (
        "F20260117", "001561191000066", "2026-11-05",
    )  # fmt: skip


def test_a_page_on_its_own_is_described_with_days_rows_and_parts() -> None:
    (described,) = describe_pages([page_of(0)], Settings().forms_dir)["pages"]
    values = {one["field"]: one["value"] for one in described["fields"]}
    assert described["kind"] == "hospital_invoice"
    assert (values["stay.admission_date"], values["total_minor"]) == ("2026-11-01", "379050")
    assert (values["lines[2].letter"], values["lines[2].coefficient"]) == ("K", "50")


def changed(page: PageText, before: str, after: str) -> PageText:
    """The page as if one amount stood differently on it, for both engines."""

    def of(token: Token) -> Token:
        return replace(token, text=token.text.replace(before, after))

    assert any(before in token.text for token in page.words)
    return replace(page, words=tuple(map(of, page.words)))


def test_an_invoice_that_does_not_add_up_is_doubted_row_by_row() -> None:
    bill = bill_of(changed(page_of(1), "483.50", "485.50"))
    assert not bill.is_closed
    assert all(item.amount.is_doubtful for item in bill.items)


def test_the_invoice_gives_the_lines_of_the_sheets_row_and_the_days_of_the_stay() -> None:
    total = "3790,50"
    page = sheet(
        {
            "lines[1].act": "HOSP", "lines[1].coefficient": "", "lines[1].quantity": "",
            "lines[1].date": "01/11/2026",
            "lines[1].amount": total, "total": total, "fees_amount": total,
        },
        ticked=frozenset({"execution", "care_hospital", "sex_m"}),
    )  # fmt: skip
    answer = read(page, replace(page_of(0), page_no=2))
    dossier = answer.dossier
    assert dossier.care_kind is CareKind.HOSPITAL
    lines = [line.letter or line.code for line in dossier.lines]
    assert lines == ["HJ-MED", "K", "Z", "B", "PHARMACIE"]
    assert sum(line.amount_minor for line in dossier.lines) == dossier.total_minor == 379_050
    assert {line.care_date for line in dossier.lines} == {dt.date(2026, 11, 1)}
    assert dossier.stay is not None
    assert dossier.stay.discharge_date == dt.date(2026, 11, 4)
    assert dossier.invoice_number == "F20260117"
    parts = {one.field: one.value for one in answer.evidence}
    assert parts[THIRD_PARTY] == "300000"
    assert [piece.kind for piece in dossier.pieces] == [
        PieceKind.CARE_SHEET,
        PieceKind.HOSPITAL_INVOICE,
    ]


def test_days_that_sheet_and_invoice_say_differently_are_for_a_person() -> None:
    bill = bill_of(page_of(0))
    judged = replace(bill.admission.judged, value="2026-10-31")
    found = {ADMISSION: bill.admission.judged_as(judged)}
    with_stay(found, [bill])
    assert found[ADMISSION].is_doubtful
    assert found["stay.discharge_date"].value == "2026-11-04"


def test_the_pages_are_grey_and_whole() -> None:
    for layout in hospital_layouts():
        image = render_hospital_invoice(INVOICE, layout, typeface="serif", rng=random.Random(3))
        ink = float(np.mean(np.asarray(image) < 128))
        assert 0.003 < ink < 0.1
        assert sum(width for _, width in layout["columns"]) <= 190
