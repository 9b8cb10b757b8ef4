"""The fields of a registered care sheet: each zone judged, boxes read, table rows collected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from models.dossier import CareKind, Relation, RequestKind
from models.reading import Box, PageText, ZoneReading
from tasks.extraction.acceptance import (
    P_AGREED,
    P_DOUBTFUL,
    P_EMPTY,
    Judged,
    Reading,
    Source,
    judge,
)
from tasks.extraction.fields import (
    Parsed,
    Parser,
    parse_act,
    parse_decimal,
    parse_words,
    parser_of,
)
from tasks.extraction.found import Found
from tasks.extraction.template import CheckBox, FormTable, TableColumn, Template
from tasks.extraction.vocabulary import read_vocabulary

#: What a field is when none of its boxes is ticked; a field that is not here must have one.
_UNTICKED: Mapping[str, str] = {
    "relation": Relation.SELF.value,
    "request_kind": RequestKind.REIMBURSEMENT.value,
    "is_continuous_care": "False",
    "beneficiary_sex": "",
}
#: Columns without which a row of the table is no line.
_ROW_NEEDS = ("care_date", "act", "amount_minor")
#: Acts of so few letters are key letters, or stand for the lines of a bill.
_LETTERS_MAX = 2
_NOWHERE = Box(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One filled row of a table, by field of a line (``act`` for letter or code)."""

    row_no: int
    cells: Mapping[str, Found]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a care sheet says: fields and zones by name, ticked boxes, rows of its table."""

    page_no: int
    template: Template
    fields: Mapping[str, Found]
    zones: Mapping[str, Found]
    ticked: frozenset[str]
    rows: tuple[SheetRow, ...]


def read_sheet(page: PageText, template: Template) -> Sheet:
    """Return what a registered page says."""
    readings = {zone.zone: zone for zone in page.zones}
    zones = {
        zone.name: _judge_zone(page, readings.get(zone.name), zone.name, template)
        for zone in template.zones
    }
    fields = {zone.field: zones[zone.name] for zone in template.zones if zone.field}
    ticked = frozenset(zone.zone for zone in page.zones if zone.checked)
    fields.update(_boxes(page, template.checkboxes, readings, ticked))
    rows = tuple(row for table in template.tables for row in _table_rows(page, table, readings))
    return Sheet(page.page_no, template, fields, zones, ticked, rows)


def _judge_zone(page: PageText, zone: ZoneReading | None, name: str, template: Template) -> Found:
    spec = next(spec for spec in template.zones if spec.name == name)
    reading = _reading(zone)
    if spec.type == "digits" and spec.length:
        confirmations = _confirmations(page, template, spec.field, spec.length)
    else:
        confirmations = frozenset()
    judged = judge(
        reading,
        parser_of(spec.type, spec.regex, spec.length),
        is_required=spec.is_required,
        confirmations=confirmations,
    )
    return Found(judged, reading, page.page_no, zone.box if zone else _NOWHERE)


def _confirmations(page: PageText, template: Template, field: str, length: int) -> frozenset[str]:
    """Bar codes of the page that repeat a field: those that stand where the form has them."""
    if field not in template.barcodes.values():
        return frozenset()
    boxes = {zone.zone: zone.box for zone in page.zones}
    place = next(name for name, repeated in template.barcodes.items() if repeated == field)
    beside = boxes.get(place)
    return frozenset(
        code.text
        for code in page.barcodes
        if len(code.text) == length and code.text.isdigit() and _is_level(code.box, beside)
    )


def _is_level(box: Box, beside: Box | None) -> bool:
    return beside is not None and (
        box.top <= beside.top + beside.height and beside.top <= box.top + box.height
    )


def _boxes(
    page: PageText,
    boxes: Sequence[CheckBox],
    readings: Mapping[str, ZoneReading],
    ticked: frozenset[str],
) -> dict[str, Found]:
    groups: dict[str, list[CheckBox]] = {}
    for box in boxes:
        if box.field:
            groups.setdefault(box.field, []).append(box)
    found = {}
    for field, members in groups.items():
        marked = [box for box in members if box.name in ticked]
        shown = readings.get((marked or members)[0].name)
        text = " ".join(box.name for box in marked)
        judged = _judge_boxes(field, marked)
        found[field] = Found(judged, Reading(text), page.page_no, shown.box if shown else _NOWHERE)
    return found


def _judge_boxes(field: str, marked: Sequence[CheckBox]) -> Judged:
    if len(marked) == 1:
        return Judged(marked[0].value, P_AGREED, False, Source.BOX)
    if not marked and field in _UNTICKED:
        return Judged(_UNTICKED[field], P_EMPTY, False, Source.BOX)
    fallback = {"care_kind": CareKind.AMBULATORY.value}.get(field, _UNTICKED.get(field, ""))
    value = marked[0].value if marked else fallback
    return Judged(value, P_DOUBTFUL, True, Source.DOUBTFUL)


def _table_rows(
    page: PageText, table: FormTable, readings: Mapping[str, ZoneReading]
) -> list[SheetRow]:
    rows = []
    for row_no in range(1, table.rows + 1):
        zones = {
            column.field: readings.get(f"{table.name}[{row_no}].{column.name}")
            for column in table.columns
        }
        texts = {field: _reading(zone) for field, zone in zones.items()}
        if not any(texts[field].first or texts[field].second for field in _ROW_NEEDS):
            continue
        cells = {
            column.field: _judge_cell(page, column, zones[column.field]) for column in table.columns
        }
        rows.append(SheetRow(row_no, cells))
    return rows


def _judge_cell(page: PageText, column: TableColumn, zone: ZoneReading | None) -> Found:
    reading = _reading(zone)
    parse: Parser
    if column.field == "coefficient":
        parse = parse_decimal
    elif column.field == "act":
        parse = _parse_known_act
    elif column.field == "label":
        parse = parse_words
    else:
        parse = parser_of(column.type)
    judged = judge(reading, parse, is_required=column.field in _ROW_NEEDS)
    return Found(judged, reading, page.page_no, zone.box if zone else _NOWHERE)


def _parse_known_act(text: str) -> Parsed:
    """An act; one of a letter or two is a key letter, or it was misread."""
    act = parse_act(text)
    is_known = len(act.value) > _LETTERS_MAX or act.key in read_vocabulary().short_acts
    return act if is_known else replace(act, is_valid=False)


def _reading(zone: ZoneReading | None) -> Reading:
    if zone is None or not zone.readings:
        return Reading()
    first = zone.readings[0]
    second = zone.readings[1] if len(zone.readings) > 1 else None
    return Reading(
        first=first.text,
        second=second.text if second else "",
        first_confidence=first.raw_confidence,
        second_confidence=second.raw_confidence if second else 0.0,
    )
