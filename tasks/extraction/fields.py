"""What a reading means: each type of field has a normal form and a check, and never guesses.

A reading that does not fit its type is kept as it was read, and is not valid.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from rapidfuzz.distance import Levenshtein

from tasks.extraction.capital_amounts import minor_of_capitals
from tasks.extraction.number_checks import NUMBER_CHECKS

#: How people write that something is so, or not.
YES, NO = frozenset({"oui", "true", "1", "yes"}), frozenset({"non", "false", "0", "no", ""})
#: Characters that engines read in place of digits, in fields that hold digits only.
_DIGIT_LOOKALIKES = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "|": "1", "!": "1"})
#: Signs that engines read in place of letters: a bracket for J; and a digit standing alone.
_LETTER_LOOKALIKES = str.maketrans({"}": "J", "]": "J", "€": "C"})
_LONE_LETTER_LOOKALIKES = str.maketrans({"2": "Z", "8": "B", "0": "D"})
#: A key letter, or a code such as D700, HJ-MED, A115.
_ACT = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z]{2,4})?[0-9]{0,4}")
_LETTERS_OF_DIGITS = str.maketrans({"0": "O", "1": "I"})
_O_BESIDE_NOUGHT = re.compile(r"(?<=0)[Oo]+|[Oo]+(?=0)")
_DASHES = re.compile(r"[‐‑‒–—−]")
_BLANKS = re.compile(r"[\s\u00a0\u202f]+")
_AMOUNT = re.compile(r"^([0-9]{1,3}(?:[ .,][0-9]{3})+|[0-9]+)[.,]([0-9]{2})$")
#: More digits before the decimals are no amount of a dossier, and none that the database holds.
_MAJOR_DIGITS_MAX = 12
#: A minus before or behind an amount, or its brackets.
_SIGNED = re.compile(r"^[-(]|[-)]$")
_CURRENCY = re.compile(
    r"^\s*(?:[¥￥€]|CNY|RMB)\s*|\s*(?:MAD|DHS?|DIRHAMS?|€|EUR|CNY|RMB|元)\.?$", re.IGNORECASE
)
_DATE = re.compile(r"^(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})$")
_DATE_CELLS = re.compile(r"^(\d{2})(\d{2})(\d{4})$")
_DATE_YMD = re.compile(r"^(\d{4})[/.\-年](\d{1,2})[/.\-月](\d{1,2})日?$")
_DATE_YMD_CELLS = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_CIN = re.compile(r"^[A-Z]{1,2}\d{4,6}$")
_NAME = re.compile(r"(?:[^\W\d_]|[ '’.\-])+")
_DECIMAL = re.compile(r"^\d{1,5}(?:,\d{1,2})?$")
#: Signs of a choice from which on one of them may be misread.
_CHOICE_LETTERS_MIN = 6
#: Years in which anything on a dossier can have happened.
_YEAR_MIN, _YEAR_MAX = 1900, 2100
_EAN_WEIGHTS = (1, 3) * 6


@dataclass(frozen=True, slots=True)
class Parsed:
    """A reading in its normal form; ``key`` is what two readings are compared by.

    ``value`` is text: digits, an ISO date, whole minor units, a decimal with a point, a code.
    """

    value: str
    key: str
    is_valid: bool

    @property
    def is_empty(self) -> bool:
        """Whether nothing was read."""
        return not self.key


Parser = Callable[[str], Parsed]


def parse_digits(text: str) -> Parsed:
    """Digits without blanks; letters that look like digits are taken for them."""
    value = _squeezed(text).translate(_DIGIT_LOOKALIKES).strip(".,-_")
    return Parsed(value, value, value.isascii() and value.isdigit())


def parse_date(text: str) -> Parsed:
    """A day, written 18/11/2026, 18-11-2026, 18.11.2026 or in eight cells."""
    value = _plain_date(text)
    match = _DATE.match(value) or _DATE_CELLS.match(value)
    if match is None:
        return _no_date(value)
    day, month, year = (int(part) for part in match.groups())
    return _dated(value, year, month, day)


def parse_date_ymd(text: str) -> Parsed:
    """A day, written 2026-11-18, 2026/11/18, 2026.11.18, 2026年11月18日 or in eight cells."""
    value = _plain_date(text)
    match = _DATE_YMD.match(value) or _DATE_YMD_CELLS.match(value)
    if match is None:
        return _no_date(value)
    year, month, day = (int(part) for part in match.groups())
    return _dated(value, year, month, day)


def _plain_date(text: str) -> str:
    value = _squeezed(text).translate(_DIGIT_LOOKALIKES).strip(".,-_:;/")
    return _DASHES.sub("-", value)


def _no_date(value: str) -> Parsed:
    return Parsed(value, re.sub(r"\D", "", value) or value, is_valid=False)


def _dated(value: str, year: int, month: int, day: int) -> Parsed:
    try:
        date = dt.date(year, month, day).isoformat()
    except ValueError:
        return Parsed(value, re.sub(r"\D", "", value), is_valid=False)
    return Parsed(date, date, _YEAR_MIN <= year <= _YEAR_MAX)


def parse_amount(text: str) -> Parsed:
    """An amount as whole minor units, from 1234,50 or 1234.50 or 1 234,50, with its decimals.

    An amount without decimals is not valid: a lost comma would make it a hundred times larger. Nor
    is one with a minus: what is given back is not asked for.
    """
    value = _BLANKS.sub(" ", _CURRENCY.sub("", _DASHES.sub("-", text.strip()))).strip(" _:;|")
    value = re.sub(r"\s*([.,])\s*", r"\1", value)
    match = None if _SIGNED.search(value) else _AMOUNT.match(value)
    major = re.sub(r"\D", "", match[1]) if match else ""
    if match is None or len(major) > _MAJOR_DIGITS_MAX:
        return Parsed(value, _squeezed(value), is_valid=False)
    minor = str(int(major + match[2]))
    return Parsed(minor, minor, is_valid=True)


def parse_integer(text: str) -> Parsed:
    """A whole number such as a quantity."""
    value = _squeezed(text).translate(_DIGIT_LOOKALIKES).strip(".,-_|")
    is_number = value.isascii() and value.isdigit() and len(value) <= 4 and int(value) > 0
    return Parsed(str(int(value)) if is_number else value, value.lstrip("0") or value, is_number)


def parse_decimal(text: str) -> Parsed:
    """A coefficient such as 80 or 1,5; its value has a decimal point."""
    value = _squeezed(text).translate(_DIGIT_LOOKALIKES).replace(".", ",").strip(",-_|")
    if not _DECIMAL.match(value):
        return Parsed(value, value, is_valid=False)
    number = Decimal(value.replace(",", "."))
    plain = f"{number.normalize():f}"
    return Parsed(plain, plain, number > 0)


def parse_code(text: str) -> Parsed:
    """A code of letters, digits, points and dashes, as written; compared without case."""
    value = _DASHES.sub("-", _squeezed(text)).strip(".,:;'\"|")
    return Parsed(value, value.upper(), bool(re.fullmatch(r"[A-Za-z0-9_.\-/]+", value)))


def parse_act(text: str) -> Parsed:
    """A key letter or an act's code, which begin with a letter: signs like letters are letters."""
    code = parse_code(text.translate(_LETTER_LOOKALIKES))
    if len(code.value) == 1:
        code = parse_code(code.value.translate(_LONE_LETTER_LOOKALIKES))
    return Parsed(code.value, code.key, _ACT.fullmatch(code.value) is not None)


