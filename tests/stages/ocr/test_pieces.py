"""Print that no sure word covers is found by its ink and read again; the rest is left alone."""

import cv2
import numpy as np

from models.reading import Box, Token
from tasks.ocr.engines.engine import GreyImage, Kind
from tasks.ocr.pieces import (
    lost_between_rules,
    lost_pieces,
    read_lost_pieces,
    without_pieces,
    without_rules,
)
from tasks.ocr.raster import RasterPage
from tasks.ocr.reader import read_page
from tasks.ocr.zones import Readers
from tests.stages.ocr.fakes import ScriptedEngine, paper, word

#: Where each drawn text stands: its left end and its foot.
TITLE, LABEL, CELL = (200, 200), (60, 400), (500, 400)


def page() -> GreyImage:
    image = paper()
    image[50:70, 50:300] = 255
    for text, place in (("ORDONNANCE", TITLE), ("ECBU", LABEL), ("B 90", CELL)):
        cv2.putText(image, text, place, cv2.FONT_HERSHEY_SIMPLEX, 1.0, (0,), 2)
    cv2.line(image, (40, 415), (760, 415), (110,), 2)
    cv2.line(image, (40, 365), (760, 365), (110,), 2)
    return image


def covering(text: str, place: tuple[int, int], confidence: float = 95.0) -> Token:
    (width, height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 1.0, 2)
    box = Box(place[0], place[1] - height, width, height)
    return Token(text, box, confidence, "tesseract")


def test_print_that_no_word_covers_is_lost_and_ruled_lines_are_no_print():
    (title,) = lost_pieces(page(), [covering("ECBU", LABEL), covering("B 90", CELL)], [])
    assert title.left <= TITLE[0] + 3
    assert title.left + title.width >= TITLE[0] + 150
    assert abs(title.top + title.height - TITLE[1]) <= 5


def test_print_under_a_word_of_little_confidence_is_lost_too():
    words = [covering("ORDONNANCE", TITLE), covering("ECBU", LABEL), covering("SE", CELL, 20.0)]
    (cell,) = lost_pieces(page(), words, [])
    assert cell.left + cell.width > CELL[0] > cell.left - 5


def test_a_page_that_is_read_has_no_lost_pieces_nor_has_one_without_any_sure_word():
    everything = [covering("ORDONNANCE", TITLE), covering("ECBU", LABEL), covering("B 90", CELL)]
    assert lost_pieces(page(), everything, []) == []
    assert lost_pieces(page(), [covering("xq", TITLE, 20.0)], []) == []


def test_bars_are_no_print():
    words = [covering("ECBU", LABEL), covering("B 90", CELL)]
    assert lost_pieces(page(), words, [Box(190, 160, 300, 60)]) == []


def test_a_lost_number_is_read_by_both_engines_and_takes_the_place_of_nonsense():
    nonsense = covering("SE", CELL, 20.0)
    words = [covering("ORDONNANCE", TITLE), covering("ECBU", LABEL), nonsense]
    readers = Readers(
        ScriptedEngine("tesseract", crop_text="8 90"), ScriptedEngine("rapidocr", crop_text="B 90")
    )
    pieces = read_lost_pieces(page(), words, [], readers, language="fra", dpi=200)
    assert [token.text for token in pieces.first] == ["8", "90"]
    assert [token.text for token in pieces.second] == ["B", "90"]
    assert pieces.second[0].box.left < pieces.second[1].box.left
    assert nonsense not in without_pieces(words, pieces.boxes)
    assert len(without_pieces(words, pieces.boxes)) == 2


def test_a_lost_title_is_read_by_the_second_engine_alone():
    first = ScriptedEngine("tesseract", crop_text="nonsense")
    second = ScriptedEngine("rapidocr", crop_text="ORDONNANCE")
    words = [covering("ECBU", LABEL), covering("B 90", CELL)]
    pieces = read_lost_pieces(page(), words, [], Readers(first, second), language="fra", dpi=200)
    assert (pieces.first, [one.text for one in pieces.second]) == ((), ["ORDONNANCE"])
    assert first.crop_counts == [0]


def test_words_elsewhere_stay():
    words = (word("TOTAL", 40),)
    assert without_pieces(words, [Box(600, 600, 50, 50)]) == words


def test_pieces_between_ruled_lines_are_counted_and_those_elsewhere_are_not():
    assert lost_between_rules(page(), [covering("ORDONNANCE", TITLE)], []) == 2
    assert lost_between_rules(page(), [covering("ECBU", LABEL), covering("B 90", CELL)], []) == 0


class SecondLookEngine(ScriptedEngine):
    """Reads a row of a table only where no ruled lines are in its way."""

    def read(
        self, image: GreyImage, *, language: str, kind: Kind, charset: str, dpi: int
    ) -> tuple[Token, ...]:
        return self.words if image[415, 300] == 255 else self.words[:1]


def test_a_page_whose_ruled_lines_hide_its_print_is_read_without_them():
    image = page()
    cv2.putText(image, "12,00", (620, 400), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (0,), 2)
    words = [covering("ORDONNANCE", TITLE), covering("ECBU", LABEL), covering("B 90", CELL)]
    words.append(covering("12,00", (620, 400)))
    first = SecondLookEngine("tesseract", *words, crop_text="12,00")
    second = ScriptedEngine("rapidocr", crop_text="12,00")
    text = read_page(RasterPage(image, 200, ""), (), Readers(first, second)).text
    assert "ECBU" in [word.text for word in text.words if word.engine == "tesseract"]


def test_a_page_without_its_rules_keeps_its_print():
    plain = without_rules(page())
    assert plain[415, 300] == plain[365, 300] == 255
    assert np.count_nonzero(plain[160:205] < 128) == np.count_nonzero(page()[160:205] < 128)
