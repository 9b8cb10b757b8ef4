"""Receipts are told by their narrow print and read by both engines, piece by piece."""

from models.reading import Segment, Token
from tasks.ocr.raster import RasterPage
from tasks.ocr.reader import read_page
from tasks.ocr.segments import are_receipt_pieces, is_receipt_print, line_characters, read_segments
from tasks.ocr.zones import Readers
from tests.stages.ocr.fakes import ScriptedEngine, paper, word

TILL = [word("TOTAL", left, top) for left in (40, 540) for top in range(100, 500, 40)]
SHEET = [word("TOTAL", left, top) for left in (40, 2_000) for top in range(100, 500, 40)]


def pieces(confidence: float) -> tuple[Segment, ...]:
    seconds = [Token(one.text, one.box, confidence, "rapidocr") for one in TILL]
    return tuple(Segment(one.box, (one, one)) for one in seconds)


def test_the_print_of_a_till_is_narrow_and_that_of_a_sheet_is_not():
    assert line_characters(TILL) == 30
    assert is_receipt_print(TILL)
    assert not is_receipt_print(SHEET)


def test_a_few_words_do_not_make_a_receipt():
    assert not is_receipt_print(TILL[:5])
    assert line_characters(()) == 0


def test_each_piece_is_read_by_both_engines_in_one_place():
    first = ScriptedEngine("tesseract", crop_text="T0TAL")
    second = ScriptedEngine("rapidocr", *TILL)
    segments = read_segments(paper(), Readers(first, second), 200)
    assert [token.text for token in segments[0].readings] == ["T0TAL", "TOTAL"]
    assert segments[0].readings[0].box == segments[0].box == TILL[0].box


def test_many_pieces_are_read_in_several_calls():
    first = ScriptedEngine("tesseract")
    second = ScriptedEngine("rapidocr", *(TILL * 7))
    assert len(read_segments(paper(), Readers(first, second), 200)) == 140
    assert first.crop_counts == [120, 20]


def test_a_receipt_that_the_first_engine_cannot_read_is_still_one():
    guesses = [word("xq", 40 + 60 * place, confidence=12) for place in range(9)]
    readers = Readers(ScriptedEngine("tesseract", *guesses), ScriptedEngine("rapidocr", *TILL))
    strip = read_page(RasterPage(paper(800, 1_600), 200, ""), (), readers).text
    sheet = read_page(RasterPage(paper(800, 1_100), 200, ""), (), readers).text
    assert (len(strip.segments), strip.problem) == (20, "")
    assert (len(sheet.segments), sheet.problem) == (0, "most words could not be read")


def test_a_strip_of_which_a_few_words_are_read_may_be_a_receipt():
    readers = Readers(ScriptedEngine("tesseract", *TILL[:3]), ScriptedEngine("rapidocr", *TILL))
    page = read_page(RasterPage(paper(800, 1_600), 200, ""), (), readers).text
    assert len(page.segments) == 20


def test_pieces_of_which_nobody_is_sure_are_dropped():
    assert are_receipt_pieces(pieces(95.0))
    assert not are_receipt_pieces(pieces(50.0))
    assert not are_receipt_pieces(())


def test_a_sheet_is_not_read_piece_by_piece():
    readers = Readers(ScriptedEngine("tesseract", *SHEET), ScriptedEngine("rapidocr", *TILL))
    assert read_page(RasterPage(paper(2_300), 200, ""), (), readers).text.segments == ()
