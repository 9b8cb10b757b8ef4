"""Which accepted fields a person reads again: a share drawn by a keyed hash, the same on every run.

Without the key nobody can tell which fields will be drawn.
"""

import datetime as dt
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models.reading import FieldEvidence
from tasks.extraction.acceptance import Source

AUDIT_NAMES = (
    "dossier_id",
    "content_version",
    "field",
    "audit_id",
    "state",
    "asked_on",
    "answered_by",
    "answered_at",
    "settled_by",
    "settled_at",
)
#: A box is seen, not read; labels and agencies decide nothing.
_NOT_ASKED = frozenset({"checkbox", "text", ""})
#: The number of an earlier dossier is acted upon at once and is no field of this one.
_NOT_OURS = frozenset({"refers_to"})
_WHOLE = 2**64


@dataclass(frozen=True, slots=True)
class Draw:
    """The share of accepted fields to read again (0 to 1), the key of the hash, the day."""

    share: float
    key: str
    day: dt.date


def audit_rows(
    evidence: Sequence[FieldEvidence], content: tuple[str, int], draw: Draw
) -> list[tuple[Any, ...]]:
    """Return the questions about the accepted fields of a dossier's content as rows."""
    return [
        (*content, one.field, _audit_id(content, one.field), "open", draw.day, *("",) * 4)
        for one in evidence
        if may_be_asked(one) and is_drawn(content, one.field, draw)
    ]


def may_be_asked(evidence: FieldEvidence) -> bool:
    """Whether a person can read a field from its place on the page, and the machine accepted it."""
    return (
        not evidence.is_doubtful
        and evidence.box.width > 0
        and evidence.source != Source.PERSON
        and evidence.field_type not in _NOT_ASKED
        and evidence.field not in _NOT_OURS
    )


def is_drawn(content: tuple[str, int], field: str, draw: Draw) -> bool:
    """Whether a field of a dossier's content is among the drawn share."""
    name = f"{content[0]}\n{content[1]}\n{field}"
    digest = hmac.new(draw.key.encode(), name.encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") < draw.share * _WHOLE


def _audit_id(content: tuple[str, int], field: str) -> str:
    return hashlib.sha256(f"audit\n{content[0]}\n{content[1]}\n{field}".encode()).hexdigest()[:32]
