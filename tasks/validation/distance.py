"""How far two words sound apart: 0 the same, below 1 another spelling, 1 one typing error.

Costs of vowels follow how names are spelt: an ``e`` is short and often left out, ``a``, ``i`` and
``u`` are not each other, and the last vowel tells Amine from Amina and Idriss from Idrissi.
"""

from collections.abc import Callable

from rapidfuzz.distance import OSA

from tasks.validation.spelling import VOWELS

#: Two words that have nothing to do with each other.
FAR = 9.0
_LAST_VOWEL = 1.5
_LAST_VOWELS = {"a": _LAST_VOWEL, "e": 0.4, "i": 1.0, "u": 1.0}
_NEAR = {
    frozenset(pair): cost
    for pair, cost in (
        ("kg", 0.15), ("sz", 0.5), ("xh", 0.6), ("xk", 0.6), ("gG", 0.3), ("Gr", 0.6), ("$s", 0.8),
        ("td", 0.7), ("bf", 0.8), ("jg", 0.5), ("j$", 0.7),
    )
}  # fmt: skip
_VOWEL_PAIRS = {
    frozenset("ea"): 0.15, frozenset("ei"): 0.15, frozenset("ai"): 0.9,
    frozenset("ue"): 0.6, frozenset("ua"): 0.8, frozenset("ui"): 0.8,
}  # fmt: skip
#: Long Arabic vowels against a Latin letter; absent pairs are far.
_LONG = {
    ("A", "a"): 0.0, ("A", "e"): 0.15, ("A", "i"): 0.5, ("A", "u"): 0.5, ("W", "u"): 0.0,
    ("Y", "i"): 0.0, ("Y", "e"): 0.2, ("a", "a"): 0.0, ("a", "e"): 0.4, ("'", "a"): 0.0,
    ("'", "e"): 0.0, ("'", "i"): 0.0, ("'", "u"): 0.0, ("W", "a"): 0.8, ("Y", "a"): 0.7,
}  # fmt: skip
_LONG_LEFT_OUT = {"A": 0.4, "W": 0.6, "Y": 0.55, "a": 0.9, "'": 0.0}

Cost = Callable[[str, int], float]
Exchange = Callable[[str, int, str, int], float]


def latin_distance(left: str, right: str) -> float:
    """Return the distance of two words in Latin sounds."""
    if left == right:
        return 0.0
    if OSA.distance(left, right, score_cutoff=4) > 4:
        return FAR
    return _align(left, right, _leave_out, _leave_out, _exchange)


def arabic_distance(left: str, right: str) -> float:
    """Return the distance of two words in Arabic sounds."""
    if left == right:
        return 0.0
    if OSA.distance(left, right, score_cutoff=3) > 3:
        return FAR
    return _align(left, right, _leave_out_arabic, _leave_out_arabic, _exchange_arabic)


def cross_distance(arabic: str, latin: str) -> float:
    """Return the distance of a word in Arabic sounds from one in Latin sounds."""
    if abs(len(arabic) - len(latin)) > len(latin):
        return FAR
    return _align(arabic, latin, _leave_out_of_arabic, _leave_out_short, _exchange_across)


def is_one_slip(left: str, right: str) -> bool:
    """Whether one letter was left out, doubled, exchanged or mistyped.

    A last ``a`` or ``e`` that is there or not, or one for the other, is a woman's name and a
    man's, and no slip.
    """
    if OSA.distance(left, right, score_cutoff=1) != 1:
        return False
    if left[:-1] == right[:-1]:
        return not {left[-1], right[-1]} <= set("aeiy")
    if left[:-1] == right or right[:-1] == left:
        return max(left, right, key=len)[-1] not in "ae"
    return True


