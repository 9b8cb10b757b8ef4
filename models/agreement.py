"""What a prior agreement covers, and what dossiers use of it.

All rows of one agreement number are one agreement: each names an act, and the amount, which every
row repeats, is for all of them together.
"""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from models.dossier import DossierLine, LineKind

#: How the registers write that an agreement was given; ``refused`` and ``pending`` are the others.
GRANTED = frozenset({"accepted", "granted"})
#: Between a key letter and its coefficient in ``DossierLine.act_key``.
TIMES = "×"


@dataclass(frozen=True, slots=True)
class AgreementUse:
    """What one dossier's present version uses of an agreement, in minor units.

    ``lot_id`` and ``order_key`` say where the dossier stands among the others.
    """

    agreement_number: str
    dossier_id: str
    lot_id: str
    order_key: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class AgreementLimit:
    """What one dossier finds of the agreement it stands on; amounts in minor units.

    ``used_minor`` is what others used of it, without the dossiers decided beside this one.
    """

    agreement_number: str
    act_keys: frozenset[str]
    amount_minor: int
    used_minor: int


def covers(act_key: str, line: DossierLine) -> bool:
    """Whether an agreement on an act is about a line; one that names no act is about every line.

    A key letter's coefficient is a number: ``B×450`` covers a line written ``B`` 450.0.
    """
    if act_key in ("", line.act_key):
        return True
    if line.kind is not LineKind.LETTER or line.coefficient is None:
        return act_key == line.code != ""
    letter, sign, coefficient = act_key.partition(TIMES)
    if not sign or letter != line.letter:
        return False
    try:
        return Decimal(coefficient) == line.coefficient
    except InvalidOperation:
        return False


def covers_any(act_keys: Collection[str], line: DossierLine) -> bool:
    """Whether an agreement on these acts is about a line."""
    return any(covers(act_key, line) for act_key in act_keys)
