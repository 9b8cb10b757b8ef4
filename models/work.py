"""How a stage hands over its work: rows for each table, who stops, and what the gate said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.stage import Stage, Status


@dataclass(frozen=True, slots=True)
class TableRows:
    """Rows of one table as tuples in the order of ``names``; ``names[0]`` is ``dossier_id``."""

    names: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Stop:
    """A dossier that does not go on by itself: its new status and the codes of the reasons."""

    status: Status
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChunkOutput:
    """What a stage leaves of one chunk: rows for each table, and the dossiers that stop.

    The first table SHALL hold at least one row for each dossier of the chunk: a dossier without
    one was lost by the stage and is quarantined.
    """

    tables: Mapping[str, TableRows]
    stops: Mapping[str, Stop] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GateResult:
    """What the contract gate said of one lot at one boundary.

    ``failed`` maps each dossier to be quarantined to the ids of the rules its rows break;
    ``summary`` has a row a rule (rule, table, column, rows checked, rows failed) without values.
    """

    contract_id: str
    contract_version: str
    row_count: int
    failed: Mapping[str, tuple[str, ...]]
    summary: tuple[Mapping[str, str | int], ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class StageReport:
    """One stage over one lot, as the flow and its artifact show it."""

    lot_id: str
    stage: Stage
    dossier_count: int
    row_count: int
    stopped_count: int
    quarantined_count: int
    seconds: float
    contract_seconds: float
    audit_seconds: float


def merge_outputs(outputs: Sequence[ChunkOutput]) -> ChunkOutput:
    """Return the outputs of a lot's chunks as one."""
    tables: dict[str, list[tuple[Any, ...]]] = {}
    names: dict[str, tuple[str, ...]] = {}
    stops: dict[str, Stop] = {}
    for output in outputs:
        for table, part in output.tables.items():
            tables.setdefault(table, []).extend(part.rows)
            names[table] = part.names
        stops.update(output.stops)
    return ChunkOutput({name: TableRows(names[name], rows) for name, rows in tables.items()}, stops)
