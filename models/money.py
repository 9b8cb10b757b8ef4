"""Amounts of money in integer minor units, rates as Decimal, and the one rounding function."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from enum import StrEnum

from models.errors import MoneyError

#: Minor units in one unit of a currency (ISO 4217 exponent 2 for every currency in use here).
MINOR_UNITS = 100


class Rounding(StrEnum):
    """How an exact amount becomes whole minor units; a tariff figure names the one it wants."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    DOWN = "down"
    UP = "up"


_MODES = {
    Rounding.HALF_UP: ROUND_HALF_UP,
    Rounding.HALF_EVEN: ROUND_HALF_EVEN,
    Rounding.DOWN: ROUND_DOWN,
    Rounding.UP: ROUND_UP,
}


def round_minor(amount: Decimal, rounding: Rounding) -> int:
    """Return an exact amount in minor units as a whole number of them; the only rounding there is.

    Raises:
        MoneyError: when the amount is not a finite number.
    """
    if not amount.is_finite():
        raise MoneyError("amount is not a finite number; check the figure it was computed from")
    return int(amount.quantize(Decimal(1), rounding=_MODES[rounding]))


def minor_from_major(amount: Decimal) -> int:
    """Return minor units of an amount written in major units, such as ``80.50`` for 8050.

    Raises:
        MoneyError: when the amount has more decimals than the currency.
    """
    minor = amount * MINOR_UNITS
    if minor != minor.to_integral_value():
        raise MoneyError("amount has more than two decimals; state it in whole minor units")
    return int(minor)


def format_minor(amount_minor: int, currency: str) -> str:
    """Return an amount as people read it: ``142.80 MAD``."""
    sign = "-" if amount_minor < 0 else ""
    major, minor = divmod(abs(amount_minor), MINOR_UNITS)
    return f"{sign}{major}.{minor:02d} {currency}"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units with its currency; two currencies never add up."""

    amount_minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise MoneyError(f"{self.currency} and {other.currency} cannot be added")
        return Money(self.amount_minor + other.amount_minor, self.currency)

    def __str__(self) -> str:
        return format_minor(self.amount_minor, self.currency)
