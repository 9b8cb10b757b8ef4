"""Writes one day's inbox, and beside it the truth: a row for every dossier or refused file."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Submitted:
    """Where something was put: file name, its SHA-256 (empty while a file grows), its bytes."""

    file: str
    data: bytes


class InboxWriter:
    """One day's inbox and truth; a truth row is written when its file's hash is known."""

    def __init__(self, inbox: Path, truth: Path, *, lines_per_file: int) -> None:
        """Begin an inbox folder and its truth file; existing ones are replaced."""
        inbox.mkdir(parents=True, exist_ok=True)
        truth.parent.mkdir(parents=True, exist_ok=True)
        self._inbox = inbox
        self._truth = truth.open("w", encoding="utf-8", newline="\n")
        self._lines_per_file = lines_per_file
        self._lines: list[str] = []
        self._heads: list[tuple[str, str]] = []
        self._file_count = 0
        self.count = 0

    def close(self) -> None:
        """Write what is left and close the truth."""
        self._flush()
        self._truth.close()

    @property
    def is_at_file_start(self) -> bool:
        """Whether the next line would be the first of a file."""
        return not self._lines

    def add_line(self, text: str, head: dict[str, Any], fields: str) -> None:
        """Put a record into the current file of JSON lines."""
        self._lines.append(text)
        self._heads.append((_text(head), fields))
        self.count += 1
        if len(self._lines) >= self._lines_per_file:
            self._flush()

    def add_file(self, name: str, data: bytes, head: dict[str, Any], fields: str) -> Submitted:
        """Put a file of its own into the inbox."""
        (self._inbox / name).write_bytes(data)
        self._write_truth(name, hashlib.sha256(data).hexdigest(), 1, (_text(head), fields))
        self.count += 1
        return Submitted(name, data)

    def _flush(self) -> None:
        if not self._lines:
            return
        self._file_count += 1
        name = f"dossiers-{self._file_count:04d}.jsonl"
        data = ("\n".join(self._lines) + "\n").encode()
        (self._inbox / name).write_bytes(data)
        sha256 = hashlib.sha256(data).hexdigest()
        for part, head in enumerate(self._heads, start=1):
            self._write_truth(name, sha256, part, head)
        self._lines.clear()
        self._heads.clear()

    def _write_truth(self, name: str, sha256: str, part: int, head: tuple[str, str]) -> None:
        text, fields = head
        place = f'{{"file":{json.dumps(name)},"sha256":"{sha256}","part":{part},'
        self._truth.write(f'{place}{text[1:-1]},"expected_fields":{fields or "null"}}}\n')


def _text(head: dict[str, Any]) -> str:
    return json.dumps(head, ensure_ascii=False, separators=(",", ":"))
