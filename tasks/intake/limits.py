"""How much intake takes in: the limits of a file, a document and a decoding child."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper limits of what is read from outside; beyond one the answer is a refusal, not a try.

    ``file_bytes`` is for a whole received file, ``document_bytes`` for one document in it (a PDF,
    an image, a JSON document, a line of JSON lines). ``memory_bytes`` and ``seconds`` hold for
    one decoding child and one decoding; a child is replaced after ``decodes_per_child``.
    ``pages`` is for one dossier, ``batch_pages`` for a file that cover sheets divide into several.
    """

    file_bytes: int = 200_000_000
    document_bytes: int = 50_000_000
    pages: int = 60
    page_pixels: int = 40_000_000
    json_depth: int = 50
    lines: int = 500
    records_per_file: int = 200_000
    seconds: int = 20
    memory_bytes: int = 1_500_000_000
    decodes_per_child: int = 200
    batch_pages: int = 300


@dataclass(frozen=True, slots=True)
class ReadingContext:
    """What a reader must know: the limits, and the currency of each scheme that is paid here."""

    limits: Limits = field(default_factory=Limits)
    schemes: Mapping[str, str] = field(default_factory=dict)