def parse_number_code(text: str) -> Parsed:
    """A number with letters, such as an invoice's: an O beside a nought is one."""
    code = parse_code(_O_BESIDE_NOUGHT.sub("0", text))
    return code if any(sign.isdigit() for sign in code.value) else replace(code, is_valid=False)


def parse_cin(text: str) -> Parsed:
    """A number of the national identity card: one or two letters, then digits.

    A leading digit may be one of several letters (1: I, J or L), and a sign between them a lost
    digit: such readings are not valid.
    """
    own = _squeezed(text).strip(".,:;_'\"-")
    raw = re.sub(r"[^A-Za-z0-9|!]", "", own)
    is_whole = len(own.replace("-", "")) == len(raw) and not raw[:1].isdigit()
    two_letters = raw[:2].translate(_LETTERS_OF_DIGITS) + raw[2:].translate(_DIGIT_LOOKALIKES)
    one_letter = raw[:1].translate(_LETTERS_OF_DIGITS) + raw[1:].translate(_DIGIT_LOOKALIKES)
    value = raw.upper()
    for candidate in (value, one_letter.upper(), two_letters.upper()):
        if _CIN.match(candidate):
            return Parsed(candidate, candidate, is_valid=is_whole)
    return Parsed(value, value, is_valid=False)


def parse_words(text: str) -> Parsed:
    """Any words; compared by letters and digits, because an engine may lose blanks and accents."""
    value = _BLANKS.sub(" ", text).strip(" .,:;|_-")
    key = "".join(sign for sign in plain_letters(value) if sign.isalnum())
    return Parsed(value, key, bool(key))


