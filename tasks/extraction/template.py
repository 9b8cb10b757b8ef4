"""What the fields of a form mean: its template, read strictly, without the drawing."""

import dataclasses
import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.dossier import PieceKind
from models.errors import CatalogueError
from models.yaml_loader import safe_load
from tasks.extraction.fields import CHOICE, DATE_ORDERS, FIELD_TYPES
from tasks.extraction.number_checks import NUMBER_CHECKS

#: Keys of a template that only say how the form is drawn.
_DRAWING_KEYS = frozenset(
    {"texts", "shapes", "marks", "origin", "page_mm", "reference", "country", "languages"}
)
_KEYS = _DRAWING_KEYS | {
    "id",
    "version",
    "title",
    "piece",
    "schemes",
    "currency",
    "constants",
    "fallbacks",
    "implied",
    "lines",
    "payments",
    "labels",
    "formats",
    "reference_dpi",
    "keywords",
    "zones",
    "checkboxes",
    "tables",
    "barcodes",
    "cross_checks",
}
_ZONE_KEYS = frozenset(
    {
        "name",
        "box_mm",
        "type",
        "length",
        "cells",
        "groups",
        "gap_mm",
        "regex",
        "lang",
        "required",
        "field",
        "check",
        "choices",
    }
)
_COLUMN_KEYS = frozenset(
    {"name", "x_mm", "w_mm", "type", "field", "lang", "regex", "check", "choices"}
)
_COLUMN_NEEDS = frozenset({"name", "x_mm", "w_mm", "type", "field"})
_TABLE_KEYS = frozenset(
    {"name", "top_mm", "row_height_mm", "rows", "columns", "summaries"},
)
_BOX_NEEDS = frozenset({"name", "box_mm", "field", "value"})
_BOX_KEYS = _BOX_NEEDS | {"finding"}
_BARCODE_KEYS = frozenset({"name", "box_mm", "symbology", "field"})
#: Checks that extraction knows how to make.
CROSS_CHECKS = frozenset(
    {
        "lines_equal_total",
        "fees_equal_total",
        "barcodes_equal_inpe",
        "ald_box_with_code",
        "dates_in_order",
    }
)
#: A box on the page in millimetres: left, top, width, height.
BoxMm = tuple[float, float, float, float]
#: What a ticked box may ask a person for; the sentences are in ``codes.yaml``.
BOX_FINDINGS = frozenset({"ACCIDENT_DECLARE", "PART_OBLIGATOIRE_NON_PAYEE", "PLI_CONFIDENTIEL"})
#: How the lines of a dossier are made: of rows with key letters or codes, of rows with codes alone,
#: of items with a class, of totals of classes by kind of charge.
LINE_MAKERS = frozenset({"rows", "codes", "class_totals", "category_totals"})
_PAYMENT_KEYS = frozenset({"fund", "person"})
_FORMAT_KEYS = frozenset({"date", "amount"})
#: How amounts are written: a decimal comma or a decimal point. Both are read on every form.
AMOUNT_STYLES = frozenset({"comma", "dot"})


