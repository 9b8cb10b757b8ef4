"""Whether a company's name was read whole: what its end and the rows around it say.

Two engines agree on what they were both shown. A name whose faded beginning nobody saw, that goes
on over two rows, or that stands beside another company's is read alike and wrong by both.
"""

import itertools
from collections.abc import Callable, Sequence
from statistics import median

from tasks.extraction.receipts.rows import Part, ReceiptRow
from tasks.extraction.receipts.words import ReceiptWords, holds_any, letters_of

#: Rows below a name that say how a head is set, and how many of them have to say the same.
_ROWS_BELOW, _ROWS_ALIKE_MIN = 5, 3
#: Characters by which rows of one setting miss their common line: a lost word shifts more.
_OFF_MAX_CHARACTERS = 1.0
#: Rows of one name are printed alike: the higher print is at most so many times the other.
_HEIGHT_RATIO_MAX = 1.3
#: Letters that another row of a name has at least.
_LETTERS_MIN = 3
#: A legal form of so many letters is told though it is glued to the name.
_GLUED_LETTERS_MIN = 5
#: Characters that two pieces of a row may share: one that was read in both is doubled.
_SHARED_MAX_CHARACTERS = 0.5
#: Characters between two pieces of one name.
_APART_MAX_CHARACTERS = 5.0


def ends_in_legal_form(name: str, words: ReceiptWords) -> bool:
    """Whether nothing stands behind a name's legal form, so that its end was not cut off."""
    tokens, letters = name.split(), letters_of(name)
    ends = {letters_of("".join(tokens[-count:])) for count in (1, 2, 3)}
    forms = [letters_of(form) for form in words.legal]
    found = [
        len(form)
        for form in forms
        if form in ends or (len(form) >= _GLUED_LETTERS_MIN and letters.endswith(form))
    ]
    return bool(found) and len(letters) > max(found)


def stands_whole(
    head: Sequence[ReceiptRow], first: int, last: int, names: Sequence[str], words: ReceiptWords
) -> bool:
    """Whether the rows around a name, which goes from ``first`` to ``last``, vouch for all of it.

    ``names`` are the texts of all rows of the head without their registration numbers.
    """
    rows = head[first : last + 1]
    return (
        all(_is_set_as(row, head[last + 1 : last + 1 + _ROWS_BELOW]) for row in rows)
        and not (first and _may_begin(head[first - 1], head[first], words))
        and not any(_is_pieced_wrong(row.parts) for row in rows)
        and not _has_rival(head, first, last, names, words)
    )


def _is_set_as(row: ReceiptRow, below: Sequence[ReceiptRow]) -> bool:
    """Whether a row is centred as the rows below it are, or begins where they begin."""
    return _is_in_line(row, below, _middle) or _is_in_line(row, below, _left)


def _is_in_line(
    row: ReceiptRow, below: Sequence[ReceiptRow], place: Callable[[ReceiptRow], float]
) -> bool:
    if len(below) < _ROWS_ALIKE_MIN:
        return False
    off_max = _OFF_MAX_CHARACTERS * _character(row)
    line = median(place(one) for one in below)
    alike = sum(abs(place(one) - line) <= off_max for one in below)
    return alike >= _ROWS_ALIKE_MIN and abs(place(row) - line) <= off_max


def _may_begin(above: ReceiptRow, row: ReceiptRow, words: ReceiptWords) -> bool:
    """Whether the row above a name may be its beginning: printed alike, and no other thing."""
    low, high = sorted((above.height, row.height))
    signs = letters_of(above.text)
    letters = sum(sign.isalpha() for sign in signs)
    if letters < _LETTERS_MIN or 2 * letters < len(signs) or high > _HEIGHT_RATIO_MAX * low:
        return False
    if holds_any((*words.not_name, *words.after_name), above.text):
        return False
    off_max = _OFF_MAX_CHARACTERS * _character(row)
    return any(abs(place(above) - place(row)) <= off_max for place in (_middle, _left))


def _is_pieced_wrong(parts: Sequence[Part]) -> bool:
    """Whether two pieces of a row lie far apart, or share a letter, which was read in both."""
    for left, right in itertools.pairwise(parts):
        width = left.box.width / max(1, len(left.text))
        gap = right.box.left - (left.box.left + left.box.width)
        is_doubled = -gap > _SHARED_MAX_CHARACTERS * width and left.text[-1:] == right.text[:1]
        if is_doubled or gap > _APART_MAX_CHARACTERS * width:
            return True
    return False


def _has_rival(
    head: Sequence[ReceiptRow], first: int, last: int, names: Sequence[str], words: ReceiptWords
) -> bool:
    """Whether the seller's part of the head names another company, too.

    Below a slogan, "formerly" or "tax invoice" names are another's: a licensor's, the buyer's.
    """
    is_other = [holds_any(words.not_name, row.text) for row in head]
    end = next((number for number in range(last + 1, len(head)) if is_other[number]), len(head))
    own = letters_of("".join(names[first : last + 1]))
    return any(
        ends_in_legal_form(names[number], words) and letters_of(names[number]) != own
        for number in (*range(first), *range(last + 1, end))
        if not is_other[number] and not (number and is_other[number - 1])
    )


def _middle(row: ReceiptRow) -> float:
    return row.box.left + row.box.width / 2


def _left(row: ReceiptRow) -> float:
    return float(row.box.left)


def _character(row: ReceiptRow) -> float:
    return row.box.width / max(1, len(row.text))
