"""Pages in odd shape end in a reading or in words that say what is wrong, and none is lost."""

import numpy as np
import pytest
from PIL import Image, ImageOps

from models.reading import Token
from tasks.ocr.engines.rapid import RapidEngine, is_too_thin, strip_parts
from tasks.ocr.raster import TOO_MANY, Limits, PageRange, RasterPage, raster_pages
from tasks.ocr.reader import read_page
from tasks.ocr.zones import Readers
from tests.stages.ocr.fakes import ScriptedEngine, paper, word
from tests.stages.ocr.odd_files import (
    DARK,
    PAPER,
    deep,
    locked_pdf,
    saved,
    sheet,
    tiff_of,
    transparent,
    turned_pdf,
    two_tone,
    with_broken_directory,
    with_broken_pixels,
)

WORDS = tuple(word("FACTURE", 100, top) for top in range(100, 900, 60))


def pages(data: bytes, media_type: str = "image", limits: Limits | None = None):
    return list(raster_pages(data, media_type, limits or Limits()))


def problems(data: bytes, media_type: str = "image", limits: Limits | None = None) -> list[str]:
    return [page.problem for page in pages(data, media_type, limits)]


def read(image: np.ndarray, *words: Token) -> str:
    readers = Readers(ScriptedEngine("tesseract", *words), ScriptedEngine("rapidocr"))
    return read_page(RasterPage(image, 200, ""), (), readers).text.problem


@pytest.mark.parametrize(
    "data",
    [
        saved(sheet()),
        saved(sheet().convert("RGB").convert("CMYK"), "TIFF"),
        saved(deep(257, np.uint16)),
        saved(deep(257, np.uint16), "TIFF"),
        saved(deep(16, np.uint16), "TIFF"),
        saved(deep(257, np.int32), "TIFF"),
        saved(deep(1, np.int32), "TIFF"),
        saved(sheet().convert("P")),
    ],
    ids=["8", "cmyk", "16", "16 tiff", "12 in 16", "16 in 32", "8 in 32", "palette"],
)
def test_paper_and_ink_keep_their_greys_in_every_depth(data):
    image = pages(data)[0].image
    assert abs(int(image[60, 60]) - DARK) <= 3
    assert abs(int(image[300, 200]) - PAPER) <= 3


@pytest.mark.parametrize(
    "data",
    [
        saved(transparent()),
        saved(transparent().convert("LA")),
        two_tone(),
        two_tone(transparency=0),
        saved(sheet().convert("1")),
        saved(deep(1 / 255, np.float32), "TIFF"),
        saved(sheet().convert("RGB").convert("CMYK"), "JPEG"),
    ],
    ids=["alpha", "grey alpha", "two", "clear paper", "bits", "float", "cmyk jpeg"],
)
def test_ink_is_darker_than_paper_or_the_page_is_blank(data):
    image = pages(data)[0].image
    assert int(image[300, 200]) > 200
    assert int(image[60, 60]) <= int(image[300, 200])


def test_numbers_that_are_none_are_black():
    image = deep(1 / 255, np.float32)
    greys = np.array(image)
    greys[0, 0] = np.nan
    assert problems(saved(Image.fromarray(greys), "TIFF")) == [""]


@pytest.mark.parametrize("size", [(600, 6_000), (6_000, 600)])
def test_a_strip_without_a_resolution_is_measured_by_till_s_paper(size):
    found = pages(saved(Image.new("L", size, 255)))[0]
    assert (found.dpi, max(found.image.shape)) == (190, 6_000)


def test_a_strip_of_more_resolution_than_needed_is_made_smaller():
    found = pages(saved(Image.new("L", (945, 9_450), 255)))[0]
    assert (found.dpi, found.image.shape) == (200, (6_300, 630))


def test_a_strip_in_a_pdf_is_drawn_as_fine_as_a_sheet():
    found = pages(saved(sheet((315, 3_000)), "PDF", resolution=100), "application/pdf")[0]
    assert abs(found.image.shape[1] - 630) <= 2
    assert abs(found.image.shape[0] - 6_000) <= 2


def test_a_photograph_placed_in_a_pdf_without_a_resolution_is_brought_to_a4():
    found = pages(saved(sheet((1_800, 2_500)), "PDF", resolution=72), "application/pdf")[0]
    assert abs(found.image.shape[0] - 2_338) <= 2


