"""A page of low resolution is read at twice its size, and the better reading is kept."""

import numpy as np

from models.reading import Token
from tasks.ocr.raster import RasterPage
from tasks.ocr.reader import ReadPage, read_page
from tasks.ocr.zones import Readers
from tests.stages.ocr.fakes import ScriptedEngine, paper, word


class SharpEyed(ScriptedEngine):
    """Reads more of a page from a certain width on."""

    def __init__(self, least_width: int, few: tuple[Token, ...], many: tuple[Token, ...]) -> None:
        super().__init__("tesseract")
        self.least_width, self.few, self.many = least_width, few, many

    def read(self, image: np.ndarray, **_asked: object) -> tuple[Token, ...]:
        return self.many if image.shape[1] >= self.least_width else self.few


FEW = (word("Facture", 100), word("xq", 300, confidence=20))
MANY = (word("Facture", 200), word("pharmacie", 500))


def page_of(least_width: int, dpi: int) -> ReadPage:
    raster = RasterPage(paper(), dpi, "")
    readers = Readers(SharpEyed(least_width, FEW, MANY), ScriptedEngine("rapidocr"))
    return read_page(raster, (), readers)


def test_a_page_of_100_dpi_is_read_at_200():
    page = page_of(least_width=1_600, dpi=100)
    assert (page.text.dpi, page.text.source_dpi, page.text.width) == (200, 100, 1_600)
    assert page.image.shape[1] == 1_600
    assert [token.text for token in page.text.words[:2]] == ["Facture", "pharmacie"]


def test_a_reading_that_is_no_better_enlarged_stays_as_it_is():
    page = page_of(least_width=10_000, dpi=100)
    assert (page.text.dpi, page.image.shape[1]) == (100, 800)


def test_a_page_of_200_dpi_is_never_enlarged():
    page = page_of(least_width=1_600, dpi=200)
    assert (page.text.dpi, page.image.shape[1]) == (200, 800)
    assert page.text.words[0].box == FEW[0].box
