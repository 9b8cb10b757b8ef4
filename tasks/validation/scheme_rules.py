"""What one scheme asks of a dossier: rights, ages, deadlines, documents, agreements, all dated.

Read from the scheme's ``rights.yaml``. Nothing is guessed: an unknown key, a missing source, an
overlap or a gap between two rows of one rule is a ``CatalogueError`` that names file, key and date.
"""

import datetime as dt
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml

from models.errors import CatalogueError
from models.messages import LANGUAGES, in_all_languages
from models.yaml_loader import SafeLoader
from tasks.validation.identifiers import Format, read_formats
from tasks.validation.rights_sections import (
    FIGURES,
    FIGURES_OPTIONAL,
    LISTS,
    ROW_FIGURES_OPTIONAL,
    ROW_KEYS,
    ConditionTest,
    Labels,
    Status,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One dated row of a rule: the figures, and where and how surely they stand."""

    valid_from: dt.date
    valid_to: dt.date | None
    figures: Mapping[str, Any]
    source: str
    status: Status


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule through time; its rows follow each other without gap or overlap."""

    name: str
    rows: tuple[Row, ...]

    def on(self, day: dt.date) -> Mapping[str, Any] | None:
        """Return the figures in force on a day; None says that the rule is not in force then."""
        for row in self.rows:
            if row.valid_from <= day and (row.valid_to is None or day <= row.valid_to):
                return row.figures
        return None


@dataclass(frozen=True, slots=True)
class SchemeRules:
    """One scheme's rules by section and name; ``formats`` by the field of the dossier.

    A section that the scheme leaves out holds no rule.
    """

    scheme: str
    country: str
    formats: Mapping[str, Format]
    sections: Mapping[str, Mapping[str, Rule]]

    def figures(self, section: str, name: str, day: dt.date) -> Mapping[str, Any] | None:
        """Return a rule's figures on a day; None where the scheme has no such rule then."""
        rule = self.sections[section].get(name)
        return None if rule is None else rule.on(day)

    def in_force(self, section: str, day: dt.date) -> tuple[tuple[str, Mapping[str, Any]], ...]:
        """Return name and figures of all rules of a section that are in force on a day."""
        found = ((name, rule.on(day)) for name, rule in self.sections[section].items())
        return tuple((name, figures) for name, figures in found if figures is not None)

    def named(self, section: str, key: str) -> frozenset[str]:
        """Return everything a section ever names under a key, on whatever day."""
        rows = (row for rule in self.sections[section].values() for row in rule.rows)
        return frozenset(value for row in rows for value in row.figures[key])


_HEAD_KEYS = frozenset({"scheme", "country", "identifiers"})
_FIELDS = frozenset({"registration", "cin", "provider", "company", "drug"})


def read_scheme_rules(path: Path) -> SchemeRules:
    """Return the rules of one ``rights.yaml``.

    Raises:
        CatalogueError: when the file is not exactly what it must be; the sentence names the file,
            the key and, for a row, its first day.
    """
    raw = _read(path)
    required = _HEAD_KEYS | set(FIGURES)
    given = set(raw) if isinstance(raw, dict) else set()
    if not required <= given <= required | set(FIGURES_OPTIONAL):
        wanted = ", ".join(sorted(required))
        may_be = ", ".join(sorted(FIGURES_OPTIONAL))
        raise CatalogueError(f"{path}: keys must be {wanted}; they may be {may_be}")
    sections = {
        section: _section(path, section, raw.get(section, []))
        for section in (*FIGURES, *FIGURES_OPTIONAL)
    }
    _conditions_are_there(path, sections)
    return SchemeRules(
        scheme=str(raw["scheme"]),
        country=str(raw["country"]),
        formats=_formats(path, raw),
        sections=sections,
    )


class _OnceLoader(SafeLoader):
    """Refuses a key written twice, of which YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                line = node.start_mark.line + 1
                raise yaml.constructor.ConstructorError(None, None, f"{key} twice, line {line}")
        return super().construct_mapping(node, deep)


def _read(path: Path) -> Any:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), _OnceLoader)
    except OSError as error:
        raise CatalogueError(f"{path}: cannot be read; scheme.yaml names it") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path}: is no YAML: {error}") from error


def _formats(path: Path, raw: Mapping[str, Any]) -> dict[str, Format]:
    names = raw["identifiers"]
    if not isinstance(names, dict) or set(names) != _FIELDS:
        raise CatalogueError(f"{path}: identifiers: keys must be {', '.join(sorted(_FIELDS))}")
    formats = read_formats(str(raw["country"]))
    unknown = sorted(str(name) for name in names.values() if name not in formats)
    if unknown:
        raise CatalogueError(f"{path}: identifiers: no format named {', '.join(unknown)}")
    return {field: formats[name] for field, name in names.items()}


def _section(path: Path, section: str, entries: Any) -> dict[str, Rule]:
    if not isinstance(entries, list):
        raise CatalogueError(f"{path}: {section}: must be a list of rows")
    rows: dict[str, list[Row]] = {}
    for entry in entries:
        name, row = _row(path, section, entry)
        rows.setdefault(name, [])
        if row.status is not Status.DRAFT:
            rows[name].append(row)
    rules = {}
    for name, found in rows.items():
        ordered = tuple(sorted(found, key=lambda row: row.valid_from))
        _follow_each_other(f"{path}: {section}.{name}", ordered)
        rules[name] = Rule(name, ordered)
    return rules


def _row(path: Path, section: str, entry: Any) -> tuple[str, Row]:
    kinds = FIGURES.get(section) or FIGURES_OPTIONAL[section]
    optional = ROW_FIGURES_OPTIONAL.get(section, {})
    wanted = ROW_KEYS | set(kinds)
    given = set(entry) if isinstance(entry, dict) else set()
    if given - set(optional) != wanted:
        keys = sorted((given - set(optional)) ^ wanted)
        raise CatalogueError(f"{path}: {section}: missing or unknown in a row: {', '.join(keys)}")
    where = f"{path}: {section}.{entry['rule']} from {entry['from']}"
    first, last = entry["from"], entry["to"]
    if not isinstance(first, dt.date) or not (last is None or isinstance(last, dt.date)):
        raise CatalogueError(f"{where}: from and to must be dates, to may be null")
    if last is not None and last < first:
        raise CatalogueError(f"{where}: to {last} is before from")
    if not entry["source"] or not isinstance(entry["source"], str):
        raise CatalogueError(f"{where}: source is missing")
    figures = {key: _figure(where, key, kind, entry[key]) for key, kind in kinds.items()}
    figures |= {
        key: _figure(where, key, kind, entry.get(key, [])) for key, kind in optional.items()
    }
    if section == "conditions":
        _is_comparable(where, figures)
    return str(entry["rule"]), Row(
        valid_from=first,
        valid_to=last,
        figures=figures,
        source=entry["source"],
        status=_figure(where, "status", Status, entry["status"]),
    )


def _figure(where: str, key: str, kind: type, value: Any) -> Any:
    if key in LISTS:
        if not isinstance(value, list):
            raise CatalogueError(f"{where}: {key} must be a list")
        return tuple(_figure(where, f"{key}[]", kind, item) for item in value)
    if kind is int:
        if type(value) is not int or value < 0:
            raise CatalogueError(f"{where}: {key} must be a whole number, 0 or more")
        return value
    if kind is dt.date:
        if not isinstance(value, dt.date):
            raise CatalogueError(f"{where}: {key} must be a date")
        return value
    if kind is Labels:
        return _label(where, key, value)
    if not isinstance(value, str):
        raise CatalogueError(f"{where}: {key} must be text")
    try:
        return kind(value)
    except ValueError as error:
        raise CatalogueError(f"{where}: {key}: unknown value {value}") from error


def _label(where: str, key: str, value: Any) -> Labels:
    if not isinstance(value, dict) or set(value) != set(LANGUAGES):
        raise CatalogueError(f"{where}: {key} must have {', '.join(LANGUAGES)}")
    return Labels(in_all_languages(value))


def _is_comparable(where: str, figures: Mapping[str, Any]) -> None:
    """Refuse a condition that compares numbers with anything but one decimal number."""
    if figures["test"] in (ConditionTest.ONE_OF, ConditionTest.NONE_OF):
        return
    try:
        (number,) = figures["values"]
        Decimal(number)
    except (ValueError, InvalidOperation) as error:
        raise CatalogueError(f"{where}: values must be one decimal number as text") from error


def _conditions_are_there(path: Path, sections: Mapping[str, Mapping[str, Rule]]) -> None:
    """Refuse an opening that names a condition which the file does not describe."""
    for rule in sections["opening"].values():
        for row in rule.rows:
            for name in row.figures["conditions"]:
                if name not in sections["conditions"]:
                    raise CatalogueError(f"{path}: opening.{rule.name}: no condition {name}")


def _follow_each_other(where: str, rows: tuple[Row, ...]) -> None:
    for earlier, later in itertools.pairwise(rows):
        if earlier.valid_to is None or earlier.valid_to >= later.valid_from:
            raise CatalogueError(f"{where}: two rows are in force on {later.valid_from}")
        if earlier.valid_to + dt.timedelta(days=1) != later.valid_from:
            raise CatalogueError(f"{where}: no row is in force after {earlier.valid_to}")
