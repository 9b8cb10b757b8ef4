"""How amounts, rates and days are written for people: 1 234,50 MAD on 18/11/2026 in French.

What the pipeline keeps is written one way only (``1234.50 MAD``, ``2026-11-18``); English reads it
as it is kept. French has a comma and thin spaces that do not break (Lexique des règles
typographiques en usage à l'Imprimerie nationale); Moroccan Arabic uses the same digits and signs.
In Arabic a number stands in an isolate from left to right (UAX #9), so that its sign stays before
it, and its currency's name follows it to the left.
"""

import datetime as dt
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from models.money import MINOR_UNITS, format_minor
from models.yaml_loader import safe_load

CURRENCIES_FILE = Path(__file__).with_name("currencies.yaml")
#: The language that reads amounts and days as they are kept.
AS_KEPT = "en"
#: Narrow space without a break, between thousands.
_THIN = "\u202f"
#: Space without a break, between an amount and its currency.
_WHOLE = "\u00a0"
#: First and last mark of what is read from left to right inside Arabic.
_ISOLATE, _END = "\u2066", "\u2069"
#: An amount, a day and a rate as they are kept, each standing by itself.
_KEPT = re.compile(
    r"(?<![\w.,/:@~-])(?:"
    r"(?P<sign>-?)(?P<major>\d+)\.(?P<minor>\d{2}) (?P<currency>[A-Z]{3})(?![\w-])"
    r"|(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])(?![\w/:-])"
    r"|(?P<rate>\d+\.\d+)(?= %)"
    r")"
)


def written_amount(amount_minor: int | None, language: str) -> str:
    """An amount without its currency, for a column: ``1 234,50``; a dash where none is known."""
    if amount_minor is None:
        return "–"
    sign = "-" if amount_minor < 0 else ""
    major, minor = divmod(abs(amount_minor), MINOR_UNITS)
    if language == AS_KEPT:
        return f"{sign}{major:,}.{minor:02d}"
    return f"{sign}{major:,}".replace(",", _THIN) + f",{minor:02d}"


def written_money(amount_minor: int, currency: str, language: str) -> str:
    """An amount with its currency, in a sentence: ``1 234,50 MAD``."""
    return written(format_minor(amount_minor, currency), language)


def written_day(day: dt.date | None, language: str) -> str:
    """A day: ``18/11/2026``; a dash where there is none."""
    return written(day.isoformat(), language) if day else "–"


def written(text: str, language: str) -> str:
    """A text with the amounts, days and rates that stand in it as its language writes them."""
    if language == AS_KEPT:
        return text
    return _KEPT.sub(lambda found: _one(found, language), text)


def _one(found: re.Match[str], language: str) -> str:
    if found["year"]:
        return f"{found['day']}/{found['month']}/{found['year']}"
    if found["rate"]:
        return found["rate"].replace(".", ",")
    amount_minor = int(f"{found['sign']}{found['major']}{found['minor']}")
    number = written_amount(amount_minor, language)
    if language == "ar":
        number = f"{_ISOLATE}{number}{_END}"
    return f"{number}{_WHOLE}{_currency(found['currency'], language)}"


def _currency(code: str, language: str) -> str:
    return _names().get(code, {}).get(language, code)


@cache
def _names() -> Mapping[str, Mapping[str, str]]:
    names: Mapping[str, Mapping[str, str]] = safe_load(CURRENCIES_FILE.read_text(encoding="utf-8"))
    return names
