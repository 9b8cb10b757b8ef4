"""Writes what a person corrected: a new content with its evidence, and a version to decide it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Protocol

from models.dossier import Dossier
from models.finding import Finding
from models.rows import (
    EXTRACTED_NAMES,
    FINDING_NAMES,
    LINE_NAMES,
    extracted_row,
    finding_rows,
    line_rows,
)
from models.stage import Stage
from tasks.review.desk import Signed

#: Source of amounts on which both readers agree and which do not add up.
NOT_CLOSED = "not_closed"
_LINE = re.compile(r"^lines\[(\+?)(\d{1,3})\]")


#: What stands in the evidence of a value that only a person gave.
_NOWHERE: Mapping[str, Any] = {
    "page_no": 0, "box_left": 0, "box_top": 0, "box_width": 0, "box_height": 0, "reading": "",
    "second_reading": "", "error_probability": 0.0, "is_doubtful": False, "source": "person",
}  # fmt: skip


class Corrector(Protocol):
    """Applies corrections to a dossier. It SHALL raise ``UsageError`` for a value that is none."""

    def __call__(self, dossier: Dossier, values: Mapping[str, str]) -> Dossier:
        """Return the dossier with the fields replaced; keys are field paths of the evidence."""


class CountAgain(Protocol):
    """Says again of corrected content what was said of its pages, which no field answers."""

    def __call__(
        self, said: Sequence[Finding], before: Dossier, corrected: Dossier
    ) -> Sequence[Finding]:
        """Return the findings of the new version; ``said`` are those of the version before."""


def nothing_again(
    said: Sequence[Finding], before: Dossier, corrected: Dossier
) -> Sequence[Finding]:
    """For content whose pages were never counted."""
    return ()


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
        # Nothing is left in doubt when a content is written: the sum has settled an amount, and
        # whoever typed a whole dossier has left the field as it was.
        is_settled_by_sum = row["source"] == NOT_CLOSED
        copy |= {"is_doubtful": False, "source": "arithmetic" if is_settled_by_sum else "person"}
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


def adds_line(field: str) -> bool:
    """Whether a correction adds a line that nobody read: ``lines[+4].letter``."""
    match = _LINE.match(field)
    return match is not None and bool(match[1])


def evidence_of_content(
    rows: Sequence[Mapping[str, Any]],
    corrected: Dossier,
    values: Mapping[str, str],
    content_version: int,
    *,
    is_settled: bool = True,
) -> list[dict[str, Any]]:
    """Return the evidence of corrected content; what was read of a line taken out goes with it.

    Where not everything ``is_settled``, a field in doubt that nobody wrote stays in doubt.
    """
    added = {_line_no(field) for field in values if adds_line(field)}
    kept = {None} | ({line.line_no for line in corrected.lines} - added)
    return [
        corrected_evidence(row, values, content_version)
        if is_settled or row["field"] in values
        else {**row, "content_version": content_version}
        for row in rows
        if _line_no(row["field"]) in kept
    ]


def evidence_of_typed(
    rows: Sequence[Mapping[str, Any]],
    corrected: Dossier,
    values: Mapping[str, str],
    content_version: int,
) -> list[dict[str, Any]]:
    """Return the evidence of what only a person gave, without a place on a page.

    That is every field of the lines they added, and with them each field nobody had read.
    """
    key = {"dossier_id": corrected.dossier_id, "content_version": content_version}
    known = {row["field"] for row in rows}
    is_typed = any(map(adds_line, values))
    return [
        {**_NOWHERE, **key, "field": field.replace("+", "", 1), "value": text}
        for field, text in values.items()
        if adds_line(field)
        or (is_typed and text and field not in known and _line_no(field) is None)
    ]


def new_evidence(
    rows: Sequence[Mapping[str, Any]],
    corrected: Dossier,
    values: Mapping[str, str],
    content_version: int,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the evidence of corrected content: of what was read, and of what only a person gave.

    The two have different columns.
    """
    return (
        evidence_of_content(rows, corrected, values, content_version),
        evidence_of_typed(rows, corrected, values, content_version),
    )


def tuples_of_content(
    corrected: Dossier, said: Sequence[Finding], content_version: int, version: int
) -> tuple[tuple[str, Sequence[str], list[tuple[Any, ...]]], ...]:
    """Return the rows of corrected content by table, with the names of their columns.

    What was said of its pages (``said``) is said again of the version that decides on it.
    """
    key = corrected.dossier_id
    return (
        ("extracted_dossier", EXTRACTED_NAMES, [extracted_row(corrected, content_version)]),
        ("extracted_line", LINE_NAMES, line_rows(corrected, content_version)),
        ("finding", FINDING_NAMES, finding_rows(key, version, Stage.EXTRACTION, said)),
    )


def _line_no(field: str) -> int | None:
    match = _LINE.match(field)
    return int(match[2]) if match else None


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
