"""The words of receipts, read from ``words.yaml``, and how a word is found in a printed row."""

import functools
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import yaml
from rapidfuzz import fuzz

from models.errors import CatalogueError
from tasks.extraction.fields import plain_letters

_FILE = Path(__file__).with_name("words.yaml")
#: From this many letters on a word may have one wrong letter and may be glued to others.
_LONG_WORD = 5
#: Digits that engines read in place of letters, within words.
_LETTER_LOOKALIKES = str.maketrans({"0": "O", "1": "I", "5": "S", "8": "B"})
#: Keys of plain lists.
_LISTS = (
    "strong",
    "summary",
    "currencies",
    "legal",
    "trades",
    "after_name",
    "not_name",
    "buyer",
    "date",
    "other_date",
)
_WORD = re.compile(r"[^\W_]+")


class Role(StrEnum):
    """What the amounts of a row are."""

    COUNT = "count"
    CHANGE = "change"
    SUBTOTAL = "subtotal"
    DISCOUNT = "discount"
    ROUNDING = "rounding"
    TAX = "tax"
    TOTAL = "total"
    PAID = "paid"
    AMOUNT = "amount"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class RoleWords:
    """The words of one role, and those with which a row is not of it."""

    role: Role
    words: tuple[str, ...]
    unless: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReceiptWords:
    """All words by which a receipt is understood."""

    roles: tuple[RoleWords, ...]
    strong: tuple[str, ...]
    summary: tuple[str, ...]
    currencies: tuple[str, ...]
    legal: tuple[str, ...]
    trades: tuple[str, ...]
    after_name: tuple[str, ...]
    not_name: tuple[str, ...]
    buyer: tuple[str, ...]
    months: Mapping[str, int]
    date: tuple[str, ...]
    other_date: tuple[str, ...]


@functools.cache
def read_receipt_words() -> ReceiptWords:
    """Return the words; read once for each process.

    Raises:
        CatalogueError: when a key is missing or a role is not known.
    """
    raw = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    try:
        return ReceiptWords(
            roles=tuple(
                RoleWords(Role(one["role"]), tuple(one["words"]), tuple(one["unless"]))
                for one in raw["roles"]
            ),
            months={
                start: int(month) for month, starts in raw["months"].items() for start in starts
            },
            **{name: tuple(raw[name]) for name in _LISTS},
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CatalogueError(f"receipts/words.yaml: {error}") from error


def holds_any(words: Iterable[str], text: str) -> bool:
    """Whether one of the words stands in a text."""
    return any(holds(word, text) for word in words)


def holds(word: str, text: str) -> bool:
    """Whether a word stands in a text: whole when it is short, else with one letter wrong."""
    tokens, squeezed = _read_text(text)
    parts, wanted = _read_text(word)
    if not wanted.isascii():
        return wanted in squeezed
    if _follow(parts, tokens):
        return True
    if len(wanted) < _LONG_WORD:
        return False
    if wanted in squeezed:
        return True
    if len(parts) == 1:
        return any(_is_nearly(wanted, token) for token in tokens)
    return any(
        _is_nearly(wanted, "".join(tokens[start : start + len(parts)]))
        for start in range(len(tokens) - len(parts) + 1)
    )


def is_spelt_nearly(word: str, text: str) -> bool:
    """Whether two texts have the same letters and digits, or differ in one of many."""
    wanted, found = (letters_of(one).translate(_LETTER_LOOKALIKES) for one in (word, text))
    return _is_nearly(wanted, found)


def letters_of(text: str) -> str:
    """Return the letters and digits of a text in capitals without accents."""
    return "".join(sign for sign in plain_letters(text) if sign.isalnum())


@functools.lru_cache(maxsize=8192)
def _read_text(text: str) -> tuple[tuple[str, ...], str]:
    plain = plain_letters(unicodedata.normalize("NFKC", text))
    tokens = tuple(
        token.translate(_LETTER_LOOKALIKES) if any(map(str.isalpha, token)) else token
        for token in _WORD.findall(plain)
    )
    return tokens, "".join(tokens)


def _follow(parts: tuple[str, ...], tokens: tuple[str, ...]) -> bool:
    count = len(parts)
    return any(tokens[start : start + count] == parts for start in range(len(tokens) - count + 1))


def _is_nearly(word: str, token: str) -> bool:
    if word == token:
        return True
    length = max(len(word), len(token))
    return (
        len(word) >= _LONG_WORD
        and abs(len(word) - len(token)) <= 1
        and fuzz.ratio(word, token) >= 100 * (1 - 1 / length) - 0.1
    )
