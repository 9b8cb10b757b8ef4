"""The electronic care sheet that paper belongs to: its number in a QR code of one of the pages.

A prescription or bill that bears one is a piece of the electronic dossier and never asks for money
of its own: the electronic record says what is asked.
"""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models.errors import CatalogueError
from models.reading import FieldEvidence, PageText
from models.yaml_loader import safe_load
from tasks.extraction.acceptance import P_CONFIRMED, Source

FSE_FILE = Path(__file__).with_name("fse.yaml")
#: The field under which the number is kept. No person may write it: see ``read_fse``.
FSE_NUMBER = "fse_number"
_KEYS = frozenset({"status", "source", "symbologies", "payloads"})


@dataclass(frozen=True, slots=True)
class FseFormat:
    """The symbologies that may carry a number, and the payloads it stands in."""

    symbologies: frozenset[str]
    payloads: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class FseLink:
    """The numbers found, in order, and where the first one stands."""

    numbers: tuple[str, ...]
    evidence: FieldEvidence


@functools.cache
def read_format(path: Path = FSE_FILE) -> FseFormat:
    """Return how numbers are written; read once for each process.

    Raises:
        CatalogueError: when a key is missing or a payload has no ``number``.
    """
    raw = safe_load(path.read_text(encoding="utf-8"))
    if set(raw) != _KEYS:
        raise CatalogueError(f"{path.name}: keys must be {', '.join(sorted(_KEYS))}")
    payloads = tuple(re.compile(text) for text in raw["payloads"])
    if any("number" not in payload.groupindex for payload in payloads):
        raise CatalogueError(f"{path.name}: each payload needs a group called number")
    return FseFormat(frozenset(map(_plain, raw["symbologies"])), payloads)


def read_fse(pages: Sequence[PageText]) -> FseLink | None:
    """Return the electronic care sheet that the pages name, None when they name none.

    The evidence stays in doubt, so that such a dossier cannot go on by a correction and be paid
    beside the electronic one: it is joined to that one, refused or returned.
    """
    known = read_format()
    found = [
        (number, page.page_no, code)
        for page in pages
        for code in page.barcodes
        if _plain(code.symbology) in known.symbologies
        and (number := number_of(code.text, known)) is not None
    ]
    if not found:
        return None
    number, page_no, code = found[0]
    evidence = FieldEvidence(
        field=FSE_NUMBER,
        page_no=page_no,
        box=code.box,
        reading=code.text,
        second_reading="",
        value=number,
        error_probability=P_CONFIRMED,
        is_doubtful=True,
        source=Source.CONFIRMED.value,
    )
    return FseLink(tuple(dict.fromkeys(one for one, _, _ in found)), evidence)


def number_of(payload: str, known: FseFormat) -> str | None:
    """Return the number that a code's text holds, None when it is no electronic care sheet's."""
    for pattern in known.payloads:
        if match := pattern.fullmatch(payload.strip()):
            return match["number"]
    return None


def _plain(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum())