@dataclass(frozen=True, slots=True)
class FieldZone:
    """A filled field: its type and pattern, whether it must be there, and what it fills.

    ``check`` names a check of its number (``number_checks``); empty: there is none. ``choices``
    are the texts that may stand there and what each means, for the type ``choice``.
    """

    name: str
    type: str
    length: int
    regex: str
    is_required: bool
    field: str
    check: str = ""
    choices: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CheckBox:
    """A check box: when ticked, ``field`` has ``value``, and ``finding`` is told to a person."""

    name: str
    field: str
    value: str
    finding: str = ""


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a table; ``field`` is one of a line's fields, ``act`` or ``facts.<name>``.

    An amount with the field ``line.<act>`` is a line of its own of that act.
    """

    name: str
    type: str
    field: str
    regex: str = ""
    check: str = ""
    choices: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FormTable:
    """A table of lines; ``summaries`` maps an act to the kind of document that lists its lines."""

    name: str
    rows: int
    columns: tuple[TableColumn, ...]
    summaries: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PaymentZones:
    """The zones that say who has already paid a bill: funds, and the person."""

    fund: tuple[str, ...] = ()
    person: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """A form's fields, boxes, tables, bar codes and checks.

    ``piece`` is what a page of this form is among the pieces of a dossier. ``schemes`` are those
    whose insured people use the form, none: those of any; ``currency`` is that of its amounts.
    ``constants`` are fields of the dossier that the form itself fixes; ``fallbacks`` name the field
    that stands for another one left empty; ``implied`` says which fields have which values when a
    field is filled. ``line_maker`` is one of ``LINE_MAKERS``. ``date_order`` is ``dmy`` or ``ymd``.
    ``barcodes`` are the fields that bar codes repeat, ``barcode_boxes`` their places. ``labels``
    are the words, by language, of zones, boxes and columns (``lines.tooth``) that people type.
    """

    form_id: str
    version: str
    zones: tuple[FieldZone, ...]
    checkboxes: tuple[CheckBox, ...]
    tables: tuple[FormTable, ...]
    barcodes: Mapping[str, str]
    cross_checks: tuple[str, ...]
    piece: PieceKind = PieceKind.CARE_SHEET
    schemes: tuple[str, ...] = ()
    currency: str = ""
    constants: Mapping[str, str] = field(default_factory=dict)
    fallbacks: Mapping[str, str] = field(default_factory=dict)
    implied: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    line_maker: str = "rows"
    payments: PaymentZones = field(default_factory=PaymentZones)
    date_order: str = "dmy"
    barcode_boxes: Mapping[str, BoxMm] = field(default_factory=dict)
    title: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@functools.lru_cache(maxsize=16)
def read_templates(forms_dir: Path) -> Mapping[str, Template]:
    """Return the templates below a folder by form id; read once for each process.

    Raises:
        CatalogueError: names the template and the key that is unknown, missing or wrong.
    """
    templates = [_read(path) for path in sorted(forms_dir.glob("*/template.yaml"))]
    return {template.form_id: template for template in templates}


def _read(path: Path) -> Template:
    where = f"form {path.parent.name}"
    raw = safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(raw, dict):
        raise CatalogueError(f"{where}: the template must be a mapping")
    _check_keys(where, raw, _KEYS, required={"id", "version", "zones"})
    try:
        return Template(
            form_id=raw["id"],
            version=str(raw["version"]),
            zones=tuple(_zone(where, zone) for zone in raw["zones"]),
            checkboxes=tuple(_checkbox(where, box) for box in raw.get("checkboxes", ())),
            tables=tuple(_table(where, table) for table in raw.get("tables", ())),
            barcodes=_barcodes(where, raw.get("barcodes", ())),
            cross_checks=_cross_checks(where, raw.get("cross_checks", ())),
            piece=PieceKind(raw.get("piece", PieceKind.CARE_SHEET)),
            schemes=_schemes(where, raw),
            currency=str(raw.get("currency", "")),
            constants=_constants(where, raw),
            barcode_boxes=_barcode_boxes(raw.get("barcodes", ())),
            fallbacks=_texts(raw.get("fallbacks", {})),
            implied={str(name): _texts(then) for name, then in raw.get("implied", {}).items()},
            line_maker=_line_maker(where, raw.get("lines", "rows")),
            payments=_payments(where, raw),
            date_order=_date_order(where, raw.get("formats", {})),
            title=_texts(raw.get("title", {})),
            labels=_labels(where, raw),
        )
    except (TypeError, AttributeError, ValueError) as error:
        raise CatalogueError(f"{where}: a part has a wrong form: {error}") from error


def _texts(raw: Mapping[Any, Any]) -> dict[str, str]:
    return {str(key): str(value) for key, value in raw.items()}


def _labels(where: str, raw: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    labels = {str(name): _texts(words) for name, words in raw.get("labels", {}).items()}
    parts = {part["name"] for kind in ("zones", "checkboxes") for part in raw.get(kind, ())}
    for table in raw.get("tables", ()):
        parts |= {f"{table['name']}.{column['name']}" for column in table["columns"]}
    if unknown := set(labels) - parts:
        raise CatalogueError(f"{where}: labels: {', '.join(sorted(unknown))} is not on the form")
    return labels


def _line_maker(where: str, name: str) -> str:
    if name not in LINE_MAKERS:
        raise CatalogueError(f"{where}: lines: {name} is not known")
    return name


def _payments(where: str, raw: Mapping[str, Any]) -> PaymentZones:
    payments = raw.get("payments", {})
    _check_keys(f"{where}: payments", payments, _PAYMENT_KEYS, required=())
    found = PaymentZones(tuple(payments.get("fund", ())), tuple(payments.get("person", ())))
    if unknown := {*found.fund, *found.person} - {zone["name"] for zone in raw["zones"]}:
        raise CatalogueError(f"{where}: payments: {', '.join(sorted(unknown))} is no zone")
    return found


def _schemes(where: str, raw: Mapping[str, Any]) -> tuple[str, ...]:
    schemes = tuple(str(scheme) for scheme in raw.get("schemes", ()))
    if schemes and not raw.get("currency"):
        raise CatalogueError(f"{where}: currency: a form of named schemes names their currency")
    return schemes


def _constants(where: str, raw: Mapping[str, Any]) -> dict[str, str]:
    filled = {part["field"] for name in ("zones", "checkboxes") for part in raw.get(name, ())}
    constants = _texts(raw.get("constants", {}))
    if twice := filled & set(constants):
        raise CatalogueError(f"{where}: constants: {', '.join(sorted(twice))} is read as well")
    return constants


def _date_order(where: str, raw: Mapping[str, Any]) -> str:
    _check_keys(f"{where}: formats", raw, _FORMAT_KEYS, required=())
    if raw.get("amount", "comma") not in AMOUNT_STYLES:
        raise CatalogueError(f"{where}: formats: amount {raw['amount']} is not known")
    order = str(raw.get("date", "dmy"))
    if order not in DATE_ORDERS:
        raise CatalogueError(f"{where}: formats: date {order} is not known")
    return order


def _zone(where: str, raw: Mapping[str, Any]) -> FieldZone:
    _check_keys(where, raw, _ZONE_KEYS, required={"name", "box_mm", "type", "required", "field"})
    return FieldZone(
        name=raw["name"],
        type=_known_type(where, raw["name"], raw["type"]),
        length=int(raw.get("length", 0)),
        regex=raw.get("regex", ""),
        is_required=bool(raw["required"]),
        field=raw["field"],
        check=_known_check(where, raw["name"], raw.get("check", "")),
        choices=_choices(where, raw),
    )


def _choices(where: str, raw: Mapping[str, Any]) -> dict[str, str]:
    if (raw["type"] == CHOICE) != bool(raw.get("choices")):
        raise CatalogueError(f"{where}: {raw['name']}: choices go with the type {CHOICE}")
    return _texts(raw.get("choices", {}))


def _checkbox(where: str, raw: Mapping[str, Any]) -> CheckBox:
    _check_keys(where, raw, _BOX_KEYS, required=_BOX_NEEDS)
    finding = str(raw.get("finding", ""))
    if finding and finding not in BOX_FINDINGS:
        raise CatalogueError(f"{where}: {raw['name']}: finding {finding} is not known")
    return CheckBox(raw["name"], raw["field"], str(raw["value"]), finding)


def _table(where: str, raw: Mapping[str, Any]) -> FormTable:
    _check_keys(where, raw, _TABLE_KEYS, required=_TABLE_KEYS - {"summaries"})
    columns = []
    for column in raw["columns"]:
        _check_keys(where, column, _COLUMN_KEYS, required=_COLUMN_NEEDS)
        kind = _known_type(where, column["name"], column["type"])
        check = _known_check(where, column["name"], column.get("check", ""))
        columns.append(
            TableColumn(
                column["name"],
                kind,
                column["field"],
                column.get("regex", ""),
                check,
                _choices(where, column),
            )
        )
    summaries = {str(act): str(kind) for act, kind in raw.get("summaries", {}).items()}
    return FormTable(raw["name"], int(raw["rows"]), tuple(columns), summaries)


def _barcodes(where: str, raw: Any) -> dict[str, str]:
    for code in raw:
        _check_keys(where, code, _BARCODE_KEYS, required=_BARCODE_KEYS)
    return {code["name"]: code["field"] for code in raw}


def _barcode_boxes(raw: Any) -> dict[str, BoxMm]:
    boxes = {}
    for code in raw:
        left, top, width, height = map(float, code["box_mm"])
        boxes[code["name"]] = (left, top, width, height)
    return boxes


def _cross_checks(where: str, raw: Any) -> tuple[str, ...]:
    unknown = set(raw) - CROSS_CHECKS
    if unknown:
        raise CatalogueError(f"{where}: cross_checks: {', '.join(sorted(unknown))} is not known")
    return tuple(raw)


def _known_type(where: str, name: str, kind: str) -> str:
    if kind not in FIELD_TYPES:
        raise CatalogueError(f"{where}: {name}: type {kind} is not known")
    return kind


def _known_check(where: str, name: str, check: str) -> str:
    if check and check not in NUMBER_CHECKS:
        raise CatalogueError(f"{where}: {name}: check {check} is not known")
    return check


def _check_keys(where: str, raw: Mapping[str, Any], allowed: frozenset[str], required: Any) -> None:
    name = raw.get("name", raw.get("id", ""))
    if unknown := set(raw) - allowed:
        raise CatalogueError(f"{where}: {name}: key {', '.join(sorted(unknown))} is not known")
    if missing := set(required) - set(raw):
        raise CatalogueError(f"{where}: {name}: key {', '.join(sorted(missing))} is missing")
