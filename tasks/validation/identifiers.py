"""Whether an official identifier has the right form and the right check digits.

The forms are data (``identifiers.yaml``, by country); the check-digit arithmetic is here. Only
ASCII digits count as digits: ``str.isdigit`` is also true of Arabic-Indic ones.
"""

import datetime as dt
import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from models.errors import CatalogueError
from models.yaml_loader import safe_load

_FILE = Path(__file__).with_name("identifiers.yaml")
_KEYS = {"pattern", "check", "source", "status"}
_DIGITS = re.compile(r"[0-9]+")
_BASE = 97
_RIB_BODY = 22
_IBAN_HEAD = 4
#: The departments of Corsica, and what stands for them in the arithmetic of a NIR's key.
_CORSICA: Mapping[str, str] = {"2A": "19", "2B": "18"}
#: The SIREN of La Poste, whose offices' SIRET numbers have a check of their own.
_LA_POSTE = "356000000"
_LA_POSTE_HEAD = "35600000000048"


@dataclass(frozen=True, slots=True)
class Format:
    """The form of one identifier: its pattern, its check-digit rule, and where both stand."""

    name: str
    pattern: str
    check: str
    source: str
    status: str

    def accepts(self, value: str) -> bool:
        """Whether a value has this form and, where there is one, the right check digits."""
        return re.fullmatch(self.pattern, value) is not None and _CHECKS[self.check](value)


@functools.cache
def read_formats(country: str, path: Path = _FILE) -> Mapping[str, Format]:
    """Return the identifier formats of a country, by name.

    Raises:
        CatalogueError: for a country without formats, a wrong key or an unknown check.
    """
    raw = safe_load(path.read_text(encoding="utf-8"))
    if country not in raw:
        raise CatalogueError(f"{path.name}: {country}: no identifier formats for this country")
    formats = {}
    for name, entry in raw[country].items():
        if set(entry) != _KEYS:
            raise CatalogueError(f"{path.name}: {name}: keys must be {', '.join(sorted(_KEYS))}")
        if entry["check"] not in _CHECKS:
            raise CatalogueError(f"{path.name}: {name}: unknown check {entry['check']}")
        formats[name] = Format(name=name, **entry)
    return formats


def rib_key(body: str) -> str:
    """Return the two key digits of the first 22 digits of a Moroccan RIB, 01 to 97.

    Key = 97 − (the 22 digits followed by ``00``) mod 97.

    Raises:
        ValueError: when the body is not 22 ASCII digits.
    """
    if len(body) != _RIB_BODY or not _DIGITS.fullmatch(body):
        raise ValueError("a RIB's body is 22 ASCII digits")
    return f"{_BASE - int(body + '00') % _BASE:02d}"


def is_rib_valid(value: str) -> bool:
    """Whether a value is a Moroccan RIB of 24 ASCII digits whose key is right."""
    if not re.fullmatch(r"[0-9]{24}", value):
        return False
    return rib_key(value[:_RIB_BODY]) == value[_RIB_BODY:]


def iban_of_rib(rib: str) -> str:
    """Return the IBAN of a Moroccan RIB: ``MA``, two check digits of ISO 7064, and the RIB.

    Raises:
        ValueError: when the RIB is not valid.
    """
    if not is_rib_valid(rib):
        raise ValueError("an IBAN is made of a valid RIB only")
    return f"MA{98 - _iban_remainder('MA00' + rib):02d}{rib}"


def is_iban_valid(value: str) -> bool:
    """Whether a value is a Moroccan IBAN: its own check digits and those of the RIB inside."""
    if not re.fullmatch(r"MA[0-9]{26}", value):
        return False
    return _iban_remainder(value) == 1 and is_rib_valid(value[_IBAN_HEAD:])


def is_ice_valid(value: str) -> bool:
    """Whether a value is an ICE: 15 ASCII digits, divisible by 97; all zeros names nobody."""
    return bool(re.fullmatch(r"[0-9]{15}", value)) and int(value) % _BASE == 0 and int(value) != 0


def is_ean13_valid(value: str) -> bool:
    """Whether a value is 13 ASCII digits whose last one is the GS1 check digit."""
    if len(value) != 13 or not _DIGITS.fullmatch(value):
        return False
    digits = [int(digit) for digit in value]
    return (sum(digits[0::2]) + 3 * sum(digits[1::2])) % 10 == 0


def is_luhn_valid(value: str) -> bool:
    """Whether a value is ASCII digits with a Luhn check digit, of which not all are zeros."""
    return bool(_DIGITS.fullmatch(value)) and _luhn_sum(value) % 10 == 0 and int(value) != 0


def is_luhn_or_corsican(value: str) -> bool:
    """Whether a value passes Luhn, or holds the letters of Corsica, for which no key is known."""
    return value[:2] in _CORSICA or is_luhn_valid(value)


def is_nir_valid(value: str) -> bool:
    """Whether a value is a French NIR of 13 characters and its key of two.

    Key = 97 - (the number mod 97), with the letters of Corsica read as 19 (2A) and 18 (2B).
    """
    if not re.fullmatch(r"[0-9]{5}(?:[0-9]{2}|2[AB])[0-9]{8}", value):
        return False
    place = value[5:7]
    number = value[:5] + _CORSICA.get(place, place) + value[7:13]
    return int(value[13:]) == _BASE - int(number) % _BASE


def is_siret_valid(value: str) -> bool:
    """Whether a value is a SIRET: 14 ASCII digits with a Luhn key, as its SIREN's nine have one.

    The digits of La Poste's offices, save its head office, add up to a multiple of five instead.
    """
    if not re.fullmatch(r"[0-9]{14}", value):
        return False
    if value.startswith(_LA_POSTE) and value != _LA_POSTE_HEAD:
        return sum(map(int, value)) % 5 == 0
    return is_luhn_valid(value) and is_luhn_valid(value[:9])


def is_resident_card_valid(value: str) -> bool:
    """Whether a value is a Chinese resident's identity number: its check character and its date.

    ISO 7064 MOD 11-2 on 18 characters; the birth date stands in the seventh to fourteenth.
    """
    if not re.fullmatch(r"[0-9]{17}[0-9X]", value):
        return False
    try:
        dt.date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        return False
    remainder = 0
    for character in value[:-1]:
        remainder = (remainder + int(character)) * 2 % 11
    return value[-1] == "0123456789X"[(12 - remainder) % 11]


def _luhn_sum(value: str) -> int:
    doubled = (int(digit) * 2 for digit in value[-2::-2])
    return sum(int(digit) for digit in value[-1::-2]) + sum(
        number - 9 if number > 9 else number for number in doubled
    )


def _iban_remainder(iban: str) -> int:
    moved = iban[_IBAN_HEAD:] + iban[:_IBAN_HEAD]
    return int("".join(str(int(character, 36)) for character in moved)) % _BASE


def _has_no_check(_: str) -> bool:
    return True


_CHECKS: Mapping[str, Callable[[str], bool]] = {
    "none": _has_no_check,
    "ice": is_ice_valid,
    "rib": is_rib_valid,
    "iban": is_iban_valid,
    "gs1": is_ean13_valid,
    "luhn": is_luhn_valid,
    "luhn_or_corsica": is_luhn_or_corsican,
    "nir": is_nir_valid,
    "siret": is_siret_valid,
    "resident_card": is_resident_card_valid,
}
