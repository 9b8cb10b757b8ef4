"""A form's template as read from its YAML file; ``docs/add-a-form.md`` tells the format."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.errors import CatalogueError
from models.yaml_loader import safe_load

BoxMm = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class PrintedText:
    """A printed text; ``x_mm`` is its left, centre or right edge by ``align``, ``y_mm`` its top."""

    text: str
    lang: str
    x_mm: float
    y_mm: float
    size_pt: float
    bold: bool = False
    align: str = "left"


@dataclass(frozen=True, slots=True)
class Shape:
    """A printed frame, filled band or line."""

    kind: str
    box_mm: BoxMm


@dataclass(frozen=True, slots=True)
class Zone:
    """A field to fill in; ``groups`` are the runs of cells, empty when the cells stand in one."""

    name: str
    box_mm: BoxMm
    type: str
    lang: str
    required: bool
    field: str
    regex: str = ""
    length: int = 0
    cells: bool = False
    groups: tuple[int, ...] = ()
    gap_mm: float = 0.0
    check: str = ""
    choices: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def cell_boxes(self) -> tuple[BoxMm, ...]:
        """Return the box of each cell, from left to right."""
        left, top, width, height = self.box_mm
        groups = self.groups or (self.length,)
        cell = (width - self.gap_mm * (len(groups) - 1)) / self.length
        boxes: list[BoxMm] = []
        for group in groups:
            boxes.extend((left + i * cell, top, cell, height) for i in range(group))
            left += group * cell + self.gap_mm
        return tuple(boxes)


@dataclass(frozen=True, slots=True)
class Checkbox:
    """A box to tick: when it is, ``field`` has ``value``, and ``finding`` is told to a person."""

    name: str
    box_mm: BoxMm
    field: str
    value: str | bool
    finding: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    name: str
    x_mm: float
    w_mm: float
    type: str
    field: str
    lang: str = "fr"
    regex: str = ""
    check: str = ""
    choices: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of equal rows; ``summaries`` map an act to the piece that holds its lines."""

    name: str
    top_mm: float
    row_height_mm: float
    rows: int
    columns: tuple[Column, ...]
    summaries: Mapping[str, str]

    def cell_box(self, row: int, column: Column) -> BoxMm:
        """Return the box of one cell; rows count from 0."""
        top = self.top_mm + row * self.row_height_mm
        return (column.x_mm, top, column.w_mm, self.row_height_mm)


@dataclass(frozen=True, slots=True)
class BarcodeZone:
    """Where a bar code stands, and the field it repeats."""

    name: str
    box_mm: BoxMm
    symbology: str
    field: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a signature or a stamp stands."""

    name: str
    kind: str
    box_mm: BoxMm


@dataclass(frozen=True, slots=True)
class ValueFormats:
    """How people write on a form: dates ``dmy`` or ``ymd``, amounts with ``comma`` or ``dot``."""

    date: str = "dmy"
    amount: str = "comma"


@dataclass(frozen=True, slots=True)
class Template:
    """A whole form.

    ``country`` and ``languages`` say where it is used and what is printed on it; ``piece``,
    ``schemes``, ``currency`` and ``constants`` say what it means, see the head of a template.
    """

    id: str
    version: str
    page_mm: tuple[float, float]
    reference: Path
    reference_dpi: int
    texts: tuple[PrintedText, ...]
    shapes: tuple[Shape, ...]
    zones: tuple[Zone, ...]
    checkboxes: tuple[Checkbox, ...]
    tables: tuple[Table, ...]
    barcodes: tuple[BarcodeZone, ...]
    marks: tuple[Mark, ...]
    cross_checks: tuple[str, ...]
    country: str = ""
    languages: tuple[str, ...] = ("fr", "ar")
    piece: str = "care_sheet"
    schemes: tuple[str, ...] = ()
    currency: str = ""
    constants: Mapping[str, str] = field(default_factory=dict)
    formats: ValueFormats = ValueFormats()


def read_template(path: Path) -> Template:
    """Return the template of one form.

    Raises:
        CatalogueError: when a key is missing or unknown; names the file.
    """
    raw = safe_load(path.read_text(encoding="utf-8"))
    try:
        return _template_of(raw, path.parent)
    except (KeyError, TypeError) as error:
        raise CatalogueError(f"form {path.parent.name}: {error}") from error


def _template_of(raw: Mapping[str, Any], folder: Path) -> Template:
    return Template(
        id=raw["id"],
        version=raw["version"],
        page_mm=tuple(raw["page_mm"]),
        reference=folder / raw["reference"],
        reference_dpi=raw["reference_dpi"],
        texts=tuple(PrintedText(**item) for item in raw["texts"]),
        shapes=tuple(Shape(**_boxed(item)) for item in raw["shapes"]),
        zones=tuple(Zone(**_boxed(item)) for item in raw["zones"]),
        checkboxes=tuple(Checkbox(**_boxed(item)) for item in raw["checkboxes"]),
        tables=tuple(_table_of(item) for item in raw["tables"]),
        barcodes=tuple(BarcodeZone(**_boxed(item)) for item in raw["barcodes"]),
        marks=tuple(Mark(**_boxed(item)) for item in raw.get("marks", ())),
        cross_checks=tuple(raw["cross_checks"]),
        country=raw.get("country", ""),
        languages=tuple(raw.get("languages", ("fr", "ar"))),
        piece=raw.get("piece", "care_sheet"),
        schemes=tuple(raw.get("schemes", ())),
        currency=raw.get("currency", ""),
        constants=dict(raw.get("constants", {})),
        formats=ValueFormats(**raw.get("formats", {})),
    )


def _boxed(item: Mapping[str, Any]) -> dict[str, Any]:
    tuples = {key: tuple(item[key]) for key in ("box_mm", "groups") if key in item}
    return {**item, **tuples}


def _table_of(item: Mapping[str, Any]) -> Table:
    columns = tuple(Column(**column) for column in item["columns"])
    return Table(**{**item, "columns": columns, "summaries": dict(item.get("summaries", {}))})
