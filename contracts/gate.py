"""The one door to Great Expectations: a lot's tables against the contract of their boundary."""

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic
from typing import Any

from contracts.contract import Rule, RuleKind, TableContract, read_contract
from contracts.rows import (
    WHOLE_TABLE_ROW,
    broken_rows,
    gate_result,
    keys_of,
    summary_row,
    with_totals,
)
from models.errors import ContractBreach
from models.stage import Stage
from models.work import GateResult, TableRows

#: Name of the added column that numbers the rows: failing rows come back by number, not by value.
ROW = "row_number"
#: Above any lot; the default of 20 would cut the list of failing rows short without a word.
UNEXPECTED_MAX = 10**6


class ExpectationsGate:
    """A gate that runs a contract as a Great Expectations suite, once for a lot and table."""

    def __init__(self, folder: Path) -> None:
        """Use the contracts of a folder; Great Expectations is imported here, once a process."""
        # The one deferred import of the project: it costs six seconds and 290 MB.
        import great_expectations
        from great_expectations import expectations

        # It tells of temporary folders and progress, which nobody asked about.
        logging.getLogger("great_expectations").setLevel(logging.WARNING)
        self.folder = folder
        self._expectations = expectations
        self._library = great_expectations
        self._context = great_expectations.get_context(mode="ephemeral")
        self._context.variables.progress_bars = progress_bars_off()
        self._suites: dict[tuple[Stage, str], Any] = {}

    def check(self, stage: Stage, tables: Mapping[str, TableRows]) -> GateResult:
        """Check the tables a stage leaves; failing rows are named by their first column.

        Raises:
            ContractBreach: when Great Expectations itself could not evaluate a rule.
        """
        started = monotonic()
        contract = read_contract(self.folder, stage)
        failed: dict[str, list[str]] = {}
        summary: list[Mapping[str, str | int]] = []
        for table in contract.tables:
            part = with_totals(table, tables)
            for rule, broken in self._run(stage, table, part):
                for key in keys_of(part, broken):
                    failed.setdefault(key, []).append(rule.rule_id)
                summary.append(summary_row(table.name, rule, len(part.rows), len(broken)))
        return gate_result(contract, tables, failed, summary, monotonic() - started)

    def _run(
        self, stage: Stage, table: TableContract, part: TableRows
    ) -> list[tuple[Rule, list[int]]]:
        if not part.rows:
            # No frame to look at: only a row count can fail, and it does so without the library.
            return [(rule, broken_rows(rule, part)) for rule in table.rules]
        import pandas

        frame = pandas.DataFrame(list(part.rows), columns=list(part.names), dtype=object)
        frame[ROW] = range(len(part.rows))
        suite = self._suite(stage, table)
        source = self._context.data_sources.add_or_update_pandas(f"{stage.value}-{table.name}")
        definition = source.add_dataframe_asset(table.name).add_batch_definition_whole_dataframe(
            "lot"
        )
        result = definition.get_batch({"dataframe": frame}).validate(
            suite,
            result_format={
                "result_format": "COMPLETE",
                "unexpected_index_column_names": [ROW],
                "partial_unexpected_count": UNEXPECTED_MAX,
                "exclude_unexpected_values": False,
            },
        )
        by_id = {rule.rule_id: rule for rule in table.rules}
        return [_answer(by_id, outcome, part) for outcome in result.results]

    def _suite(self, stage: Stage, table: TableContract) -> Any:
        key = (stage, table.name)
        if key not in self._suites:
            suite = self._library.ExpectationSuite(name=f"{stage.value}-{table.name}")
            for rule in table.rules:
                suite.add_expectation(expectation_of(self._expectations, rule))
            self._suites[key] = suite
        return self._suites[key]


def progress_bars_off() -> Any:
    """The setting that keeps the library from drawing progress bars into the log."""
    from great_expectations.data_context.types.base import ProgressBarsConfig

    return ProgressBarsConfig(globally=False)


