import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from contracts.contract import (
    Contract,
    RuleKind,
    TableContract,
    contract_path,
    read_contract,
)
from contracts.gate import ExpectationsGate
from contracts.rows import RowGate
from infra.settings import ROOT
from models.errors import CatalogueError
from models.records.all_tables import table as database_table
from models.stage import Stage

FOLDER = ROOT / "contracts"


def load_tables() -> ModuleType:
    path = Path(__file__).parent / "tables.py"
    spec = importlib.util.spec_from_file_location("contract_tables", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tables = load_tables()


@pytest.fixture(scope="module")
def gates() -> tuple[ExpectationsGate, RowGate]:
    return ExpectationsGate(FOLDER), RowGate(FOLDER)


@pytest.mark.parametrize("stage", list(Stage))
def test_good_rows_pass_both_gates(stage: Stage, gates: tuple[ExpectationsGate, RowGate]) -> None:
    good = tables.good_tables(read_contract(FOLDER, stage))
    for gate in gates:
        assert gate.check(stage, good).failed == {}


def all_tables() -> list[tuple[Contract, TableContract]]:
    contracts = [read_contract(FOLDER, stage) for stage in Stage]
    return [(contract, table) for contract in contracts for table in contract.tables]


@pytest.mark.parametrize(
    ("contract", "table"),
    all_tables(),
    ids=[f"{contract.stage.value}:{table.name}" for contract, table in all_tables()],
)
def test_each_rule_has_a_row_that_breaks_it(
    contract: Contract,
    table: TableContract,
    gates: tuple[ExpectationsGate, RowGate],
) -> None:
    rows, expected = tables.a_row_for_each_rule(contract, table)
    for gate in gates:
        failed = gate.check(contract.stage, rows).failed
        for key, rule_id in expected.items():
            assert rule_id in failed.get(key, ()), f"{type(gate).__name__}: {rule_id}"


@pytest.mark.parametrize(
    ("contract", "table"),
    [pair for pair in all_tables() if any(r.kind is RuleKind.ROW_COUNT for r in pair[1].rules)],
    ids=lambda value: getattr(value, "name", getattr(value, "contract_id", "")),
)
def test_a_table_without_rows_breaks_its_row_count(
    contract: Contract,
    table: TableContract,
    gates: tuple[ExpectationsGate, RowGate],
) -> None:
    good = tables.good_tables(contract)
    for gate in gates:
        summary = gate.check(contract.stage, {**good, table.name: tables.empty(good[table.name])})
        counts = {row["rule"]: row["failed"] for row in summary.summary}
        assert counts[f"{table.name}-not-empty"] == 1


def test_both_gates_quarantine_the_same_rows_of_a_lot(
    gates: tuple[ExpectationsGate, RowGate],
) -> None:
    contract = read_contract(FOLDER, Stage.PRICING)
    good = tables.good_tables(contract)
    main = good["priced_dossier"]
    names = main.names
    place = names.index("due_minor")
    rows, lines = [], []
    line = good["priced_line"]
    for number in range(1, 61):
        key = f"D{number:016d}"
        row = [key, *main.rows[0][1:]]
        if number % 20 == 0:
            row[place] = 5
        rows.append(tuple(row))
        lines.append((key, *line.rows[0][1:]))
    lot = {
        "priced_dossier": type(main)(names, rows),
        "priced_line": type(line)(line.names, lines),
    }
    results = [gate.check(Stage.PRICING, lot) for gate in gates]
    assert results[0].failed == results[1].failed
    assert sorted(results[0].failed) == [f"D{number:016d}" for number in (20, 40, 60)]


def test_an_empty_lot_never_passes_in_silence(
    gates: tuple[ExpectationsGate, RowGate],
) -> None:
    for gate in gates:
        summary = gate.check(Stage.FRAUD, {}).summary
        assert any(row["kind"] == "row_count" and row["failed"] for row in summary)


@pytest.mark.parametrize("stage", list(Stage))
def test_a_contract_describes_columns_that_exist(stage: Stage) -> None:
    for table in read_contract(FOLDER, stage).tables:
        columns = set(database_table(table.name).columns.keys())
        assert set(table.classification) <= columns


def test_every_restricted_column_is_marked() -> None:
    identity = {"insured_name", "insured_cin", "beneficiary_name", "account", "diagnosis"}
    for stage in Stage:
        for table in read_contract(FOLDER, stage).tables:
            for name, classification in table.classification.items():
                if name in identity:
                    assert classification == "restricted", f"{table.name}.{name}"


def test_a_contract_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"fraud\.odcs\.yaml"):
        read_contract(tmp_path, Stage.FRAUD)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("domain:", "surprise:", "unknown key surprise"),
        ("logicalType: integer", "logicalType: decimal", "unknown logicalType"),
        ("metric: rowCount", "metric: rowCuont", "is not understood"),
    ],
)
def test_what_is_not_understood_is_refused_not_dropped(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    text = contract_path(FOLDER, Stage.FRAUD).read_text(encoding="utf-8")
    contract_path(tmp_path, Stage.FRAUD).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CatalogueError, match=says):
        read_contract(tmp_path, Stage.FRAUD)


def test_a_composite_key_is_unique_together_and_not_column_by_column() -> None:
    main = read_contract(FOLDER, Stage.PRICING).tables[0]
    keys = [rule for rule in main.rules if rule.kind is RuleKind.UNIQUE_TOGETHER]
    assert [rule.columns for rule in keys] == [("dossier_id", "version")]
