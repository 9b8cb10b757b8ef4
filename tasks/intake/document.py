"""What a reader is given and what a reader is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tasks.intake.limits import ReadingContext
from tasks.intake.result import Reading
from tasks.intake.sniff import Kind


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document in memory; ``text`` and ``value`` are there when it is sound JSON."""

    kind: Kind
    data: bytes
    text: str = ""
    value: Any = None


@dataclass(frozen=True, slots=True)
class Reader:
    """How one kind of document is recognised and read.

    Exactly one reader SHALL accept a document of a readable kind; ``read`` SHALL give a refusal
    for a fault of the document, and MAY raise only for what it did not foresee.
    """

    name: str
    accepts: Callable[[Document], bool]
    read: Callable[[Document, ReadingContext], Reading]
