"""Reads ``coverage.yaml``: which right comes before which, by country and day."""

import datetime as dt
import functools
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from models.dossier import CareKind
from models.errors import CatalogueError
from models.registers import holds_on
from models.yaml_loader import safe_load
from tasks.validation.rights_sections import Status

COVERAGE_FILE = Path(__file__).with_name("coverage.yaml")
COMPULSORY = "compulsory"
MAINTAINED = "maintained"
_KEYS = frozenset({"branches", "classes", "order", "schemes", "parents"})
_DATED = frozenset({"from", "to", "source", "status"})


class FirstParent(StrEnum):
    """Which of two insured parents comes first; ``either``: the parents' schemes decide."""

    FATHER = "father"
    MOTHER = "mother"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class DatedOrder:
    """One dated row: what comes first, from when to when, and where that stands."""

    valid_from: dt.date
    valid_to: dt.date | None
    names: tuple[str, ...]
    apart: frozenset[CareKind]
    source: str
    status: Status


@dataclass(frozen=True, slots=True)
class Precedence:
    """A country's order of rights: by rank, then by scheme, then by parent."""

    branches: Mapping[str, str]
    classes: Mapping[tuple[str, str], str]
    order: tuple[DatedOrder, ...]
    schemes: tuple[DatedOrder, ...]
    parents: tuple[DatedOrder, ...]

    def branch_of(self, scheme: str) -> str:
        """Return the risk a scheme covers; empty for health."""
        return self.branches.get(scheme, "")

    def class_of(self, scheme: str, category: str) -> str:
        """Return what kind of scheme a membership is in."""
        found = self.classes.get((scheme, category)) or self.classes.get((scheme, ""))
        return found or COMPULSORY

    def rank_of(self, right: str, class_: str, day: dt.date) -> int:
        """Return the place of a right (``own`` or ``dependant``) of a class; unnamed ones last."""
        ranks = _on(self.order, day).names
        name = f"{right}.{class_}"
        return ranks.index(name) if name in ranks else len(ranks)

    def scheme_place(self, scheme: str, day: dt.date) -> int:
        """Return the place of a scheme among those of the country; unnamed ones last."""
        names = _on(self.schemes, day).names
        return names.index(scheme) if scheme in names else len(names)

    def first_parent(self, day: dt.date) -> FirstParent:
        """Return which of two insured parents comes first on a day."""
        return FirstParent(_on(self.parents, day).names[0])

    def is_apart(self, care_kind: CareKind | None, day: dt.date) -> bool:
        """Whether each scheme pays its own benefit for a kind of care, beside the others."""
        return care_kind in _on(self.order, day).apart


def _on(rows: Sequence[DatedOrder], day: dt.date) -> DatedOrder:
    """The row in force on a day; the nearest one where the day lies outside all of them."""
    for row in rows:
        if holds_on(row.valid_from, row.valid_to, day):
            return row
    return rows[0] if day < rows[0].valid_from else rows[-1]


@functools.cache
def read_precedence(path: Path = COVERAGE_FILE) -> Mapping[str, Precedence]:
    """Return the order of rights by country.

    Raises:
        CatalogueError: names the file, the country and the key that is wrong.
    """
    raw = safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(raw, dict):
        raise CatalogueError(f"{path.name}: must map countries to their orders")
    return {str(country): _country(f"{path.name}: {country}", raw[country]) for country in raw}


def _country(where: str, raw: Any) -> Precedence:
    if not isinstance(raw, dict) or set(raw) != _KEYS:
        raise CatalogueError(f"{where}: keys must be {', '.join(sorted(_KEYS))}")
    classes: dict[tuple[str, str], str] = {}
    for entry in raw["classes"]:
        if set(entry) != {"scheme", "category", "class"}:
            raise CatalogueError(f"{where}: classes: keys must be scheme, category, class")
        classes[(str(entry["scheme"]), str(entry["category"]))] = str(entry["class"])
    order = _rows(f"{where}: order", raw["order"], "ranks", {"apart"})
    known = {COMPULSORY, MAINTAINED, *classes.values()}
    for row in order:
        wanted = {f"{right}.{name}" for right in ("own", "dependant") for name in known}
        if set(row.names) != wanted or len(row.names) != len(wanted):
            raise CatalogueError(
                f"{where}: order from {row.valid_from}: ranks must be each of "
                f"{', '.join(sorted(wanted))}, once"
            )
    parents = _rows(f"{where}: parents", raw["parents"], "first", set())
    for row in parents:
        if row.names[0] not in {one.value for one in FirstParent}:
            raise CatalogueError(f"{where}: parents from {row.valid_from}: unknown first")
    return Precedence(
        branches={str(scheme): str(branch) for scheme, branch in raw["branches"].items()},
        classes=classes,
        order=order,
        schemes=_rows(f"{where}: schemes", raw["schemes"], "schemes", set()),
        parents=parents,
    )


def _rows(where: str, raw: Any, key: str, more: set[str]) -> tuple[DatedOrder, ...]:
    if not isinstance(raw, list) or not raw:
        raise CatalogueError(f"{where}: must be a list of dated rows")
    rows = sorted((_row(where, entry, key, more) for entry in raw), key=lambda row: row.valid_from)
    for earlier, later in itertools.pairwise(rows):
        if earlier.valid_to is None or earlier.valid_to + dt.timedelta(1) != later.valid_from:
            raise CatalogueError(f"{where}: rows do not meet on {later.valid_from}")
    return tuple(rows)


def _row(where: str, entry: Any, key: str, more: set[str]) -> DatedOrder:
    wanted = _DATED | {key} | more
    if not isinstance(entry, dict) or set(entry) != wanted:
        raise CatalogueError(f"{where}: keys must be {', '.join(sorted(wanted))}")
    first, last = entry["from"], entry["to"]
    if not isinstance(first, dt.date) or not (last is None or isinstance(last, dt.date)):
        raise CatalogueError(f"{where}: from and to must be dates, to may be null")
    if not entry["source"]:
        raise CatalogueError(f"{where}: from {first}: source is missing")
    names = entry[key] if isinstance(entry[key], list) else [entry[key]]
    try:
        apart = frozenset(CareKind(kind) for kind in entry.get("apart", ()))
        status = Status(entry["status"])
    except ValueError as error:
        raise CatalogueError(f"{where}: from {first}: {error}") from error
    return DatedOrder(
        first, last, tuple(str(name) for name in names), apart, str(entry["source"]), status
    )
