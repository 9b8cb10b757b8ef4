"""When the pieces that came differ from those that the sheet states."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.dossier import Piece, PieceKind
from models.messages import finding, read_codes
from models.reading import Box, PageText
from tasks.extraction import piece_count
from tasks.extraction.acceptance import P_AGREED, Judged, Reading, Source
from tasks.extraction.found import Found
from tests.builders import a_dossier

CODES = read_codes(Path(piece_count.__file__).with_name("codes.yaml"))
PAGE = PageText(
    page_no=1, sha256="", width=1, height=1, dpi=200, form_id="", inliers=0, skew_degrees=0.0,
    sharpness=0.0, is_text_layer=False, words=(),
)  # fmt: skip
SHEET = Piece(PieceKind.CARE_SHEET)
PRESCRIPTION = Piece(PieceKind.PRESCRIPTION)
INVOICE = Piece(PieceKind.PHARMACY_INVOICE)
STICKERS = Piece(PieceKind.DRUG_BARCODES)
BILL = Piece(PieceKind.LAB_BILL)


def stated(value: str, *, is_doubtful: bool = False) -> Found:
    judged = Judged(value, P_AGREED, is_doubtful, Source.BOX)
    return Found(judged, Reading(value), 1, Box(0, 0, 1, 1))


def said(number: Found | None, *pieces: Piece, page: PageText = PAGE) -> list[dict[str, str]]:
    found = piece_count.count_findings(CODES, number, (SHEET, *pieces), [page])
    return [dict(one.params) for one in found]


@pytest.mark.parametrize(
    ("number", "pieces"),
    [
        ("0", ()),
        ("2", (PRESCRIPTION, BILL)),
        ("3", (PRESCRIPTION, INVOICE, STICKERS)),
        ("2", (PRESCRIPTION, INVOICE, STICKERS)),  # stickers are part of the prescription
        ("3", (PRESCRIPTION, INVOICE)),  # stickers that no machine read
        ("1", (Piece(PieceKind.LAB_BILL, 2),)),  # one bill of two sheets
    ],
)
def test_counts_that_may_agree_say_nothing(number: str, pieces: tuple[Piece, ...]) -> None:
    assert said(stated(number), *pieces) == []


@pytest.mark.parametrize(
    ("number", "pieces", "counted"),
    [("2", (BILL,), "1"), ("3", (INVOICE,), "1"), ("0", (BILL,), "1"), ("1", (), "0")],
)
def test_a_missing_or_a_foreign_piece_is_said(
    number: str, pieces: tuple[Piece, ...], counted: str
) -> None:
    assert said(stated(number), *pieces) == [{"stated": number, "counted": counted}]


def test_an_unsure_count_says_nothing() -> None:
    assert said(None, BILL) == []
    assert said(stated(""), BILL) == []
    assert said(stated("4", is_doubtful=True), BILL) == []
    assert said(stated("4"), BILL, Piece(PieceKind.OTHER)) == []
    assert said(stated("4"), BILL, page=replace(PAGE, problem="the page is blank")) == []
    assert said(stated("4"), SHEET, BILL) == []


@given(st.lists(st.sampled_from([PRESCRIPTION, INVOICE, BILL, STICKERS]), unique=True))
def test_whoever_counts_what_was_read_is_never_asked(pieces: list[Piece]) -> None:
    assert said(stated(str(len(pieces))), *pieces) == []


def again(*pieces: Piece, before: tuple[Piece, ...], number: str = "3") -> list[dict[str, str]]:
    """What is said of a correction, where ``before`` was counted and differed from the number."""
    dossier = replace(a_dossier(), pieces=(SHEET, *before))
    told = finding(CODES, piece_count.DIFFERS, stated=number, counted="1")
    other = finding(CODES, "ACCIDENT_DECLARE")
    corrected = replace(dossier, pieces=pieces)
    found = piece_count.count_again([other, told], dossier, corrected)
    assert {one.code for one in found} <= {piece_count.DIFFERS}
    return [dict(one.params) for one in found]


def test_a_correction_of_other_fields_leaves_the_difference_to_a_person() -> None:
    assert again(SHEET, BILL, before=(BILL,)) == [{"stated": "3", "counted": "1"}]


def test_kinds_of_documents_a_person_lists_are_counted_anew() -> None:
    listed = (SHEET, BILL, PRESCRIPTION)
    assert again(*listed, before=(BILL,), number="4") == [{"stated": "4", "counted": "2"}]
    assert again(*listed, before=(BILL,), number="2") == []
    two_bills = Piece(PieceKind.LAB_BILL, 2)
    assert again(*listed, before=(two_bills,), number="4") == [], "two bills stay two"


def test_a_list_that_cannot_be_counted_leaves_what_was_said() -> None:
    kept = [{"stated": "3", "counted": "1"}]
    assert again(SHEET, BILL, Piece(PieceKind.OTHER), before=(BILL,)) == kept
    assert again(PRESCRIPTION, before=(BILL,)) == kept


def test_where_no_difference_was_said_none_is_said_again() -> None:
    dossier = a_dossier()
    assert piece_count.count_again([], dossier, replace(dossier, pieces=())) == []
