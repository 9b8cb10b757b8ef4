"""What typing mode is made of: what a colleague keyed, the household found, strokes and seconds."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Keyed:
    """What one colleague typed of a dossier, kept until it is settled.

    ``pass_no`` is 1, 2 or 3; ``values`` are the fields as written, without money; ``money`` is
    field → amount in minor units, which nobody else sees before the third pass.
    """

    pass_no: int
    typed_by: str
    typed_at: str
    values: Mapping[str, str]
    money: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Effort:
    """What typing one dossier took: fields, keystrokes, and seconds without pauses over 60 s."""

    fields: int
    keystrokes: int
    seconds: int


@dataclass(frozen=True, slots=True)
class HouseholdMember:
    """One person who may be the beneficiary, with the insured person of the household."""

    insured_number: str
    insured_name: str
    insured_cin: str
    relation: str
    name: str
    birth_date: dt.date
    sex: str
    cin: str


@dataclass(frozen=True, slots=True)
class TypingFigures:
    """One colleague's typing on one day and pass: dossiers, and the medians for each."""

    login: str
    day: dt.date
    pass_no: int
    dossiers: int
    keystrokes: int
    seconds: int
