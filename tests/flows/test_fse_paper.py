"""Paper that bears the QR code of an electronic care sheet is a piece of it, never paid again."""

import json
from dataclasses import asdict
from typing import Any

import pytest
from sqlalchemy import select

from flows.answer_reviews import corrected
from infra.clock import now_text
from infra.stores.fse_links import WAITS, merged_pieces
from models.errors import UsageError
from models.reading import Barcode, Box, PageText, Token
from models.records.all_tables import table
from tasks.doors import Doors
from tasks.review.desk import Signed
from tasks.review.store import correct_fields
from tests.flows.world import DAY, pay, process, rows, send, sent_record

PAPER = "D00000000000000f1"
CODE_BOX = Box(1300, 140, 200, 200)


def put_prescription(world: Doors, dossier_id: str, *numbers: str) -> None:
    """A prescription as OCR leaves it, with the QR codes of electronic care sheets on it."""
    heading = Token("ORDONNANCE", Box(600, 300, 300, 40), 95.0, "tesseract")
    codes = tuple(Barcode(f"FSE:1:{number}", "QRCode", CODE_BOX) for number in numbers)
    page = PageText(
        1, "c" * 64, 1654, 2339, 200, "", 5, 0.0, 90.0, False, (heading,), barcodes=codes
    )
    stem = f"pages/{dossier_id.lower()}/1/1"
    world.storage.put(f"{stem}.json", json.dumps(asdict(page)).encode())
    made: dict[str, dict[str, Any]] = {
        "dossier": {
            "dossier_id": dossier_id, "public_number": f"AMO-P-{dossier_id}",
            "scheme": "ma-amo-salaries", "currency": "MAD", "channel": "paper", "agency": "AG-01",
            "region": "R-01", "version": 1, "stage": "ocr", "status": "in_progress", "lot_id": "",
            "deposit_date": DAY, "receipt_date": DAY, "scan_date": DAY, "decision_date": None,
            "order_key": f"Z{dossier_id}",
        },
        "dossier_version": {
            "dossier_id": dossier_id, "version": 1, "content_version": 1, "reason": "first",
            "opened_by": "machine", "opened_on": DAY,
        },
        "dossier_file": {
            "dossier_id": dossier_id, "content_version": 1, "file_no": 1, "sha256": "c" * 64,
            "media_type": "image/jpeg", "page_count": 1,
        },
        "page_reading": {
            "dossier_id": dossier_id, "content_version": 1, "page_no": 1, "sha256": "c" * 64,
            "pixel_sha256": "d" * 64, "width": 1654, "height": 2339, "dpi": 200, "form_id": "",
            "inliers": 5, "word_count": 1, "skew_degrees": 0.0, "sharpness": 90.0,
            "is_text_layer": False, "words_key": f"{stem}.json", "image_key": f"{stem}.jpg",
            "problem": "",
        },
    }  # fmt: skip
    with world.database.transaction() as connection:
        for name, row in made.items():
            world.database.insert_rows(connection, table(name), [row])


def status_of(world: Doors, dossier_id: str) -> tuple[str, int]:
    (row,) = rows(world.database, "dossier", dossier_id=dossier_id)
    return row.status, row.version


def one_of_status(world: Doors, status: str) -> Any:
    dossier = table("dossier")
    with world.database.reading() as connection:
        found = connection.execute(
            select(dossier)
            .where(dossier.c.status == status, dossier.c.channel != "paper")
            .order_by(dossier.c.order_key)
        ).first()
    assert found is not None
    return found


def test_paper_of_a_paid_electronic_dossier_is_joined_and_pays_nothing(world: Doors) -> None:
    process(world, DAY)
    assert pay(world, DAY) > 0
    record = one_of_status(world, "paid")
    put_prescription(world, PAPER, record.public_number)
    process(world, DAY)
    assert status_of(world, PAPER) == ("withdrawn", 1)
    assert status_of(world, record.dossier_id) == ("paid", record.version)
    assert pay(world, DAY) == 0
    assert rows(world.database, "payment_obligation", dossier_id=PAPER) == []
    assert rows(world.database, "obligation", dossier_id=PAPER) == []
    (joined,) = rows(world.database, "audit_event", object_id=PAPER, action="joined")
    assert joined.detail == record.dossier_id
    assert [row.state for row in rows(world.database, "review_task", dossier_id=PAPER)] == [
        "overtaken"
    ]


