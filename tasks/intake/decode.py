"""Decodes one untrusted document from its bytes; runs in a decoding child and nowhere else."""

from dataclasses import replace
from functools import lru_cache

from tasks.intake.document import Document, Reader
from tasks.intake.limits import ReadingContext
from tasks.intake.readers import all_readers
from tasks.intake.result import Reading, Refused
from tasks.intake.sniff import Kind, sniff
from tasks.intake.strict_json import read_json


def decode(data: bytes, context: ReadingContext) -> Reading:
    """Return what a whole document holds, or the refusal that names its cause."""
    size_max = context.limits.document_bytes
    if len(data) > size_max:
        return Refused("IN_SIZE", {"bytes": str(len(data)), "limit": str(size_max)})
    sniffed = sniff(data)
    if isinstance(sniffed, Refused):
        return sniffed
    document = Document(sniffed.kind, data)
    if sniffed.kind is Kind.JSON:
        read = read_json(data, depth_max=context.limits.json_depth)
        if isinstance(read, Refused):
            return read
        document = replace(document, text=read.text, value=read.value)
    return reader_of(document).read(document, context)


def decode_lines(data: bytes, context: ReadingContext) -> Reading:
    """Return the records of a batch of JSON lines; parts are counted from 1 in the batch."""
    document = Document(Kind.JSON_LINES, data)
    return reader_of(document).read(document, context)


def reader_of(document: Document) -> Reader:
    """The one reader that accepts the document.

    Raises:
        LookupError: when none or several do, which is a mistake in the readers.
    """
    accepting = [reader for reader in _readers() if reader.accepts(document)]
    if len(accepting) != 1:
        names = ", ".join(reader.name for reader in accepting) or "none"
        raise LookupError(f"{document.kind}: exactly one reader must accept it, not: {names}")
    return accepting[0]


@lru_cache(maxsize=1)
def _readers() -> tuple[Reader, ...]:
    return all_readers()