def parse_name(text: str) -> Parsed:
    """A name: words of letters, with blanks, dashes and apostrophes between them."""
    words = parse_words(text)
    is_name = len(words.key) >= 2 and _NAME.fullmatch(words.value) is not None
    return Parsed(words.value, words.key, is_name)


def parse_capitals(text: str) -> Parsed:
    """An amount in Chinese capitals (大写) as whole minor units; strict, so that it can witness."""
    minor = minor_of_capitals(text)
    if minor is None:
        value = _squeezed(text)
        return Parsed(value, value, is_valid=False)
    return Parsed(str(minor), str(minor), is_valid=True)


def choice_parser(choices: Mapping[str, str]) -> Parser:
    """Return the parser of a field in which one of a few texts stands, each with its meaning.

    A long text may be misread in one sign as long as no other choice is as near.
    """
    keys = {parse_words(text).key: meaning for text, meaning in choices.items()}

    def parse_choice(text: str) -> Parsed:
        words = parse_words(text)
        meaning = keys.get(words.key) or _nearest(words.key, keys)
        if not meaning:
            return Parsed(words.value, words.key, is_valid=False)
        return Parsed(meaning, meaning, is_valid=True)

    return parse_choice


def _nearest(key: str, keys: Mapping[str, str]) -> str:
    """The meaning of the one long choice that differs from a text in one sign at most."""
    near = {
        meaning
        for choice, meaning in keys.items()
        if len(choice) >= _CHOICE_LETTERS_MIN and Levenshtein.distance(key, choice) <= 1
    }
    return near.pop() if len(near) == 1 else ""


def parse_ean(text: str) -> Parsed:
    """The 13 digits of a drug's bar code, with the check digit of EAN-13 (GS1)."""
    digits = parse_digits(text)
    return Parsed(digits.value, digits.key, digits.is_valid and is_ean(digits.value))


def is_ean(text: str) -> bool:
    """Whether thirteen digits end in their check digit."""
    if len(text) != 13 or not text.isascii() or not text.isdigit():
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, _EAN_WEIGHTS, strict=False))
    return (10 - total % 10) % 10 == int(text[12])


def plain_letters(text: str) -> str:
    """The text in upper case without accents."""
    split = unicodedata.normalize("NFD", text.upper())
    return "".join(sign for sign in split if not unicodedata.combining(sign))


def parser_of(
    kind: str, regex: str = "", length: int = 0, *, check: str = "", date_order: str = "dmy"
) -> Parser:
    """Return the parser of a field type, which also checks its length, pattern and check digits.

    The pattern applies to codes and digits alone: dates and amounts have their own normal form.
    ``check`` is a name of ``NUMBER_CHECKS``, ``date_order`` one of ``DATE_ORDERS``.
    """
    parse = DATE_ORDERS[date_order] if kind == "date" else _PARSERS[kind]
    pattern = re.compile(regex) if regex and kind in ("digits", "code") else None
    if kind == "code" and regex and _is_cin_pattern(regex):
        parse, pattern = parse_cin, None
    digit_count = length if kind == "digits" else 0
    if not digit_count and pattern is None and not check:
        return parse
    has_check = NUMBER_CHECKS[check] if check else None

    def checked(text: str) -> Parsed:
        parsed = parse(text)
        fits = (
            (not digit_count or len(parsed.value) == digit_count)
            and (pattern is None or pattern.fullmatch(parsed.value) is not None)
            and (has_check is None or has_check(parsed.value))
        )
        return parsed if fits else Parsed(parsed.value, parsed.key, is_valid=False)

    return checked


def _is_cin_pattern(regex: str) -> bool:
    return regex == "[A-Z]{1,2}[0-9]{4,6}"


def _squeezed(text: str) -> str:
    return _BLANKS.sub("", text)


_PARSERS: dict[str, Parser] = {
    "digits": parse_digits,
    "date": parse_date,
    "amount": parse_amount,
    "integer": parse_integer,
    "decimal": parse_decimal,
    "code": parse_code,
    "text": parse_name,
    "words": parse_words,
    "capitals": parse_capitals,
}
#: The type of a field in which one of a few texts stands; its parser needs them.
CHOICE = "choice"

#: How the days of a form are written: day first, or year first.
DATE_ORDERS: dict[str, Parser] = {"dmy": parse_date, "ymd": parse_date_ymd}
#: The field types a template may name.
FIELD_TYPES = frozenset({*_PARSERS, CHOICE})
