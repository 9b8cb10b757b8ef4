"""Arithmetic that schemes share; every figure and every rule stays in the scheme."""

import calendar
import datetime as dt
import math
from collections.abc import Iterable, Sequence
from decimal import Decimal

from tasks.pricing.rule import LineState

Use = tuple[dt.date, int]
#: Ages and periods are counted in months, so that the last day of a shorter month is right.
MONTHS_A_YEAR = 12


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


def line_order(state: LineState) -> tuple[object, ...]:
    """Return a key that orders lines by what they are, never by their place on the sheet.

    Lines with equal keys are alike in all that a rule can see, but for facts of their own.
    """
    line = state.line
    return (
        line.care_date,
        line.act_key,
        -(state.tariff_minor or 0),
        -state.asked_minor,
        -line.quantity,
        line.tooth,
        tuple(sorted(line.facts.items())),
    )


def allocate(total: int, weights: Sequence[int]) -> list[int]:
    """Return a whole amount split in proportion to weights, exactly and without a remainder.

    Largest remainders get the missing minor units, the first of equals first: the caller puts the
    weights in an order that does not depend on the sheet. No weight at all: all to the first.
    """
    if not weights:
        return []
    whole = sum(weights)
    if whole <= 0:
        return [total, *([0] * (len(weights) - 1))]
    parts = [total * weight // whole for weight in weights]
    rest = total - sum(parts)
    by_remainder = sorted(
        range(len(weights)), key=lambda place: (-(total * weights[place] % whole), place)
    )
    for place in by_remainder[:rest]:
        parts[place] += 1
    return parts


def take_in_order(total: int, rooms: Sequence[int]) -> list[int]:
    """Return how much of an amount each place takes when the first is filled before the next."""
    taken: list[int] = []
    for room in rooms:
        part = max(0, min(room, total))
        taken.append(part)
        total -= part
    return taken


def year_of(day: dt.date) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of a day's civil year."""
    return dt.date(day.year, 1, 1), dt.date(day.year, 12, 31)


def age_on(birth_date: dt.date, day: dt.date) -> int:
    """Return the completed years of a person on a day; born on 29 February, on 1 March else."""
    had_birthday = (day.month, day.day) >= (birth_date.month, birth_date.day)
    return day.year - birth_date.year - (0 if had_birthday else 1)


def days_between(first: dt.date, last: dt.date) -> list[dt.date]:
    """Return every day from the first to the last, both in."""
    return [first + dt.timedelta(days=count) for count in range((last - first).days + 1)]