def test_pieces_open_the_next_version_of_a_record_that_waits_for_them(world: Doors) -> None:
    record = one_of_status(world, "returned")
    put_prescription(world, PAPER, record.public_number)
    process(world, DAY)
    assert status_of(world, PAPER) == ("withdrawn", 1)
    assert status_of(world, record.dossier_id)[1] == record.version + 1
    contents = rows(world.database, "extracted_dossier", dossier_id=record.dossier_id)
    before, after = sorted(contents, key=lambda one: one.content_version)[-2:]
    assert ("prescription", 1) in [tuple(one[:2]) for one in json.loads(after.pieces)]
    assert (after.total_minor, after.insured_number) == (before.total_minor, before.insured_number)
    pages = rows(world.database, "page_reading", dossier_id=record.dossier_id)
    assert [(one.content_version, one.page_no) for one in pages] == [(after.content_version, 1)]


def test_paper_waits_for_its_record_cannot_be_sent_on_and_joins_it_when_it_comes(
    world: Doors, tmp_path: Any
) -> None:
    earlier = one_of_status(world, "approved")
    coming = sent_record(world, earlier.dossier_id) | {"public_number": "AMO-E-LATER-0001"}
    put_prescription(world, PAPER, "AMO-E-LATER-0001")
    process(world, DAY)
    assert status_of(world, PAPER) == ("in_review", 1)
    (task,) = rows(world.database, "review_task", dossier_id=PAPER)
    assert (task.kind, task.reasons, task.state) == ("reading", WAITS, "open")
    (said,) = rows(world.database, "finding", dossier_id=PAPER)
    assert json.loads(said.params) == {"number": "AMO-E-LATER-0001"}
    signed = Signed("amina", DAY, now_text())
    for values in ({"fse_number": ""}, {"total_minor": "80,00"}):
        try:
            result = correct_fields(world.database, task.task_id, values, signed, correct=corrected)
        except UsageError:
            continue
        assert not result.is_complete, "it stays in doubt, whatever else is written"
    send(world, tmp_path / "later", DAY, coming)
    assert status_of(world, PAPER) == ("withdrawn", 1)
    (record,) = rows(world.database, "dossier", public_number="AMO-E-LATER-0001")
    assert record.version == 2
    process(world, DAY)
    pay(world, DAY)
    assert rows(world.database, "payment_obligation", dossier_id=PAPER) == []
    assert rows(world.database, "obligation", dossier_id=PAPER) == []


def test_paper_of_two_electronic_sheets_goes_back(world: Doors) -> None:
    put_prescription(world, PAPER, "AMO-E-0000001", "AMO-E-0000002")
    process(world, DAY)
    assert status_of(world, PAPER)[0] == "returned"
    (said,) = rows(world.database, "finding", dossier_id=PAPER)
    assert (said.code, json.loads(said.params)) == ("FSE_PLUSIEURS", {"count": "2"})


@pytest.mark.parametrize(
    ("electronic", "paper", "merged"),
    [
        ([], [["prescription", 1, ""]], [["prescription", 1, ""]]),
        (
            [["prescription", 1, "a.pdf"]],
            [["prescription", 1, ""], ["lab_bill", 2, ""]],
            [["prescription", 1, "a.pdf"], ["lab_bill", 2, ""]],
        ),
    ],
)
def test_a_copy_on_paper_is_no_second_piece(electronic: Any, paper: Any, merged: Any) -> None:
    assert json.loads(merged_pieces(json.dumps(electronic), json.dumps(paper))) == merged
