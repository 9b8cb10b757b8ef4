"""Where files come from: a folder, an S3 prefix or one file, in an order that never changes."""

import logging
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

logger = logging.getLogger(__name__)

#: Ends of names under which uploads are still being written; they are taken once renamed.
UNFINISHED = (".part", ".partial", ".tmp", ".filepart", ".crdownload")


@dataclass(frozen=True, slots=True)
class Incoming:
    """One file that waits: its name at the source, and how to get it (bytes, or a path)."""

    name: str
    take: Callable[[], bytes | Path]


class Bucket(Protocol):
    """An S3 bucket as intake reads it."""

    def names(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Full names and sizes of the objects under a full prefix."""

    def get_named(self, name: str) -> bytes:
        """The bytes of an object by its full name."""


def files_below(place: Path) -> Iterator[Incoming]:
    """The regular files of a folder and of the folders in it, or one file, ordered by name.

    Links are never followed and never taken, because they may point out of the inbox.
    """
    if not place.is_dir():
        yield Incoming(place.name, lambda: place)
        return
    links = 0
    for path in sorted(place.rglob("*"), key=lambda one: one.relative_to(place).as_posix()):
        mode = path.lstat().st_mode
        links += stat.S_ISLNK(mode)
        if stat.S_ISREG(mode) and _is_inside(path, place) and not path.name.endswith(UNFINISHED):
            yield Incoming(path.relative_to(place).as_posix(), _taking(path))
    if links:
        logger.warning("intake.links_left_alone count=%d", links)


def objects_below(bucket: Bucket, prefix: str) -> Iterator[Incoming]:
    """The objects under a prefix, ordered by name; names that end in a slash are folders."""
    names = sorted(name for name, _size in bucket.names(prefix))
    for name in names:
        if not name.endswith("/") and not name.endswith(UNFINISHED):
            yield Incoming(name.removeprefix(prefix).lstrip("/"), _getting(bucket, name))


def _is_inside(path: Path, place: Path) -> bool:
    """Whether no folder on the way to the file is a link."""
    return not any(folder.is_symlink() for folder in path.parents if place in folder.parents)


def _taking(path: Path) -> Callable[[], Path]:
    return lambda: path


def _getting(bucket: Bucket, name: str) -> Callable[[], bytes]:
    return lambda: bucket.get_named(name)
