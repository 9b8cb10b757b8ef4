"""The fields of a registered care sheet: each zone judged, boxes read, table rows collected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.dossier import CareKind, Relation, RequestKind
from models.reading import Box, PageText, ZoneReading
from tasks.extraction.acceptance import (
    P_AGREED,
    P_CONFIRMED,
    P_DOUBTFUL,
    P_EMPTY,
    Judged,
    Reading,
    Source,
    judge,
)
from tasks.extraction.fields import (
    Parser,
    choice_parser,
    parse_act,
    parse_decimal,
    parse_words,
    parser_of,
)
from tasks.extraction.found import Found
from tasks.extraction.template import (
    BoxMm,
    CheckBox,
    FieldZone,
    FormTable,
    TableColumn,
    Template,
)

#: What a field is when none of its boxes is ticked; a field that is not here must have one.
_UNTICKED: Mapping[str, str] = {
    "relation": Relation.SELF.value,
    "request_kind": RequestKind.REIMBURSEMENT.value,
    "is_continuous_care": "False",
    "beneficiary_sex": "",
}
#: Fields that a scheme asks for beyond those of the dossier; nothing ticked is nothing stated.
_FACTS = "facts."
#: The prefix of boxes that say a fact of every line: ``lines.facts.<name>``.
LINE_FACTS = "lines.facts."
#: The prefix of columns whose amounts are lines of their own: ``line.<act>``.
_OWN_LINE = "line."
#: Columns without which a row of the table is no line.
_ROW_NEEDS = ("care_date", "act", "amount_minor")
_NOWHERE = Box(0, 0, 0, 0)
_MM_IN_INCH = 25.4


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
    fields.update(
        {field: _fixed(value, page.page_no) for field, value in template.constants.items()}
    )
    ticked = frozenset(zone.zone for zone in page.zones if zone.checked)
    fields.update(_boxes(page, template.checkboxes, readings, ticked))
    rows = tuple(
        row
        for table in template.tables
        for row in _table_rows(page, table, readings, template.date_order)
    )
    return Sheet(page.page_no, template, fields, zones, ticked, rows)


def _fixed(value: str, page_no: int) -> Found:
    """A field that the form itself fixes: nothing is read, the page is known to be this form."""
    return Found(Judged(value, P_CONFIRMED, False, Source.FORM), Reading(), page_no, _NOWHERE)


def _judge_zone(page: PageText, zone: ZoneReading | None, name: str, template: Template) -> Found:
    spec = next(spec for spec in template.zones if spec.name == name)
    reading = _reading(zone)
    if spec.type == "digits" and spec.length:
        confirmations = _confirmations(page, template, spec.field, spec.length)
    else:
        confirmations = frozenset()
    judged = judge(
        reading,
        _parser(spec, template.date_order, spec.length),
        is_required=spec.is_required,
        confirmations=confirmations,
    )
    return Found(judged, reading, page.page_no, zone.box if zone else _NOWHERE)


def _parser(spec: FieldZone | TableColumn, date_order: str, length: int = 0) -> Parser:
    if spec.choices:
        return choice_parser(spec.choices)
    return parser_of(spec.type, spec.regex, length, check=spec.check, date_order=date_order)


def _confirmations(page: PageText, template: Template, field: str, length: int) -> frozenset[str]:
    """Bar codes of the page that repeat a field: those that stand where the form has them."""
    places = [
        template.barcode_boxes[name] for name, named in template.barcodes.items() if named == field
    ]
    return frozenset(
        code.text
        for code in page.barcodes
        if len(code.text) == length
        and code.text.isdigit()
        and any(_is_in(code.box, place, page.dpi) for place in places)
    )


def _is_in(box: Box, place: BoxMm, dpi: int) -> bool:
    """Whether the middle of a box lies in a place of the form, in millimetres."""
    across = (box.left + box.width / 2) * _MM_IN_INCH / dpi - place[0]
    down = (box.top + box.height / 2) * _MM_IN_INCH / dpi - place[1]
    return 0 <= across <= place[2] and 0 <= down <= place[3]


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
    if not marked and (field in _UNTICKED or field.startswith((_FACTS, LINE_FACTS))):
        return Judged(_UNTICKED.get(field, ""), P_EMPTY, False, Source.BOX)
    fallback = {"care_kind": CareKind.AMBULATORY.value}.get(field, _UNTICKED.get(field, ""))
    value = marked[0].value if marked else fallback
    return Judged(value, P_DOUBTFUL, True, Source.DOUBTFUL)


def _table_rows(
    page: PageText, table: FormTable, readings: Mapping[str, ZoneReading], date_order: str
) -> list[SheetRow]:
    rows = []
    for row_no in range(1, table.rows + 1):
        zones = {
            column.field: readings.get(f"{table.name}[{row_no}].{column.name}")
            for column in table.columns
        }
        texts = {field: _reading(zone) for field, zone in zones.items()}
        needs = [texts[field] for field in _ROW_NEEDS if field in texts]
        if not any(text.first or text.second for text in needs):
            continue
        cells = {
            column.field: _judge_cell(page, column, zones[column.field], date_order)
            for column in table.columns
        }
        rows.append(SheetRow(row_no, cells))
        rows += _own_lines(page.page_no, rows[-1])
    return rows


def _own_lines(page_no: int, row: SheetRow) -> list[SheetRow]:
    """The amounts of a row that are lines of their own, such as a doctor's travel."""
    return [
        SheetRow(
            row.row_no,
            {
                "care_date": row.cells["care_date"],
                "act": _fixed(field.removeprefix(_OWN_LINE), page_no),
                "amount_minor": found,
            },
        )
        for field, found in row.cells.items()
        if field.startswith(_OWN_LINE) and (found.reading.first or found.reading.second)
    ]


def _judge_cell(
    page: PageText, column: TableColumn, zone: ZoneReading | None, date_order: str
) -> Found:
    reading = _reading(zone)
    parse: Parser
    if column.field == "coefficient":
        parse = parse_decimal
    elif column.field == "act":
        parse = parse_act
    elif column.field == "label":
        parse = parse_words
    else:
        parse = _parser(column, date_order)
    judged = judge(reading, parse, is_required=column.field in _ROW_NEEDS)
    return Found(judged, reading, page.page_no, zone.box if zone else _NOWHERE)


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
