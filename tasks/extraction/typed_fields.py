"""What a form lets a person type beyond the common fields, checked as a reading of it is.

A typed dossier holds what a machine-read one of the same form holds: the fields and facts its zones
and boxes fill, what is kept as evidence alone, and what a ticked box or a paid part tells a person.
"""

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from models.finding import Finding
from models.messages import Code, finding, read_codes
from models.typing import ExtraField
from tasks.extraction.class_totals import CLASS_CODES, OTHER_CODE
from tasks.extraction.fields import CHOICE, Parsed, parser_of
from tasks.extraction.paid_parts import ALREADY_PAID, FORM_FIELDS, NOT_CLOSED
from tasks.extraction.paper import REFERS_TO
from tasks.extraction.sheet import LINE_FACTS
from tasks.extraction.template import FieldZone, TableColumn, Template

#: The prefix of a box that fills no field and is told to a person when it is ticked.
BOX = "box."
FACTS = "facts."
#: What a typed flag says when it is set.
YES = "yes"
#: How a field of each type is typed; an amount in Chinese capitals only repeats another.
_WAYS: Mapping[str, str] = {
    "digits": "digits", "integer": "digits", "decimal": "code", "date": "date", "amount": "amount",
    "code": "code", "text": "words", "words": "words", "capitals": "words", CHOICE: "choice",
}  # fmt: skip
#: Zones under another name in the dossier.
_NAMED: Mapping[str, str] = {"public_number": REFERS_TO}
#: Fields that typing mode asks for in a way of its own, or that are chosen with the form.
_ELSEWHERE = frozenset({"scheme", "total_minor"})
#: Columns whose lines are named by a class, and the letter by which each class is typed.
_CLASS_MAKERS = frozenset({"class_totals", "category_totals"})
#: Whose regular expressions are of what people type, and not of a normal form.
_PATTERNED = frozenset({"digits", "code"})


def typed_fields(template: Template) -> tuple[ExtraField, ...]:
    """Return every field of a form that a person may type, in the order of the form."""
    found: dict[str, ExtraField] = {}
    for one in (*_zone_fields(template), *_box_fields(template), *_column_fields(template)):
        found.setdefault(one.name, one)
    return tuple(found.values())


def required_fields(template: Template) -> frozenset[str]:
    """Return the names of the fields that a form cannot do without."""
    names = (zone.field for zone in template.zones if zone.is_required)
    return frozenset(_NAMED.get(name, name) for name in names if name)


def place_names(template: Template) -> Mapping[str, str]:
    """Return the names of zones and boxes by the field that each of them fills."""
    places = {zone.name: _NAMED.get(zone.field, zone.field) for zone in template.zones}
    for box in template.checkboxes:
        places[box.name] = box.field or (f"{BOX}{box.name}" if box.finding else "")
    return {name: field for name, field in places.items() if field}


def act_codes(template: Template) -> Mapping[str, str]:
    """Return the codes of the lines where a form names classes instead of acts, by letter."""
    if template.line_maker not in _CLASS_MAKERS:
        return {}
    return {**CLASS_CODES, "O": OTHER_CODE}


def parse_typed(template: Template, name: str, text: str) -> Parsed | None:
    """Return what a typed text says of a field, None where the form has no such field.

    Dates are typed as everywhere at the desk, 18/11/2026, whatever the order on the form.
    """
    spec: FieldZone | TableColumn
    for spec in template.zones:
        if _NAMED.get(spec.field, spec.field) == name:
            return _parse(spec, text, spec.length)
    for table in template.tables:
        for spec in table.columns:
            if spec.field == name:
                return _parse(spec, text)
    values = [box.value for box in template.checkboxes if box.field == name]
    if name in {f"{BOX}{box.name}" for box in template.checkboxes if box.finding}:
        values = [YES, "no"]
    return Parsed(text, text, text in values) if values else None


def implied_values(template: Template, values: Mapping[str, str]) -> dict[str, str]:
    """Return the values that follow from filled facts, for fields that were left empty."""
    implied: dict[str, str] = {}
    for name, then in template.implied.items():
        if name.startswith((FACTS, LINE_FACTS)) and values.get(name):
            implied |= {field: value for field, value in then.items() if not values.get(field)}
    return implied


def typed_findings(
    template: Template, values: Mapping[str, str], total_minor: int
) -> tuple[Finding, ...]:
    """Return what a person has to look at, as where a machine reads the form.

    ``values`` are in their normal form, amounts in minor units, by field.
    """
    codes = [
        box.finding
        for box in template.checkboxes
        if box.finding and values.get(f"{BOX}{box.name}") == YES
    ]
    fields = {zone.name: zone.field for zone in template.zones}
    fund = _amounts(values, [fields[name] for name in template.payments.fund])
    person = _amounts(values, [fields[name] for name in template.payments.person])
    if (fund or person) and sum(fund) + sum(person) != total_minor:
        codes.append(NOT_CLOSED)
    elif sum(fund):
        codes.append(ALREADY_PAID)
    return tuple(finding(_codes(), code) for code in dict.fromkeys(codes))


def _amounts(values: Mapping[str, str], fields: Sequence[str]) -> list[int]:
    return [int(values[field]) for field in fields if values.get(field)]


def _zone_fields(template: Template) -> Iterator[ExtraField]:
    paid = {*template.payments.fund, *template.payments.person}
    for zone in template.zones:
        if zone.field and zone.field not in _ELSEWHERE:
            # Evidence alone decides nothing, but for who paid the bill already.
            decides = not zone.field.startswith(FORM_FIELDS) or zone.name in paid
            extra = _field(template, zone, _NAMED.get(zone.field, zone.field), zone.name)
            yield replace(extra, is_asked=zone.is_required and decides)


def _box_fields(template: Template) -> Iterator[ExtraField]:
    groups: dict[str, dict[str, Mapping[str, str]]] = {}
    for box in template.checkboxes:
        if box.field:
            groups.setdefault(box.field, {})[box.value] = template.labels.get(box.name, {})
        elif box.finding:
            yield ExtraField(f"{BOX}{box.name}", "flag", template.labels.get(box.name, {}))
    for name, choices in groups.items():
        if set(choices) == {YES}:
            yield ExtraField(name, "flag", choices[YES])
        else:
            yield ExtraField(name, CHOICE, {}, choices)


def _column_fields(template: Template) -> Iterator[ExtraField]:
    for table in template.tables:
        for column in table.columns:
            if column.field.startswith((FACTS, FORM_FIELDS)):
                extra = _field(template, column, column.field, f"{table.name}.{column.name}")
                yield replace(extra, is_of_line=True)


def _field(template: Template, spec: FieldZone | TableColumn, name: str, place: str) -> ExtraField:
    choices = {meaning: {"fr": text, "ar": text} for text, meaning in spec.choices.items()}
    pattern = spec.regex if spec.type in _PATTERNED else ""
    label = template.labels.get(place, {})
    return ExtraField(name, _WAYS[spec.type], label, choices, pattern)


def _parse(spec: FieldZone | TableColumn, text: str, length: int = 0) -> Parsed:
    if spec.choices:
        return Parsed(text, text, text in spec.choices.values())
    if _WAYS[spec.type] == "words":
        # A reader's rules for names are no rules for people.
        return Parsed(text, text, is_valid=True)
    return parser_of(spec.type, spec.regex, length, check=spec.check)(text)


@functools.cache
def _codes() -> Mapping[str, Code]:
    return read_codes(Path(__file__).with_name("codes.yaml"))
