"""Whether two written names are one person's, across Arabic and Latin spellings.

Words are compared by sound, in any order; articles count for nothing, ``Ben``, ``Ait``, ``Abd`` and
their like belong to the word that follows. A second given name may be missing, a given name may be
an initial, and one typing error is forgiven; but a well-known name is never taken for a mistyped
other well-known name. A name in Chinese characters is the same name or another one: it has no
blanks, and each character is a name of its own. What is not accepted goes to a person, who decides.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from models.registers import Person
from tasks.validation.distance import (
    FAR,
    arabic_distance,
    cross_distance,
    is_one_slip,
    latin_distance,
)
from tasks.validation.name_words import Word, known_names, words_of
from tasks.validation.spelling import Script

#: The score from which two names are taken for the same; see ``_score``.
SCORE_MIN = 50
#: A whole name may differ by one typing error and a spelling; a word of its own by less.
_NAME_COST_MAX = 1.3
_SLIP_COST = 1.0
_SPELLING_COST_MAX = 0.6
_ACROSS_COST_MAX = 0.5
#: In shorter words one wrong letter makes another name; a known name is surer ground.
_SLIP_LENGTH_MIN = 5
_KNOWN_SLIP_LENGTH_MIN = 4
_INITIAL_COST = 0.3
_MISSING_COST = 0.2
_MISSING_MAX = 2
#: More words than anybody's name has; a longer text is no name.
_WORDS_MAX = 7
_LETTERS_MAX = 120


@dataclass(frozen=True, slots=True)
class NameMatch:
    """How well two names agree, 0 to 100, and whether they are taken for one person's."""

    score: int
    is_same: bool


_HAN = re.compile("[\u4e00-\u9fff]")
_BLANKS = re.compile(r"\s+")
_SAME = NameMatch(100, True)
_NOBODY = NameMatch(0, False)


def match_person(written: str, person: Person) -> NameMatch:
    """Return how a written name agrees with a registered person's, in Latin or Arabic letters."""
    registered = f"{person.family_name} {person.given_name}"
    if written.casefold() == registered.casefold():
        return _SAME
    if _HAN.search(written):
        return _SAME if _BLANKS.sub("", written) == _BLANKS.sub("", registered) else _NOBODY
    best = match_names(written, registered)
    if not best.is_same and person.arabic_name:
        in_arabic = match_names(written, person.arabic_name)
        best = max(best, in_arabic, key=lambda match: (match.is_same, match.score))
    return best


def match_names(left: str, right: str) -> NameMatch:
    """Return how two written names agree; the order of the two does not matter."""
    if max(len(left), len(right)) > _LETTERS_MAX:
        return _NOBODY
    words, others = words_of(left), words_of(right)
    if not words or not others or max(len(words), len(others)) > _WORDS_MAX:
        return _NOBODY
    cost = _name_cost(words, others)
    if cost > _NAME_COST_MAX:
        # Fatima Zahra may be written Fatimazahra: two neighbours as one word, on either side.
        joined = [
            *((words, name) for name in _with_neighbours_joined(others)),
            *((name, others) for name in _with_neighbours_joined(words)),
        ]
        cost = min((_name_cost(*pair) for pair in joined), default=cost)
    score = _score(cost)
    return NameMatch(score, score >= SCORE_MIN)


def _score(cost: float) -> int:
    """100 for no difference, ``SCORE_MIN`` for the most that is accepted, 0 for twice as much."""
    return max(0, round(100 - (100 - SCORE_MIN) * cost / _NAME_COST_MAX))


def _name_cost(words: Sequence[Word], others: Sequence[Word]) -> float:
    """The cheapest way to find every word of the shorter name in the longer one."""
    if len(words) > len(others):
        words, others = others, words
    missing = len(others) - len(words)
    if missing > _MISSING_MAX or (missing and len(words) == 1):
        return FAR
    if all(word.is_initial for word in words) or all(word.is_initial for word in others):
        return FAR
    costs = [[_word_cost(word, other) for other in others] for word in words]
    return _cheapest(costs, 0, 0) + missing * _MISSING_COST


def _cheapest(costs: Sequence[Sequence[float]], at: int, used: int) -> float:
    if at == len(costs):
        return 0.0
    best = FAR
    for place, cost in enumerate(costs[at]):
        if cost < best and not used & 1 << place:
            best = min(best, cost + _cheapest(costs, at + 1, used | 1 << place))
    return best


def _word_cost(word: Word, other: Word) -> float:
    """0 for one name in any spelling, ``FAR`` for two names; in between for a doubt."""
    if word.is_initial or other.is_initial:
        return _initial_cost(word, other)
    if word.known and other.known:
        return 0.0 if word.known & other.known else FAR
    across = word.script is not other.script
    cost = _sound_cost(word, other)
    if word.known or other.known:
        cost = min(cost, *(_sound_cost(*pair) for pair in _by_known_spellings(word, other)), FAR)
        across = False
    if across:
        return cost if cost <= _ACROSS_COST_MAX else FAR
    longest = max(len(word.text), len(other.text))
    is_sure = word.known or other.known
    if longest >= (_KNOWN_SLIP_LENGTH_MIN if is_sure else _SLIP_LENGTH_MIN):
        if is_one_slip(word.text, other.text):
            cost = min(cost, _SLIP_COST)
        return cost if cost <= _SLIP_COST else FAR
    return cost if cost <= _SPELLING_COST_MAX else FAR


def _initial_cost(word: Word, other: Word) -> float:
    """An initial stands for any word that begins with its sound."""
    if word.script is not other.script:
        return FAR
    firsts = {sound[0] for sound in word.sounds if sound} | {word.text[0]}
    others = {sound[0] for sound in other.sounds if sound} | {other.text[0]}
    return _INITIAL_COST if firsts & others else FAR


def _sound_cost(word: Word, other: Word) -> float:
    if word.script is other.script:
        measure = latin_distance if word.script is Script.LATIN else arabic_distance
        return min(measure(one, two) for one in word.sounds for two in other.sounds)
    arabic, latin = (word, other) if word.script is Script.ARABIC else (other, word)
    return min(cross_distance(one, two) for one in arabic.sounds for two in latin.sounds)


def _by_known_spellings(word: Word, other: Word) -> list[tuple[Word, Word]]:
    """The unknown word with each usual spelling, in its own letters, of the known one."""
    known, unknown = (word, other) if word.known else (other, word)
    spellings = known_names().spellings
    return [
        (spelling, unknown)
        for number in sorted(known.known)
        for spelling in spellings[number]
        if spelling.script is unknown.script
    ]


def _with_neighbours_joined(words: tuple[Word, ...]) -> list[tuple[Word, ...]]:
    joined = []
    for at in range(len(words) - 1):
        first, second = words[at], words[at + 1]
        if first.script is second.script and not (first.is_initial or second.is_initial):
            sounds = tuple(one + two for one in first.sounds for two in second.sounds)
            word = Word(first.text + second.text, first.script, sounds, frozenset())
            joined.append((*words[:at], word, *words[at + 2 :]))
    return joined
