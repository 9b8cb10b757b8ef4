"""A chunk of paper dossiers: rows for every page, objects by our own keys, machine errors apart."""

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from models.errors import DecoderFailed
from models.reading import ZoneReading
from tasks.extraction.pages import page_of_json
from tasks.ocr.chunk import (
    PAGE_NAMES,
    OcrContext,
    PaperFile,
    PaperInput,
    page_json,
    page_keys,
    read_dossier_pages,
)
from tasks.ocr.raster import TOO_MANY, Limits
from tasks.ocr.zones import Readers
from tests.stages.ocr.fakes import CrashingEngine, ScriptedEngine, paper, word

FORMS_DIR = Path(__file__).parents[3] / "tasks" / "extraction" / "forms"
CONTEXT = OcrContext(FORMS_DIR)


def a_file(pages: int = 1) -> PaperFile:
    image = Image.fromarray(paper())
    out = io.BytesIO()
    image.save(out, format="TIFF", save_all=True, append_images=[image] * (pages - 1))
    return PaperFile("ab" * 32, "image/tiff", out.getvalue())


def a_dossier(*files: PaperFile) -> PaperInput:
    return PaperInput("D-AB01", 2, files)


def readers(*words, second: str = "80,00") -> Readers:
    return Readers(
        ScriptedEngine("tesseract", *words), ScriptedEngine("rapidocr", crop_text=second)
    )


def test_pages_are_numbered_through_all_files_of_a_dossier():
    pages = read_dossier_pages(a_dossier(a_file(2), a_file(1)), CONTEXT, readers(word("a", 10)))
    assert [page.text.page_no for page in pages] == [1, 2, 3]


def test_a_dossier_without_a_file_leaves_a_page_that_says_so():
    pages = read_dossier_pages(a_dossier(), CONTEXT, readers())
    assert [page.text.problem for page in pages] == ["the dossier has no page"]


@pytest.mark.parametrize("counts", [(2, 2), (1, 3), (4,)])
def test_a_dossier_with_more_pages_than_allowed_says_so_on_the_first_of_them(counts):
    context = OcrContext(FORMS_DIR, Limits(pages_max=2))
    files = map(a_file, counts)
    pages = read_dossier_pages(a_dossier(*files), context, readers(word("a", 10)))
    assert [page.text.problem for page in pages] == ["", "", TOO_MANY]
    assert [page.text.page_no for page in pages] == [1, 2, 3]
    assert {page.text.sha256 for page in pages} == {"ab" * 32}


def test_numbers_of_a_free_page_are_read_by_both_engines():
    total = word("80,00", 300)
    pages = read_dossier_pages(a_dossier(a_file()), CONTEXT, readers(word("TOTAL", 100), total))
    numbers = [token for token in pages[0].text.words if token.engine == "rapidocr"]
    assert [token.text for token in numbers if token.box == total.box] == ["80,00"]


def test_a_page_of_which_nothing_can_be_read_has_a_problem():
    pages = read_dossier_pages(a_dossier(a_file()), CONTEXT, readers())
    assert pages[0].text.problem == "no word could be read"


def test_a_page_of_guesses_has_a_problem():
    guesses = [word("xq", 100 + 60 * place, confidence=12) for place in range(9)]
    pages = read_dossier_pages(a_dossier(a_file()), CONTEXT, readers(*guesses))
    assert pages[0].text.problem == "most words could not be read"


def test_a_blank_page_has_a_problem():
    blank = io.BytesIO()
    Image.new("L", (800, 1_100), 255).save(blank, format="PNG")
    file = PaperFile("cd" * 32, "image/png", blank.getvalue())
    pages = read_dossier_pages(a_dossier(file), CONTEXT, readers(word("a", 10)))
    assert pages[0].text.problem == "the page is blank"


def test_an_engine_that_fails_is_a_machine_error_and_no_page():
    with pytest.raises(DecoderFailed):
        read_dossier_pages(
            a_dossier(a_file()), CONTEXT, Readers(CrashingEngine(), CrashingEngine())
        )


def test_keys_are_ours_and_in_lower_case():
    assert page_keys(a_dossier(), 3) == ("pages/d-ab01/2/3.json", "pages/d-ab01/2/3.jpg")


def test_extraction_reads_back_exactly_what_ocr_kept():
    pages = read_dossier_pages(a_dossier(a_file()), CONTEXT, readers(word("Été 80,00", 100)))
    text = pages[0].text
    look = ZoneReading("z", text.words[0].box, text.words, first_look=text.words[0])
    for page in (text, replace(text, zones=(look, replace(look, first_look=None)))):
        assert page_of_json(page_json(page)) == page
    assert json.loads(page_json(text))["words"][0]["text"] == "Été 80,00"


def test_the_row_of_a_page_has_the_columns_of_its_table():
    assert PAGE_NAMES[:3] == ("dossier_id", "content_version", "page_no")
    assert len(set(PAGE_NAMES)) == 17
