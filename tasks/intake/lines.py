"""Cuts a file of JSON lines into batches and puts their records back under their line numbers."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from tasks.intake.result import Reading, Record, Records, Refused

#: Lines read in one go by a child, and kept in one transaction.
LINES_PER_BATCH = 2_000
#: Largest batch of several lines, in bytes; a longer line makes a batch of its own.
BATCH_BYTES_MAX = 8_000_000


class LineReader(Protocol):
    """Who decodes batches of lines; answers SHALL come in the order of the batches."""

    def read_lines(self, batches: Iterable[bytes]) -> Iterator[Reading]:
        """Decode batches of JSON lines."""


@dataclass(frozen=True, slots=True)
class _Batch:
    """Some whole lines and the number of the first of them, counted from 1."""

    first_line: int
    data: bytes


def count_lines(data: bytes) -> int:
    """The number of lines of a file, the last one also without an end."""
    return data.count(b"\n") + (not data.endswith(b"\n"))


def read_in_batches(reader: LineReader, data: bytes) -> Iterator[tuple[tuple[int, Record], ...]]:
    """Read a file batch by batch: (line, record) for each line that is not blank.

    When a batch as a whole cannot be read, it is halved until the line that does it stands alone.
    """
    given: deque[_Batch] = deque()

    def giving() -> Iterator[bytes]:
        for batch in _batches(data):
            given.append(batch)
            yield batch.data

    for reading in reader.read_lines(giving()):
        yield tuple(_records(reader, given.popleft(), reading))


def _records(reader: LineReader, batch: _Batch, reading: Reading) -> Iterator[tuple[int, Record]]:
    if isinstance(reading, Records):
        for part, record in reading.parts:
            yield batch.first_line + part - 1, record
        return
    lines = batch.data.split(b"\n")
    if len(lines) == 1:
        cause = reading if isinstance(reading, Refused) else Refused("IN_DECODER", {"cause": "…"})
        yield batch.first_line, cause
        return
    middle = len(lines) // 2
    halves = (
        _Batch(batch.first_line, b"\n".join(lines[:middle])),
        _Batch(batch.first_line + middle, b"\n".join(lines[middle:])),
    )
    answers = list(reader.read_lines(half.data for half in halves))
    for half, answer in zip(halves, answers, strict=True):
        yield from _records(reader, half, answer)


def _batches(data: bytes) -> Iterator[_Batch]:
    start, first_line, line = 0, 1, 1
    position = 0
    while position < len(data):
        end = data.find(b"\n", position)
        end = len(data) if end < 0 else end
        is_too_long = end - start > BATCH_BYTES_MAX and position > start
        if is_too_long or line - first_line == LINES_PER_BATCH:
            yield _Batch(first_line, data[start : position - 1])
            start, first_line = position, line
        position, line = end + 1, line + 1
    if start < len(data):
        yield _Batch(first_line, data[start:])
