"""Where the second engine is spared: the first one's value passes its checks, and that is enough.

What is enough is not decided here: a calibration gives the types of fields and bands of quality in
which one sure reading that passes its check was wrong too seldom to matter.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from models.reading import Token
from models.second_reading import SecondReading
from tasks.ocr.form import FormZone

#: Raw confidence from which a reading is sure; the same as extraction asks of a lone reading.
SURE_MIN = 90.0
#: The type of money in a calibration, and the fields that have to add up.
_MONEY, _LINE_AMOUNT, _TOTAL = "amount", "amount_minor", "total_minor"
_AMOUNT = re.compile(r"(\d{1,8})[.,](\d{2})")
_DATE = re.compile(r"(\d{2})/?(\d{2})/?(\d{4})")


@dataclass(frozen=True, slots=True)
class Sparing:
    """Which fields may do with one reader; by default none. ``field_types`` are types by field."""

    policy: SecondReading = field(default_factory=SecondReading)
    field_types: Mapping[str, str] = field(default_factory=dict)

    def spared(
        self,
        zones: Sequence[FormZone],
        first: Mapping[str, Token],
        band: str,
        codes: frozenset[str] = frozenset(),
    ) -> frozenset[str]:
        """Return the names of the zones that the second engine need not read.

        ``codes`` are the texts of the form's bar codes: a reading that one of them repeats needs
        not be sure. Money needs a page whose lines add up to its total besides.
        """
        if not self.policy.is_spared:
            return frozenset()
        is_closed = adds_up(zones, first)
        return frozenset(
            zone.name for zone in zones if self._is_enough(zone, first, band, codes, is_closed)
        )

    def _is_enough(
        self,
        zone: FormZone,
        first: Mapping[str, Token],
        band: str,
        codes: frozenset[str],
        is_closed: bool,
    ) -> bool:
        field_type = self.field_types.get(zone.field, "")
        token = first.get(zone.name)
        if token is None or not field_type or self.policy.is_needed(field_type, band):
            return False
        if field_type == _MONEY and not is_closed:
            return False
        is_sure = token.raw_confidence >= SURE_MIN or plain(token.text) in codes
        return is_sure and passes(zone, token.text)


def passes(zone: FormZone, text: str) -> bool:
    """Whether a text is a value of its zone: its pattern, and for a date that there is such a day.

    A zone without a pattern has no check that a reading could pass.
    """
    value = plain(text)
    if not zone.pattern or re.fullmatch(zone.pattern, value) is None:
        return False
    return zone.type != "date" or _is_a_day(value)


def adds_up(zones: Sequence[FormZone], first: Mapping[str, Token]) -> bool:
    """Whether the amounts of the lines are the total; without lines or a total they are not."""
    lines = [zone for zone in zones if zone.field == _LINE_AMOUNT and zone.name in first]
    totals = [zone for zone in zones if zone.field == _TOTAL and zone.name in first]
    amounts = [_minor(first[zone.name].text) for zone in lines]
    if not amounts or len(totals) != 1 or None in amounts:
        return False
    total = _minor(first[totals[0].name].text)
    return sum(amount for amount in amounts if amount is not None) == total


def plain(text: str) -> str:
    """Return a reading without the blanks an engine sees between cells."""
    return "".join(text.split())


def _minor(text: str) -> int | None:
    found = _AMOUNT.fullmatch(plain(text))
    return int(found[1]) * 100 + int(found[2]) if found else None


def _is_a_day(value: str) -> bool:
    found = _DATE.fullmatch(value)
    if found is None:
        return False
    try:
        dt.date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        return False
    return True
