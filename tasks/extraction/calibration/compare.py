"""What a new version of the calibration would change: the cells that it accepts, or no longer."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from models.bounds import exact_upper_95
from models.second_reading import SecondReading
from tasks.extraction.calibration.calibration import Calibration, Measured
from tasks.extraction.calibration.cells import ANY, Cell, Limits

#: Evidence of the first engine alone, where the second was spared. Until it is, labels come from
#: fields that both have read, by what sparing one would have left.
SINGLE = "first_reader"
#: The bands in which a field may be read once; their labels speak for one another.
_LEGIBLE = ("good", "fair")
#: Types of which money is made: an amount, or what multiplies or names the price of one.
_OF_MONEY = frozenset({"amount", "unit_price", "coefficient", "integer", "act", "ean"})


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
        for cell in calibration.cells
        if is_enough_alone(calibration, cell, limits)
    }
    return SecondReading(frozenset(spared))


def is_enough_alone(calibration: Calibration, cell: Cell, limits: Limits) -> bool:
    """Whether a cell is of fields read once that may be, by labels of their own type.

    What other types show says nothing here: a type of which too few fields were labelled to exclude
    its limit is read by both engines.
    """
    if cell.evidence != SINGLE or cell.field_type in (ANY, *_OF_MONEY):
        return False
    if cell.band not in _LEGIBLE or not accepts(calibration.of(cell), cell, limits):
        return False
    kin = (replace(cell, band=band) for band in _LEGIBLE)
    own = [calibration.cells[one] for one in kin if one in calibration.cells]
    upper = exact_upper_95(sum(one.wrong for one in own), sum(one.labels for one in own))
    return upper <= limits.by_type[cell.field_type].bound_max
