"""Receives everything that waits at a source: the files of a folder, an S3 prefix, or one file."""

import datetime as dt
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from urllib.parse import urlparse

from infra.clock import now_text
from infra.database import Database
from infra.settings import Settings
from infra.storage import S3Storage, Storage, put_original
from models.errors import CatalogueError, UsageError
from models.messages import read_codes
from models.yaml_loader import safe_load
from tasks.intake.acknowledge import CODES_FILE
from tasks.intake.decide import Filing
from tasks.intake.limits import Limits, ReadingContext
from tasks.intake.report import IntakeContext, IntakeReport
from tasks.intake.sandbox import DecoderPool
from tasks.intake.sniff import Kind, Sniffed, sniff
from tasks.intake.sources import Incoming, files_below, objects_below
from tasks.intake.store import receive_file

#: Documents up to this size are decoded ahead; larger ones would fill the memory.
SMALL_BYTES_MAX = 1_000_000
#: The scheme of paper, which a machine cannot tell before it has read it.
DEFAULT_SCHEME = "ma-amo-salaries"


def limits_of(settings: Settings) -> Limits:
    """The limits that the settings ask for."""
    return Limits(
        file_bytes=settings.file_bytes_max,
        document_bytes=settings.document_bytes_max,
        pages=settings.pages_max,
        batch_pages=max(settings.pages_max, settings.batch_pages_max),
        page_pixels=settings.page_pixels_max,
        json_depth=settings.json_depth_max,
        lines=settings.lines_max,
        records_per_file=settings.records_per_file_max,
        seconds=settings.decode_seconds_max,
        memory_bytes=settings.decode_memory_bytes_max,
        decodes_per_child=settings.decodes_per_child_max,
    )


def read_schemes(folder: Path) -> dict[str, str]:
    """The currency of each scheme, from the ``scheme.yaml`` of each scheme's folder.

    Raises:
        CatalogueError: when a scheme has no id or no currency, or there is no scheme at all.
    """
    schemes: dict[str, str] = {}
    for path in sorted(folder.glob("*/scheme.yaml")):
        head = safe_load(path.read_text(encoding="utf-8"))
        try:
            schemes[str(head["id"])] = str(head["currency"])
        except (KeyError, TypeError) as error:
            raise CatalogueError(f"{path}: id and currency must stand in it") from error
    if not schemes:
        raise CatalogueError(f"{folder}: no scheme.yaml below it; nothing could be paid")
    return schemes


def intake_context(settings: Settings, default_scheme: str = DEFAULT_SCHEME) -> IntakeContext:
    """What receiving needs to know, from the settings and the scheme folders."""
    reading = ReadingContext(limits_of(settings), read_schemes(settings.schemes_dir))
    return IntakeContext(reading, default_scheme, read_codes(CODES_FILE))


def incoming_of(source: str, settings: Settings) -> Iterator[Incoming]:
    """The files of a folder, of ``s3://bucket/prefix``, or the one file named.

    Raises:
        UsageError: when there is no such folder or file.
    """
    parts = urlparse(source)
    if parts.scheme == "s3":
        bucket = S3Storage(parts.netloc, "", settings.s3_endpoint_url)
        return objects_below(bucket, parts.path.lstrip("/"))
    place = Path(source)
    if not place.exists():
        raise UsageError("the inbox is not there; name a folder, a file or s3://bucket/prefix")
    return files_below(place)


def _with_small_ones_ahead(
    incoming: Iterable[Incoming], storage: Storage, pool: DecoderPool, bytes_max: int
) -> Iterator[tuple[Incoming, bytes | Path]]:
    """Each file in its order with its content; small documents are decoded while others wait.

    Like every file they are kept before they are read. Lists of records are read in batches later.
    """
    waiting: deque[tuple[Incoming, bytes | Path]] = deque()
    for one in incoming:
        content = one.take()
        if isinstance(content, Path) and content.stat().st_size <= bytes_max:
            content = content.read_bytes()
        if isinstance(content, bytes) and len(content) <= bytes_max:
            sniffed = sniff(content)
            if isinstance(sniffed, Sniffed) and sniffed.kind is not Kind.JSON_LINES:
                put_original(storage, content)
                pool.read_ahead(content)
        waiting.append((one, content))
        if len(waiting) > pool.workers:
            yield waiting.popleft()
    yield from waiting


def receive_all(
    database: Database,
    storage: Storage,
    settings: Settings,
    source: str,
    business_day: dt.date,
    filing: Filing | None = None,
    set_aside: Path | None = None,
    decoders: DecoderPool | None = None,
) -> IntakeReport:
    """Receive every file of a source, one after the other, and return what came of them.

    ``set_aside`` is where the answered files of a folder go, so that a watched inbox empties;
    their originals are in the object store by then. ``decoders`` that run already are used and
    left running; without them some are started for this source.
    """
    context = intake_context(settings)
    report = IntakeReport()
    with (
        nullcontext(decoders)
        if decoders
        else DecoderPool(context.reading, workers=settings.worker_count()) as pool,
        # SQLite writes its log back whenever its last connection closes; this one stays, idle.
        database.engine.connect(),
    ):
        for incoming, content in _with_small_ones_ahead(
            incoming_of(source, settings),
            storage,
            pool,
            min(SMALL_BYTES_MAX, settings.file_bytes_max),
        ):
            report += receive_file(
                database,
                storage,
                pool,
                content,
                source_name=incoming.name,
                business_day=business_day,
                received_at=now_text(),
                context=context,
                filing=filing,
            )
            if isinstance(content, bytes):
                pool.forget(content)
            if set_aside is not None and Path(source).is_dir():
                place = set_aside / incoming.name
                place.parent.mkdir(parents=True, exist_ok=True)
                (Path(source) / incoming.name).replace(place)
    return report
