"""How pages are laid in piles, without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import UsageError
from models.paper_pages import FilePages, PaperPage, files_of, pages_of
from tasks.review.piles import MOVABLE, check_movable, lay

RUNS = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(1, 9), st.integers(0, 5)), min_size=1, max_size=6
)


def files(*runs: tuple[str, int, int]) -> tuple[FilePages, ...]:
    return tuple(
        FilePages(name * 64, "image/tiff", 20, first, first + more) for name, first, more in runs
    )


def places(runs: tuple[FilePages, ...]) -> list[tuple[str, int]]:
    return [(one.sha256, page) for one in runs for page in range(one.first_page, one.last_page + 1)]


@given(RUNS)
def test_runs_become_pages_and_pages_the_same_places_again(
    runs: list[tuple[str, int, int]],
) -> None:
    given_files = files(*runs)
    pages = pages_of("D1", given_files)
    assert [one.page_no for one in pages] == list(range(1, len(pages) + 1))
    assert places(files_of(pages)) == places(given_files)


@given(RUNS, RUNS, st.data())
def test_every_page_lies_in_exactly_one_pile_and_in_the_given_order(
    own_runs: list[tuple[str, int, int]],
    other_runs: list[tuple[str, int, int]],
    data: st.DataObject,
) -> None:
    own, other = pages_of("D1", files(*own_runs)), pages_of("D2", files(*other_runs))
    keys = data.draw(st.permutations([one.key for one in (*own, *other)]))
    cut = data.draw(st.integers(1, len(keys)))
    first, second = keys[:cut], keys[cut:]
    if first == [one.key for one in own] and second == [one.key for one in other]:
        return
    piles = lay(own, other, first, second)
    table = {one.key: (one.file.sha256, one.file_page) for one in (*own, *other)}
    assert places(piles.first) == [table[key] for key in first]
    assert places(piles.second) == [table[key] for key in second]


PAGES: tuple[PaperPage, ...] = pages_of("D1", files(("a", 1, 2)))


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (["D1.1", "D1.2"], [], "exactly one pile"),
        (["D1.1", "D1.2", "D1.3"], ["D1.3"], "exactly one pile"),
        (["D1.1", "D1.2"], ["D9.1"], "exactly one pile"),
        ([], ["D1.1", "D1.2", "D1.3"], "at least one page"),
        (["D1.1", "D1.2", "D1.3"], [], "nothing was moved"),
    ],
)
def test_pages_are_neither_lost_nor_doubled(first: list[str], second: list[str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        lay(PAGES, (), first, second)


@pytest.mark.parametrize(
    ("status", "channel", "is_paid", "outcomes", "said"),
    [
        ("paid", "paper", False, set(), "does not wait"),
        ("approved", "paper", False, set(), "does not wait"),
        ("in_progress", "paper", False, set(), "does not wait"),
        ("under_appeal", "paper", False, set(), "does not wait"),
        ("in_review", "paper", True, set(), "decided or paid"),
        ("in_review", "paper", False, {"review", "accepted"}, "decided or paid"),
        ("in_review", "electronic", False, set(), "only pages of paper"),
    ],
)
def test_what_was_decided_or_does_not_wait_stays_as_it_is(
    status: str, channel: str, is_paid: bool, outcomes: set[str], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        check_movable(status, channel, is_paid=is_paid, outcomes=outcomes)


@pytest.mark.parametrize("status", sorted(MOVABLE))
def test_what_waits_may_be_laid_anew(status: str) -> None:
    check_movable(status, "paper", is_paid=False, outcomes={"review", "returned"})
