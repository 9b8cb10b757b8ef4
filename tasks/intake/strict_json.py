"""Reads JSON as RFC 8259 and I-JSON (RFC 7493) mean it, and names the place of what is wrong.

Python's own reader takes NaN, keeps the last of two equal keys, and recurses as deep as the text
asks for; a payment file must not depend on which of two ``total_minor`` a reader believes.
"""

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tasks.intake.result import Refused

#: Whole numbers a 64-bit column can keep.
INTEGER_MIN, INTEGER_MAX = -(2**63), 2**63 - 1
#: Longest text of such a number: a sign and 19 digits.
INTEGER_DIGITS_MAX = 20
#: Largest power of ten of a double; a larger one would be infinite for most readers.
EXPONENT_MAX = 308
EXPONENT_DIGITS_MAX = 3

#: A string (also one that never ends), a mark, or anything else up to the next mark.
_TOKEN = re.compile(r'"(?:[^"\\]+|\\.)*+"?|[\[\]{}:,]|[^\s\[\]{}:,"]+', re.DOTALL)
_COLON = re.compile(r"\s*:")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_UTF8_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class JsonText:
    """Well-formed JSON: its text, and its value with numbers as ``int`` and ``Decimal``."""

    text: str
    value: Any


class _Objection(ValueError):
    """What a hook of the reader objects to; the hooks do not know where they are."""


def read_json(data: bytes, *, depth_max: int) -> JsonText | Refused:
    """Return the JSON value of the bytes, or the refusal that names code, line and column."""
    text = _decoded(data)
    if isinstance(text, Refused):
        return text
    too_deep = _deeper_than(text, depth_max)
    if too_deep is not None:
        return _refused("IN_DEPTH", text, too_deep, limit=str(depth_max))
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        is_trailing = error.msg == "Extra data"
        code = "IN_JSON_TRAILING" if is_trailing else "IN_JSON_SYNTAX"
        return _refused(code, text, error.pos)
    except _Objection as objection:
        code = str(objection)
        return _refused(code, text, _place_of(code, text))
    if _SURROGATE.search(text):
        lone = _lone_surrogate(text)
        if lone is not None:
            return _refused("IN_JSON_SURROGATE", text, lone)
    return JsonText(text, value)


def _decoded(data: bytes) -> str | Refused:
    if data.startswith(_UTF8_BOM):
        return Refused("IN_JSON_BOM")
    nul_places = [place for place, byte in enumerate(data[:4]) if byte == 0]
    if data.startswith(_UTF16_BOMS) or nul_places in ([0, 2], [1, 3]):
        return Refused("IN_JSON_UTF16")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Refused("IN_JSON_ENCODING", {"line": str(line), "byte": str(error.start)})


def _refused(code: str, text: str, position: int, **params: str) -> Refused:
    line = text.count("\n", 0, position) + 1
    column = position - (text.rfind("\n", 0, position) + 1) + 1
    return Refused(code, {"line": str(line), "column": str(column), **params})


def _deeper_than(text: str, depth_max: int) -> int | None:
    """The place where the nesting passes the limit, if it does."""
    if text.count("[") + text.count("{") <= depth_max:
        return None
    depth = 0
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in "[{":
            depth += 1
            if depth > depth_max:
                return token.start()
        elif mark in "]}":
            depth -= 1
    return None


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _Objection("IN_JSON_DUPLICATE_KEY")
    return members


def _integer(digits: str) -> int:
    if (
        len(digits) > INTEGER_DIGITS_MAX
        or not INTEGER_MIN <= (number := int(digits)) <= INTEGER_MAX
    ):
        raise _Objection("IN_JSON_NUMBER")
    return number


def _decimal(digits: str) -> Decimal:
    exponent = digits.lower().partition("e")[2].lstrip("+-0")
    if len(exponent) > EXPONENT_DIGITS_MAX or int(exponent or 0) > EXPONENT_MAX:
        raise _Objection("IN_JSON_NUMBER")
    return Decimal(digits)


def _constant(_name: str) -> Any:
    raise _Objection("IN_JSON_NUMBER")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_int=_integer, parse_float=_decimal, parse_constant=_constant
)


def _place_of(code: str, text: str) -> int:
    """Where the first thing of that code stands; read again, because the hooks cannot say it."""
    return _bad_number(text) if code == "IN_JSON_NUMBER" else _second_key(text)


def _bad_number(text: str) -> int:
    for token in _TOKEN.finditer(text):
        word = token[0]
        if word[0] in '"[]{}:,' or word in {"true", "false", "null"}:
            continue
        try:
            _DECODER.decode(word)
        except ValueError:
            return token.start()
    return 0


def _second_key(text: str) -> int:
    seen: list[set[str]] = []
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in "{[":
            seen.append(set())
        elif mark in "}]":
            seen.pop()
        elif mark[0] == '"' and _COLON.match(text, token.end()):
            key = json.loads(mark)
            if key in seen[-1]:
                return token.start()
            seen[-1].add(key)
    return 0


def _lone_surrogate(text: str) -> int | None:
    for token in _TOKEN.finditer(text):
        if token[0][0] == '"' and _SURROGATE.search(token[0]):
            try:
                json.loads(token[0]).encode("utf-8")
            except UnicodeEncodeError:
                return token.start()
    return None
