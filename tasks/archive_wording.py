"""The words of an archived document and the typefaces its last page is drawn with."""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from models.errors import CatalogueError
from models.yaml_loader import safe_load
from tasks.review.web.item import CHOICES, in_words, label_of
from tasks.review.web.wording import Wording

TEXTS_FILE = Path(__file__).with_name("archive_texts.yaml")
#: The language of the payer's files.
LANGUAGE = "fr"
_FONTS = "fonts"


@functools.cache
def _texts() -> Mapping[str, Any]:
    raw: Mapping[str, Any] = safe_load(TEXTS_FILE.read_text(encoding="utf-8"))
    if set(raw[_FONTS]) != {"latin", "arabic", "chinese"}:
        raise CatalogueError(f"{TEXTS_FILE.name}: fonts: latin, arabic and chinese")
    return raw


def word(name: str, **values: object) -> str:
    """The text of a name with its values filled in; a name without one stands for its end."""
    text = _texts().get(name)
    if text is None:
        return name.rpartition(".")[2].replace("_", " ")
    return str(text).format_map(values) if values else str(text)


def font_files(script: str) -> list[str]:
    """The files of a script's typeface (``latin``, ``arabic``, ``chinese``), the best first."""
    return list(_texts()[_FONTS][script])


@functools.cache
def _wording() -> Wording:
    return Wording(LANGUAGE)


def field_label(name: str) -> str:
    """A field's name in words, as the desk shows it."""
    own = f"field.{name}"
    return word(own) if own in _texts() else label_of(name, _wording())


def value_text(name: str, value: str) -> str:
    """A field's value as it is written on paper: 1234,50, 18/11/2026, a choice in words."""
    return in_words(name, value, _wording())


def is_choice(name: str) -> bool:
    """Whether a field has one of a few values, which are ticked and not written."""
    return name in CHOICES


def chance_text(chance: float) -> str:
    """A chance as a percentage: 0,1 %."""
    return f"{100 * chance:.2f}".rstrip("0").rstrip(".").replace(".", ",") + " %"
