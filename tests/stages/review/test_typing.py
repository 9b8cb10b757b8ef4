"""Whose keying of an amount counts, and which dossiers are typed."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import ApprovalRefused, UsageError
from models.typing import Keyed
from tasks.review.typing import (
    TOTAL,
    Keying,
    ReadingQuality,
    accepted_values,
    is_to_type,
    judge_keying,
    needs_two,
    next_pass,
    paper_amount,
)

LINE = "lines[+1].amount_minor"
MONEY = {LINE: 8000, TOTAL: 8000}


def keyed(pass_no: int, by: str, money: Mapping[str, int] = MONEY, **values: str) -> Keyed:
    return Keyed(pass_no, by, "2026-11-20T10:00:00Z", values, money)


def judge(before: tuple[Keyed, ...], given_: Keyed, **changes: object) -> Keying:
    limits: dict[str, object] = {"double_keying_from_minor": 0, "may_settle": False, **changes}
    return judge_keying(before, given_, **limits)  # type: ignore[arg-type]


def test_the_first_keying_waits_for_a_second() -> None:
    assert judge((), keyed(1, "amina")) is Keying.SECOND_NEEDED


def test_a_third_looks_where_the_second_saw_something_else_on_the_paper() -> None:
    first = keyed(1, "amina")
    assert judge((first,), keyed(2, "brahim", disputed="yes")) is Keying.THIRD_NEEDED
    # Only the second colleague disputes; the third decides.
    both = (first, keyed(2, "brahim", disputed="yes"))
    third = keyed(3, "chama", disputed="yes")
    assert judge(both, third, may_settle=True) is Keying.SETTLED


def test_what_two_typed_alike_is_accepted() -> None:
    assert judge((keyed(1, "amina"),), keyed(2, "brahim")) is Keying.SETTLED


def test_what_two_typed_differently_goes_to_a_third() -> None:
    other = keyed(2, "brahim", {**MONEY, LINE: 800})
    assert judge((keyed(1, "amina"),), other) is Keying.THIRD_NEEDED


def test_a_third_who_may_settle_decides() -> None:
    before = (keyed(1, "amina"), keyed(2, "brahim", {**MONEY, LINE: 800}))
    assert judge(before, keyed(3, "chama"), may_settle=True) is Keying.SETTLED
    with pytest.raises(ApprovalRefused, match="settles"):
        judge(before, keyed(3, "chama"))


@pytest.mark.parametrize("by", ["amina", "brahim"])
def test_nobody_types_the_same_amounts_twice(by: str) -> None:
    before = (keyed(1, "amina"), keyed(2, "brahim", {**MONEY, LINE: 800}))
    with pytest.raises(ApprovalRefused, match="another colleague"):
        judge(before, keyed(3, by), may_settle=True)


def test_a_second_keying_of_other_lines_is_no_second_keying() -> None:
    with pytest.raises(UsageError, match="every amount"):
        judge((keyed(1, "amina"),), keyed(2, "brahim", {TOTAL: 8000}))


def test_a_keying_without_a_total_or_with_money_below_nothing_is_none() -> None:
    for money in ({LINE: 8000}, {LINE: -1, TOTAL: 8000}):
        with pytest.raises(UsageError, match="every amount"):
            judge((), keyed(1, "amina", money))


def test_a_keying_out_of_turn_is_refused() -> None:
    with pytest.raises(UsageError, match="meanwhile"):
        judge((), keyed(2, "amina"))


@pytest.mark.parametrize(
    ("limit", "is_two"), [(0, True), (8000, True), (8001, False), (None, False)]
)
def test_the_policy_says_from_which_amount_two_type(limit: int | None, is_two: bool) -> None:
    assert needs_two(MONEY, limit) is is_two
    expected = Keying.SECOND_NEEDED if is_two else Keying.SETTLED
    assert judge((), keyed(1, "amina"), double_keying_from_minor=limit) is expected


def test_lines_that_say_more_than_the_total_need_two_as_well() -> None:
    assert needs_two({LINE: 90_000, TOTAL: 10}, 80_000)


def test_the_second_adds_money_to_what_the_first_typed() -> None:
    first = keyed(1, "amina", insured_number="100000001")
    assert accepted_values((first,), keyed(2, "brahim")) == {
        "insured_number": "100000001", LINE: "80,00", TOTAL: "80,00",
    }  # fmt: skip


PEOPLE = st.sampled_from(["amina", "brahim", "chama", "driss"])
AMOUNTS = st.fixed_dictionaries(
    {LINE: st.integers(0, 3), TOTAL: st.integers(0, 3)},
    optional={"lines[+2].amount_minor": st.integers(0, 3)},
)


@given(st.lists(st.tuples(PEOPLE, AMOUNTS, st.booleans(), st.integers(1, 3)), max_size=8))
def test_no_amount_is_accepted_that_two_did_not_type_alike_or_a_third_settled(
    moves: list[tuple[str, dict[str, int], bool, int]],
) -> None:
    before: tuple[Keyed, ...] = ()
    for by, money, may_settle, pass_no in moves:
        given_ = keyed(pass_no, by, money)
        try:
            keying = judge(before, given_, may_settle=may_settle)
        except (ApprovalRefused, UsageError):
            continue
        assert given_.pass_no == next_pass(before)
        assert by not in {one.typed_by for one in before}
        if keying is Keying.SETTLED:
            alike = [one for one in before if one.money == money]
            is_settled_by_third = len(before) == 2 and may_settle
            assert alike or is_settled_by_third
            assert len({one.typed_by for one in (*before, given_)}) == len(before) + 1 >= 2
            return
        before = (*before, given_)
    assert len(before) <= 2


@given(st.integers(0, 10**11))
def test_an_amount_is_written_as_a_correction_of_it_is_read(minor: int) -> None:
    major, cents = paper_amount(minor).split(",")
    assert int(major) * 100 + int(cents) == minor
    assert len(cents) == 2


@pytest.mark.parametrize(
    ("read", "doubtful", "is_known", "is_typed"),
    [
        (20, 0, False, True),
        (3, 0, True, True),
        (10, 9, True, False),
        (10, 10, True, True),
        (4, 0, True, False),
        (0, 0, True, True),
    ],
)
def test_badly_read_paper_is_typed(
    read: int, doubtful: int, is_known: bool, is_typed: bool
) -> None:
    quality = ReadingQuality(read, doubtful, is_known)
    assert is_to_type(quality, doubtful_percent_min=50, read_min=4) is is_typed
