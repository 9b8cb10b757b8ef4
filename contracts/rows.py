"""Checks rows against a contract in plain Python: for one urgent dossier, and as a second opinion.

Great Expectations costs seconds to import and a fifth of a second a run, which a lot can bear and
a single dossier cannot. Both read the same compiled rules.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from time import monotonic
from typing import Any

from contracts.contract import TYPES, Contract, Rule, RuleKind, TableContract, read_contract
from models.stage import Stage
from models.work import GateResult, TableRows

#: Row number that stands for the whole table, where no single row breaks a rule.
WHOLE_TABLE_ROW = -1


class RowGate:
    """A gate that checks rows in plain Python."""

    def __init__(self, folder: Path) -> None:
        """Use the contracts of a folder."""
        self.folder = folder

    def check(self, stage: Stage, tables: Mapping[str, TableRows]) -> GateResult:
        """Check the tables a stage leaves; a table-level failure fails every row's key."""
        started = monotonic()
        contract = read_contract(self.folder, stage)
        failed: dict[str, list[str]] = {}
        summary: list[Mapping[str, str | int]] = []
        for table in contract.tables:
            part = with_totals(table, tables)
            for rule in table.rules:
                broken = broken_rows(rule, part)
                keys = keys_of(part, broken)
                for key in keys:
                    failed.setdefault(key, []).append(rule.rule_id)
                summary.append(summary_row(table.name, rule, len(part.rows), len(broken)))
        return gate_result(contract, tables, failed, summary, monotonic() - started)


def gate_result(
    contract: Contract,
    tables: Mapping[str, TableRows],
    failed: Mapping[str, Sequence[str]],
    summary: Sequence[Mapping[str, str | int]],
    seconds: float,
) -> GateResult:
    """The result of a gate in the form that every gate gives."""
    return GateResult(
        contract_id=contract.contract_id,
        contract_version=contract.version,
        row_count=sum(len(part.rows) for part in tables.values()),
        failed={key: tuple(sorted(set(rules))) for key, rules in failed.items()},
        summary=tuple(summary),
        seconds=seconds,
    )


def summary_row(table: str, rule: Rule, checked: int, failed: int) -> dict[str, str | int]:
    """One rule's outcome without any value."""
    return {
        "rule": rule.rule_id,
        "table": table,
        "columns": " ".join(rule.columns),
        "kind": rule.kind.value,
        "checked": checked,
        "failed": failed,
    }


def keys_of(part: TableRows, broken: Sequence[int]) -> set[str]:
    """The first-column keys of broken rows; every key when the table as a whole is broken."""
    if WHOLE_TABLE_ROW in broken:
        return {str(row[0]) for row in part.rows}
    return {str(part.rows[number][0]) for number in broken}


def with_totals(table: TableContract, tables: Mapping[str, TableRows]) -> TableRows:
    """The table's rows, with the sums over other tables as further columns.

    A table the stage did not leave at all counts as one without rows.
    """
    part = tables.get(table.name)
    if part is None:
        return TableRows(tuple(table.classification), ())
    if not table.totals:
        return part
    sums: list[dict[Any, int]] = []
    for total in table.totals:
        other = tables.get(total.table, TableRows((part.names[0], total.column), ()))
        key, column = other.names.index(part.names[0]), other.names.index(total.column)
        found: dict[Any, int] = {}
        for row in other.rows:
            found[row[key]] = found.get(row[key], 0) + (row[column] or 0)
        sums.append(found)
    names = (*part.names, *(total.name for total in table.totals))
    return TableRows(
        names, [(*row, *(found.get(row[0], 0) for found in sums)) for row in part.rows]
    )


def broken_rows(rule: Rule, part: TableRows) -> list[int]:
    """The numbers of the rows that break a rule; ``WHOLE_TABLE_ROW`` for the table as a whole."""
    if rule.kind is RuleKind.ROW_COUNT:
        return [WHOLE_TABLE_ROW] if len(part.rows) < rule.arguments["minimum"] else []
    missing = [name for name in rule.columns if name not in part.names]
    if missing:
        return [WHOLE_TABLE_ROW] if part.rows else []
    places = [part.names.index(name) for name in rule.columns]
    values = [tuple(row[place] for place in places) for row in part.rows]
    return list(_CHECKS[rule.kind](rule.arguments, values))


Values = Sequence[tuple[Any, ...]]


def _not_null(_arguments: Mapping[str, Any], values: Values) -> Iterator[int]:
    return (number for number, (value,) in enumerate(values) if value is None)


def _of_type(arguments: Mapping[str, Any], values: Values) -> Iterator[int]:
    wanted = TYPES[arguments["type_name"]]
    return (
        number
        for number, (value,) in enumerate(values)
        if value is not None and not is_of_type(value, wanted)
    )


def is_of_type(value: object, wanted: type) -> bool:
    """Whether a value is of a logical type; a truth value is no whole number."""
    if wanted is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if wanted is int:
        return type(value) is int
    return isinstance(value, wanted)


def _pattern(arguments: Mapping[str, Any], values: Values) -> Iterator[int]:
    matches = re.compile(arguments["pattern"]).search
    return (
        number
        for number, (value,) in enumerate(values)
        if value is not None and not matches(str(value))
    )


def _in_set(arguments: Mapping[str, Any], values: Values) -> Iterator[int]:
    known = set(arguments["values"])
    return (
        number for number, (value,) in enumerate(values) if value is not None and value not in known
    )


def _is_between(value: Any, arguments: Mapping[str, Any]) -> bool:
    low, high = arguments["minimum"], arguments["maximum"]
    return (low is None or value >= low) and (high is None or value <= high)


def _between(arguments: Mapping[str, Any], values: Values) -> Iterator[int]:
    return (
        number
        for number, (value,) in enumerate(values)
        if value is not None
        and not (isinstance(value, (int, float)) and _is_between(value, arguments))
    )


def _length_between(arguments: Mapping[str, Any], values: Values) -> Iterator[int]:
    return (
        number
        for number, (value,) in enumerate(values)
        if value is not None and not _is_between(len(str(value)), arguments)
    )


def _unique_together(_arguments: Mapping[str, Any], values: Values) -> Iterator[int]:
    counts = Counter(values)
    return (number for number, value in enumerate(values) if counts[value] > 1)


def _at_least(_arguments: Mapping[str, Any], values: Values) -> Iterator[int]:
    return (
        number
        for number, (first, second) in enumerate(values)
        if first is not None and second is not None and _is_less(first, second)
    )


def _is_less(first: Any, second: Any) -> bool:
    """Whether the first is less; two things that cannot be compared break the rule as well."""
    try:
        return bool(first < second)
    except TypeError:
        return True


def _equal(_arguments: Mapping[str, Any], values: Values) -> Iterator[int]:
    return (number for number, (first, second) in enumerate(values) if first != second)


_CHECKS: Mapping[RuleKind, Callable[[Mapping[str, Any], Values], Iterator[int]]] = {
    RuleKind.NOT_NULL: _not_null,
    RuleKind.OF_TYPE: _of_type,
    RuleKind.PATTERN: _pattern,
    RuleKind.IN_SET: _in_set,
    RuleKind.BETWEEN: _between,
    RuleKind.LENGTH_BETWEEN: _length_between,
    RuleKind.UNIQUE_TOGETHER: _unique_together,
    RuleKind.AT_LEAST: _at_least,
    RuleKind.EQUAL: _equal,
}
