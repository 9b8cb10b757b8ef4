"""Rows of a receipt: segments side by side, on tilted paper too."""

from models.reading import Box
from tasks.extraction.acceptance import Reading
from tasks.extraction.receipts.rows import Part, group_rows
from tests.stages.extraction.receipts.printed import rows_of_lines


def part(text: str, left: int, top: int, height: int = 28) -> Part:
    return Part(Reading(second=text), Box(left, top, 14 * len(text), height))


def test_segments_side_by_side_make_a_row():
    rows = rows_of_lines("TOTAL        RM 12.00", "CASH         RM 20.00")
    assert [row.text for row in rows] == ["TOTAL RM 12.00", "CASH RM 20.00"]


def test_rows_of_a_leaning_paper_stay_apart():
    leaning = [part("TOTAL", 0, 0), part("12.00", 400, 14), part("CASH", 0, 34)]
    rows = group_rows([*leaning, part("20.00", 400, 48)])
    assert [row.text for row in rows] == ["TOTAL 12.00", "CASH 20.00"]


def test_a_stamp_across_two_rows_joins_neither():
    rows = group_rows([part("TOTAL", 0, 0), part("33.90", 200, 4, 64), part("12.00", 400, 0)])
    assert [row.text for row in rows] == ["TOTAL 12.00", "33.90"]


def test_text_over_text_is_another_row():
    rows = group_rows([part("ROUNDING", 0, 0), part("TOTAL", 0, 15)])
    assert len(rows) == 2


def test_a_receipt_without_segments_has_no_rows():
    assert rows_of_lines() == ()
