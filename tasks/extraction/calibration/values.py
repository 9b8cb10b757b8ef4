"""Whether what a person typed says the same as what the machine had accepted."""

from collections.abc import Mapping

from tasks.extraction.fields import (
    NO,
    YES,
    Parser,
    parse_amount,
    parse_cin,
    parse_code,
    parse_date,
    parse_decimal,
    parse_digits,
    parse_integer,
    parse_words,
)

_PARSERS: Mapping[str, Parser] = {
    "amount": parse_amount,
    "unit_price": parse_amount,
    "digits": parse_digits,
    "ean": parse_digits,
    "date": parse_date,
    "integer": parse_integer,
    "coefficient": parse_decimal,
    "cin": parse_cin,
    "act": parse_code,
    "code": parse_code,
}


def is_value(field_type: str, typed: str) -> bool:
    """Whether a text, as written on paper, is a value of a type; nothing is one of every type."""
    if not typed.strip():
        return True
    parse = _PARSERS.get(field_type, parse_words)
    return parse(typed).is_valid


def is_same(field_type: str, kept: str, typed: str) -> bool:
    """Whether a text as written on paper is the value that is kept in its normal form.

    Names are compared without accents and blanks, codes without case: neither changes what is paid.
    """
    if not kept or not typed.strip():
        return kept.strip() == typed.strip()
    if field_type == "checkbox":
        return _flag(kept) == _flag(typed)
    if kept == typed.strip():
        return True
    if field_type in _PARSERS:
        parsed = _PARSERS[field_type](typed)
        return parsed.is_valid and kept.upper() in (parsed.value.upper(), parsed.key)
    return parse_words(kept).key == parse_words(typed).key


def _flag(text: str) -> str:
    word = text.strip().lower()
    return "yes" if word in YES else "no" if word in NO else word
