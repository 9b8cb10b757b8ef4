"""Labels of a dossier's history in one language, and how its lines of text are laid out."""

import textwrap
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path

from models.errors import CatalogueError
from models.messages import LANGUAGES
from models.written import AS_KEPT, written, written_amount, written_money
from models.yaml_loader import safe_load

TEXTS_FILE = Path(__file__).parent / "explain_texts.yaml"
#: Width of a line; sentences are broken to it.
WIDTH = 96
#: Width of the labels on the left, and of a column of amounts.
LABEL_WIDTH = 22
AMOUNT_WIDTH = 12


@cache
def read_texts() -> Mapping[str, Mapping[str, str]]:
    """The labels in every language.

    Raises:
        CatalogueError: when a label lacks a language.
    """
    raw = safe_load(TEXTS_FILE.read_text(encoding="utf-8"))
    for name, texts in raw.items():
        if set(texts) != set(LANGUAGES):
            raise CatalogueError(f"{TEXTS_FILE.name}: {name}: one text for each of {LANGUAGES}")
    known: Mapping[str, Mapping[str, str]] = raw
    return known


class Labels:
    """The labels in one language."""

    def __init__(self, language: str) -> None:
        """Use the labels of a language."""
        self._language = language
        self._texts = read_texts()

    def word(self, name: str) -> str:
        """The label of a name; a name without one stands for itself."""
        texts = self._texts.get(name)
        return texts[self._language] if texts else name.rpartition(".")[2]

    def said(self, group: str, value: str) -> str:
        """The word for one value of a group, such as a status."""
        return self.word(f"{group}.{value}") if value else "–"

    def amount(self, minor: int | None) -> str:
        """An amount in major units with thousands apart; a dash where none is known."""
        return written_amount(minor, self._language)

    def money(self, minor: int, currency: str) -> str:
        """An amount with its currency."""
        if self._language == AS_KEPT:
            return f"{self.amount(minor)} {currency}"
        return written_money(minor, currency, self._language)

    def line(self, label: str, text: str) -> str:
        """A label on the left and a text beside it, broken where it is long."""
        name = self.word(label) if label else ""
        left = f"  {name.ljust(LABEL_WIDTH)}"
        said = written(text, self._language)
        return "\n".join(_wrap(said, left, " " * len(left))) or left.rstrip()

    def wrapped(self, text: str, depth: int) -> Iterator[str]:
        """A text broken into lines, indented."""
        indent = "  " * depth
        yield from _wrap(written(text, self._language), indent, f"{indent}  ")


def _wrap(text: str, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=rest,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def aligned(text: str, right: str) -> Iterator[str]:
    """Text at the left, broken where it is long, and an amount at the right of its last line."""
    room = WIDTH - AMOUNT_WIDTH - 1
    lines = textwrap.wrap(text, room, initial_indent="      → ", subsequent_indent="        ")
    yield from lines[:-1]
    yield f"{lines[-1].ljust(room)} {right.rjust(AMOUNT_WIDTH)}"


def period(start: str, end: str) -> str:
    """Two days as a period, one where they are the same."""
    if not start:
        return "–"
    return start if end in ("", start) else f"{start} – {end}"


def moment(text: str) -> str:
    """An ISO moment without its fractions of a second."""
    return text[:19].replace("T", " ")


def percent(rate: str) -> str:
    """A rate as people read it."""
    return f"{(Decimal(rate) * 100).normalize():f} %"
