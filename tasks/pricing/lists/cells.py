"""Reads one cell of an official list: a price, a rate, a code, a date, a text."""

import datetime as dt
import re
from collections import Counter
from decimal import Decimal
from enum import StrEnum

#: ``1466,29``, ``1 466,29`` and ``1,466,29``; but not ``1,466``, which could mean either.
_NUMBER = re.compile(
    r"(?P<whole>\d{1,9}|\d{1,3}(?:[ ,.]\d{3})+(?=[,.]\d\d$))(?:[,.](?P<decimals>\d{1,4}))?",
    re.ASCII,
)
_PERCENT = re.compile(r"(?P<percent>\d{1,3}) ?%", re.ASCII)
_EAN = re.compile(r"\d{13}", re.ASCII)
_FRENCH_DAY = re.compile(r"(\d\d)/(\d\d)/(\d{4})", re.ASCII)
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
#: Weights of an EAN-13's digits, the check digit among them: the sum ends in zero.
_EAN_WEIGHTS = (*(1, 3) * 6, 1)


class Reason(StrEnum):
    """Why a row is not taken, or is taken with a warning; the value is the sentence."""

    NO_PRICE = "no price, or a price of zero, which is no price"
    BAD_CODE = "the code is missing or has a wrong form"
    BAD_NUMBER = "an amount or a coefficient is no number, or can be read in two ways"
    BAD_RATE = "the rate is missing, no rate, or above one"
    BAD_DATE = "a date is missing, no date, or ends before it begins"
    ROWS_DISAGREE = "the rows of this code disagree"
    OTHER_LETTER = "the coefficient counts in another key letter than this table's"
    BAD_CHECK_DIGIT = "the code's check digit is wrong"
    NO_REFERENCE_PRICE = "reimbursable, without a reference price"
    REFERENCE_ABOVE_PRICE = "the reference price is above the public price"
    FEE_DOES_NOT_ADD_UP = "price without fee and fee do not make the price"
    NO_LABEL = "no label"
    FUTURE_DATE = "a date lies after the day of the import"


class RowRefused(Exception):
    """A row cannot be taken; never leaves the reading of a list."""

    def __init__(self, reason: Reason) -> None:
        """Keep the reason."""
        super().__init__(reason.value)
        self.reason = reason


def as_line(text: str) -> str:
    """Return a text on one line, with single spaces."""
    return " ".join(text.split())


def read_number(text: str) -> Decimal | None:
    """Return a number written with a comma or a point, or None for an empty cell.

    Raises:
        RowRefused: when it is no number, or can be read in two ways.
    """
    plain = as_line(text)
    if not plain:
        return None
    found = _NUMBER.fullmatch(plain)
    if found is None:
        raise RowRefused(Reason.BAD_NUMBER)
    whole = re.sub(r"[ ,.]", "", found["whole"])
    return Decimal(f"{whole}.{found['decimals'] or '0'}")


def read_amount(text: str) -> str:
    """Return an amount with two decimals, empty for an empty cell and for zero: no price is known.

    Raises:
        RowRefused: when it is no amount of money.
    """
    number = read_number(text)
    if not number:
        return ""
    amount = f"{number:.2f}"
    if Decimal(amount) != number:
        raise RowRefused(Reason.BAD_NUMBER)
    return amount


def read_price(text: str) -> str:
    """Return a price with two decimals.

    Raises:
        RowRefused: when there is none, or it is no price.
    """
    amount = read_amount(text)
    if not amount:
        raise RowRefused(Reason.NO_PRICE)
    return amount


def rate_of_percent(text: str) -> str:
    """Return the rate of ``65%``, ``65 %`` or ``65`` as ``0.65``.

    Raises:
        RowRefused: when it is no rate.
    """
    plain = as_line(text)
    found = _PERCENT.fullmatch(plain if plain.endswith("%") else f"{plain}%")
    if found is None:
        raise RowRefused(Reason.BAD_RATE)
    return _checked_rate(Decimal(found["percent"]) / 100)


def rate_of_fraction(text: str) -> str:
    """Return the rate of ``0.70`` or ``0,7`` as ``0.70``.

    Raises:
        RowRefused: when it is no rate.
    """
    try:
        number = read_number(text)
    except RowRefused as error:
        raise RowRefused(Reason.BAD_RATE) from error
    if number is None:
        raise RowRefused(Reason.BAD_RATE)
    return _checked_rate(number)


def read_ean(text: str, warnings: Counter[Reason]) -> str:
    """Return a code of thirteen digits; a wrong check digit is counted.

    It does not stop a row: the authority published the code so, and bills carry it so.

    Raises:
        RowRefused: when it has another form.
    """
    code = text.strip()
    if _EAN.fullmatch(code) is None:
        raise RowRefused(Reason.BAD_CODE)
    total = sum(int(digit) * weight for digit, weight in zip(code, _EAN_WEIGHTS, strict=True))
    warnings[Reason.BAD_CHECK_DIGIT] += total % 10 != 0
    return code


def read_day(text: str) -> dt.date:
    """Return a date written ``2019-03-29`` or ``29/03/2019``.

    Raises:
        RowRefused: when it is no date.
    """
    plain = text.strip()
    if found := _FRENCH_DAY.fullmatch(plain):
        plain = f"{found[3]}-{found[2]}-{found[1]}"
    if _ISO_DAY.fullmatch(plain) is None:
        raise RowRefused(Reason.BAD_DATE)
    try:
        return dt.date.fromisoformat(plain)
    except ValueError as error:
        raise RowRefused(Reason.BAD_DATE) from error


def _checked_rate(rate: Decimal) -> str:
    if rate > 1:
        raise RowRefused(Reason.BAD_RATE)
    return f"{rate:.2f}"
