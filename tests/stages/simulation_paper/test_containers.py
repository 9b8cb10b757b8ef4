import datetime as dt
import hashlib
import io
import random
from collections import Counter

import numpy as np
import pypdfium2 as pdfium
import pytest
from PIL import Image

from infra.simulation.paper.containers import file_bytes, pick_suffix, same_pixels
from infra.simulation.paper.render import SheetValues, render_sheet
from infra.simulation.paper.text_layer import born_digital_pdf
from tests.stages.simulation_paper.papers import SHEET

DAY = dt.date(2026, 11, 20)
PAGE = render_sheet(SHEET, SheetValues(zones={"insured_name": "EXEMPLE AÏCHA"}))


def pixels_of(data: bytes) -> list[bytes]:
    """The pixels of each page of a picture file."""
    with Image.open(io.BytesIO(data)) as picture:
        pages = []
        for number in range(getattr(picture, "n_frames", 1)):
            picture.seek(number)
            pages.append(picture.convert("L").tobytes())
    return pages


@pytest.mark.parametrize(
    ("suffix", "count"), [("pdf", 1), ("pdf", 2), ("tiff", 1), ("tiff", 2), ("jpg", 1), ("png", 1)]
)
def test_the_same_pages_give_the_same_bytes(suffix: str, count: int) -> None:
    assert file_bytes([PAGE] * count, suffix, DAY) == file_bytes([PAGE] * count, suffix, DAY)


def test_a_picture_format_takes_one_page() -> None:
    with pytest.raises(ValueError, match="2 pages"):
        file_bytes([PAGE, PAGE], "png", DAY)


def test_a_pdf_has_its_pages_in_a4() -> None:
    document = pdfium.PdfDocument(file_bytes([PAGE, PAGE], "pdf", DAY))
    width, height = document[0].get_size()
    assert len(document) == 2
    assert (round(width), round(height)) == (595, 842)
    document.close()


@pytest.mark.parametrize(("suffix", "count"), [("jpg", 1), ("png", 1), ("tiff", 1), ("tiff", 3)])
def test_a_resubmitted_picture_has_the_same_pixels_and_other_bytes(suffix: str, count: int) -> None:
    first = file_bytes([PAGE] * count, suffix, DAY)
    second, _ = same_pixels(first)
    assert hashlib.sha256(first).digest() != hashlib.sha256(second).digest()
    assert pixels_of(first) == pixels_of(second)


def test_several_pages_are_never_sent_as_a_picture() -> None:
    rng = random.Random(1)
    counts = Counter(pick_suffix(3, rng) for _ in range(200))
    assert set(counts) == {"pdf", "tiff"}


def test_a_text_layer_can_be_read_where_the_text_stands() -> None:
    document = pdfium.PdfDocument(born_digital_pdf([PAGE], DAY))
    page = document[0]
    text_page = page.get_textpage()
    points = 72 / 25.4
    bottom, top = page.get_height() - 60 * points, page.get_height() - 53 * points
    read = text_page.get_text_bounded(50 * points, bottom, 160 * points, top)
    assert read.strip() == "EXEMPLE AÏCHA"
    text_page.close()
    page.close()
    document.close()


def test_a_born_digital_page_looks_like_the_drawn_one() -> None:
    document = pdfium.PdfDocument(born_digital_pdf([PAGE], DAY))
    shown = np.asarray(document[0].render(scale=100 / 72).to_pil().convert("L"), dtype=np.int16)
    drawn = np.asarray(PAGE.resize(shown.shape[::-1]), dtype=np.int16)
    document.close()
    assert np.mean(np.abs(shown - drawn)) < 3


def test_a_born_digital_file_carries_its_own_day_and_no_chance() -> None:
    pdf = born_digital_pdf([PAGE], DAY)
    assert pdf == born_digital_pdf([PAGE], DAY)
    assert b"(D:20261120000000" in pdf
    assert pdf.count(b"(D:") == pdf.count(b"(D:20261120000000")
