"""Writes the published JSON Schema of the native electronic dossier, generated from the model."""

import json
from pathlib import Path
from typing import Any

from models.electronic import ElectronicDossier

FILE_NAME = "tasfiya-dossier-1.schema.json"
SCHEMA_ID = "urn:tasfiya:schema:dossier:1"


def dossier_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of what a sender may write."""
    schema = ElectronicDossier.model_json_schema(mode="validation")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **schema,
        "title": "tasfiya electronic dossier, version 1",
    }


def schema_text() -> str:
    """The schema as it stands in ``docs/schema/``."""
    return json.dumps(dossier_schema(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def write_schema(folder: Path) -> Path:
    """Write the schema file into a folder, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE_NAME
    path.write_text(schema_text(), encoding="utf-8")
    return path
