"""The pages of a dossier as OCR left them: read back from their kept JSON text."""

import json
from typing import Any

from models.reading import Barcode, Box, PageText, Segment, Token, ZoneReading


def page_of_json(data: bytes | str) -> PageText:
    """Return a page from the JSON text that OCR kept; keys are the fields of ``PageText``."""
    raw = json.loads(data)
    raw["words"] = tuple(_token(word) for word in raw["words"])
    raw["zones"] = tuple(_zone(zone) for zone in raw["zones"])
    raw["barcodes"] = tuple(
        Barcode(code["text"], code["symbology"], Box(**code["box"])) for code in raw["barcodes"]
    )
    # Pages kept before segments were read have none.
    raw["segments"] = tuple(_segment(segment) for segment in raw.get("segments", ()))
    return PageText(**raw)


def _token(raw: dict[str, Any]) -> Token:
    return Token(**{**raw, "box": Box(**raw["box"])})


def _segment(raw: dict[str, Any]) -> Segment:
    return Segment(Box(**raw["box"]), tuple(_token(token) for token in raw["readings"]))


def _zone(raw: dict[str, Any]) -> ZoneReading:
    readings = tuple(_token(token) for token in raw["readings"])
    look = raw.get("first_look")  # pages kept before it was told have none
    return ZoneReading(
        raw["zone"],
        Box(**raw["box"]),
        readings,
        raw["checked"],
        None if look is None else _token(look),
    )
