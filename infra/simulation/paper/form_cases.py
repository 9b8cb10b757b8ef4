"""The cases of a form: what people wrote on it, and the fields and lines that must be read.

``cases.yaml`` beside the template, to be read by processors as well as by machines::

    - name: what the case is, in words
      written:
        zones: {insured_name: ESSAI PREMIER, …}     # texts as they stand on the form
        boxes: [execution, sex_m]                   # ticked boxes
        rows: [{date: 02/11/2026, act: C, …}, …]    # rows of the table
        barcodes: {provider_inpe: "200000001"}
      read:
        fields: {insured_number: "113000701", …}    # fields of the dossier; days ISO
        total: "1430.50"
        lines: [{letter: C, coefficient: "1", care_date: 2026-11-02, amount: "80.00"}, …]
        findings: [ACCIDENT_DECLARE]                # codes that a person must be told; or none

Amounts under ``read`` have a decimal point and two decimals. What is not named is not compared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.simulation.paper.render import SheetValues
from infra.simulation.paper.template import Template, read_template
from models.errors import CatalogueError
from models.money import MINOR_UNITS
from models.yaml_loader import safe_load

_WRITTEN = frozenset({"zones", "boxes", "rows", "barcodes"})
_READ = frozenset({"fields", "total", "lines", "findings"})


@dataclass(frozen=True, slots=True)
class FormCase:
    """One case: the form filled in, and the fields, lines (by name) and codes expected.

    Amounts are in minor units under ``total_minor`` and ``amount_minor``.
    """

    name: str
    template_path: Path
    values: SheetValues
    fields: Mapping[str, Any]
    lines: Sequence[Mapping[str, Any]]
    findings: frozenset[str]


def read_form_cases(folder: Path) -> tuple[FormCase, ...]:
    """Return the cases of the form in a folder.

    Raises:
        CatalogueError: names the case and the key that is unknown, missing or wrong.
    """
    template = read_template(folder / "template.yaml")
    raw = safe_load((folder / "cases.yaml").read_text(encoding="utf-8"))
    return tuple(_case(entry, template, folder) for entry in raw)


def _case(entry: Mapping[str, Any], template: Template, folder: Path) -> FormCase:
    where = f"form {template.id}: case {entry.get('name', '?')}"
    _check_keys(where, entry, frozenset({"name", "written", "read"}))
    written, read = entry["written"], entry["read"]
    _check_keys(f"{where}: written", written, _WRITTEN)
    _check_keys(f"{where}: read", read, _READ)
    values = SheetValues(
        zones={name: str(text) for name, text in written.get("zones", {}).items()},
        checked=frozenset(written.get("boxes", ())),
        tables=_rows(written, template),
        barcodes={name: str(code) for name, code in written.get("barcodes", {}).items()},
        signed=frozenset(mark.name for mark in template.marks if mark.kind == "signature"),
    )
    _check_names(where, values, template)
    fields = {name: _text(value) for name, value in read.get("fields", {}).items()}
    if "total" in read:
        fields["total_minor"] = _minor(read["total"])
    return FormCase(
        name=str(entry["name"]),
        template_path=folder / "template.yaml",
        values=values,
        fields=fields,
        lines=[_line(line) for line in read.get("lines", ())],
        findings=frozenset(read.get("findings", ())),
    )


def _rows(written: Mapping[str, Any], template: Template) -> dict[str, list[dict[str, str]]]:
    rows = [{name: str(cell) for name, cell in row.items()} for row in written.get("rows", ())]
    return {template.tables[0].name: rows} if rows else {}


def _line(raw: Mapping[str, Any]) -> dict[str, Any]:
    line: dict[str, Any] = {
        name: _text(value) for name, value in raw.items() if name not in ("amount", "quantity")
    }
    if "amount" in raw:
        line["amount_minor"] = _minor(raw["amount"])
    if "quantity" in raw:
        line["quantity"] = int(raw["quantity"])
    return line


def _text(value: Any) -> Any:
    return value if isinstance(value, bool) else str(value)


def _minor(amount: str) -> int:
    major, _, minor = str(amount).partition(".")
    if len(minor) != 2:
        raise CatalogueError(f"amount {amount}: write it with two decimals, in quotes")
    return int(major) * MINOR_UNITS + int(minor)


def _check_names(where: str, values: SheetValues, template: Template) -> None:
    known = {
        "zones": {zone.name for zone in template.zones},
        "boxes": {box.name for box in template.checkboxes},
        "barcodes": {code.name for code in template.barcodes},
        "rows": {column.name for table in template.tables for column in table.columns},
    }
    used = {
        "zones": set(values.zones),
        "boxes": set(values.checked),
        "barcodes": set(values.barcodes),
        "rows": {name for rows in values.tables.values() for row in rows for name in row},
    }
    for part, names in used.items():
        if unknown := names - known[part]:
            raise CatalogueError(f"{where}: {part}: {', '.join(sorted(unknown))} is not known")


def _check_keys(where: str, raw: Mapping[str, Any], allowed: frozenset[str]) -> None:
    if unknown := set(raw) - allowed:
        raise CatalogueError(f"{where}: key {', '.join(sorted(unknown))} is not known")
