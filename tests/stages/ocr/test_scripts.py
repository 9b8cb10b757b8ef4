"""A page in another script is looked at again with the model of that script, and only then."""

import numpy as np

from models.reading import Box, Token
from tasks.ocr.scripts import read_other_script, script_letters

PAGE = np.full((400, 300), 255, dtype=np.uint8)


class Scripted:
    """An engine that reads what was set for each model, and notes what it was asked."""

    name = "tesseract"

    def __init__(self, **texts: str) -> None:
        self.texts = texts
        self.asked: list[tuple[str, int]] = []

    def read(self, image, *, language, kind, charset, dpi):
        self.asked.append((language, image.shape[0]))
        text = self.texts.get(language, "")
        return (Token(text, Box(0, 0, 10, 10), 80.0, self.name),) if text else ()

    def read_crops(self, crops, *, language, charset, dpi):
        raise AssertionError("no crop is read here")


def test_a_chinese_page_is_read_whole_with_the_chinese_model():
    engine = Scripted(chi_sim="重庆市医疗门诊收费票据交款人开票日期项目名称金额", ara="لا")
    assert read_other_script(PAGE, engine, 200)[0].text.startswith("重庆市")
    assert engine.asked == [("chi_sim", 168), ("ara", 168), ("chi_sim", 400)]


def test_a_page_of_a_few_stray_signs_is_in_no_other_script():
    engine = Scripted(chi_sim="一二 ordonnance", ara="لا pharmacie")
    assert read_other_script(PAGE, engine, 200) == ()


def test_letters_that_were_hardly_read_do_not_count():
    sure = Token("صيدلية", Box(0, 0, 1, 1), 80.0, "tesseract")
    unsure = Token("صيدلية", Box(0, 0, 1, 1), 20.0, "tesseract")
    assert script_letters((sure, unsure), "ara") == 6
