"""What a dossier's history is told with: doors, tariff, the sentence of every code, a language."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.database import Database
from infra.settings import Settings
from infra.storage import Storage
from models.errors import StorageError, UsageError
from models.messages import LANGUAGES, Code, render
from tasks.fraud.figures import Figures, read_figures
from tasks.fraud.lot import fraud_paths
from tasks.pricing.catalogue import Catalogue
from tasks.pricing.chunk import catalogue_of
from tasks.spoken_codes import spoken_codes

#: A part of a history as plain values.
Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Teller:
    """What a history is told with: the doors, the catalogue, every code's sentence, a language."""

    database: Database
    storage: Storage
    catalogue: Catalogue
    figures: Figures
    codes: Mapping[str, Code]
    is_production: bool
    language: str


def open_teller(database: Database, storage: Storage, settings: Settings, language: str) -> Teller:
    """A teller in one language.

    Raises:
        UsageError: when the sentences do not exist in that language.
    """
    if language not in LANGUAGES:
        raise UsageError(f"the language is one of {', '.join(LANGUAGES)}")
    return Teller(
        database=database,
        storage=storage,
        catalogue=catalogue_of(settings.schemes_dir, None, settings.imported_tariffs()),
        figures=read_figures(fraud_paths(settings)),
        codes=spoken_codes(settings.schemes_dir),
        is_production=settings.environment == "production",
        language=language,
    )


def sentence_of(teller: Teller, code: str, params: Mapping[str, str]) -> str:
    """The sentence of a code or of a fraud rule; a code that is gone stands for itself."""
    if known := teller.codes.get(code):
        return render(known, params, teller.language)
    if rule := teller.figures.texts.get(code):
        return rule.names[teller.language]
    return code


def is_intact(storage: Storage, key: str, sha256: str) -> bool:
    """Whether the bytes kept under a key still have their hash."""
    try:
        return hashlib.sha256(storage.get(key)).hexdigest() == sha256
    except StorageError:
        return False


def text_of(value: Any) -> str:
    """A day or another value as text; nothing as an empty one."""
    return "" if value is None else str(value)
