"""The company that a receipt names at its head."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from models.reading import Box
from tasks.extraction.acceptance import Reading
from tasks.extraction.receipts.rows import Part, ReceiptRow, around
from tasks.extraction.receipts.whole_name import ends_in_legal_form, stands_whole
from tasks.extraction.receipts.words import (
    ReceiptWords,
    holds,
    holds_any,
    is_spelt_nearly,
    letters_of,
)

#: Rows at the head of a receipt in which its company is looked for.
_HEAD_ROWS = 14
#: A registration number behind the name: digits with a letter, mostly in brackets.
_REGISTRATION = re.compile(
    r"\s*(?:(?:CO(?:MPANY)?\.?\s*)?(?:REG(?:ISTRATION)?|ROC|NO)\b[.\s]*(?:NO)?[.\s]*:?\s*)?"
    r"(?:[\[({<]\s*(?:[A-Z]{1,3}[-\s]?)?[\dOIl]{4,}[^)]{0,6}[\])}>]?|\b\d{4,}\s?[-–—~.]?\s?[A-Z]\b\)?|\b\d{12}\b.*)\s*$",
    re.IGNORECASE,
)
_LETTER = re.compile(r"[^\W\d_]")
_BLANK, _OPENING = re.compile(r"\s"), "([{"
_LEGAL_SCORE, _TRADE_SCORE, _REGISTRATION_SCORE = 4.0, 2.0, 1.5
_AFTER_SCORE, _NOT_SCORE, _ROW_SCORE, _SMALL_LETTERS_SCORE = -4.0, -6.0, -0.25, -1.5
_UNSURE_SCORE = -1.0
#: A segment that its engine is less sure of than this is no print.
_SURE_MIN = 80.0
#: A name has letters.
_NAME_LETTERS_MIN = 3
#: Letters before the legal form in a row that is but the end of a name: "CO.", "AND", "& SONS".
_REST_LETTERS_MAX = 4


@dataclass(frozen=True, slots=True)
class PrintedCompany:
    """A company's name as printed.

    ``is_agreed`` when both engines read it, ``is_whole`` when it ends in a legal form and its place
    in the head says that nothing of it was cut off.
    """

    name: str
    reading: Reading
    box: Box
    is_agreed: bool
    is_whole: bool


def find_company(rows: Sequence[ReceiptRow], words: ReceiptWords) -> PrintedCompany | None:
    """Return the company named at the head of a receipt, or nothing when no line may be a name."""
    head = _head(rows, words)
    scored = [(_score(number, head, words), -number, row) for number, row in enumerate(head)]
    fit = [
        one
        for one in scored
        if _letter_count(without_registration(one[2].text)) >= _NAME_LETTERS_MIN
    ]
    if not fit:
        return None
    place = -max(fit, key=lambda one: one[:2])[1]
    return _company(head, place, words)


def _head(rows: Sequence[ReceiptRow], words: ReceiptWords) -> list[ReceiptRow]:
    head = []
    for row in rows[:_HEAD_ROWS]:
        if holds_any(words.buyer, row.text):
            break
        head.append(row)
    return head


def _score(number: int, head: Sequence[ReceiptRow], words: ReceiptWords) -> float:
    parts = _name_parts(head[number], words)
    printed = _text(parts).strip()
    text = without_registration(printed)
    letters = _letter_count(text)
    digits = sum(sign.isdigit() for sign in text)
    score = _ROW_SCORE * number
    if _is_legal(text, words):
        score += _LEGAL_SCORE
    if holds_any(words.trades, text):
        score += _TRADE_SCORE
    below = head[number + 1].text if number + 1 < len(head) else ""
    if _REGISTRATION.search(printed) or (below and not _LETTER.search(without_registration(below))):
        score += _REGISTRATION_SCORE
    if holds_any(words.after_name, text):
        score += _AFTER_SCORE
    if holds_any(words.not_name, text):
        score += _NOT_SCORE
    if text.islower():
        score += _SMALL_LETTERS_SCORE
    if letters < 4 or digits > letters:
        score += _AFTER_SCORE
    if min(part.reading.second_confidence for part in parts) < _SURE_MIN:
        score += _UNSURE_SCORE
    return score


def _company(head: Sequence[ReceiptRow], place: int, words: ReceiptWords) -> PrintedCompany:
    parts, start = _name_parts(head[place], words), place
    if place and _is_rest(_text(parts), words):
        start = place - 1
        parts = [*_name_parts(head[start], words), *parts]
    first = _spelt(without_registration(" ".join(part.reading.first for part in parts)), words)
    second = _spelt(without_registration(_text(parts)), words)
    is_agreed = letters_of(first) == letters_of(second)
    name = _with_blanks_of(first, second) if is_agreed else second
    reading = Reading(
        first=first,
        second=second,
        first_confidence=min(part.reading.first_confidence for part in parts),
        second_confidence=min(part.reading.second_confidence for part in parts),
    )
    names = [_spelt(without_registration(_text(_name_parts(row, words))), words) for row in head]
    is_whole = ends_in_legal_form(name, words) and stands_whole(head, start, place, names, words)
    return PrintedCompany(name, reading, around([part.box for part in parts]), is_agreed, is_whole)


def _with_blanks_of(other: str, name: str) -> str:
    """The name with the blanks between its letters that the other reading of it has.

    The second reader loses blanks; the first one makes up marks, which are not taken over.
    """
    ends = {_letter_and_digit_count(other[: match.start()]) for match in _BLANK.finditer(other)}
    told = ""
    for sign in name:
        begins = sign.isalnum() or sign in _OPENING
        is_glued = bool(told) and not told[-1].isspace() and told[-1] not in _OPENING
        is_lost = begins and is_glued and _letter_and_digit_count(told) in ends
        told += f" {sign}" if is_lost else sign
    return told


def _letter_and_digit_count(text: str) -> int:
    return sum(sign.isalnum() for sign in text)


def _name_parts(row: ReceiptRow, words: ReceiptWords) -> list[Part]:
    """The segments of a row that may be of a name: a stamp or a sign beside it is none."""
    lettered = [part for part in row.parts if _LETTER.search(part.text)]
    fit = [part for part in lettered if not holds_any(words.not_name, part.text)]
    return fit or lettered or list(row.parts)


def _text(parts: Sequence[Part]) -> str:
    return " ".join(part.text for part in parts)


def _is_rest(text: str, words: ReceiptWords) -> bool:
    """Whether a row is but the end of a name: a legal form with a word such as CO. or (M)."""
    name = _spelt(without_registration(text), words)
    letters = letters_of(re.sub(r"\([^)]*\)", " ", name))
    endings = [letters_of(form) for form in words.legal]
    rest = min((letters.removesuffix(form) for form in endings), key=len)
    return rest != letters and len(rest) <= _REST_LETTERS_MAX


def without_registration(text: str) -> str:
    """Return a text without a registration number behind it."""
    return _REGISTRATION.sub("", text.strip()).strip(" ,:;*~_|-–'\"`([")


def _letter_count(text: str) -> int:
    return sum(sign.isalpha() for sign in text)


def _is_legal(text: str, words: ReceiptWords) -> bool:
    return any(holds(form, text) for form in words.legal)


def _spelt(name: str, words: ReceiptWords) -> str:
    """The name with a legal form at its end that was misread by one letter spelt right."""
    tokens = name.split()
    if any(letters_of(name).endswith(letters_of(form)) for form in words.legal if len(form) > 4):
        return name
    for form in words.legal:
        for count in (len(form.split()), len(form.split()) + 1):
            if len(tokens) > count and is_spelt_nearly(form, " ".join(tokens[-count:])):
                return " ".join([*tokens[:-count], form])
    return name
