"""What the pipeline says about a dossier: findings of the checks and signals of the fraud rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Effect(StrEnum):
    """What a finding asks for, weakest first; a dossier follows its strongest finding."""

    NOTE = "note"
    REVIEW = "review"
    SUSPEND = "suspend"
    RETURN = "return"
    REFUSE_LINE = "refuse_line"
    REFUSE = "refuse"


class SignalEffect(StrEnum):
    """What a fraud rule asks for, weakest first."""

    NOTE = "note"
    SCORE = "score"
    HOLD = "hold"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Finding:
    """The dossier is wrong or unclear in one point; data for a person, never an exception.

    ``params`` fill the sentence of the code (dates, counts, amounts as text); they never hold a
    name, an identity number, an account or a diagnosis. ``line_no`` is None for the whole dossier.
    """

    code: str
    effect: Effect
    line_no: int | None = None
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Signal:
    """A fraud rule fired on a dossier: which rule and version, on what, against which threshold."""

    rule_id: str
    rule_version: str
    effect: SignalEffect
    score: int
    line_no: int | None
    params: Mapping[str, str]
