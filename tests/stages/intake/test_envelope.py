"""How the cover sheets of a file divide it, on page numbers and on real scans."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.cover_sheet import CoverSheet, SheetKind, check_character, code_of, read_code
from tasks.intake.decode import decode
from tasks.intake.envelope import UNSOUND_SHEET, divide
from tasks.intake.limits import Limits, ReadingContext
from tasks.intake.result import Pages, Refused, from_wire, to_wire
from tests.stages.intake.envelope_scans import (
    BORDEREAU,
    SEPARATOR,
    addition,
    digital,
    scanned,
    with_code,
    written,
)

CONTEXT = ReadingContext(Limits(), {})
BROKEN = "TASFIYA1:SEP:AG12:0001:0"
WORDS = st.from_regex(r"[A-Z0-9-]{1,35}", fullmatch=True)
AGENCIES = st.from_regex(r"[A-Z0-9-]{0,20}", fullmatch=True)
SHEETS = st.one_of(
    st.builds(CoverSheet, st.just(SheetKind.SEPARATOR), WORDS, AGENCIES),
    st.builds(CoverSheet, st.just(SheetKind.ADDITION), WORDS, AGENCIES),
    st.builds(CoverSheet, st.just(SheetKind.BORDEREAU), WORDS, AGENCIES, st.integers(1, 9_999)),
)


def ranges(document: Pages) -> list[tuple[int, int]]:
    return [
        (pages.first_page, pages.last)
        for _part, pages in divide(document)
        if isinstance(pages, Pages)
    ]


def a_file(count: int, *sheets: tuple[int, str], backs: tuple[int, ...] = ()) -> Pages:
    return Pages("image/tiff", count, sheets=sheets, backs=backs)


def test_the_check_character_is_that_of_the_standard() -> None:
    # The example of ISO/IEC 7064 MOD 37,36 that the Global Release Identifier publishes.
    assert check_character("A12425GABC1234002") == "M"


@given(SHEETS)
def test_what_is_written_on_a_sheet_is_read_back(sheet: CoverSheet) -> None:
    assert read_code(code_of(sheet)) == sheet


@given(SHEETS, st.data())
def test_one_changed_character_is_no_sound_sheet_or_the_same(
    sheet: CoverSheet, data: st.DataObject
) -> None:
    code = code_of(sheet)
    place = data.draw(st.integers(len("TASFIYA1:"), len(code) - 1))
    other = data.draw(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"))
    changed = code[:place] + other + code[place + 1 :]
    if code[place].isalnum() and other != code[place]:
        assert read_code(changed) is None


@pytest.mark.parametrize("agency", ["agence", "AG 12", "AG:12", "A" * 21])
def test_a_sheet_carries_no_other_signs(agency: str) -> None:
    with pytest.raises(ValueError, match="A to Z"):
        code_of(CoverSheet(SheetKind.SEPARATOR, "1", agency))


PAGE_KINDS = st.lists(st.sampled_from(["page", "back", "broken", *"SAB"]), min_size=1, max_size=60)


@given(PAGE_KINDS)
def test_every_page_is_a_sheet_or_belongs_to_one_part_in_order(kinds: list[str]) -> None:
    sound = {"S": SEPARATOR, "A": addition("AMO-1"), "B": BORDEREAU}
    sheets = [
        (page, code_of(sound[kind]) if kind in sound else BROKEN)
        for page, kind in enumerate(kinds, start=1)
        if kind in sound or kind == "broken"
    ]
    # A back is blank paper right behind a sheet, as the scan of pages has it.
    backs = tuple(
        page
        for page, kind in enumerate(kinds, start=1)
        if kind == "back" and page > 1 and kinds[page - 2] in sound
    )
    parts = divide(a_file(len(kinds), *sheets, backs=backs))
    covered = [
        page
        for _part, pages in parts
        if isinstance(pages, Pages)
        for page in range(pages.first_page, pages.last + 1)
    ]
    expected = [
        page for page, kind in enumerate(kinds, start=1) if kind not in sound and page not in backs
    ]
    assert covered == expected
    assert [part for part, _pages in parts] == list(range(1, len(parts) + 1))


def test_a_file_without_sheets_is_one_part_as_it_always_was() -> None:
    whole = Pages("image/tiff", 3)
    assert divide(whole) == ((1, whole),)


def test_two_sheets_in_a_row_and_one_at_the_end_open_nothing() -> None:
    code = code_of(SEPARATOR)
    document = a_file(6, (1, code), (2, code), (4, code), (6, code))
    assert ranges(document) == [(3, 3), (5, 5)]


def test_a_thousand_sheets_and_no_page_are_refused() -> None:
    sheets = tuple((page, code_of(SEPARATOR)) for page in range(1, 1_001))
    parts = divide(a_file(1_000, *sheets))
    assert parts == ((1, Refused("IN_ONLY_SHEETS", {"count": "1000"})),)


def test_an_unsound_sheet_divides_nothing_and_asks_a_person() -> None:
    ((_part, pages),) = divide(a_file(3, (2, BROKEN)))
    assert isinstance(pages, Pages)
    assert (pages.first_page, pages.last) == (1, 3)
    assert (pages.origin.problem, pages.origin.params) == (UNSOUND_SHEET, {"page": "2"})


def test_a_bordereau_holds_until_the_next_one() -> None:
    other = CoverSheet(SheetKind.BORDEREAU, "2026-0118", "AG13", 1)
    codes = [BORDEREAU, SEPARATOR, other]
    document = a_file(
        6, *((page, code_of(one)) for page, one in zip((1, 3, 5), codes, strict=True))
    )
    origins = [pages.origin for _part, pages in divide(document) if isinstance(pages, Pages)]
    assert [one.bordereau for one in origins] == [BORDEREAU, BORDEREAU, other]
    assert [one.agency for one in origins] == ["AG12", "AG12", "AG13"]


@pytest.mark.parametrize("suffix", ["tiff", "pdf"])
@pytest.mark.parametrize("profile", ["scan", "pale", "faxed"])
def test_the_sheets_of_a_scan_are_found(suffix: str, profile: str) -> None:
    data = scanned(BORDEREAU, 1, SEPARATOR, 2, 3, suffix=suffix, profile=profile)
    read = decode(data, CONTEXT)
    assert isinstance(read, Pages)
    assert from_wire(to_wire(read)) == read
    assert ranges(read) == [(2, 2), (4, 5)]


def test_the_blank_back_of_a_sheet_is_no_page_of_a_dossier() -> None:
    read = decode(scanned(SEPARATOR, 0, 1, 0, profile="clean"), CONTEXT)
    assert isinstance(read, Pages)
    assert ranges(read) == [(3, 4)]


@pytest.mark.parametrize(
    "text", ["https://example.org", "6118000000017", "TASFIYA:SEP:1", "x" * 99]
)
def test_a_code_that_is_not_ours_divides_nothing(text: str) -> None:
    assert decode(digital([written(1), with_code(text)]), CONTEXT) == Pages("application/pdf", 2)


def test_a_forged_sheet_is_seen_and_not_believed() -> None:
    read = decode(digital([written(1), with_code(BROKEN), written(2)]), CONTEXT)
    assert isinstance(read, Pages)
    assert read.sheets == ((2, BROKEN),)
    assert ranges(read) == [(1, 3)]


def test_one_dossier_of_a_batch_is_no_longer_than_any_other() -> None:
    context = ReadingContext(Limits(pages=2, batch_pages=7), {})
    data = digital([written(1)])
    assert decode(data, context) == Pages("application/pdf", 1)
    long = scanned(SEPARATOR, 1, 2, 3, suffix="pdf")
    assert decode(long, context) == Refused("IN_PAGES", {"count": "4", "limit": "2"})
    batch = scanned(SEPARATOR, 1, SEPARATOR, 2, SEPARATOR, 3, suffix="pdf")
    assert isinstance(decode(batch, context), Pages)
    beyond = [one for number in range(1, 5) for one in (SEPARATOR, number)]
    refused = decode(scanned(*beyond, suffix="pdf"), context)
    assert refused == Refused("IN_PAGES", {"count": "8", "limit": "2"})
