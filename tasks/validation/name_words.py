"""Cuts a written name into its words: particles joined, articles and titles out, sounds found."""

import csv
import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.yaml_loader import safe_load
from tasks.validation.spelling import Script, arabic_sounds, latin_sounds, plain, script_of

_KNOWN = Path(__file__).with_name("known_names.csv")
_NAME_WORDS = Path(__file__).with_name("name_words.yaml")
_WORD = re.compile(r"[^\W\d_]+")
_QUOTES = re.compile("['’‘`´ʼʿʾ]")
_LATIN_ARTICLE = re.compile(
    r"^(?:el(?=.{3})|al(?=.{5})|l(?=.{4})|[ea](?=([rsdtzn])\1)|[ea](?=(?:ch|sh).))"
)
_IN_BEN = (("ibnou", "ben"), ("bnou", "ben"), ("ibn", "ben"), ("abou", "bou"), ("abu", "bou"))


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a name: as written in plain letters, its possible sounds, who is known so."""

    text: str
    script: Script
    sounds: tuple[str, ...]
    known: frozenset[int]

    @property
    def is_initial(self) -> bool:
        """Whether only a first letter is written."""
        return len(self.text) == 1


@functools.lru_cache(maxsize=8192)
def words_of(text: str) -> tuple[Word, ...]:
    """Return the words of a name; titles are left out where a name remains without them."""
    known = known_names().numbers
    return tuple(
        Word(
            word.text,
            word.script,
            word.sounds,
            frozenset().union(*(known.get((word.script, sound), ()) for sound in word.sounds)),
        )
        for word in _split(text)
    )


def _split(text: str) -> tuple[Word, ...]:
    kinds = _particles()
    tokens = _WORD.findall(_QUOTES.sub("", plain(text)))
    untitled = [
        token
        for before, token in zip(["", *tokens], tokens, strict=False)
        if token not in kinds.titles or before in kinds.joined
    ]
    if len(untitled) > 1:
        tokens = untitled
    return tuple(_sounded(word) for word in _join(tokens))


def _join(tokens: Sequence[str]) -> list[str]:
    """Tokens with particles joined to what follows, and articles before a word left out.

    A hyphen marks the joint, so that the ``t`` of Ait and the ``h`` of Haddou are no ``th``.
    """
    kinds = _particles()
    words: list[str] = []
    pending = ""
    for at, token in enumerate(tokens):
        is_last = at == len(tokens) - 1
        if token in kinds.faith and words and not pending:
            words[-1] += "eddine" if script_of(token) is Script.LATIN else "دين"
        elif token in kinds.articles and not is_last:
            pending += token if pending.endswith("abd") else ""
        elif token in kinds.joined and not is_last:
            pending += token if token.startswith("abd") else f"{token}-"
        else:
            bare = _bare(token) if pending and script_of(token) is Script.ARABIC else token
            words.append(pending + bare)
            pending = ""
    return words


def _bare(word: str) -> str:
    """An Arabic word without its article."""
    return word[2:] if word.startswith("ال") and len(word) > 3 else word


def _sounded(text: str) -> Word:
    script = script_of(text)
    if script is Script.ARABIC:
        bare = text.replace("عبدال", "عبد") if text.startswith("عبدال") else _bare(text)
        bare = bare.replace("-", "")
        return Word(bare, script, (arabic_sounds(bare) or bare,), frozenset())
    for spelling, usual in _IN_BEN:
        if text.startswith(spelling) and len(text) > len(spelling) + 2:
            text = usual + text.removeprefix(spelling)
            break
    forms = dict.fromkeys((text, _LATIN_ARTICLE.sub("", text)))
    sounds = dict.fromkeys(latin_sounds(form) or form for form in forms)
    return Word(text.replace("-", ""), script, tuple(sounds), frozenset())


@dataclass(frozen=True, slots=True)
class _Particles:
    """Words of names that are no names by themselves, by what becomes of them."""

    articles: frozenset[str]
    joined: frozenset[str]
    faith: frozenset[str]
    titles: frozenset[str]


@functools.cache
def _particles(path: Path = _NAME_WORDS) -> _Particles:
    raw = safe_load(path.read_text(encoding="utf-8"))
    return _Particles(**{kind: frozenset(words) for kind, words in raw.items()})


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Common names: which numbers a sound may have, and the usual spellings of each number."""

    numbers: Mapping[tuple[Script, str], frozenset[int]]
    spellings: tuple[tuple[Word, ...], ...]


@functools.cache
def known_names(path: Path = _KNOWN) -> KnownNames:
    """Return the common names of the shipped list, by sound and by number."""
    numbers: dict[tuple[Script, str], set[int]] = {}
    spellings = []
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file)):
            words = [_split(text)[0] for text in (row["arabic"], *row["latin"].split())]
            spellings.append(tuple(words))
            for word in words:
                numbers.setdefault((word.script, word.sounds[0]), set()).add(number)
    return KnownNames(
        {sound: frozenset(found) for sound, found in numbers.items()}, tuple(spellings)
    )
