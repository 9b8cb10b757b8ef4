"""Reads an ODCS 3.1 contract and compiles it to rules, each of which one row can break.

The exporters that exist turn a composite key into "each column unique", whole numbers into 32-bit
ones and decimals into floats, and drop row counts and duplicate rules. This compiler keeps them,
and refuses what it does not understand instead of dropping it.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from models.errors import CatalogueError
from models.stage import Stage
from models.yaml_loader import safe_load

API_VERSION = "v3.1.0"

#: Python type of each logical type; whole numbers are Python integers of any size, never floats.
TYPES: Mapping[str, type] = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": bool,
    "date": dt.date,
}

_CONTRACT_KEYS = {
    "apiVersion", "kind", "id", "name", "version", "status", "domain", "dataProduct",
    "description", "team", "schema", "slaProperties",
}  # fmt: skip
_TABLE_KEYS = {
    "name", "physicalName", "physicalType", "description", "properties", "quality",
    "customProperties",
}  # fmt: skip
_PROPERTY_KEYS = {
    "name", "logicalType", "physicalType", "description", "required", "primaryKey",
    "primaryKeyPosition", "classification", "logicalTypeOptions", "quality",
}  # fmt: skip
_OPTION_KEYS = {"pattern", "minimum", "maximum", "minLength", "maxLength"}


class RuleKind(StrEnum):
    """What a rule asks of a table or a column."""

    NOT_NULL = "not_null"
    OF_TYPE = "of_type"
    PATTERN = "pattern"
    IN_SET = "in_set"
    BETWEEN = "between"
    LENGTH_BETWEEN = "length_between"
    UNIQUE_TOGETHER = "unique_together"
    ROW_COUNT = "row_count"
    AT_LEAST = "at_least"
    EQUAL = "equal"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: a stable id, the columns it looks at, and its arguments by kind.

    PATTERN: ``pattern``; IN_SET: ``values``; BETWEEN, LENGTH_BETWEEN: ``minimum``, ``maximum``
    (None for open); ROW_COUNT: ``minimum``; OF_TYPE: ``type_name``; AT_LEAST: the first column is
    not less than the second.
    """

    rule_id: str
    kind: RuleKind
    columns: tuple[str, ...]
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Total:
    """A sum over another table's rows of the same first key, added to a table as a column."""

    name: str
    table: str
    column: str


@dataclass(frozen=True, slots=True)
class TableContract:
    """The rules of one table, and the classification of each of its columns."""

    name: str
    rules: tuple[Rule, ...]
    totals: tuple[Total, ...]
    classification: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Contract:
    """The contract of one boundary."""

    contract_id: str
    version: str
    title: str
    purpose: str
    stage: Stage
    tables: tuple[TableContract, ...]


def contract_path(folder: Path, stage: Stage) -> Path:
    """Where a stage's contract stands."""
    return folder / f"{stage.value}.odcs.yaml"


@cache
def read_contract(folder: Path, stage: Stage) -> Contract:
    """Return the compiled contract of a stage.

    Raises:
        CatalogueError: names the file and the key that is unknown, missing or wrong.
    """
    path = contract_path(folder, stage)
    try:
        raw = safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CatalogueError(f"{path.name}: there is no contract for {stage.value}") from error
    _refuse_unknown(path, "contract", raw, _CONTRACT_KEYS)
    if raw.get("apiVersion") != API_VERSION or raw.get("kind") != "DataContract":
        raise CatalogueError(f"{path.name}: not an ODCS {API_VERSION} data contract")
    return Contract(
        contract_id=str(raw["id"]),
        version=str(raw["version"]),
        title=str(raw["name"]),
        purpose=str(raw["description"]["purpose"]),
        stage=stage,
        tables=tuple(_table(path, table) for table in raw["schema"]),
    )


def _refuse_unknown(path: Path, where: str, raw: Mapping[str, Any], known: set[str]) -> None:
    unknown = sorted(set(raw) - known)
    if unknown:
        raise CatalogueError(f"{path.name}: {where}: unknown key {unknown[0]}")