def _align(left: str, right: str, skip_left: Cost, skip_right: Cost, exchange: Exchange) -> float:
    """The cheapest way from one word to the other; two neighbours that swapped cost 1."""
    before: list[float] = []
    row = [0.0]
    for column in range(len(right)):
        row.append(row[-1] + skip_right(right, column))
    for line, letter in enumerate(left):
        leave_out = skip_left(left, line)
        following = [row[0] + leave_out]
        for column, other in enumerate(right):
            best = min(
                row[column] + exchange(left, line, right, column),
                row[column + 1] + leave_out,
                following[column] + skip_right(right, column),
            )
            if (
                line
                and column
                and letter == right[column - 1]
                and left[line - 1] == other
                and letter != other
            ):
                best = min(best, before[column - 1] + 1.0)
            following.append(best)
        before, row = row, following
    return row[-1]


def _leave_out(word: str, at: int) -> float:
    letter, is_last = word[at], at == len(word) - 1
    if letter not in VOWELS:
        return (0.1 if is_last else 0.5) if letter == "h" else 1.0
    if is_last:
        return _LAST_VOWELS[letter]
    if at == 0:
        return 0.45
    if letter == "e":
        return 0.2
    return 0.6 if letter == "u" and _has_vowel(word, at) else 0.35


def _exchange(left: str, line: int, right: str, column: int) -> float:
    one, other = left[line], right[column]
    if one == other:
        return 0.0
    if one in VOWELS and other in VOWELS:
        cost = _VOWEL_PAIRS[frozenset((one, other))]
        is_last = line == len(left) - 1 and column == len(right) - 1
        return _LAST_VOWEL if is_last and cost > 0.5 and "a" in (one, other) else cost
    return _NEAR.get(frozenset((one, other)), 1.0)


def _leave_out_arabic(word: str, at: int) -> float:
    letter, is_last = word[at], at == len(word) - 1
    if is_last and letter in "aY":
        return _LAST_VOWEL
    if letter == "'":
        return 0.3
    if letter == "A":
        return 0.5 if at == 0 or is_last else 0.9
    return 1.0


def _exchange_arabic(left: str, line: int, right: str, column: int) -> float:
    one, other = left[line], right[column]
    if one == other:
        return 0.0
    is_last = line == len(left) - 1 and column == len(right) - 1
    if is_last and {one, other} <= {"a", "A", "h"}:
        return 0.1
    if {one, other} == {"A", "'"}:
        return 0.2
    if {one, other} <= {"A", "W", "Y"}:
        return 0.9
    return _NEAR.get(frozenset((one, other)), 1.0)


def _leave_out_of_arabic(word: str, at: int) -> float:
    letter, is_last = word[at], at == len(word) - 1
    if letter in _LONG_LEFT_OUT:
        return 0.8 if is_last and letter == "Y" else _LONG_LEFT_OUT[letter]
    return (0.1 if is_last else 0.5) if letter == "h" else 1.0


def _leave_out_short(word: str, at: int) -> float:
    """A short vowel that Arabic does not write; ``u`` is short in the first syllable only."""
    letter, is_last = word[at], at == len(word) - 1
    if letter not in VOWELS:
        return (0.1 if is_last else 0.5) if letter == "h" else 1.0
    if is_last:
        return 0.3 if letter == "e" else 0.8
    if letter == "u":
        return 0.5 if _has_vowel(word, at) else 0.1
    return 0.0 if letter == "e" else 0.05


def _exchange_across(arabic: str, line: int, latin: str, column: int) -> float:
    one, other = arabic[line], latin[column]
    if one == "A" and line == 0 and other in VOWELS:
        return 0.0
    if one in _LONG_LEFT_OUT:
        return _LONG.get((one, other), 1.0)
    if one == "h" and other == "a" and line == len(arabic) - 1 and column == len(latin) - 1:
        return 0.1
    if one == other:
        return 0.0
    return 1.0 if other in VOWELS else _NEAR.get(frozenset((one, other)), 1.0)


def _has_vowel(word: str, before: int) -> bool:
    return any(letter in VOWELS for letter in word[:before])
