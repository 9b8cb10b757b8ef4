"""Reads a scheme's ``parameters.yaml``: single figures, each dated, sourced and reviewed."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from models.money import Rounding
from tasks.pricing.figure_fields import (
    check_source,
    complete,
    figure_id,
    read_effective_by,
    read_rounding,
    read_status,
)
from tasks.pricing.figures import (
    Alternative,
    EffectiveBy,
    Entry,
    Figure,
    Status,
    Timeline,
    check_entries,
    is_unit,
)
from tasks.pricing.strict_yaml import (
    Node,
    as_date,
    as_date_or_none,
    as_decimal,
    as_labels,
    as_list,
    as_mapping,
    as_text,
    fail,
    read_yaml,
)

PARAMETER_KEYS = (
    "id",
    "label",
    "unit",
    "effective_by",
    "rounding",
    "values",
    "reviewed_until",
    "reviewed_by",
)
VALUE_KEYS = ("from", "to", "value", "source", "status")
VALUE_KEYS_OPTIONAL = ("known_from", "quote", "notes", "alternatives")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One figure over time: its label, unit, the date that counts, and who reviewed it until when.

    ``drafts`` are texts that are not in force; they never price anything.
    """

    parameter_id: str
    label: Mapping[str, str]
    unit: str
    effective_by: EffectiveBy
    rounding: Rounding
    timeline: Timeline
    drafts: tuple[Figure, ...]
    reviewed_until: dt.date
    reviewed_by: str

    def as_known(self, known_on: dt.date) -> "Parameter":
        """Return the parameter as it was known on a day."""
        return replace(self, timeline=self.timeline.as_known(known_on))


def read_parameters(
    path: Path, *, currency: str, sources: Collection[str]
) -> Mapping[str, Parameter]:
    """Return the parameters of one file by id.

    Raises:
        CatalogueError: names the file, the parameter and the date.
    """
    parameters: dict[str, Parameter] = {}
    for number, node in enumerate(as_list(read_yaml(path), path.name), start=1):
        place = f"{path.name}: entry {number}"
        if isinstance(node, dict) and isinstance(node.get("id"), str):
            place = f"{path.name}: {node['id']}"
        entry = as_mapping(node, place, required=PARAMETER_KEYS)
        parameter = _read_parameter(entry, place, currency, sources)
        if parameter.parameter_id in parameters:
            fail(place, "written twice")
        parameters[parameter.parameter_id] = parameter
    return parameters


def _read_parameter(
    entry: Mapping[str, Node], place: str, currency: str, sources: Collection[str]
) -> Parameter:
    unit = as_text(entry["unit"], f"{place}: unit")
    if not is_unit(unit, currency):
        fail(place, f"unit {unit} is not on the list of units in {currency}")
    blank = Parameter(
        parameter_id=as_text(entry["id"], place),
        label=as_labels(entry["label"], f"{place}: label"),
        unit=unit,
        effective_by=read_effective_by(entry["effective_by"], place),
        rounding=read_rounding(entry["rounding"], place),
        timeline=Timeline(()),
        drafts=(),
        reviewed_until=as_date(entry["reviewed_until"], f"{place}: reviewed_until"),
        reviewed_by=as_text(entry["reviewed_by"], f"{place}: reviewed_by"),
    )
    entries: list[Entry] = []
    drafts: list[Figure] = []
    for node in as_list(entry["values"], f"{place}: values"):
        dated = _read_value(blank, node, place, sources)
        if dated.figure is not None and dated.figure.status is Status.DRAFT:
            drafts.append(dated.figure)
        else:
            entries.append(dated)
    if not entries:
        fail(place, "has no value in force")
    check_entries(entries, place)
    return replace(blank, timeline=Timeline(entries), drafts=tuple(drafts))


def _read_value(parameter: Parameter, node: Node, place: str, sources: Collection[str]) -> Entry:
    start_of = node.get("from") if isinstance(node, dict) else None
    where = f"{place}: {start_of or 'values'}"
    value = as_mapping(node, where, required=VALUE_KEYS, optional=VALUE_KEYS_OPTIONAL)
    start = as_date(value["from"], f"{where}: from")
    end = as_date_or_none(value["to"], f"{where}: to")
    known_from = as_date_or_none(value.get("known_from"), f"{where}: known_from")
    if end is not None and end < start:
        fail(where, f"ends on {end}, before it starts")
    source = check_source(value["source"], where, sources)
    status = read_status(value["status"], where)
    if value["value"] is None:
        return Entry(start, end, known_from, None)
    figure = Figure(
        figure_id=figure_id(parameter.parameter_id, start, known_from),
        key=parameter.parameter_id,
        value=as_decimal(value["value"], f"{where}: value"),
        unit=parameter.unit,
        start=start,
        end=end,
        known_from=known_from,
        source=source,
        status=status,
        rounding=parameter.rounding,
        reviewed_until=parameter.reviewed_until,
        alternatives=_read_alternatives(value.get("alternatives"), where, sources),
        quote=str(value.get("quote") or ""),
        notes=str(value.get("notes") or ""),
    )
    return Entry(start, end, known_from, complete(figure, where))


def _read_alternatives(node: Node, where: str, sources: Collection[str]) -> tuple[Alternative, ...]:
    if node is None:
        return ()
    found: list[Alternative] = []
    for item in as_list(node, f"{where}: alternatives"):
        pair = as_mapping(item, f"{where}: alternatives", required=("value", "source"))
        value = as_decimal(pair["value"], f"{where}: alternatives")
        found.append(Alternative(value, check_source(pair["source"], where, sources)))
    return tuple(found)
