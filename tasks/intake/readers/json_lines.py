"""Reads native electronic dossiers written one a line; a bad line refuses that line alone."""

from tasks.intake.document import Document, Reader
from tasks.intake.limits import ReadingContext
from tasks.intake.native import read_record
from tasks.intake.result import Reading, Record, Records, Refused
from tasks.intake.sniff import Kind
from tasks.intake.strict_json import read_json


def accepts(document: Document) -> bool:
    """JSON lines, whole or a batch of them."""
    return document.kind is Kind.JSON_LINES


def read(document: Document, context: ReadingContext) -> Reading:
    """Return the dossiers of a batch of lines; ``part`` is the line, counted from 1."""
    return Records(
        tuple(
            (number, read_line(line, context))
            for number, line in enumerate(document.data.split(b"\n"), start=1)
            if line.strip()
        )
    )


def read_line(line: bytes, context: ReadingContext) -> Record:
    """Return the dossier of one line, or the refusal of that line."""
    size_max = context.limits.document_bytes
    if len(line) > size_max:
        return Refused("IN_SIZE", {"bytes": str(len(line)), "limit": str(size_max)})
    read = read_json(line, depth_max=context.limits.json_depth)
    return read if isinstance(read, Refused) else read_record(read.text, read.value, context)


READER = Reader(name="json_lines", accepts=accepts, read=read)
