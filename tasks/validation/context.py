"""Builds what validation knows of its schemes from their folders, once a process.

A scheme's folder holds ``scheme.yaml`` and the rights file it names; codes that exist stand in one
column of the national tables. Both are read as data by path: this stage imports no other.
"""

import csv
import functools
from pathlib import Path
from typing import Any

import yaml

from models.errors import CatalogueError
from models.messages import read_codes
from tasks.validation.chunk import ValidationContext
from tasks.validation.scheme_rules import SchemeRules, read_scheme_rules
from tasks.validation.subject import KnownCodes

CODES_FILE = Path(__file__).with_name("codes.yaml")
#: Tables of a scheme's or its country's folder and the column that holds their codes.
_ACTS = (("acts.csv", "code"), ("forfaits.csv", "code"), ("unpriced_acts.csv", "code"))
_LETTERS = (("letters.csv", "letter"),)
_DRUGS = (("drugs.csv", "ean"), ("drugs_cnops.csv", "ean"))


@functools.cache
def read_context(
    schemes_dir: Path, national_dir: Path, imported_dir: Path | None = None
) -> ValidationContext:
    """Return the rules and known codes of every scheme that has a folder.

    A code of an imported table is known as one of the shipped extract is.

    Raises:
        CatalogueError: when a folder's files are not what they must be; names file and key.
    """
    rules: dict[str, SchemeRules] = {}
    known: dict[str, KnownCodes] = {}
    for path in sorted(schemes_dir.glob("*/scheme.yaml")):
        head = _head(path)
        scheme = str(head["id"])
        found = read_scheme_rules(path.parent / str(head["rights"]))
        if found.scheme != scheme:
            raise CatalogueError(f"{path.parent.name}/{head['rights']}: scheme must be {scheme}")
        rules[scheme] = found
        folders = [path.parent]
        if head["national"] is not None:
            folders.append(national_dir / str(head["national"]))
            if imported_dir is not None:
                folders.append(imported_dir / str(head["national"]))
        known[scheme] = _known_codes(found, folders)
    return ValidationContext(rules=rules, known=known, codes=read_codes(CODES_FILE))


def _head(path: Path) -> dict[str, Any]:
    head = yaml.safe_load(path.read_text(encoding="utf-8"))
    missing = {"id", "rights", "national"} - set(head if isinstance(head, dict) else ())
    if missing:
        raise CatalogueError(
            f"{path.parent.name}/scheme.yaml: {', '.join(sorted(missing))} missing"
        )
    return dict(head)


def _known_codes(rules: SchemeRules, folders: list[Path]) -> KnownCodes:
    """The codes of a scheme's own tables and of its country's, and the codes its rules name."""

    def union(tables: tuple[tuple[str, str], ...]) -> frozenset[str]:
        paths = [(folder / name, column) for folder in folders for name, column in tables]
        return frozenset().union(*(codes_of(*path) for path in paths if path[0].exists()))

    known = KnownCodes(
        acts=union(_ACTS) | rules.named("agreements", "acts"),
        letters=union(_LETTERS) | rules.named("letters", "letters"),
        drugs=union(_DRUGS),
    )
    if not known.acts and not known.letters:
        looked = ", ".join(folder.name for folder in folders)
        raise CatalogueError(f"{rules.scheme}: no acts and no letters in {looked}")
    return known


def codes_of(path: Path, column: str) -> frozenset[str]:
    """Return the codes of a CSV table's column.

    Raises:
        CatalogueError: when the table lacks the column or has no codes in it.
    """
    with path.open(encoding="utf-8", newline="") as file:
        codes = frozenset(row.get(column) or "" for row in csv.DictReader(file)) - {""}
    if not codes:
        raise CatalogueError(f"{path.name}: no codes in a column {column}")
    return codes
