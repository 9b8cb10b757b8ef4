"""What a new version of the calibration would change: the cells that it accepts, or no longer."""

from collections.abc import Iterator
from dataclasses import dataclass

from models.second_reading import SecondReading
from tasks.extraction.calibration.calibration import Calibration, Measured
from tasks.extraction.calibration.cells import ANY, Cell, Limits

#: Evidence of the first engine alone, where the second was spared. Until it is, labels come from
#: fields that both have read, by what sparing one would have left.
SINGLE = "first_reader"


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell with the chance and bound of both versions, and whether each accepts it."""

    cell: Cell
    before: Measured
    after: Measured
    was_accepted: bool
    is_accepted: bool


def accepts(measured: Measured, cell: Cell, limits: Limits) -> bool:
    """Whether fields of a cell need no person."""
    source = cell.evidence.partition("+")[0]
    if cell.field_type not in limits.by_type:
        return False
    limit = limits.limit_of(cell.field_type, source)
    return measured.chance <= limit.error_max and measured.upper <= limit.bound_max


def changes(before: Calibration, after: Calibration, limits: Limits) -> Iterator[CellChange]:
    """Yield the cells with labels in either version that are accepted in one of them alone."""
    known = {cell for version in (before, after) for cell in version.cells}
    for cell in sorted(known):
        old, new = before.of(cell), after.of(cell)
        if cell.field_type == ANY or not (old.labels or new.labels):
            continue
        was, will = accepts(old, cell, limits), accepts(new, cell, limits)
        if was != will:
            yield CellChange(cell, old, new, was, will)


def second_reading(calibration: Calibration, limits: Limits) -> SecondReading:
    """Return where the labels of fields read by one engine alone let the other one be spared.

    Money is never among them: it needs two witnesses and a sum.
    """
    spared = {
        (cell.field_type, cell.band)
        for cell, measured in calibration.cells.items()
        if cell.evidence == SINGLE
        and cell.field_type not in (ANY, "amount")
        and cell.band != ANY
        and accepts(measured, cell, limits)
    }
    return SecondReading(frozenset(spared))
