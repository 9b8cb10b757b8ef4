import dataclasses
import re
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from infra.simulation.paper.pen import MM_PER_INCH, PAGE_DPI, WHITE
from infra.simulation.paper.render import render_blank
from infra.simulation.paper.sheet import zone_texts
from infra.simulation.paper.template import BoxMm, Template, read_template
from models.dossier import Dossier, DossierLine, PieceKind
from models.errors import CatalogueError
from tests.stages.simulation_paper.papers import FORMS_DIR, SHEET, a_pharmacy_paper

TEMPLATES = sorted(FORMS_DIR.glob("*/template.yaml"))
#: What a template may fill besides the fields of the dossier.
BESIDES = {"", "agency", "stay.admission_date", "stay.discharge_date"}
#: What a column may fill besides the fields of a line: an act, the classes of a Chinese bill.
LINES_BESIDES = {"act", "item_class", "class_a", "class_b", "class_c", "class_other"}

#: Letters that are set in a typeface of their own.
SCRIPTS = {"ar": "[\u0600-\u06ff]", "zh": "[\u4e00-\u9fff]"}

every_form = pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.parent.name)


def places(template: Template) -> dict[str, BoxMm]:
    """Every box in which something is read, by name."""
    boxes: dict[str, BoxMm] = {}
    for part in (*template.zones, *template.checkboxes):
        boxes[part.name] = part.box_mm
    for barcode in template.barcodes:
        boxes[f"barcode {barcode.name}"] = barcode.box_mm
    for table in template.tables:
        for row in range(table.rows):
            for column in table.columns:
                boxes[f"{table.name} {row} {column.name}"] = table.cell_box(row, column)
    return boxes


def overlap(first: BoxMm, second: BoxMm) -> bool:
    """Whether two boxes share more than an edge."""
    left, top, width, height = first
    other_left, other_top, other_width, other_height = second
    return (
        min(left + width, other_left + other_width) - max(left, other_left) > 1e-6
        and min(top + height, other_top + other_height) - max(top, other_top) > 1e-6
    )


def test_there_is_a_form() -> None:
    assert SHEET in TEMPLATES


@every_form
def test_every_place_lies_inside_the_page(path: Path) -> None:
    template = read_template(path)
    width, height = template.page_mm
    outside = [
        name
        for name, box in places(template).items()
        if box[0] < 0 or box[1] < 0 or box[0] + box[2] > width or box[1] + box[3] > height
    ]
    assert outside == []


@every_form
def test_no_two_places_overlap(path: Path) -> None:
    boxes = places(read_template(path))
    clashes = [
        (one, other)
        for (one, box), (other, other_box) in combinations(boxes.items(), 2)
        if overlap(box, other_box)
    ]
    assert clashes == []


@every_form
def test_nothing_is_printed_where_a_field_is_written(path: Path) -> None:
    template = read_template(path)
    page = np.asarray(render_blank(path, dpi=PAGE_DPI))
    soiled = []
    for name, (left, top, width, height) in places(template).items():
        # Teeth of a comb stand in the lower half of the field; a millimetre of frame is left out.
        box = (left + 1, top + 1, left + width - 1, top + height * 0.5)
        x0, y0, x1, y1 = (round(edge * PAGE_DPI / MM_PER_INCH) for edge in box)
        if page[y0:y1, x0:x1].min() < WHITE:
            soiled.append(name)
    assert soiled == []


@every_form
def test_the_texts_are_in_the_languages_of_the_form(path: Path) -> None:
    template = read_template(path)
    assert {text.lang for text in template.texts} == set(template.languages)
    for lang, letters in SCRIPTS.items():
        in_script = [text.text for text in template.texts if re.search(letters, text.text)]
        assert [text.text for text in template.texts if text.lang == lang] == in_script


@every_form
def test_the_page_says_that_it_is_a_facsimile(path: Path) -> None:
    assert "FAC-SIMILE" in [text.text for text in read_template(path).texts]


@every_form
def test_every_field_is_one_of_the_dossier(path: Path) -> None:
    template = read_template(path)
    known = {field.name for field in dataclasses.fields(Dossier)} | BESIDES
    line = {field.name for field in dataclasses.fields(DossierLine)} | LINES_BESIDES
    fields = {part.field for part in (*template.zones, *template.checkboxes, *template.barcodes)}
    fields |= set(template.constants)
    columns = {column.field for table in template.tables for column in table.columns}
    free = ("facts.", "lines.facts.", "form.")
    assert {name for name in fields if not name.startswith(free)} <= known
    assert {name for name in columns if not name.startswith((*free, "line."))} <= line


@every_form
def test_summaries_name_kinds_of_documents(path: Path) -> None:
    kinds = {kind for table in read_template(path).tables for kind in table.summaries.values()}
    assert kinds <= {kind.value for kind in PieceKind}


@every_form
def test_the_columns_of_a_table_stand_side_by_side(path: Path) -> None:
    for table in read_template(path).tables:
        ends = [(a.x_mm + a.w_mm, b.x_mm) for a, b in pairwise(table.columns)]
        assert [end for end, start in ends] == [start for end, start in ends]


@every_form
def test_the_reference_picture_is_the_blank_form(path: Path) -> None:
    template = read_template(path)
    drawn = np.asarray(render_blank(path, dpi=template.reference_dpi), dtype=np.int16)
    with Image.open(template.reference) as picture:
        kept = np.asarray(picture.convert("L"), dtype=np.int16)
    assert drawn.shape == kept.shape
    # 16 greys are at most 17 apart; other versions of the fonts differ by a few edge pixels.
    assert np.mean(np.abs(drawn - kept) > 40) < 0.01


def test_the_cells_of_a_birth_date_stand_in_three_groups() -> None:
    zones = {zone.name: zone for zone in read_template(SHEET).zones}
    boxes = zones["beneficiary_birth_date"].cell_boxes()
    gaps = [round(right[0] - left[0] - left[2], 6) for left, right in pairwise(boxes)]
    assert gaps == [0, 3, 0, 3, 0, 0, 0]


def test_written_values_match_the_patterns_of_their_zones() -> None:
    texts = zone_texts(a_pharmacy_paper(), read_template(SHEET))
    zones = {zone.name: zone for zone in read_template(SHEET).zones}
    assert set(texts) == set(zones)
    wrong = [
        name
        for name, text in texts.items()
        if text and zones[name].regex and not re.fullmatch(zones[name].regex, text)
    ]
    assert wrong == []


def test_an_unknown_key_is_refused_by_the_name_of_the_form(tmp_path: Path) -> None:
    folder = tmp_path / "strange_form"
    folder.mkdir()
    text = SHEET.read_text(encoding="utf-8")
    path = folder / "template.yaml"
    path.write_text(text.replace("name: deposit_date,", "nom: deposit_date,"), encoding="utf-8")
    with pytest.raises(CatalogueError, match="strange_form"):
        read_template(path)
