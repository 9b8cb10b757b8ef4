"""The searchable PDF of a paper dossier: found by its text, marked in place, kept and verified."""

import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pypdfium2
import pytest
from PIL import Image

from infra.storage import FolderStorage
from models.archive import ArchiveDocument, ArchivePage, ArchiveWord, Trust
from models.reading import Box
from tasks.archive_content import fields_of, marks_of
from tasks.archive_pdf import COLOURS, pdf_of, visual
from tasks.archiving import Archive
from tasks.urgent import SameProcess
from tests.flows.archived import (
    ARABIC,
    CHINESE,
    DPI,
    HEIGHT,
    NAME_BOX,
    NUMBER_BOX,
    TOTAL_BOX,
    WIDTH,
    a_picture,
    archive_of,
    put_paper,
)
from tests.flows.world import open_world, rows

POOL: Any = SameProcess(1)


@pytest.fixture
def archive(database_url: str, tmp_path: Path) -> Archive:
    doors = open_world(tmp_path, database_url)
    put_paper(doors.database, doors.storage)
    return archive_of(doors.database, doors.storage, doors.settings)


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """An archive whose document is looked at and not changed."""
    home = tmp_path_factory.mktemp("archive")
    doors = open_world(home, f"sqlite:///{home / 'tasfiya.db'}")
    put_paper(doors.database, doors.storage)
    return archive_of(doors.database, doors.storage, doors.settings)


@pytest.fixture(scope="module")
def pdf(on_sqlite: Archive) -> bytes:
    return on_sqlite.bytes_of(on_sqlite.found("D0001"))


def text_of(pdf: bytes, page: int) -> str:
    return str(pypdfium2.PdfDocument(pdf)[page].get_textpage().get_text_range())


