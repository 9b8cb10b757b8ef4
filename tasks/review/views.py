"""What the desk shows: open tasks in a list, and one task with everything said about it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Protocol

from models.dossier import Dossier
from models.finding import Finding, Signal
from models.outcome import PricedDossier
from models.reading import Box, FieldEvidence


class Sentences(Protocol):
    """Gives the sentence of a finding or a rule in the language of the desk."""

    def __call__(self, said: Finding | Signal) -> str:
        """Return the sentence; an unknown code SHALL give the code itself."""


@dataclass(frozen=True, slots=True)
class TaskSummary:
    """An open task as one row of the desk's list; amounts in minor units, 0 where unknown."""

    task_id: str
    dossier_id: str
    version: int
    public_number: str
    channel: str
    agency: str
    kind: str
    reasons: tuple[str, ...]
    opened_on: dt.date
    due_on: dt.date
    asked_minor: int
    due_minor: int
    currency: str
    first_by: str


@dataclass(frozen=True, slots=True)
class Said:
    """Something said about a dossier: its code or rule id, what it asks for, its sentence."""

    code: str
    effect: str
    line_no: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction a person made."""

    field: str
    before: str
    after: str
    corrected_by: str
    corrected_at: str
    content_version: int


@dataclass(frozen=True, slots=True)
class EarlierDecision:
    """What was decided on an earlier or the present version, and by whom."""

    version: int
    outcome: str
    due_minor: int
    decided_by: str
    decided_on: dt.date


@dataclass(frozen=True, slots=True)
class TaskView:
    """One task with the dossier, the amounts, what was said, the evidence and the history.

    ``dossier`` and ``priced`` are None where the dossier did not come so far.
    """

    summary: TaskSummary
    is_current: bool
    dossier: Dossier | None
    priced: PricedDossier | None
    findings: tuple[Said, ...]
    signals: tuple[Said, ...]
    evidence: tuple[FieldEvidence, ...]
    corrections: tuple[Correction, ...]
    decisions: tuple[EarlierDecision, ...]


def summary_of(row: Any) -> TaskSummary:
    """A summary from a row of the desk's list."""
    return TaskSummary(
        row.task_id, row.dossier_id, row.version, row.public_number, row.channel, row.agency,
        row.kind, tuple(row.reasons.split()), row.opened_on, row.due_on, row.asked_minor,
        row.proposed_minor, row.currency, row.first_by,
    )  # fmt: skip


def evidence_of(row: Any) -> FieldEvidence:
    """A field's evidence from its row of ``field_evidence``."""
    return FieldEvidence(
        row.field, row.page_no, Box(row.box_left, row.box_top, row.box_width, row.box_height),
        row.reading, row.second_reading, row.value, row.error_probability, bool(row.is_doubtful),
        row.source, row.flags, row.field_type, row.quality_band, row.calibration,
        row.register_value,
    )  # fmt: skip


def correction_of(row: Any) -> Correction:
    """A correction from its row of ``field_correction``."""
    return Correction(
        row.field, row.before, row.after, row.corrected_by, row.corrected_at, row.content_version
    )


def decision_of(row: Any) -> EarlierDecision:
    """What was decided from its row of ``decision``."""
    return EarlierDecision(row.version, row.outcome, row.due_minor, row.decided_by, row.decided_on)
