"""Writes what a person corrected: a new content with its evidence, and a version to decide it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Protocol

from models.dossier import Dossier
from models.stage import VersionReason
from tasks.review.desk import Signed

#: Source of amounts on which both readers agree and which do not add up.
NOT_CLOSED = "not_closed"


class Corrector(Protocol):
    """Applies corrections to a dossier. It SHALL raise ``UsageError`` for a value that is none."""

    def __call__(self, dossier: Dossier, values: Mapping[str, str]) -> Dossier:
        """Return the dossier with the fields replaced; keys are field paths of the evidence."""


@dataclass(frozen=True, slots=True)
class CorrectionResult:
    """What a correction did: fields still in doubt, or the new version that will be decided."""

    remaining: tuple[str, ...]
    version: int
    content_version: int

    @property
    def is_complete(self) -> bool:
        """Whether the dossier went back into the stages."""
        return not self.remaining


def corrected_evidence(
    row: Mapping[str, Any], values: Mapping[str, str], content_version: int
) -> dict[str, Any]:
    """Return an evidence row for the new content; the reading stays, the person's value counts."""
    copy = {**row, "content_version": content_version}
    if row["field"] in values:
        copy |= {
            "value": values[row["field"]],
            "error_probability": 0.0,
            "is_doubtful": False,
            "source": "person",
        }
    elif row["is_doubtful"]:
        # Nothing else is left in doubt when a content is written: the sum has settled it.
        copy |= {"is_doubtful": False, "source": "arithmetic"}
    return copy


def still_in_doubt(
    evidence: Iterable[Mapping[str, Any]], corrected: Dossier, written: Mapping[str, str]
) -> tuple[str, ...]:
    """Return the doubtful fields that a person still has to write or confirm.

    Amounts that both readers read alike and that merely did not add up are settled when they do.
    """
    adds_up = sum(line.amount_minor for line in corrected.lines) == corrected.total_minor
    return tuple(
        sorted(
            row["field"]
            for row in evidence
            if row["is_doubtful"]
            and row["field"] not in written
            and not (adds_up and row["source"] == NOT_CLOSED)
        )
    )


def values_before(dossier: Dossier, evidence: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the fields' present values: the header's as they stand, the others as evidenced."""
    header = {
        field.name: "" if (value := getattr(dossier, field.name)) is None else str(value)
        for field in fields(dossier)
        if field.name not in ("stay", "pieces", "lines")
    }
    return header | {row["field"]: row["value"] for row in evidence}


def correction_rows(
    dossier_id: str,
    content_version: int,
    values: Mapping[str, str],
    before: Mapping[str, str],
    signed: Signed,
) -> list[dict[str, Any]]:
    """Return the rows of ``field_correction`` for what a person wrote, without the reason."""
    return [
        {
            "dossier_id": dossier_id,
            "content_version": content_version,
            "field": field,
            "before": before.get(field, ""),
            "after": after,
            "corrected_by": signed.by,
            "corrected_at": signed.at,
        }
        for field, after in sorted(values.items())
    ]


def version_row(
    dossier_id: str, version: int, content_version: int, reason: str, signed: Signed
) -> dict[str, Any]:
    """The row of the version that decides on corrected content; an appeal stays an appeal."""
    is_appeal = reason == VersionReason.APPEAL
    return {
        "dossier_id": dossier_id,
        "version": version,
        "content_version": content_version,
        "reason": reason if is_appeal else VersionReason.CORRECTION.value,
        "opened_by": signed.by,
        "opened_on": signed.day,
    }
