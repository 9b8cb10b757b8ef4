"""Reads what the fraud rules are fed with: dated thresholds, sentences, tables, drug prices."""

import datetime as dt
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from models.errors import CatalogueError, FigureNotInForce
from models.finding import SignalEffect
from models.messages import LANGUAGES, fill
from models.registers import holds_on
from models.written import AS_KEPT, written_amount
from models.yaml_loader import safe_load
from tasks.fraud.act_tables import (
    STATUSES,
    ActLimit,
    DrugPrice,
    FrequencyCeiling,
    StandardMinutes,
    read_act_limits,
    read_drug_prices,
    read_frequency_ceilings,
    read_standard_minutes,
)

_RULE_KEYS = frozenset({"id", "name", "sentence", "reference", "figures"})
_FIGURE_KEYS = frozenset({"id", "unit", "values"})
_VALUE_KEYS = frozenset({"from", "to", "value", "source", "status"})


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A whole number in force from a day to a day, the last one included."""

    valid_from: dt.date
    valid_to: dt.date | None
    value: int
    source: str
    status: str


@dataclass(frozen=True, slots=True)
class RuleText:
    """What a rule is called and says, in each language, and where it stands."""

    rule_id: str
    names: Mapping[str, str]
    sentences: Mapping[str, str]
    reference: str
    units: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FraudPaths:
    """Where the rules' figures stand: the rules' folder, the tables, the national drug list.

    ``imported_drugs_file`` is the drug list imported over the national one; it need not exist.
    """

    rules_dir: Path
    tables_dir: Path
    drugs_file: Path
    imported_drugs_file: Path | None = None


def own_paths(drugs_file: Path, imported_drugs_file: Path | None = None) -> FraudPaths:
    """Return the paths of the rules and tables of this folder, with a national drug list."""
    here = Path(__file__).parent
    return FraudPaths(here / "rules", here / "tables", drugs_file, imported_drugs_file)


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything the rules are fed with, read once in a process."""

    values: Mapping[tuple[str, str], tuple[DatedValue, ...]]
    texts: Mapping[str, RuleText]
    act_limits: Mapping[str, tuple[ActLimit, ...]]
    standard_minutes: StandardMinutes
    ceilings: Mapping[str, tuple[FrequencyCeiling, ...]]
    drug_prices: Mapping[str, tuple[DrugPrice, ...]]

    def at(self, rule_id: str, name: str, day: dt.date) -> int:
        """Return a rule's figure on a day.

        Raises:
            FigureNotInForce: names the rule, the figure and the day.
        """
        for value in self.values.get((rule_id, name), ()):
            if holds_on(value.valid_from, value.valid_to, day):
                return value.value
        raise FigureNotInForce(f"fraud rule {rule_id}: {name} has no value on {day}")

    def points(self, rule_id: str, effect: SignalEffect, day: dt.date) -> int:
        """Return what a signal of that effect adds to the dossier's score."""
        return self.at(rule_id, f"points_{effect.value}", day)


@lru_cache(maxsize=4)
def read_figures(paths: FraudPaths) -> Figures:
    """Return the figures that stand under these paths.

    Raises:
        CatalogueError: names the file, the key and the date that is wrong.
    """
    values: dict[tuple[str, str], tuple[DatedValue, ...]] = {}
    texts: dict[str, RuleText] = {}
    for path in sorted(paths.rules_dir.glob("*.yaml")):
        text, own = _read_rule(path)
        if text.rule_id in texts:
            raise CatalogueError(f"{path.name}: {text.rule_id} is described twice")
        texts[text.rule_id] = text
        values.update({(text.rule_id, name): dated for name, dated in own.items()})
    return Figures(
        values=values,
        texts=texts,
        act_limits=read_act_limits(paths.tables_dir / "act_limits.csv"),
        standard_minutes=read_standard_minutes(paths.tables_dir / "standard_minutes.csv"),
        ceilings=read_frequency_ceilings(paths.tables_dir / "frequency_ceilings.csv"),
        drug_prices=read_drug_prices(paths.drugs_file, paths.imported_drugs_file),
    )


def _read_rule(path: Path) -> tuple[RuleText, dict[str, tuple[DatedValue, ...]]]:
    try:
        raw = safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise CatalogueError(f"{path.name}: not YAML: {type(error).__name__}") from error
    _check_keys(path, "rule", raw, _RULE_KEYS)
    for key in ("name", "sentence"):
        _check_keys(path, key, raw[key], frozenset(LANGUAGES))
    figures: dict[str, tuple[DatedValue, ...]] = {}
    units: dict[str, str] = {}
    for entry in raw["figures"]:
        _check_keys(path, "figure", entry, _FIGURE_KEYS)
        name = entry["id"]
        if name in figures:
            raise CatalogueError(f"{path.name}: figure {name} stands twice")
        figures[name] = _dated_values(path, name, entry["values"])
        units[name] = str(entry["unit"])
    text = RuleText(str(raw["id"]), raw["name"], raw["sentence"], str(raw["reference"]), units)
    return text, figures


def _dated_values(path: Path, name: str, raw: list[Any]) -> tuple[DatedValue, ...]:
    values: list[DatedValue] = []
    for entry in raw:
        _check_keys(path, name, entry, _VALUE_KEYS)
        start, end, value = entry["from"], entry["to"], entry["value"]
        if not isinstance(start, dt.date) or not (end is None or isinstance(end, dt.date)):
            raise CatalogueError(f"{path.name}: {name}: from and to are days, to may be null")
        if isinstance(value, bool) or not isinstance(value, int):
            raise CatalogueError(f"{path.name}: {name} from {start}: value is no whole number")
        if entry["status"] not in STATUSES or not entry["source"]:
            raise CatalogueError(f"{path.name}: {name} from {start}: source or status is wrong")
        values.append(DatedValue(start, end, value, str(entry["source"]), entry["status"]))
    for before, after in itertools.pairwise(values):
        if before.valid_to is None or before.valid_to >= after.valid_from:
            raise CatalogueError(f"{path.name}: {name}: two values on {after.valid_from}")
    if not values:
        raise CatalogueError(f"{path.name}: {name} has no value at all")
    return tuple(values)


def _check_keys(path: Path, place: str, entry: Any, expected: frozenset[str]) -> None:
    if not isinstance(entry, dict) or set(entry) != expected:
        raise CatalogueError(f"{path.name}: {place}: keys must be {', '.join(sorted(expected))}")


def render_reason(text: RuleText, params: Mapping[str, str], language: str) -> str:
    """Return a rule's sentence with its parameters; a missing one shows as ``…``.

    Parameters in minor units are written as amounts; English reads them as they are kept.
    """
    return fill(text.sentences[language], params, language, _amounts)


def _amounts(name: str, value: str, language: str) -> str:
    is_amount = name.endswith("_minor") and value.lstrip("-").isdigit()
    return written_amount(int(value), language) if is_amount and language != AS_KEPT else value
