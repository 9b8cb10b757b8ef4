"""An archived document as values: pages as read, the words on them, and what was believed where."""

from dataclasses import dataclass
from enum import StrEnum

from models.reading import Box


class Trust(StrEnum):
    """Who stands for a field's value; each has a colour of its own."""

    MACHINE = "machine"
    PERSON = "person"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True)
class ArchiveWord:
    """A text and its place on the page; it is found and copied, not seen."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class ArchiveMark:
    """A highlighted field: its place, its name, and what is said when one points at it."""

    box: Box
    field: str
    note: str
    trust: Trust


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """A page: its picture as kept, its pixels and resolution, its words and its marks.

    ``picture`` is a JPEG, taken over as it is; of a page that tasfiya drew (``is_drawn``), one bit
    a pixel, each row in whole bytes, 1 for white.
    """

    picture: bytes
    width: int
    height: int
    dpi: int
    words: tuple[ArchiveWord, ...] = ()
    marks: tuple[ArchiveMark, ...] = ()
    is_drawn: bool = False


@dataclass(frozen=True, slots=True)
class ArchiveDocument:
    """A dossier's pages in order; the title names the dossier by its public number alone."""

    title: str
    subject: str
    pages: tuple[ArchivePage, ...]


@dataclass(frozen=True, slots=True)
class ArchiveKey:
    """Which content of which dossier a document shows."""

    dossier_id: str
    content_version: int


@dataclass(frozen=True, slots=True)
class ArchiveEntry:
    """An archived document as the table knows it; ``made_at`` is ISO text, UTC."""

    dossier_id: str
    content_version: int
    sha256: str
    storage_key: str
    page_count: int
    byte_count: int
    made_at: str
