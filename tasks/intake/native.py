"""Checks one record against the published form of the native electronic dossier."""

from typing import Any

import pydantic

from models.electronic import (
    ElectronicDossier,
    ElectronicLine,
    ElectronicPiece,
    ElectronicPrescription,
    ElectronicStay,
)
from models.stage import Channel
from tasks.intake.limits import ReadingContext
from tasks.intake.result import ReceivedRecord, Record, Refused

#: Problems named in one refusal; a record with more is not repaired field by field anyway.
PROBLEMS_SHOWN = 8
FORMAT = "tasfiya-dossier/1"

_PARTS: tuple[type[pydantic.BaseModel], ...] = (
    ElectronicDossier,
    ElectronicLine,
    ElectronicPiece,
    ElectronicPrescription,
    ElectronicStay,
)
#: Field names of the form: the only words of a record that a refusal repeats.
_NAMES = frozenset(name for part in _PARTS for name in part.model_fields)


def read_record(text: str, value: Any, context: ReadingContext, unmapped: str = "") -> Record:
    """Return the record of a JSON text and its value, or why it cannot be taken in."""
    refusal = _refused_before_the_form(value, context)
    if refusal is not None:
        return refusal
    try:
        dossier = ElectronicDossier.model_validate_json(text, strict=True)
    except pydantic.ValidationError as error:
        return Refused("IN_SCHEMA", _problems(error), _number_of(value))
    if dossier.scheme not in context.schemes:
        return Refused("IN_SCHEME", {}, dossier.public_number)
    return ReceivedRecord(
        public_number=dossier.public_number,
        kind_of_submission=dossier.kind_of_submission,
        scheme=dossier.scheme,
        channel=_channel(dossier.channel),
        agency=dossier.agency,
        region=dossier.region,
        deposit_date=dossier.deposit_date,
        insured_id=dossier.insured_id,
        payload=dossier.model_dump_json(exclude_defaults=True),
        unmapped=unmapped,
    )


def _channel(written: str) -> str:
    """How a record came in: a sender's own word for it stays in the record and decides nothing."""
    is_fhir = written == Channel.FHIR.value
    return Channel.FHIR.value if is_fhir else Channel.ELECTRONIC.value


def _refused_before_the_form(value: Any, context: ReadingContext) -> Refused | None:
    """What has a clearer code than a list of fields."""
    if not isinstance(value, dict):
        return Refused("IN_SCHEMA", {"fields": "$: object_expected"})
    number = _number_of(value)
    if value.get("format", FORMAT) != FORMAT:
        return Refused("IN_FORMAT", {"format": FORMAT}, number)
    lines = value.get("lines")
    if isinstance(lines, list) and len(lines) > context.limits.lines:
        params = {"count": str(len(lines)), "limit": str(context.limits.lines)}
        return Refused("IN_LINES", params, number)
    field = _with_control_character(value, "$")
    if field:
        return Refused("IN_CONTROL_CHARACTER", {"field": field}, number)
    return None


def _number_of(value: Any) -> str:
    """The sender's public number, if it has the form of one; it goes into the acknowledgement."""
    number = value.get("public_number") if isinstance(value, dict) else None
    if not isinstance(number, str) or not 6 <= len(number) <= 35:
        return ""
    is_clean = number.isascii() and all(c.isdigit() or c.isupper() or c == "-" for c in number)
    return number if is_clean else ""


def _with_control_character(value: Any, path: str) -> str:
    """The path of the first text with a control character; PostgreSQL keeps no NUL in a text."""
    if isinstance(value, str):
        return path if not value.isprintable() and _has_control(value) else ""
    if isinstance(value, dict):
        items = [(f"{path}.{key}" if key in _NAMES else f"{path}.?", v) for key, v in value.items()]
    elif isinstance(value, list):
        items = [(f"{path}[{place}]", item) for place, item in enumerate(value)]
    else:
        return ""
    for place, item in items:
        found = _with_control_character(item, place)
        if found:
            return found
    return ""


def _has_control(text: str) -> bool:
    return any(ord(character) < 32 or ord(character) == 127 for character in text)


def _problems(error: pydantic.ValidationError) -> dict[str, str]:
    """Fields and kinds of problem; keys of the sender's own making and all values stay out."""
    found = error.errors(include_input=False, include_url=False, include_context=False)
    shown = [f"{_path(one['loc'])}: {one['type']}" for one in found[:PROBLEMS_SHOWN]]
    if len(found) > PROBLEMS_SHOWN:
        shown.append("…")
    return {"fields": "; ".join(shown), "count": str(len(found))}


def _path(location: tuple[int | str, ...]) -> str:
    path = "$"
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            path += f".{part}" if part in _NAMES else ".?"
    return path
