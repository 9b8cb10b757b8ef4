"""Publishes Data Docs: what was checked on a day, how often it held, and never a value."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contracts.contract import Contract, TableContract, read_contract
from contracts.gate import expectation_of, progress_bars_off
from contracts.site import TableDocs, write_site
from models.stage import Stage


@dataclass(frozen=True, slots=True)
class LotResult:
    """What a gate said of one lot at one boundary, as kept in the database."""

    lot_id: str
    stage: Stage
    summary: str


def publish_docs(folder: Path, contracts: Path, day: dt.date, results: Sequence[LotResult]) -> Path:
    """Build the Data Docs of a day as a site in ``folder``; return its first page.

    The pages show rules, counts of rows checked and counts of rows that failed over all lots.
    """
    import great_expectations
    from great_expectations import expectations

    folder.mkdir(parents=True, exist_ok=True)
    context = great_expectations.get_context(mode="file", project_root_dir=folder)
    context.variables.progress_bars = progress_bars_off()
    tables: list[TableDocs] = []
    for stage, counts in _by_stage(results).items():
        contract = read_contract(contracts, stage)
        for table in contract.tables:
            suite = _suite(great_expectations, expectations, contract, table)
            context.suites.add_or_update(suite)
            _add_result(context, suite, contract, counts, day)
            tables.append(_table_docs(stage, contract, table, counts, suite.name))
    context.build_data_docs()
    return write_site(folder, day, tables)


#: Where Great Expectations puts the page of a suite, below the folder of the docs.
SUITE_PAGES = "gx/uncommitted/data_docs/local_site/expectations"


def _table_docs(
    stage: Stage,
    contract: Contract,
    table: TableContract,
    counts: Mapping[str, Mapping[str, Any]],
    suite: str,
) -> TableDocs:
    return TableDocs(
        stage=stage.value,
        contract=contract.contract_id,
        version=contract.version,
        purpose=contract.purpose,
        table=table.name,
        rules=[counts[rule.rule_id] for rule in table.rules if rule.rule_id in counts],
        page=f"{SUITE_PAGES}/{suite}.html",
    )


def _by_stage(results: Sequence[LotResult]) -> dict[Stage, dict[str, dict[str, Any]]]:
    """For each stage and rule, the rows checked and failed over all lots."""
    stages: dict[Stage, dict[str, dict[str, Any]]] = {}
    for result in sorted(results, key=lambda result: result.stage.position):
        counts = stages.setdefault(result.stage, {})
        for row in json.loads(result.summary):
            total = counts.setdefault(row["rule"], {**row, "checked": 0, "failed": 0})
            total["checked"] += row["checked"]
            total["failed"] += row["failed"]
    return stages


def suite_name(contract: Contract, table: TableContract) -> str:
    """The name under which a table's rules stand in the docs."""
    version = contract.version.replace(".", "_")
    return f"{contract.contract_id}-{table.name}-{version}"


def _suite(library: Any, expectations: Any, contract: Contract, table: TableContract) -> Any:
    suite = library.ExpectationSuite(name=suite_name(contract, table))
    for rule in table.rules:
        expectation = expectation_of(expectations, rule)
        expectation.notes = rule.rule_id
        suite.add_expectation(expectation)
    return suite


def _add_result(
    context: Any,
    suite: Any,
    contract: Contract,
    counts: Mapping[str, Mapping[str, Any]],
    day: dt.date,
) -> None:
    from great_expectations.core import (
        ExpectationSuiteValidationResult,
        ExpectationValidationResult,
        RunIdentifier,
    )
    from great_expectations.data_context.types.resource_identifiers import (
        ExpectationSuiteIdentifier,
        ValidationResultIdentifier,
    )

    outcomes = [
        ExpectationValidationResult(
            success=row["failed"] == 0,
            expectation_config=expectation.configuration,
            result=_counts(row),
            exception_info={
                "raised_exception": False,
                "exception_message": None,
                "exception_traceback": None,
            },
        )
        for expectation in suite.expectations
        if (row := counts.get(expectation.meta["rule_id"]))
    ]
    passed = sum(1 for outcome in outcomes if outcome.success)
    moment = dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)
    run = RunIdentifier(run_name=day.isoformat(), run_time=moment)
    identifier = ValidationResultIdentifier(
        expectation_suite_identifier=ExpectationSuiteIdentifier(name=suite.name),
        run_id=run,
        batch_identifier=day.isoformat(),
    )
    document = ExpectationSuiteValidationResult(
        success=passed == len(outcomes),
        results=outcomes,
        suite_name=suite.name,
        statistics={
            "evaluated_expectations": len(outcomes),
            "successful_expectations": passed,
            "unsuccessful_expectations": len(outcomes) - passed,
            "success_percent": 100.0 * passed / len(outcomes) if outcomes else 100.0,
        },
        meta={
            "run_id": run,
            "contract": f"{contract.contract_id} {contract.version}",
            "batch_spec": {},
            "validation_time": moment.isoformat(),
        },
    )
    context.validation_results_store.add_or_update(key=identifier, value=document)


def _counts(row: Mapping[str, Any]) -> dict[str, Any]:
    checked, failed = int(row["checked"]), int(row["failed"])
    if row["kind"] == "row_count":
        return {"observed_value": checked}
    return {
        "element_count": checked,
        "unexpected_count": failed,
        "unexpected_percent": 100.0 * failed / checked if checked else 0.0,
        "missing_count": 0,
        "missing_percent": 0.0,
    }
