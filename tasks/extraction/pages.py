"""The pages of a dossier as OCR left them: read back from their kept JSON text."""

import json
from typing import Any

from models.reading import Barcode, Box, PageText, Token, ZoneReading


def page_of_json(data: bytes | str) -> PageText:
    """Return a page from the JSON text that OCR kept; keys are the fields of ``PageText``."""
    raw = json.loads(data)
    raw["words"] = tuple(_token(word) for word in raw["words"])
    raw["zones"] = tuple(_zone(zone) for zone in raw["zones"])
    raw["barcodes"] = tuple(
        Barcode(code["text"], code["symbology"], Box(**code["box"])) for code in raw["barcodes"]
    )
    return PageText(**raw)


def _token(raw: dict[str, Any]) -> Token:
    return Token(**{**raw, "box": Box(**raw["box"])})


def _zone(raw: dict[str, Any]) -> ZoneReading:
    readings = tuple(_token(token) for token in raw["readings"])
    return ZoneReading(raw["zone"], Box(**raw["box"]), readings, raw["checked"])