def _table(path: Path, raw: Mapping[str, Any]) -> TableContract:
    name = str(raw["name"])
    _refuse_unknown(path, name, raw, _TABLE_KEYS)
    rules: list[Rule] = []
    key: dict[int, str] = {}
    for prop in raw["properties"]:
        rules.extend(_property_rules(path, name, prop))
        if prop.get("primaryKey"):
            key[int(prop["primaryKeyPosition"])] = str(prop["name"])
    rules.extend(_quality_rule(path, name, None, entry) for entry in raw.get("quality", []))
    if key and not any(rule.kind is RuleKind.UNIQUE_TOGETHER for rule in rules):
        columns = tuple(key[position] for position in sorted(key))
        rules.append(Rule(f"{name}-key-unique", RuleKind.UNIQUE_TOGETHER, columns))
    return TableContract(
        name=name,
        rules=tuple(rules),
        totals=_totals(path, name, raw.get("customProperties", [])),
        classification={str(p["name"]): str(p["classification"]) for p in raw["properties"]},
    )


def _property_rules(path: Path, table: str, raw: Mapping[str, Any]) -> list[Rule]:
    name = str(raw["name"])
    where = f"{table}.{name}"
    _refuse_unknown(path, where, raw, _PROPERTY_KEYS)
    if raw["logicalType"] not in TYPES:
        raise CatalogueError(f"{path.name}: {where}: unknown logicalType")
    if not raw.get("description") or not raw.get("classification"):
        raise CatalogueError(f"{path.name}: {where}: description and classification are needed")
    rules: list[Rule] = []
    if raw.get("required"):
        rules.append(Rule(f"{table}-{name}-not-null", RuleKind.NOT_NULL, (name,)))
    type_rule = {"type_name": str(raw["logicalType"])}
    rules.append(Rule(f"{table}-{name}-type", RuleKind.OF_TYPE, (name,), type_rule))
    options = raw.get("logicalTypeOptions", {})
    _refuse_unknown(path, where, options, _OPTION_KEYS)
    if "pattern" in options:
        pattern = {"pattern": str(options["pattern"])}
        rules.append(Rule(f"{table}-{name}-pattern", RuleKind.PATTERN, (name,), pattern))
    for kind, low, high in (
        (RuleKind.BETWEEN, "minimum", "maximum"),
        (RuleKind.LENGTH_BETWEEN, "minLength", "maxLength"),
    ):
        if low in options or high in options:
            limits = {"minimum": options.get(low), "maximum": options.get(high)}
            rules.append(Rule(f"{table}-{name}-{kind.value}", kind, (name,), limits))
    rules.extend(_quality_rule(path, table, name, entry) for entry in raw.get("quality", []))
    return rules


def _quality_rule(path: Path, table: str, column: str | None, raw: Mapping[str, Any]) -> Rule:
    rule_id = str(raw["id"])
    metric = raw.get("metric") or raw.get("implementation", {}).get("type")
    arguments = raw.get("arguments", {})
    if metric == "invalidValues" and column is not None and raw.get("mustBe") == 0:
        return Rule(
            rule_id, RuleKind.IN_SET, (column,), {"values": tuple(arguments["validValues"])}
        )
    if metric == "rowCount" and "mustBeGreaterOrEqualTo" in raw:
        return Rule(rule_id, RuleKind.ROW_COUNT, (), {"minimum": raw["mustBeGreaterOrEqualTo"]})
    if metric == "duplicateValues" and raw.get("mustBe") == 0:
        return Rule(rule_id, RuleKind.UNIQUE_TOGETHER, tuple(arguments["properties"]))
    kwargs = raw.get("implementation", {}).get("kwargs", {})
    if metric == "expect_column_pair_values_a_to_be_greater_than_b" and kwargs.get("or_equal"):
        return Rule(rule_id, RuleKind.AT_LEAST, (kwargs["column_A"], kwargs["column_B"]))
    if metric == "expect_column_pair_values_to_be_equal":
        return Rule(rule_id, RuleKind.EQUAL, (kwargs["column_A"], kwargs["column_B"]))
    raise CatalogueError(f"{path.name}: {table}: rule {rule_id} is not understood")


def _totals(path: Path, table: str, raw: list[Mapping[str, Any]]) -> tuple[Total, ...]:
    totals: list[Total] = []
    for entry in raw:
        if entry["property"] != "totals":
            raise CatalogueError(f"{path.name}: {table}: unknown property {entry['property']}")
        totals.extend(Total(t["name"], t["table"], t["column"]) for t in entry["value"])
    return tuple(totals)
