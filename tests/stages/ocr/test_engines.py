"""Both ways to tesseract give the same kind of answer; the one inside is taken if it is there."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from infra.simulation.paper.fonts import font
from models.errors import DecoderFailed, SettingsError
from tasks.ocr.engines.choice import TESSDATA_DIR, EngineChoice, first_engine
from tasks.ocr.engines.engine import GreyImage
from tasks.ocr.engines.rapid import RapidEngine
from tasks.ocr.engines.tesseract import TesseractEngine
from tasks.ocr.engines.tesseract_api import TesserocrEngine, brought_to, is_ready

pytestmark = pytest.mark.tesseract

IN_PROCESS = pytest.param(
    TesserocrEngine(TESSDATA_DIR),
    marks=pytest.mark.skipif(
        not is_ready(TESSDATA_DIR, "fra"), reason="tesserocr or its models are not installed"
    ),
    id="tesserocr",
)
BOTH = pytest.mark.parametrize(
    "engine", [pytest.param(TesseractEngine(), id="tesseract"), IN_PROCESS]
)


def printed(*lines: str, width: int = 600) -> GreyImage:
    image = Image.new("L", (width, 50 * len(lines) + 20), 255)
    pen = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        pen.text((20, 12 + 50 * number), line, font=font("typed.sans", 11, 200), fill=20)
    return np.asarray(image, dtype=np.uint8)


@BOTH
def test_words_have_boxes_rows_and_the_engine_s_name(engine):
    words = engine.read(
        printed("Montant total", "Pharmacie"), language="fra", kind="page", charset="", dpi=200
    )
    assert [(word.text, word.row) for word in words] == [
        ("Montant", 1),
        ("total", 1),
        ("Pharmacie", 2),
    ]
    assert {word.engine for word in words} == {engine.name}
    total, amount = words[1].box, words[2].box
    assert amount.top > total.top + total.height
    assert 15 <= words[0].box.left <= 26


@BOTH
def test_each_crop_has_its_own_answer_in_order(engine):
    texts = ["28 450", "15/07/1980", "Pharmacie"]
    crops = [printed(text, width=300) for text in texts]
    tokens = engine.read_crops(crops, language="fra", charset="", dpi=200)
    assert [token.text for token in tokens] == texts
    assert all(0 < token.raw_confidence <= 100 for token in tokens)


@BOTH
def test_a_charset_keeps_letters_out_of_one_reading_and_not_out_of_the_next(engine):
    crop = printed("Pharmacie", width=300)
    numbers = engine.read_crops([crop], language="fra", charset="0123456789", dpi=200)
    letters = engine.read_crops([crop], language="fra", charset="", dpi=200)
    assert not any(sign.isalpha() for sign in numbers[0].text)
    assert letters[0].text == "Pharmacie"


@BOTH
def test_an_empty_page_and_no_crops_are_answered_with_nothing(engine):
    white = np.full((200, 300), 255, dtype=np.uint8)
    assert engine.read(white, language="fra", kind="page", charset="", dpi=200) == ()
    assert engine.read_crops([], language="fra", charset="", dpi=200) == ()
    (token,) = engine.read_crops([white[:50]], language="fra", charset="", dpi=200)
    assert (token.text, token.box.width) == ("", 300)


@BOTH
def test_a_language_without_a_model_is_a_machine_error(engine):
    with pytest.raises(DecoderFailed):
        engine.read(printed("a"), language="xxx", kind="page", charset="", dpi=200)


def test_what_was_read_before_does_not_change_a_reading():
    if not is_ready(TESSDATA_DIR, "fra"):
        pytest.skip("tesserocr or its models are not installed")
    engine = TesserocrEngine(TESSDATA_DIR)
    crops = [printed(text, width=300) for text in ("100000001", "80,00", "AB 123", "100000001")]
    tokens = engine.read_crops(crops, language="fra", charset="", dpi=200)
    alone = [engine.read_crops([crop], language="fra", charset="", dpi=200)[0] for crop in crops]
    assert list(tokens) == alone
    assert tokens[0] == tokens[3]


def test_the_second_reader_reads_short_lines_and_pages_after_one_another():
    engine = RapidEngine()
    crops = [printed(text, width=180) for text in ("80,00", "7", "15/07/1980")]
    before = engine.read_crops(crops, language="", charset="", dpi=200)
    page = engine.read(
        printed("Montant", "80,00"), language="fra", kind="page", charset="", dpi=200
    )
    assert [token.text for token in before] == ["80,00", "7", "15/07/1980"]
    assert [token.text for token in page] == ["Montant", "80,00"]
    assert engine.read_crops(crops, language="", charset="", dpi=200) == before


def test_a_crop_is_brought_to_a_height_on_white():
    line = brought_to(np.zeros((80, 400), dtype=np.uint8), 40, 0.8)
    assert line.shape == (64, 224)
    assert (line[0].min(), line[32, 112]) == (255, 0)


def test_the_program_is_taken_where_it_is_asked_for_or_nothing_else_is_there(tmp_path):
    assert first_engine(EngineChoice("tesseract")).name == "tesseract"
    assert first_engine(EngineChoice("auto", tmp_path)).name == "tesseract"


def test_asking_for_tesserocr_without_its_models_says_what_to_do(tmp_path):
    with pytest.raises(SettingsError, match="TASFIYA_TESSDATA_DIR"):
        first_engine(EngineChoice("tesserocr", tmp_path))


@pytest.mark.skipif(not is_ready(TESSDATA_DIR, "fra"), reason="tesserocr is not installed")
def test_the_engine_inside_is_taken_where_it_is_there():
    assert first_engine(EngineChoice()).name == "tesserocr"
