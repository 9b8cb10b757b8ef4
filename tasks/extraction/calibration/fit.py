"""Fits a calibration to labelled fields: counts by cell, wider groups where labels are few.

The groups of a cell, from the widest: its evidence; its type and evidence; these and the page's
quality band. Poor pages (handwriting, fax) keep to themselves: what is read on them says nothing
of the others, nor the others of them. A group's chance leans on the wider one's by ``LEANING``
labels. The bound is that of the narrowest group with ``LABELS_MIN`` labels, or of a smaller one
that has more errors than the wider group explains: few labels may make a field less believed,
hardly more.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from models.bounds import chance_of_at_least, exact_upper_95
from tasks.extraction.calibration.calibration import (
    CONTRADICTED,
    DIFFERS,
    Calibration,
    Measured,
)
from tasks.extraction.calibration.cells import ANY, WEAKER, Cell

#: Labels with which a group speaks for itself: none wrong of them excludes 1 % at 95 %.
LABELS_MIN = 300
#: The weight of the wider group's rate in a narrower one's, in labels.
LEANING = 100
#: A small group is judged by its own labels when so many errors were less likely than this; one
#: error somewhere among so many groups surprises nobody.
SURPRISE, SURPRISING_MIN = 0.05, 2
#: Evidence → kinds whose labels count for it too. What the register has beside number, name and
#: birth date is right because it stands there, whether one engine or two read it.
ALIKE: Mapping[str, tuple[str, ...]] = {"register": ("agreed+register",)}
#: The band that keeps to itself, and the name of all others together.
POOR, LEGIBLE = "poor", "legible"
#: Decimals of a chance in the document.
_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Count:
    """Labels of a group and how many of them were wrong."""

    labels: int = 0
    wrong: int = 0

    def __add__(self, other: "Count") -> "Count":
        """Both together."""
        return Count(self.labels + other.labels, self.wrong + other.wrong)


@dataclass(frozen=True, slots=True)
class Label:
    """One labelled field: its cell, the chance that was stated, and whether its value was wrong."""

    cell: Cell
    is_wrong: bool
    stated: float = 0.0
    is_accepted: bool = True


@dataclass(frozen=True, slots=True)
class Made:
    """Who makes a version of the calibration, when (ISO text, UTC) and from which labels."""

    version: str
    at: str
    by: str
    origin: str


def count_labels(labels: Iterable[Label]) -> dict[Cell, Count]:
    """Return the counts of each cell."""
    total: Counter[Cell] = Counter()
    wrong: Counter[Cell] = Counter()
    for label in labels:
        total[label.cell] += 1
        wrong[label.cell] += label.is_wrong
    return {cell: Count(total[cell], wrong[cell]) for cell in total}


def fit_calibration(counts: Mapping[Cell, Count], made: Made) -> Calibration:
    """Return the calibration of some counts: every type with every evidence in every band.

    More evidence is never believed less than the weaker evidence it adds to.
    """
    groups = _groups(counts)
    types = [*sorted({cell.field_type for cell in counts}), ANY]
    bands = [*sorted({cell.band for cell in counts}), ANY]
    seen = {cell.evidence for cell in counts}
    kinds = sorted(seen | {kind for kind, alike in ALIKE.items() if seen & set(alike)})
    cells: dict[Cell, Measured] = {}
    for field_type in types:
        for band in bands:
            row = {kind: _measure(groups, Cell(field_type, kind, band)) for kind in kinds}
            for kind, one in _in_order(row).items():
                cells[Cell(field_type, kind, band)] = one
    whole = sum(counts.values(), Count())
    return Calibration(
        made.version, made.at, made.by, made.origin, whole.labels, whole.wrong, cells
    )


def _groups(counts: Mapping[Cell, Count]) -> dict[Cell, Count]:
    """The counts of all cells and of the wider groups around them."""
    groups: dict[Cell, Count] = {}
    for cell, count in counts.items():
        for field_type in (cell.field_type, ANY):
            for band in {cell.band, _kin(cell.band), ANY}:
                wider = Cell(field_type, cell.evidence, band)
                groups[wider] = groups.get(wider, Count()) + count
    return groups


def _kin(band: str) -> str:
    """The bands whose labels may stand in for a band's own; all of them where none is known."""
    if band in ("", ANY):
        return ANY
    return POOR if band == POOR else LEGIBLE


def _measure(groups: Mapping[Cell, Count], cell: Cell) -> Measured:
    """A cell's own labels, its chance, and the bound of the group that may speak for it."""
    kin = _kin(cell.band)
    widest = Cell(ANY, cell.evidence, kin)
    alike = (Cell(ANY, kind, kin) for kind in (cell.evidence, *ALIKE.get(cell.evidence, ())))
    count = sum((groups.get(one, Count()) for one in alike), Count())
    # Half an error in one label more, so that none wrong of few is not taken for never (Jeffreys).
    chance = (count.wrong + 0.5) / (count.labels + 1)
    judge, upper = widest, _upper(count)
    if cell.evidence.endswith(DIFFERS) and count.labels < LABELS_MIN:
        judge, chance, upper = _contradicted(groups, cell, count)
    last = groups.get(widest)
    for group in (Cell(cell.field_type, cell.evidence, kin), cell):
        own = groups.get(group)
        if own is None or own == last:
            continue  # the same labels again would count twice
        last = own
        is_bad = (
            own.wrong >= SURPRISING_MIN
            and chance_of_at_least(own.wrong, own.labels, chance) < SURPRISE
        )
        if own.labels >= LABELS_MIN or is_bad:
            judge, upper = group, _upper(own)
        chance = (own.wrong + LEANING * chance) / (own.labels + LEANING)
    own = groups.get(cell, Count())
    return Measured(
        own.labels,
        own.wrong,
        _name(judge),
        round(chance, _DECIMALS),
        round(max(chance, upper), _DECIMALS),
    )


def _contradicted(
    groups: Mapping[Cell, Count], cell: Cell, count: Count
) -> tuple[Cell, float, float]:
    """Few labels of contradictions lean on ten times the chance of the same without one."""
    plain = _measure(groups, replace(cell, evidence=cell.evidence.removesuffix(DIFFERS)))
    chance = min(1.0, CONTRADICTED * plain.chance)
    chance = (count.wrong + LEANING * chance) / (count.labels + LEANING)
    return cell, chance, min(1.0, CONTRADICTED * plain.upper)


def _in_order(row: Mapping[str, Measured]) -> dict[str, Measured]:
    """The kinds of evidence with weaker ones believed at most as much as stronger ones."""
    found = dict(row)
    changed = True
    while changed:
        changed = False
        for strong, weaker in WEAKER.items():
            for weak in weaker:
                if strong not in found or weak not in found:
                    continue
                above, below = found[strong], found[weak]
                if above.chance > below.chance or above.upper > below.upper:
                    found[weak] = replace(
                        below,
                        chance=max(above.chance, below.chance),
                        upper=max(above.upper, below.upper),
                    )
                    changed = True
    return found


def _upper(count: Count) -> float:
    return exact_upper_95(count.wrong, count.labels)


def _name(group: Cell) -> str:
    return f"{group.field_type}/{group.evidence}/{group.band or '-'}"
