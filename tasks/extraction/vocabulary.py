"""The words by which documents and acts are recognised, read from ``vocabulary.yaml``."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from models.dossier import CareKind, PieceKind
from models.errors import CatalogueError
from models.yaml_loader import safe_load

_FILE = Path(__file__).with_name("vocabulary.yaml")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words of documents in the order they are tried, and the spellings of key letters."""

    pages: tuple[tuple[PieceKind, tuple[str, ...]], ...]
    bills_by_care: Mapping[CareKind, PieceKind]
    letters: Mapping[str, str]
    letters_of_one: frozenset[str]
    short_acts: frozenset[str]
    total_words: tuple[str, ...]
    invoice_words: tuple[str, ...]
    date_words: tuple[str, ...]
    currencies: Mapping[str, str]


@functools.cache
def read_vocabulary() -> Vocabulary:
    """Return the vocabulary; read once for each process.

    Raises:
        CatalogueError: when a key is missing or a kind is not known.
    """
    raw = safe_load(_FILE.read_text(encoding="utf-8"))
    try:
        return Vocabulary(
            pages=tuple((PieceKind(page["kind"]), tuple(page["words"])) for page in raw["pages"]),
            bills_by_care={
                CareKind(care): PieceKind(kind) for care, kind in raw["bills_by_care"].items()
            },
            letters={letter.upper(): letter for letter in raw["letters"]},
            letters_of_one=frozenset(raw["letters_of_one"]),
            short_acts=frozenset(act.upper() for act in (*raw["letters"], *raw["short_acts"])),
            total_words=tuple(raw["total_words"]),
            invoice_words=tuple(raw["invoice_words"]),
            date_words=tuple(raw["date_words"]),
            currencies={
                str(word): code for code, words in raw["currencies"].items() for word in words
            },
        )
    except (KeyError, ValueError) as error:
        raise CatalogueError(f"vocabulary.yaml: {error}") from error
