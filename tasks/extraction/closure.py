"""Amounts that must add up: which readings of the lines and of the total close the sum.

The sum decides between two readings of an amount only when one single choice closes it, and never
on the word of one engine alone: an engine that takes a 1 for a 7 does so in the line and in the
total, and both wrong amounts add up. Amounts on which the engines agree and that do not add up are
nobody's but a person's to accept: the paper may be wrong, or both engines.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from tasks.extraction.acceptance import (
    P_AGREED,
    P_ALONE,
    P_CONFIRMED,
    P_DOUBTFUL,
    Judged,
    Reading,
    Source,
)
from tasks.extraction.fields import parse_amount

#: Disputed amounts of one document between which the sum may decide; more are left to a person.
DISPUTED_MAX = 3
#: Agreed amounts that do not add up: mostly the paper itself is wrong.
P_NOT_CLOSED = 0.02
#: The numbers of the two engines.
BOTH = frozenset({1, 2})


@dataclass(frozen=True, slots=True)
class AmountReading:
    """The valid readings of one amount in minor units: one when the engines agree, else two.

    ``likeliest`` is shown to a person when the sum does not decide. ``readers`` says for each
    candidate which engines read it, 1 the first and 2 the second one.
    """

    candidates: tuple[int, ...]
    is_agreed: bool
    likeliest: int = 0
    readers: tuple[frozenset[int], ...] = ()

    def readers_of(self, value: int) -> frozenset[int]:
        """The engines that read a value; both where nobody said otherwise."""
        if not self.readers or value not in self.candidates:
            return BOTH
        return self.readers[self.candidates.index(value)]


@dataclass(frozen=True, slots=True)
class Closed:
    """The judged amounts, in the order given, and the total; ``is_closed`` when they add up."""

    amounts: tuple[Judged, ...]
    total: Judged
    is_closed: bool


def amount_reading(first: int | None = None, second: int | None = None) -> AmountReading:
    """Return the reading of an amount from the values of the two engines; None: no valid one."""
    values = (first, second)
    distinct = tuple(dict.fromkeys(value for value in values if value is not None))
    return AmountReading(
        candidates=distinct,
        is_agreed=first is not None and first == second,
        likeliest=distinct[-1] if distinct else 0,
        readers=tuple(
            frozenset(number for number, own in enumerate(values, start=1) if own == value)
            for value in distinct
        ),
    )


def read_amount(reading: Reading) -> AmountReading:
    """Return the valid amounts that the engines read in one place."""
    first, second = (parse_amount(text) for text in (reading.first, reading.second))
    return amount_reading(
        int(first.value) if first.is_valid else None,
        int(second.value) if second.is_valid else None,
    )


def close_amounts(amounts: Sequence[AmountReading], total: AmountReading) -> Closed:
    """Return each amount as agreed, as settled by the sum, or as doubtful."""
    everything = [*amounts, total]
    disputed = [reading for reading in everything if not reading.is_agreed]
    if not disputed:
        values = [reading.candidates[0] for reading in everything]
        is_closed = bool(amounts) and sum(values[:-1]) == values[-1]
        judged = [_agreed(value, is_closed=is_closed) for value in values]
        return Closed(tuple(judged[:-1]), judged[-1], is_closed)
    solutions = _solutions(everything, len(disputed)) if amounts else []
    if len(solutions) == 1:
        judged = [
            _settled(reading, value)
            for reading, value in zip(everything, solutions[0], strict=True)
        ]
        return Closed(tuple(judged[:-1]), judged[-1], is_closed=True)
    judged = [_open(reading) for reading in everything]
    return Closed(tuple(judged[:-1]), judged[-1], is_closed=False)


def close_bill(amounts: Sequence[AmountReading], total: AmountReading) -> Closed:
    """Return the amounts of a bill; when they do not add up, a row was lost: all are doubtful.

    The rows of a bill are found by their looks, not by their place on a form: agreement on each
    does not say that there are no others.
    """
    closed = close_amounts(amounts, total)
    if closed.is_closed:
        return closed
    doubted = tuple(
        Judged(one.value, P_DOUBTFUL, True, Source.DOUBTFUL)
        for one in (*closed.amounts, closed.total)
    )
    return Closed(doubted[:-1], doubted[-1], is_closed=False)


def _solutions(readings: Sequence[AmountReading], disputed_count: int) -> list[tuple[int, ...]]:
    if disputed_count > DISPUTED_MAX or any(not reading.candidates for reading in readings):
        return []
    choices = itertools.product(*(reading.candidates for reading in readings))
    closing = [choice for choice in choices if sum(choice[:-1]) == choice[-1]]
    if len(closing) == 1 and _is_of_one_engine(readings, closing[0], disputed_count):
        return []
    return closing


def _is_of_one_engine(
    readings: Sequence[AmountReading], choice: Sequence[int], disputed_count: int
) -> bool:
    """Whether one engine alone read all that was chosen of several disputed amounts."""
    if disputed_count < 2:
        return False  # what both engines read of the others decides
    said = [
        reading.readers_of(value)
        for reading, value in zip(readings, choice, strict=True)
        if not reading.is_agreed
    ]
    return len(frozenset.union(*said)) == 1


def _agreed(value: int, *, is_closed: bool) -> Judged:
    if is_closed:
        return Judged(str(value), P_CONFIRMED, False, Source.AGREED)
    return Judged(str(value), P_NOT_CLOSED, True, Source.NOT_CLOSED)


def _settled(reading: AmountReading, value: int) -> Judged:
    if reading.is_agreed:
        return Judged(str(value), P_AGREED, False, Source.AGREED)
    return Judged(str(value), P_ALONE, False, Source.ARITHMETIC)


def _open(reading: AmountReading) -> Judged:
    if reading.is_agreed:
        return _agreed(reading.candidates[0], is_closed=False)
    return Judged(str(reading.likeliest), P_DOUBTFUL, True, Source.DOUBTFUL)
