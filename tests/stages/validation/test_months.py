import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.validation.months import add_days, add_months, add_years, days_since_month, month_number


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (dt.date(2026, 9, 18), 2, dt.date(2026, 11, 18)),
        (dt.date(2025, 12, 31), 2, dt.date(2026, 2, 28)),
        (dt.date(2027, 12, 31), 2, dt.date(2028, 2, 29)),
        (dt.date(2026, 1, 31), -2, dt.date(2025, 11, 30)),
        (dt.date(2026, 1, 15), 12, dt.date(2027, 1, 15)),
        (dt.date.max, 1, dt.date.max),
        (dt.date.min, -1, dt.date.min),
    ],
)
def test_months_are_counted_on_the_calendar(day: dt.date, months: int, expected: dt.date) -> None:
    assert add_months(day, months) == expected


def test_a_birthday_on_29_february_is_the_28th_in_common_years() -> None:
    assert add_years(dt.date(2004, 2, 29), 21) == dt.date(2025, 2, 28)


def test_days_stop_at_the_end_of_the_calendar() -> None:
    assert add_days(dt.date(9999, 12, 1), 60) == dt.date.max
    assert add_days(dt.date(2026, 9, 18), 60) == dt.date(2026, 11, 17)


@pytest.mark.parametrize(("day", "days"), [(dt.date(2026, 10, 31), 0), (dt.date(2026, 11, 20), 20)])
def test_a_month_is_over_after_its_last_day(day: dt.date, days: int) -> None:
    assert days_since_month(month_number(dt.date(2026, 10, 5)), day) == days


def test_a_month_outside_the_calendar_is_never_waited_for() -> None:
    assert days_since_month(-5, dt.date(2026, 11, 20)) > 10_000


@given(st.dates(), st.integers(-30_000 * 12, 30_000 * 12))
def test_adding_months_never_leaves_the_calendar(day: dt.date, months: int) -> None:
    assert dt.date.min <= add_months(day, months) <= dt.date.max
