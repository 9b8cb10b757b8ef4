"""Shared arithmetic: months, sliding ceilings, shares by rank, steps."""

import datetime as dt
from decimal import Decimal

import pytest

from tasks.pricing.primitives import months_later, room_left, share_of_ranks, stepped

DAY = dt.date(2026, 11, 2)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (dt.date(2024, 11, 2), 24, dt.date(2026, 11, 2)),
        (dt.date(2024, 2, 29), 24, dt.date(2026, 2, 28)),
        (dt.date(2026, 1, 31), 1, dt.date(2026, 2, 28)),
        (dt.date(2026, 12, 1), 1, dt.date(2027, 1, 1)),
        (dt.date(9999, 1, 1), 24, dt.date.max),
    ],
)
def test_months_later_keeps_the_day_or_the_months_last(day, months, later):
    assert months_later(day, months) == later


@pytest.mark.parametrize(
    ("uses", "room"),
    [
        ([], 1000),
        ([(dt.date(2025, 11, 2), 400)], 600),
        ([(dt.date(2024, 11, 2), 400)], 1000),
        ([(dt.date(2024, 11, 3), 400)], 600),
        ([(dt.date(2028, 11, 1), 400)], 600),
        ([(dt.date(2028, 11, 2), 400)], 1000),
        ([(dt.date(2025, 6, 1), 1500)], 0),
        # a year before and a year and a half after never lie in one period of two years
        ([(dt.date(2025, 11, 2), 400), (dt.date(2028, 5, 2), 500)], 500),
    ],
)
def test_a_sliding_ceiling_leaves_room_for_every_period_that_holds_the_day(uses, room):
    assert room_left(1000, uses, DAY, period_months=24) == room


SHARES = (Decimal(1), Decimal("0.5"), Decimal(0))


@pytest.mark.parametrize(
    ("rank", "count", "share"),
    [(0, 1, "1"), (1, 1, "0.5"), (2, 1, "0"), (0, 2, "1.5"), (0, 9, "1.5"), (1, 3, "0.5"),
     (5, 2, "0")],
)  # fmt: skip
def test_shares_by_rank_add_up_and_the_last_repeats(rank, count, share):
    assert share_of_ranks(SHARES, rank, count) == Decimal(share)


def test_a_last_share_above_zero_repeats():
    assert share_of_ranks((Decimal(1), Decimal("0.5")), 0, 4) == Decimal("2.5")


@pytest.mark.parametrize(
    ("distance", "amount"), [("0", 100), ("0.1", 105), ("10", 105), ("11", 110)]
)
def test_a_begun_step_counts_whole(distance, amount):
    assert stepped(Decimal(100), Decimal(5), Decimal(10), Decimal(distance)) == amount
