"""Writes a table's file whole or not at all: a crash leaves the old one."""

import csv
import io
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tasks.pricing.lists.merge import Cells


def table_text(rows: Iterable[Cells], columns: Sequence[str]) -> str:
    """Return the rows of a table as the text of its file; the same rows give the same bytes."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


@contextmanager
def write_whole(
    path: Path, text: str, *, check: Callable[[Path], object] = lambda written: None
) -> Iterator[None]:
    """Write a file beside, check it, and put it in place when the block ends without an error."""
    written = path.with_name(f".incoming-{path.name}")
    try:
        with written.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        check(written)
        yield
        written.replace(path)
    finally:
        written.unlink(missing_ok=True)
