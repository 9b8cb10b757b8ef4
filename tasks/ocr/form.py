"""What reading needs to know of a form: its picture and where its fields stand, in pixels.

The same template also says what the fields mean; that part is read by extraction.
"""

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from models.errors import CatalogueError
from models.reading import Box
from models.yaml_loader import safe_load
from tasks.ocr.engines.engine import GreyImage

#: Registered pages are brought to this resolution; zone boxes are in its pixels.
FORM_DPI = 200
_MM_IN_INCH = 25.4
#: Names of the languages of a template as tesseract's models are called.
LANGUAGES = {"fr": "fra", "ar": "ara", "zh": "chi_sim", "en": "eng"}

#: What the cells of a table have to match where their column names no pattern.
_PATTERNS = {
    "amount": r"\d{1,8}[.,]\d{2}|\d{1,4}",
    "date": r"\d{2}/\d{2}/\d{4}",
    "integer": r"\d{1,3}",
}


@dataclass(frozen=True, slots=True)
class FormZone:
    """One field's place: its box, the cells in it if it is a comb, and what stands there.

    ``field`` is what it fills in the dossier, ``pattern`` what its value has to match; empty: none.
    """

    name: str
    box: Box
    type: str
    language: str
    cells: tuple[Box, ...] = ()
    field: str = ""
    pattern: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """A known form: its blank picture and the places of its fields, boxes and bar codes.

    Two forms are equal only when they are the same object, so that work can be kept by form.
    """

    form_id: str
    width: int
    height: int
    reference: GreyImage
    reference_dpi: int
    zones: tuple[FormZone, ...]
    checkboxes: tuple[FormZone, ...]
    barcodes: tuple[FormZone, ...]


@functools.lru_cache(maxsize=4)
def read_forms(forms_dir: Path) -> tuple[Form, ...]:
    """Return the forms below a folder, one folder each; read once for each process.

    Raises:
        CatalogueError: names the template, and what it lacks.
    """
    return tuple(_read_form(path) for path in sorted(forms_dir.glob("*/template.yaml")))


def _read_form(path: Path) -> Form:
    where = f"{path.parent.name}/{path.name}"
    raw = safe_load(path.read_text(encoding="utf-8"))
    try:
        width_mm, height_mm = raw["page_mm"]
        reference = cv2.imread(str(path.parent / raw["reference"]), cv2.IMREAD_GRAYSCALE)
        if reference is None:
            raise CatalogueError(f"{where}: reference: the picture is missing or damaged")
        return Form(
            form_id=raw["id"],
            width=_pixels(width_mm),
            height=_pixels(height_mm),
            reference=np.asarray(reference, dtype=np.uint8),
            reference_dpi=int(raw["reference_dpi"]),
            zones=(*map(_zone, raw["zones"]), *_table_zones(raw.get("tables", ()))),
            checkboxes=tuple(
                FormZone(box["name"], _box(box["box_mm"]), "checkbox", "")
                for box in raw.get("checkboxes", ())
            ),
            barcodes=tuple(
                FormZone(code["name"], _box(code["box_mm"]), "barcode", "")
                for code in raw.get("barcodes", ())
            ),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CatalogueError(f"{where}: {error} is missing or has a wrong form") from error


def _zone(raw: dict[str, Any]) -> FormZone:
    cells: tuple[Box, ...] = ()
    if raw.get("cells"):
        cells = _cells(raw["box_mm"], raw.get("groups", [raw["length"]]), raw.get("gap_mm", 0))
    language = LANGUAGES[raw.get("lang", "fr")]
    return FormZone(
        raw["name"],
        _box(raw["box_mm"]),
        raw["type"],
        language,
        cells,
        raw.get("field", ""),
        raw.get("regex", ""),
    )


def _table_zones(tables: Any) -> list[FormZone]:
    zones = []
    for table in tables:
        pitch = table["row_height_mm"]
        for row in range(table["rows"]):
            for column in table["columns"]:
                box_mm = [
                    column["x_mm"],
                    table["top_mm"] + row * pitch,
                    column["w_mm"],
                    pitch,
                ]
                name = f"{table['name']}[{row + 1}].{column['name']}"
                language = LANGUAGES[column.get("lang", "fr")]
                zones.append(
                    FormZone(
                        name,
                        _box(box_mm),
                        column["type"],
                        language,
                        field=column.get("field", ""),
                        pattern=column.get("regex", "") or _PATTERNS.get(column["type"], ""),
                    )
                )
    return zones


def _cells(box_mm: list[float], groups: list[int], gap_mm: float) -> tuple[Box, ...]:
    left, top, width, height = box_mm
    cell_width = (width - gap_mm * (len(groups) - 1)) / sum(groups)
    cells = []
    for size in groups:
        for _ in range(size):
            cells.append(_box([left, top, cell_width, height]))
            left += cell_width
        left += gap_mm
    return tuple(cells)


def _box(box_mm: list[float]) -> Box:
    left, top, width, height = box_mm
    return Box(_pixels(left), _pixels(top), _pixels(width), _pixels(height))


def _pixels(millimetres: float) -> int:
    return round(millimetres / _MM_IN_INCH * FORM_DPI)
