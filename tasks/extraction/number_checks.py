"""Checks of numbers by name, which a form's template asks for: check digits and dates inside.

A reading that fails its check is no value of the field: of two readings that differ, the one that
passes stands. The arithmetic is that of python-stdnum, where it has it.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping

from stdnum import ean, luhn
from stdnum.fr import nir, siret
from stdnum.iso7064 import mod_11_2

_BASE = 97
#: A tooth by quadrant and place, permanent or of milk; the whole mouth, a jaw, a quadrant.
_TOOTH = re.compile(r"[1-4][1-8]|[5-8][1-5]|0[0-2]|[1-4]0")
_RESIDENT = re.compile(r"[1-9][0-9]{16}[0-9X]")


def is_resident_card(value: str) -> bool:
    """Whether a value is a Chinese resident's number: ISO 7064 MOD 11-2 and a date that exists.

    The place is not checked: lists of districts leave out real ones of Chongqing.
    """
    if not _RESIDENT.fullmatch(value) or not mod_11_2.is_valid(value):
        return False
    try:
        dt.date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        return False
    return True


def is_ice(value: str) -> bool:
    """Whether a value is a Moroccan ICE: 15 digits, divisible by 97, not all zeros."""
    return bool(re.fullmatch(r"[0-9]{15}", value)) and int(value) % _BASE == 0 and int(value) != 0


def is_ean13(value: str) -> bool:
    """Whether a value is 13 digits whose last one is the GS1 check digit."""
    return len(value) == 13 and ean.is_valid(value)


def is_tooth(value: str) -> bool:
    """Whether a value names a tooth or a part of the mouth in the two digits of ISO 3950 (FDI).

    The codes of parts (00 mouth, 01 and 02 jaws, 10 to 40 quadrants) are recalled.
    """
    return _TOOTH.fullmatch(value) is not None


#: The checks a template may name.
NUMBER_CHECKS: Mapping[str, Callable[[str], bool]] = {
    "nir": nir.is_valid,
    "siret": siret.is_valid,
    "luhn": luhn.is_valid,
    "ean13": is_ean13,
    "ice": is_ice,
    "resident_card": is_resident_card,
    "tooth": is_tooth,
}
