"""What typing mode is made of: what a colleague keyed, the household found, strokes and seconds."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field


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


@dataclass(frozen=True, slots=True)
class ExtraField:
    """A field that a form or scheme asks beyond the common ones.

    ``name`` is that of a dossier's field, of a line's where ``is_of_line``; ``way`` is how it is
    typed (``tasks/review/web/typing.yaml``); ``label`` and those of ``choices`` (value → label) are
    words by language. ``pattern`` is what its text must match, empty: anything. ``is_asked`` says
    that the form cannot do without it, so that it is shown at once.
    """

    name: str
    way: str
    label: Mapping[str, str]
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    pattern: str = ""
    is_of_line: bool = False
    is_asked: bool = False
