"""The fields every figure has, whether it is written in YAML or in a table's row."""

import datetime as dt
from collections.abc import Collection
from dataclasses import replace

from models.errors import CatalogueError
from models.money import MINOR_UNITS, Rounding
from tasks.pricing.figures import DOUBTFUL, EffectiveBy, Figure, Status
from tasks.pricing.strict_yaml import Node, fail


def read_rounding(node: Node, where: str) -> Rounding:
    """Return a rounding by its name."""
    try:
        return Rounding(str(node))
    except ValueError as error:
        raise CatalogueError(f"{where}: rounding must be one of {', '.join(Rounding)}") from error


def read_effective_by(node: Node, where: str) -> EffectiveBy:
    """Return the date that counts by its name."""
    try:
        return EffectiveBy(str(node))
    except ValueError as error:
        raise CatalogueError(
            f"{where}: effective_by must be one of {', '.join(EffectiveBy)}"
        ) from error


def read_status(node: Node, where: str) -> Status:
    """Return a status by its name."""
    try:
        return Status(str(node))
    except ValueError as error:
        raise CatalogueError(f"{where}: status must be one of {', '.join(Status)}") from error


def figure_id(key: str, start: dt.date, known_from: dt.date | None) -> str:
    """Return a figure's id, such as ``letters.private.C@2006-09-01``.

    A figure learnt of after it came into force adds ``~`` and that day.
    """
    late = f"~{known_from.isoformat()}" if known_from is not None else ""
    return f"{key}@{start.isoformat()}{late}"


def check_source(node: Node, where: str, sources: Collection[str]) -> str:
    """Return a source id that stands in the register."""
    if not isinstance(node, str) or not node:
        fail(where, "missing source; name an entry of sources.yaml")
    if node not in sources:
        fail(where, f"source {node} is not in sources.yaml")
    return node


def complete(figure: Figure, where: str) -> Figure:
    """Return a figure with what follows from its other fields, once it is checked.

    Raises:
        CatalogueError: for an id with a space, a conflict without an alternative, a rate above 1.
    """
    if any(sign.isspace() for sign in figure.figure_id):
        fail(where, "a key must not hold a space")
    if figure.status is Status.CONFLICT and not figure.alternatives:
        fail(where, "status conflict without alternatives; keep every value with its source")
    if figure.unit == "rate" and figure.value > 1:
        fail(where, "a rate stands between 0 and 1")
    return replace(
        figure,
        minor=figure.value * MINOR_UNITS,
        is_doubtful=figure.status in DOUBTFUL,
        last_day=figure.end or dt.date.max,
    )
