"""Good rows for every table of every contract, and one way to break each kind of rule."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from contracts.contract import Contract, Rule, RuleKind, TableContract
from models.work import TableRows

SAMPLES: Mapping[str, Any] = {
    "dossier_id": "D0000000000000001",
    "public_number": "AMO-2026-00000001",
    "scheme": "ma-amo-salaries",
    "currency": "MAD",
    "channel": "electronic",
    "care_kind": "pharmacy",
    "request_kind": "reimbursement",
    "relation": "self",
    "beneficiary_sex": "F",
    "kind": "letter",
    "effect": "review",
    "strongest_effect": "",
    "provider_sector": "private",
    "outcome": "accepted",
    "payee_kind": "insured",
    "sha256": "0" * 64,
    "pixel_sha256": "0" * 64,
    "code": "FORCLUSION",
    "rule_id": "F01",
    "tariff_version": "a1b2c3d4",
    "rate": "0.70",
    "ean": "6118000010050",
    "end_to_end_id": "E2E-1",
    "account": "0" * 24,
    "error_probability": 0.01,
    "skew_degrees": 0.1,
    "sharpness": 10.0,
    "is_text_layer": False,
    "is_continuous_care": False,
    "is_doubtful": False,
    "quantity": 1,
}


def sample(column: str, type_name: str) -> Any:
    """A value that every rule of its column accepts."""
    if column in SAMPLES:
        return SAMPLES[column]
    return {
        "string": "x",
        "integer": 1,
        "number": 1.0,
        "boolean": True,
        "date": dt.date(2026, 11, 20),
    }[type_name]


def good_table(table: TableContract) -> TableRows:
    """One row that meets every rule of a table."""
    types = {
        rule.columns[0]: rule.arguments["type_name"]
        for rule in table.rules
        if rule.kind is RuleKind.OF_TYPE
    }
    names = tuple(types)
    row: list[Any] = []
    for name in names:
        value = sample(name, types[name])
        if name == "effect" and table.name == "fraud_signal":
            value = "hold"
        row.append(value)
    return TableRows(names, [tuple(row)])


def empty(part: TableRows) -> TableRows:
    """The same table without rows."""
    return TableRows(part.names, ())


def good_tables(contract: Contract) -> dict[str, TableRows]:
    """One good row for each table; all amounts are 1, so that totals agree."""
    return {table.name: good_table(table) for table in contract.tables}


def a_row_for_each_rule(
    contract: Contract, table: TableContract
) -> tuple[dict[str, TableRows], dict[str, str]]:
    """A lot in which row after row breaks one rule each, and which key breaks which rule."""
    good = good_tables(contract)
    part = good[table.name]
    rows: list[tuple[Any, ...]] = []
    expected: dict[str, str] = {}
    others: dict[str, list[tuple[Any, ...]]] = {name: [] for name in good if name != table.name}
    for number, rule in enumerate(table.rules, start=1):
        if rule.kind is RuleKind.ROW_COUNT:
            continue
        key = f"D{number:016d}"
        row = [key, *part.rows[0][1:]]
        if rule.kind is RuleKind.UNIQUE_TOGETHER:
            rows.append(tuple(row))
        else:
            place = part.names.index(rule.columns[0])
            row[place] = _wrong(rule, row[place])
        rows.append(tuple(row))
        expected[str(row[0])] = rule.rule_id
        for name, found in others.items():
            found.append((key, *good[name].rows[0][1:]))
    lot = {table.name: TableRows(part.names, rows)}
    lot |= {name: TableRows(good[name].names, found) for name, found in others.items()}
    return lot, expected


def _wrong(rule: Rule, good: Any) -> Any:
    match rule.kind:
        case RuleKind.NOT_NULL:
            return None
        case RuleKind.OF_TYPE:
            return 1.5 if rule.arguments["type_name"] in {"integer", "string", "boolean"} else "x"
        case RuleKind.BETWEEN if rule.arguments["minimum"] is not None:
            return rule.arguments["minimum"] - 1
        case RuleKind.LENGTH_BETWEEN:
            return "x" * (rule.arguments["maximum"] + 1)
        case RuleKind.AT_LEAST if isinstance(good, dt.date):
            return good - dt.timedelta(days=1)
        case RuleKind.AT_LEAST:
            return good - 1
        case RuleKind.EQUAL:
            return good + 1
        case _:
            return "!not known!"
