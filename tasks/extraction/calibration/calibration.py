"""A calibration: for each cell the chance that a field is wrong, with the labels behind it.

A document of plain values, so that an auditor can read and recompute it.
"""

import functools
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from models.errors import CatalogueError
from models.yaml_loader import safe_load
from tasks.extraction.calibration.cells import ANY, Cell

START_FILE = Path(__file__).with_name("start.yaml")
#: What nothing was ever measured of goes to a person.
UNKNOWN_CHANCE, UNKNOWN_BOUND = 0.5, 1.0
#: How much likelier an error is where the register contradicts, until labels say it: our judgement.
#: Most contradictions are the paper's or the register's own, not the reader's.
CONTRADICTED = 10.0
DIFFERS = "+register_differs"


@dataclass(frozen=True, slots=True)
class Measured:
    """A cell's labels, how many were wrong, and the group whose labels it is judged by.

    ``chance`` is the estimated rate of errors, ``upper`` its bound at 95 %.
    """

    labels: int
    wrong: int
    group: str
    chance: float
    upper: float


UNKNOWN = Measured(0, 0, "", UNKNOWN_CHANCE, UNKNOWN_BOUND)


@dataclass(frozen=True, slots=True)
class Calibration:
    """A version of the calibration: where its labels are from, and its cells."""

    version: str
    made_at: str
    made_by: str
    origin: str
    labels: int
    wrong: int
    cells: Mapping[Cell, Measured]

    def of(self, cell: Cell) -> Measured:
        """What is known of a cell; of one never seen, what is known of wider ones."""
        for known in (
            cell,
            Cell(cell.field_type, cell.evidence, ANY),
            Cell(ANY, cell.evidence, cell.band),
            Cell(ANY, cell.evidence, ANY),
        ):
            if known in self.cells:
                return self.cells[known]
        if not cell.evidence.endswith(DIFFERS):
            return UNKNOWN
        plain = self.of(replace(cell, evidence=cell.evidence.removesuffix(DIFFERS)))
        chance, upper = (min(1.0, CONTRADICTED * one) for one in (plain.chance, plain.upper))
        return Measured(0, 0, plain.group, chance, upper)

    @property
    def sha256(self) -> str:
        """The fingerprint of the cells; a name or a date does not change it."""
        body = json.dumps(_rows(self), separators=(",", ":"))
        return hashlib.sha256(body.encode()).hexdigest()


def to_document(calibration: Calibration) -> str:
    """Return a calibration as YAML, one cell a line."""
    head = {
        "version": calibration.version,
        "made_at": calibration.made_at,
        "made_by": calibration.made_by,
        "origin": calibration.origin,
        "labels": calibration.labels,
        "wrong": calibration.wrong,
        "sha256": calibration.sha256,
    }
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in head.items()]
    lines.append(
        "# type, evidence, quality band, labels, wrong, judged by, chance, upper bound 95 %"
    )
    lines.append("cells:")
    lines += [f"- {json.dumps(row)}" for row in _rows(calibration)]
    return "\n".join(lines) + "\n"


def from_document(text: str, name: str = "calibration") -> Calibration:
    """Return the calibration of a document.

    Raises:
        CatalogueError: when a part is missing or wrong, or the fingerprint does not fit.
    """
    raw = safe_load(text)
    try:
        calibration = Calibration(
            version=str(raw["version"]),
            made_at=str(raw["made_at"]),
            made_by=str(raw["made_by"]),
            origin=str(raw["origin"]),
            labels=int(raw["labels"]),
            wrong=int(raw["wrong"]),
            cells=dict(_cell(row) for row in raw["cells"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CatalogueError(f"{name}: a part is missing or wrong: {error}") from error
    if calibration.sha256 != raw.get("sha256"):
        raise CatalogueError(
            f"{name}: the cells do not fit their fingerprint; take it from its source"
        )
    return calibration


def _rows(calibration: Calibration) -> list[list[Any]]:
    return [
        [
            cell.field_type, cell.evidence, cell.band, one.labels, one.wrong, one.group,
            one.chance, one.upper,
        ]
        for cell, one in sorted(calibration.cells.items())
    ]  # fmt: skip


def _cell(row: Sequence[Any]) -> tuple[Cell, Measured]:
    field_type, evidence, band, labels, wrong, group, chance, upper = row
    if not 0 <= float(chance) <= 1 or not 0 <= float(upper) <= 1:
        raise ValueError("a chance lies between 0 and 1")
    return Cell(field_type, evidence, band), Measured(
        int(labels), int(wrong), str(group), float(chance), float(upper)
    )


@functools.cache
def shipped_calibration() -> Calibration:
    """The calibration that tasfiya brings along, fitted from simulated paper."""
    return from_document(START_FILE.read_text(encoding="utf-8"), START_FILE.name)
