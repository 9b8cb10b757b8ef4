"""A question of the random audit as the desk shows it, and what became of the answered ones."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from models.reading import Box


class AuditState(StrEnum):
    """Where a question stands; ``reviewed`` and ``disputed`` are answers other than the machine's.

    A reviewed one sent its dossier to review. A disputed one is about money that is paid or on its
    way: a supervisor settles it.
    """

    OPEN = "open"
    RIGHT = "right"
    UNREADABLE = "unreadable"
    REVIEWED = "reviewed"
    DISPUTED = "disputed"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class AuditQuestion:
    """One field to be read from its place; what the machine read is not in it."""

    audit_id: str
    field: str
    field_type: str
    page_no: int
    width: int
    height: int
    box: Box
    asked_on: dt.date


@dataclass(frozen=True, slots=True)
class AuditDispute:
    """A field that a person read otherwise, on a dossier that could not go back to review."""

    audit_id: str
    public_number: str
    field: str
    status: str
    answered_by: str
    answered_at: str


@dataclass(frozen=True, slots=True)
class AuditFigures:
    """How many questions wait, and how those that were answered came out."""

    waiting: int
    right: int
    wrong: int
    unreadable: int
