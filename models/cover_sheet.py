"""The cover sheets that divide an envelope: what stands in their bar code, written and read.

A sheet says one of three things: a new dossier starts behind me, what follows belongs to a dossier
that is known already, or here begins a bordereau of so many dossiers. Nothing on it is personal.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

#: How every bar code of ours begins, with the version of its form.
PREFIX = "TASFIYA1"
#: No code of ours is longer, in characters.
CODE_LENGTH_MAX = 100
#: Dossiers that one bordereau may state.
STATED_MAX = 9_999

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WORD = re.compile(r"[A-Z0-9-]{1,35}")
_AGENCY = re.compile(r"[A-Z0-9-]{0,20}")
_COUNT = re.compile(r"[1-9][0-9]{0,3}")


class SheetKind(StrEnum):
    """What a cover sheet says."""

    SEPARATOR = "SEP"
    ADDITION = "ADD"
    BORDEREAU = "BOR"


@dataclass(frozen=True, slots=True)
class CoverSheet:
    """One cover sheet.

    ``number`` is the sheet's serial, the public number of the dossier it adds to, or the number of
    the bordereau; ``stated`` is how many dossiers a bordereau says follow, 0 on other sheets.
    """

    kind: SheetKind
    number: str
    agency: str = ""
    stated: int = 0


def code_of(sheet: CoverSheet) -> str:
    """Return the text of a sheet's bar code.

    Raises:
        ValueError: when a part of the sheet has signs that no sheet can carry.
    """
    parts = [PREFIX, sheet.kind.value, sheet.agency, sheet.number]
    if sheet.kind is SheetKind.BORDEREAU:
        parts.append(str(sheet.stated))
    body = ":".join(parts)
    code = f"{body}:{check_character(body)}"
    if read_code(code) != sheet:
        raise ValueError("agency and number of a cover sheet are A to Z, 0 to 9 and hyphens")
    return code


def is_ours(text: str) -> bool:
    """Whether a bar code claims to be a cover sheet, sound or not; drugs and care sheets do not."""
    return text.startswith(f"{PREFIX}:") and len(text) <= CODE_LENGTH_MAX


def read_code(text: str) -> CoverSheet | None:
    """Return the sheet whose bar code was read, None when it is not sound."""
    body, _, check = text.rpartition(":")
    if not is_ours(text) or not body.isascii() or check != check_character(body):
        return None
    kind, *parts = body.split(":")[1:]
    if kind == SheetKind.BORDEREAU and len(parts) == 3 and _COUNT.fullmatch(parts[2]):
        return _sheet(SheetKind.BORDEREAU, parts[0], parts[1], int(parts[2]))
    if kind in (SheetKind.SEPARATOR, SheetKind.ADDITION) and len(parts) == 2:
        return _sheet(SheetKind(kind), parts[0], parts[1])
    return None


def _sheet(kind: SheetKind, agency: str, number: str, stated: int = 0) -> CoverSheet | None:
    is_sound = _AGENCY.fullmatch(agency) and _WORD.fullmatch(number)
    return CoverSheet(kind, number, agency, stated) if is_sound else None


def check_character(text: str) -> str:
    """The check character of ISO/IEC 7064, MOD 37,36, over the letters and digits of a text."""
    modulus = len(_ALPHABET)
    product = modulus
    for sign in text:
        if sign in _ALPHABET:
            total = (product + _ALPHABET.index(sign)) % modulus or modulus
            product = total * 2 % (modulus + 1)
    return _ALPHABET[(modulus + 1 - product) % modulus]
