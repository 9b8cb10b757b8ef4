"""Amounts that add up, and what the sum may decide."""

from hypothesis import given
from hypothesis import strategies as st

from tasks.extraction.acceptance import Source
from tasks.extraction.closure import amount_reading, close_amounts

AMOUNTS = st.lists(st.integers(min_value=1, max_value=5_000_000), min_size=1, max_size=9)


def _agreed(value: int):
    return amount_reading(value, value)


@given(AMOUNTS)
def test_agreed_amounts_that_add_up_are_all_believed(amounts):
    closed = close_amounts([_agreed(value) for value in amounts], _agreed(sum(amounts)))
    assert closed.is_closed
    assert [int(one.value) for one in closed.amounts] == amounts
    assert not any(one.is_doubtful for one in (*closed.amounts, closed.total))


@given(AMOUNTS, st.integers(min_value=1, max_value=9_999), st.data())
def test_the_sum_settles_one_disputed_amount(amounts, shift, data):
    place = data.draw(st.integers(0, len(amounts) - 1))
    readings = [_agreed(value) for value in amounts]
    readings[place] = amount_reading(amounts[place] + shift, amounts[place])
    closed = close_amounts(readings, _agreed(sum(amounts)))
    assert int(closed.amounts[place].value) == amounts[place]
    assert closed.amounts[place].source is Source.ARITHMETIC


def test_two_choices_that_both_close_the_sum_are_left_to_a_person():
    readings = [amount_reading(100, 200), amount_reading(200, 100)]
    closed = close_amounts(readings, _agreed(300))
    assert not closed.is_closed
    assert all(one.is_doubtful for one in closed.amounts)


def test_agreed_amounts_that_do_not_add_up_are_for_a_person_to_accept():
    closed = close_amounts([_agreed(8_000)], _agreed(20_300))
    assert not closed.is_closed
    assert {one.source for one in (*closed.amounts, closed.total)} == {Source.NOT_CLOSED}
    assert all(one.is_doubtful for one in (*closed.amounts, closed.total))


def test_a_disputed_amount_without_a_closing_choice_is_doubtful():
    closed = close_amounts([amount_reading(7_000, 1_000), _agreed(100)], _agreed(9_000))
    assert [one.source for one in closed.amounts] == [Source.DOUBTFUL, Source.NOT_CLOSED]
    assert all(one.is_doubtful for one in closed.amounts)


def test_an_amount_that_one_engine_alone_read_is_believed_when_the_sum_closes():
    closed = close_amounts([amount_reading(8_000), _agreed(1_000)], _agreed(9_000))
    assert closed.amounts[0].value == "8000"
    assert not closed.amounts[0].is_doubtful


def test_an_amount_that_nobody_read_is_doubtful():
    closed = close_amounts([amount_reading(), _agreed(1_000)], _agreed(9_000))
    assert closed.amounts[0].is_doubtful


@given(AMOUNTS, st.integers(min_value=1, max_value=9_999), st.booleans(), st.booleans())
def test_one_engine_alone_never_closes_a_sum(amounts, shift, is_second, is_contradicted):
    """It misreads the first line and the total alike, and the other engine reads the line not."""

    def said(one, other):
        return amount_reading(other, one) if is_second else amount_reading(one, other)

    lines = [said(amounts[0] + shift, None), *map(_agreed, amounts[1:])]
    total = said(sum(amounts) + shift, sum(amounts) if is_contradicted else None)
    closed = close_amounts(lines, total)
    assert not closed.is_closed
    assert closed.total.is_doubtful


def test_two_disputes_are_settled_when_each_engine_has_its_part_in_it():
    closed = close_amounts([amount_reading(7_000, 1_000)], amount_reading(1_000, None))
    assert [one.value for one in closed.amounts] == ["1000"]
    assert not closed.total.is_doubtful


def test_more_disputes_than_the_sum_may_decide_are_left_to_a_person():
    readings = [amount_reading(1, 1_000 * 7**place) for place in range(4)]
    closed = close_amounts(readings, _agreed(sum(1_000 * 7**place for place in range(4))))
    assert not closed.is_closed


def test_no_amounts_never_add_up():
    assert not close_amounts([], _agreed(0)).is_closed
