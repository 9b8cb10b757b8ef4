"""Builds what validation knows of its schemes from their folders, once a process.

A scheme's folder holds ``scheme.yaml`` and the rights file it names; codes that exist stand in the
key columns of the scheme's and its country's tables, as their ``tables.yaml`` describes them. All
are read as data by path: this stage imports no other.
"""

import csv
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from models.errors import CatalogueError
from models.messages import read_codes
from models.yaml_loader import safe_load
from tasks.validation.precedence import read_precedence
from tasks.validation.scheme_rules import SchemeRules, read_scheme_rules
from tasks.validation.subject import KnownCodes, ValidationContext

CODES_FILE = Path(__file__).with_name("codes.yaml")
#: Key columns of tables that hold known codes, and what they are codes of.
_KIND_OF_COLUMN = {"code": "acts", "letter": "letters", "ean": "drugs", "cip13": "drugs"}
#: A table of drugs whose key column is called ``code`` holds codes of drugs, not of acts.
_DRUG_TABLES = ("drug", "medicine")
_KINDS = ("acts", "letters", "drugs")


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
    precedence = read_precedence()
    for path in sorted(schemes_dir.glob("*/scheme.yaml")):
        head = _head(path)
        scheme = str(head["id"])
        found = read_scheme_rules(path.parent / str(head["rights"]))
        if found.scheme != scheme:
            raise CatalogueError(f"{path.parent.name}/{head['rights']}: scheme must be {scheme}")
        if found.country not in precedence:
            raise CatalogueError(f"{scheme}: coverage.yaml has no order for {found.country}")
        rules[scheme] = found
        folders = [path.parent]
        imported = None
        if head["national"] is not None:
            folders.append(national_dir / str(head["national"]))
            if imported_dir is not None:
                imported = imported_dir / str(head["national"])
        known[scheme] = _known_codes(found, folders, imported)
    return ValidationContext(
        rules=rules, known=known, codes=read_codes(CODES_FILE), precedence=precedence
    )


def _head(path: Path) -> dict[str, Any]:
    head = safe_load(path.read_text(encoding="utf-8"))
    missing = {"id", "rights", "national"} - set(head if isinstance(head, dict) else ())
    if missing:
        raise CatalogueError(
            f"{path.parent.name}/scheme.yaml: {', '.join(sorted(missing))} missing"
        )
    return dict(head)


def _known_codes(
    rules: SchemeRules, folders: list[Path], imported: Path | None = None
) -> KnownCodes:
    """The codes of a scheme's own tables and of its country's, and the codes its rules name.

    ``imported`` holds the country's imported tables, each under the name of the shipped one.
    """
    found: dict[str, set[str]] = {kind: set(rules.named("codes", kind)) for kind in _KINDS}
    found["acts"] |= rules.named("agreements", "acts")
    found["letters"] |= rules.named("letters", "letters")
    for folder in folders:
        for path, column, kind in _code_columns(folder):
            found[kind] |= codes_of(path, column)
            if imported is not None and (imported / path.name).exists():
                found[kind] |= codes_of(imported / path.name, column)
    # A price list of drugs may be called otherwise: the form of its codes says what they are.
    form = rules.formats["drug"]
    found["drugs"] |= {code for code in found["acts"] if form.accepts(code)}
    if not found["acts"] and not found["letters"]:
        looked = ", ".join(folder.name for folder in folders)
        raise CatalogueError(f"{rules.scheme}: no acts and no letters in {looked}")
    return KnownCodes(**{kind: frozenset(found[kind]) for kind in _KINDS})


def _code_columns(folder: Path) -> Iterator[tuple[Path, str, str]]:
    """The tables of a folder with a column of codes among their keys, and what the codes are of."""
    path = folder / "tables.yaml"
    if not path.exists():
        return
    entries = safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(entries, list):
        raise CatalogueError(f"{folder.name}/tables.yaml: must be a list of tables")
    for entry in entries:
        if not isinstance(entry, dict) or not {"id", "file", "key"} <= set(entry):
            raise CatalogueError(f"{folder.name}/tables.yaml: a table lacks id, file or key")
        is_of_drugs = str(entry["id"]).startswith(_DRUG_TABLES)
        for column in entry["key"]:
            kind = _KIND_OF_COLUMN.get(column)
            if kind is not None:
                kind = "drugs" if is_of_drugs and kind == "acts" else kind
                yield folder / str(entry["file"]), column, kind


def codes_of(path: Path, column: str) -> frozenset[str]:
    """Return the codes of a CSV table's column; a table without rows has none.

    Raises:
        CatalogueError: when the table lacks the column.
    """
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if column not in (reader.fieldnames or ()):
            raise CatalogueError(f"{path.name}: no codes in a column {column}")
        return frozenset(row[column] or "" for row in reader) - {""}