def place_of(pdf: bytes, page: int, text: str) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of a found text, in pixels of the page as read."""
    textpage = pypdfium2.PdfDocument(pdf)[page].get_textpage()
    found = textpage.search(text).get_next()
    assert found is not None, text
    boxes = [textpage.get_charbox(found[0] + place) for place in range(found[1])]
    scale = DPI / 72
    return (
        min(box[0] for box in boxes) * scale,
        HEIGHT - max(box[3] for box in boxes) * scale,
        max(box[2] for box in boxes) * scale,
        HEIGHT - min(box[1] for box in boxes) * scale,
    )


@pytest.mark.parametrize(
    ("page", "text", "box"),
    [
        (0, "123456789", NUMBER_BOX),
        (0, ARABIC, NAME_BOX),
        (0, "6118001330249", Box(300, 1000, 200, 60)),
        (1, "Numération", Box(100, 400, 150, 24)),
        (1, "收费", Box(200, 500, 100, 30)),
        (1, CHINESE, Box(100, 500, 300, 30)),
        (1, "1 234,50", TOTAL_BOX),
    ],
)
def test_what_was_read_is_found_in_its_place(pdf: bytes, page: int, text: str, box: Box) -> None:
    left, top, right, bottom = place_of(pdf, page, text)
    assert (left, top) == pytest.approx((box.left, box.top), abs=2)
    assert (right, bottom) == pytest.approx((box.left + box.width, box.top + box.height), abs=2)


def test_a_second_look_at_the_same_place_is_not_written_twice(pdf: bytes) -> None:
    assert text_of(pdf, 1).count("234,50") == 1


def test_an_accepted_value_takes_the_place_of_a_wrong_reading(pdf: bytes) -> None:
    assert "1234S6789" not in text_of(pdf, 0)


def test_fields_are_highlighted_in_their_place_with_name_and_value(pdf: bytes) -> None:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        notes = {
            str(note.Subj): (note, [float(corner) for corner in note.Rect])
            for page in opened.pages
            for note in page.get("/Annots", [])
        }
        assert set(notes) == {"insured_number", "insured_name", "total_minor", "invoice_ice"}
        note, (left, bottom, right, top) = notes["total_minor"]
        assert str(note.Contents).startswith("Total : 1234,50\n")
        assert "deux lecteurs" in str(note.Contents)
        assert note.Subtype == "/Highlight"
    scale = 72 / DPI
    assert (left, right) == pytest.approx((500 * scale, 620 * scale), abs=0.1)
    assert (bottom, top) == pytest.approx(((HEIGHT - 930) * scale, (HEIGHT - 900) * scale), abs=0.1)


def test_the_colours_say_who_stands_for_a_field(pdf: bytes) -> None:
    def colour_at(page: int, box: Box) -> tuple[float, ...]:
        shown = pypdfium2.PdfDocument(pdf)[page].render(scale=DPI / 72).to_numpy()
        bgr = shown[box.top + box.height // 2, box.left + box.width // 2][:3]
        return tuple(float(part) for part in reversed(bgr))

    def expected(trust: Trust, paper: int) -> tuple[float, ...]:
        return tuple(part * paper for part in COLOURS[trust])

    assert colour_at(0, NUMBER_BOX) == pytest.approx(expected(Trust.PERSON, 239), abs=4)
    assert colour_at(0, NAME_BOX) == pytest.approx(expected(Trust.MACHINE, 239), abs=4)
    assert colour_at(1, TOTAL_BOX) == pytest.approx(expected(Trust.MACHINE, 238), abs=4)
    doubtful = Box(100, 1000, 90, 20)
    assert colour_at(1, doubtful) == pytest.approx(expected(Trust.DOUBTFUL, 238), abs=4)
    assert colour_at(1, Box(10, 10, 2, 2)) == pytest.approx((238, 238, 238), abs=2)


def test_pictures_are_the_kept_bytes(on_sqlite: Archive, pdf: bytes) -> None:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for number, page in enumerate(list(opened.pages)[:2], start=1):
            kept = on_sqlite.storage.get(f"pages/d0001/1/{number}.jpg")
            assert page.Resources.XObject.P.read_raw_bytes() == kept


def test_the_last_page_says_how_it_was_read(pdf: bytes) -> None:
    text = " ".join(text_of(pdf, 2).split())
    assert "D0001" in text
    assert "AMO-000001" in text
    assert "a" * 64 in text
    assert "cnss_610_1_02" in text
    assert "rapidocr, tesseract" in text
    assert re.search(r"N° d'immatriculation 123456789 saisi ou confirmé par une personne", text)
    shown = pypdfium2.PdfDocument(pdf)[2].render(scale=1).to_numpy()
    assert 0.005 < float(np.mean(shown < 128)) < 0.2, "the page is drawn, not only searchable"


def test_the_rules_of_pdf_a_that_can_be_seen_are_kept(pdf: bytes) -> None:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert opened.Root.OutputIntents[0].DestOutputProfile.N == 3
        metadata = opened.Root.Metadata.read_bytes().decode()
        assert "<pdfaid:part>2</pdfaid:part>" in metadata
        assert str(opened.docinfo.Title) in metadata
        assert not opened.is_encrypted
        assert "/ID" in opened.trailer
        assert "/AcroForm" not in opened.Root
        for page in opened.pages:
            font = page.Resources.Font.F.DescendantFonts[0]
            assert len(font.FontDescriptor.FontFile2.read_bytes()) > 100
            for note in page.get("/Annots", []):
                assert note.AP.N.Subtype == "/Form"
                assert int(note.F) & 0b110_0110 == 0b100, "printed, not hidden"
        assert opened.check_pdf_syntax() == []


def test_the_same_input_gives_the_same_bytes_and_a_second_run_makes_nothing(
    archive: Archive,
) -> None:
    assert archive.make_missing(POOL).documents == 1
    first = archive.found("D0001")
    assert archive.make_missing(POOL).documents == 0
    archive.make_again(POOL, ["D0001"])
    again = archive.found("D0001")
    assert again.sha256 == first.sha256
    assert again.page_count == 3
    events = rows(archive.database, "audit_event", action="archived")
    assert [(event.before, event.after) for event in events] == [
        ("", first.sha256),
        (first.sha256, first.sha256),
    ]


def test_a_corrected_content_gets_a_document_of_its_own(archive: Archive) -> None:
    archive.make_missing(POOL)
    put_paper(archive.database, archive.storage, content_version=2)
    with archive.database.transaction() as connection:
        connection.exec_driver_sql(
            "INSERT INTO dossier_version (dossier_id, version, content_version, reason, opened_by,"
            " opened_on) VALUES ('D0001', 2, 2, 'correction', 'amina', '2026-11-20')"
        )
    latest = archive.found("D0001")
    assert (latest.content_version, latest.storage_key) == (2, "archives/d0001/2.pdf")
    assert len(archive.entries("D0001")) == 2
    assert "correction par une personne" in text_of(archive.bytes_of(latest), 2)


def test_verify_names_what_is_missing_or_changed_and_what_was_never_made(
    archive: Archive,
) -> None:
    count, faults = archive.verify()
    assert (count, [fault.problem for fault in faults]) == (0, ["not made yet"])
    entry = archive.found("D0001")
    assert archive.verify() == (1, [])
    archive.storage.put(entry.storage_key, b"%PDF-1.7 another")
    assert [fault.problem for fault in archive.verify()[1]] == ["changed since it was made"]
    assert isinstance(archive.storage, FolderStorage)
    (archive.storage.folder / entry.storage_key).unlink()
    assert [fault.problem for fault in archive.verify()[1]] == ["missing in the object store"]


def test_a_page_whose_picture_is_gone_makes_no_document_and_stops_no_other(
    archive: Archive,
) -> None:
    assert isinstance(archive.storage, FolderStorage)
    (archive.storage.folder / "pages/d0001/1/2.jpg").unlink()
    report = archive.make_missing(POOL)
    assert (report.documents, [one.dossier_id for one in report.failed]) == (0, ["D0001"])


def test_fields_in_one_place_share_a_mark_that_says_the_worst() -> None:
    class Row:
        field, value, reading, second_reading = "lines[1].care_date", "2026-11-18", "", ""
        page_no, box_left, box_top, box_width, box_height = 1, 5, 5, 50, 20
        error_probability, is_doubtful, source = 0.001, False, "agreed"

    class Doubtful(Row):
        field, is_doubtful, source = "lines[2].care_date", True, "doubtful"

    (mark,) = marks_of(fields_of([Row, Doubtful]), 1)
    assert mark.trust is Trust.DOUBTFUL
    assert mark.note.count("18/11/2026") == 2


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain 12,50", "plain 12,50"),
        ("ابجد", "دجبا"),
        ("رقم 1234 في CNSS هنا", "انه CNSS يف 1234 مقر"),
        ("CNSS رقم 12", "CNSS 12 مقر"),
    ],
)
def test_arabic_stands_in_the_order_of_the_page(text: str, shown: str) -> None:
    if text.startswith("CNSS"):
        assert visual(text).startswith("CNSS ")
        assert "مقر" in visual(text)
    else:
        assert visual(text) == shown


def test_a_sign_beyond_two_bytes_or_without_a_shape_breaks_nothing() -> None:
    odd = (
        ArchiveWord("a\U0001f600b\x00\n", Box(10, 10, 100, 20)),
        ArchiveWord("", Box(0, 0, 1, 1)),
    )
    page = ArchivePage(a_picture(200), WIDTH, HEIGHT, DPI, odd)
    made = pdf_of(ArchiveDocument("t & <b>", "s", (page,)))
    assert "ab" in text_of(made, 0)
    shown = pypdfium2.PdfDocument(made)[0].render(scale=1).to_pil()
    assert isinstance(shown, Image.Image)
