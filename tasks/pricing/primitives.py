"""Arithmetic that schemes share; every figure and every rule stays in the scheme."""

import calendar
import datetime as dt
import math
from collections.abc import Iterable, Sequence
from decimal import Decimal

Use = tuple[dt.date, int]


def months_later(day: dt.date, months: int) -> dt.date:
    """Return the same day some months later, or the last day of a shorter month.

    Past the last year of the calendar it is the last day there is.
    """
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    if year > dt.MAXYEAR:
        return dt.date.max
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def room_left(ceiling_minor: int, uses: Iterable[Use], day: dt.date, *, period_months: int) -> int:
    """Return what a ceiling over a sliding period still leaves on a day, never below 0.

    Every period of that length that holds the day must keep within the ceiling, also one that
    begins earlier or ends later: care that is filed late counts like care filed in time.
    """
    around = [
        (used_on, amount)
        for used_on, amount in uses
        if months_later(used_on, period_months) > day and used_on < months_later(day, period_months)
    ]
    starts = {used_on for used_on, _ in around if used_on <= day} | {day}
    most = 0
    for start in starts:
        end = months_later(start, period_months)
        most = max(most, sum(amount for used_on, amount in around if start <= used_on < end))
    return max(0, ceiling_minor - most)


def share_of_ranks(shares: Sequence[Decimal], rank: int, count: int) -> Decimal:
    """Return the sum of the shares of ``count`` acts from a rank on; the last share repeats."""
    total = Decimal(0)
    for place in range(rank, min(rank + count, len(shares) - 1)):
        total += shares[place]
    beyond = max(0, rank + count - max(rank, len(shares) - 1))
    return total + shares[-1] * beyond


def stepped(amount: Decimal, step: Decimal, width: Decimal, distance: Decimal) -> Decimal:
    """Return an amount plus a step for each begun width of a distance; none for none."""
    if distance <= 0:
        return amount
    return amount + step * math.ceil(distance / width)
