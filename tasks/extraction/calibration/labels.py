"""Which labels of the desk say how often readings are wrong, and which only that one was."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tasks.extraction.calibration.cells import Cell
from tasks.extraction.calibration.fit import Label

#: A person corrected or confirmed a field; answered the random audit; typed a whole dossier.
CORRECTION, AUDIT, TYPING = "correction", "audit", "typing"


@dataclass(frozen=True, slots=True)
class DeskLabels:
    """The labels of the desk: those that are a sample, and the wrong fields noticed by chance."""

    sample: tuple[Label, ...]
    noticed: tuple[Label, ...]


def desk_labels(rows: Iterable[Any]) -> DeskLabels:
    """Return the labels of rows of ``field_label``.

    Every doubtful field is answered, and audits and typed dossiers are drawn blindly: they are
    samples. An accepted field that somebody corrected was noticed because it was wrong; nobody
    counted the right ones beside it, so it is shown and not fitted.
    """
    sample: list[Label] = []
    noticed: list[Label] = []
    for row in rows:
        label = Label(
            Cell(row.field_type, row.evidence, row.quality_band),
            bool(row.is_wrong),
            row.stated_probability,
            bool(row.was_accepted),
        )
        is_sample = row.origin in (AUDIT, TYPING) or not row.was_accepted
        (sample if is_sample else noticed).append(label)
    return DeskLabels(tuple(sample), tuple(noticed))


def accepted_of(labels: Sequence[Label]) -> tuple[int, int]:
    """Return how many labelled fields had been accepted, and how many of them were wrong."""
    accepted = [label for label in labels if label.is_accepted]
    return len(accepted), sum(label.is_wrong for label in accepted)