def _answer(by_id: Mapping[str, Rule], outcome: Any, part: TableRows) -> tuple[Rule, list[int]]:
    """The rows that break a rule; a value of a wrong type may keep the library from saying.

    It then reports an exception, nested by metric, instead of rows; the plain check names them.
    """
    rule = by_id[outcome.expectation_config.meta["rule_id"]]
    if _raised(outcome.exception_info or {}):
        broken = broken_rows(rule, part)
        if not broken:
            raise ContractBreach(f"rule {rule.rule_id} could not be evaluated on this lot")
        return rule, broken
    if outcome.success:
        return rule, []
    found = outcome.result.get("unexpected_index_list")
    if found is None:
        return rule, [WHOLE_TABLE_ROW]
    if len(found) != outcome.result["unexpected_count"]:
        raise ContractBreach(f"rule {rule.rule_id} did not name all its failing rows")
    return rule, [int(entry[ROW]) for entry in found]


def _raised(info: Mapping[str, Any]) -> bool:
    if "raised_exception" in info:
        return bool(info["raised_exception"])
    return any(isinstance(part, Mapping) and _raised(part) for part in info.values())


def expectation_of(library: Any, rule: Rule) -> Any:
    """The Great Expectations expectation of a rule; its id travels in the expectation's meta."""
    name, arguments = _EXPECTATIONS[rule.kind](rule)
    return getattr(library, name)(**arguments, meta={"rule_id": rule.rule_id})


def _column(rule: Rule, **arguments: Any) -> dict[str, Any]:
    return {"column": rule.columns[0], **arguments}


def _limits(rule: Rule) -> dict[str, Any]:
    return {"min_value": rule.arguments.get("minimum"), "max_value": rule.arguments.get("maximum")}


def _pair(rule: Rule, **arguments: Any) -> dict[str, Any]:
    return {"column_A": rule.columns[0], "column_B": rule.columns[1], **arguments}


def _unique(rule: Rule) -> tuple[str, dict[str, Any]]:
    if len(rule.columns) == 1:
        return "ExpectColumnValuesToBeUnique", _column(rule)
    return "ExpectCompoundColumnsToBeUnique", {"column_list": list(rule.columns)}


#: Names under which Great Expectations knows the types of Python values in an object column.
_TYPE_NAMES: Mapping[str, list[str]] = {
    "string": ["str"],
    "integer": ["int"],
    "number": ["int", "float"],
    "boolean": ["bool"],
    "date": ["date"],
}

_EXPECTATIONS: Mapping[RuleKind, Callable[[Rule], tuple[str, dict[str, Any]]]] = {
    RuleKind.NOT_NULL: lambda rule: ("ExpectColumnValuesToNotBeNull", _column(rule)),
    RuleKind.OF_TYPE: lambda rule: (
        "ExpectColumnValuesToBeInTypeList",
        _column(rule, type_list=_TYPE_NAMES[rule.arguments["type_name"]]),
    ),
    RuleKind.PATTERN: lambda rule: (
        "ExpectColumnValuesToMatchRegex",
        _column(rule, regex=rule.arguments["pattern"]),
    ),
    RuleKind.IN_SET: lambda rule: (
        "ExpectColumnValuesToBeInSet",
        _column(rule, value_set=list(rule.arguments["values"])),
    ),
    RuleKind.BETWEEN: lambda rule: (
        "ExpectColumnValuesToBeBetween",
        _column(rule, **_limits(rule)),
    ),
    RuleKind.LENGTH_BETWEEN: lambda rule: (
        "ExpectColumnValueLengthsToBeBetween",
        _column(rule, **_limits(rule)),
    ),
    RuleKind.UNIQUE_TOGETHER: _unique,
    RuleKind.ROW_COUNT: lambda rule: ("ExpectTableRowCountToBeBetween", _limits(rule)),
    RuleKind.AT_LEAST: lambda rule: (
        "ExpectColumnPairValuesAToBeGreaterThanB",
        _pair(rule, or_equal=True, ignore_row_if="either_value_is_missing"),
    ),
    RuleKind.EQUAL: lambda rule: (
        "ExpectColumnPairValuesToBeEqual",
        _pair(rule, ignore_row_if="neither"),
    ),
}