@pytest.mark.parametrize("size", [(20_000, 20), (20, 20_000)])
def test_a_picture_far_too_thin_is_not_shrunk_to_nothing(size):
    assert pages(saved(Image.new("L", size, 200)))[0].image.shape == size[::-1]


@pytest.mark.parametrize("shade", [0, 255])
@pytest.mark.parametrize("size", [(1, 1), (1, 900), (20_000, 20)])
def test_a_picture_of_nothing_is_a_blank_page(size, shade):
    found = pages(saved(Image.new("L", size, shade)))[0]
    assert read(found.image) == "the page is blank"


def test_an_empty_page_among_others_is_told_and_takes_no_other_with_it():
    images = [sheet(), Image.new("L", (300, 400), 255), sheet()]
    found = pages(saved(images[0], "TIFF", save_all=True, append_images=images[1:]))
    assert [read(page.image, *WORDS) for page in found] == ["", "the page is blank", ""]


def test_white_print_on_a_black_page_is_read_as_black_on_white():
    negative = np.asarray(ImageOps.invert(Image.fromarray(paper())))
    assert read(negative, *WORDS) == ""
    assert read(np.zeros((400, 300), dtype=np.uint8), *WORDS) == "the page is blank"


def test_a_damaged_page_of_a_tiff_takes_no_other_with_it():
    data = with_broken_pixels(tiff_of(3), 1)
    assert problems(data) == ["", "the page is damaged", ""]


def test_a_page_whose_directory_is_damaged_takes_no_other_with_it():
    data = with_broken_directory(tiff_of(3), 1)
    assert problems(data) == ["", "the page is damaged", ""]


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_a_tiff_cut_in_the_middle_keeps_its_first_pages():
    data = tiff_of(3)
    found = problems(data[: len(data) * 2 // 3])
    assert found[0] == ""
    assert "the page is damaged" in found[1:]


@pytest.mark.parametrize(("kind", "media_type"), [("TIFF", "image"), ("PDF", "application/pdf")])
def test_pages_beyond_the_limit_are_told(kind, media_type):
    images = [sheet()] * 4
    data = saved(images[0], kind, save_all=True, append_images=images[1:])
    assert problems(data, media_type, Limits(pages_max=3)) == ["", "", "", TOO_MANY]
    assert problems(data, media_type, Limits(pages_max=4)) == [""] * 4
    wanted = raster_pages(data, media_type, Limits(pages_max=1), PageRange(2, 4))
    assert [page.problem for page in wanted] == ["", TOO_MANY]
    whole = raster_pages(data, media_type, Limits(pages_max=3), PageRange(2, 4))
    assert [page.problem for page in whole] == ["", "", ""]


@pytest.mark.parametrize(
    ("degrees", "place"), [(0, (60, 60)), (90, (60, 340)), (180, (340, 240)), (270, (240, 60))]
)
def test_a_page_of_a_pdf_is_drawn_turned_as_it_says(degrees, place):
    image = pages(turned_pdf(degrees), "application/pdf")[0].image
    assert image.shape == ((400, 300) if degrees % 180 == 0 else (300, 400))
    assert int(image[place]) < 100


def test_a_pdf_with_a_password_says_so():
    assert problems(locked_pdf(), "application/pdf") == ["the file has a password"]


def test_a_long_strip_is_read_part_by_part_and_cut_between_lines():
    image = np.full((9_000, 600), 255, dtype=np.uint8)
    for top in range(0, 9_000, 40):
        image[top : top + 30, ::2] = 0
    parts = strip_parts(image)
    assert (parts[0][0], parts[-1][1]) == (0, 9_000)
    assert [end for _, end in parts[:-1]] == [start for start, _ in parts[1:]]
    assert all(end % 40 >= 30 and end - start <= 2_000 for start, end in parts[:-1])
    assert strip_parts(image[:4_000]) == [(0, 4_000)]


@pytest.mark.parametrize(
    ("height", "width"),
    [(20, 20_000), (20_000, 20), (30, 1), (1, 9), (600, 20_000)],
)
def test_a_picture_without_room_for_a_line_is_not_searched_for_lines(height, width):
    picture = np.random.default_rng(1).integers(0, 255, (height, width), dtype=np.uint8)
    assert RapidEngine().read(picture, language="fra", kind="page", charset="", dpi=200) == ()


@pytest.mark.parametrize("size", [(1, 1), (40, 40), (949, 459), (9_000, 600), (110, 600)])
def test_pictures_of_receipts_and_of_anything_square_are_searched(size):
    assert not is_too_thin(*size)
