"""Reads the YAML of the catalogue strictly: no repeated key, no float, dates are dates."""

import datetime as dt
from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import NoReturn

import yaml

from models.errors import CatalogueError
from models.yaml_loader import SafeLoader

#: The languages in which every label and every rule is named.
LANGUAGES = ("fr", "ar", "en")
#: A label may stand in these too: the official term of a scheme's own country.
LANGUAGES_OPTIONAL = ("zh",)

#: What YAML can hold, as far as the catalogue uses it.
Node = object


class _StrictLoader(SafeLoader):
    """A safe loader that refuses a key written twice in one mapping."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise CatalogueError(f"{key}: written twice, line {key_node.start_mark.line + 1}")
            seen.add(key)
        return super().construct_mapping(node, deep)


def read_yaml(path: Path) -> Node:
    """Return the content of a YAML file.

    Raises:
        CatalogueError: names the file when it is absent, no YAML, or repeats a key.
    """
    try:
        with path.open(encoding="utf-8") as stream:
            return yaml.load(stream, _StrictLoader)
    except CatalogueError as error:
        raise CatalogueError(f"{path.name}: {error}") from error
    except OSError as error:
        raise CatalogueError(f"{path.name}: cannot be read; the catalogue needs it") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path.name}: is no YAML text in UTF-8") from error


def part_files(folder: Path, stem: str) -> list[Path]:
    """Return the files that make up one part of a folder: ``stem.yaml``, then ``stem/*.yaml``."""
    whole = folder / f"{stem}.yaml"
    return [*([whole] if whole.exists() else []), *sorted((folder / stem).glob("*.yaml"))]


def fail(where: str, what: str) -> NoReturn:
    """Refuse the catalogue; ``where`` names file, key and date.

    Raises:
        CatalogueError: always.
    """
    raise CatalogueError(f"{where}: {what}")


def as_mapping(
    node: Node, where: str, *, required: Collection[str], optional: Collection[str] = ()
) -> Mapping[str, Node]:
    """Return a mapping that has all required keys and no key beyond the optional ones."""
    if not isinstance(node, dict):
        fail(where, "must be a mapping")
    unknown = sorted(str(key) for key in node if key not in required and key not in optional)
    if unknown:
        fail(where, f"unknown key {', '.join(unknown)}; allowed: {', '.join(required)}"
             + (f", {', '.join(optional)}" if optional else ""))  # fmt: skip
    missing = [key for key in required if key not in node]
    if missing:
        fail(where, f"missing {', '.join(missing)}")
    return node


def as_list(node: Node, where: str) -> list[Node]:
    """Return a list."""
    if not isinstance(node, list):
        fail(where, "must be a list")
    return node


def as_text(node: Node, where: str) -> str:
    """Return a text that says something."""
    if not isinstance(node, str) or not node.strip():
        fail(where, "must be a text, not empty")
    return node


def as_texts(node: Node, where: str) -> tuple[str, ...]:
    """Return a list of texts."""
    return tuple(as_text(item, where) for item in as_list(node, where))


def as_labels(node: Node, where: str) -> Mapping[str, str]:
    """Return a label in every language of the catalogue, and in its country's where written."""
    mapping = as_mapping(node, where, required=LANGUAGES, optional=LANGUAGES_OPTIONAL)
    return {str(name): as_text(text, f"{where}: {name}") for name, text in mapping.items()}


def as_date(node: Node, where: str) -> dt.date:
    """Return a calendar date written ``2006-09-01``."""
    if isinstance(node, dt.date) and not isinstance(node, dt.datetime):
        return node
    if isinstance(node, str):
        try:
            return dt.date.fromisoformat(node)
        except ValueError:
            pass
    fail(where, "must be a date written YYYY-MM-DD")


def as_date_or_none(node: Node, where: str) -> dt.date | None:
    """Return a calendar date, or None where nothing is written."""
    return None if node is None or node == "" else as_date(node, where)


def as_decimal(node: Node, where: str) -> Decimal:
    """Return a figure written as a decimal string; a YAML number is refused."""
    if not isinstance(node, str):
        fail(where, f"a {type(node).__name__} is no figure; write it as a quoted decimal string")
    try:
        figure = Decimal(node)
    except InvalidOperation:
        fail(where, "must be a decimal string such as '0.70'")
    if not figure.is_finite() or figure < 0:
        fail(where, "must be a finite figure, not negative")
    return figure


def as_days(node: Node, where: str) -> int:
    """Return a whole number of days, not negative."""
    if not isinstance(node, int) or isinstance(node, bool) or node < 0:
        fail(where, "must be a whole number of days, not negative")
    return node
