"""The archived documents: which contents lack one, what one is made of, what is kept of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, select

from infra.audit import append_events
from infra.database import Database
from models.archive import ArchiveEntry, ArchiveKey
from models.audit import AuditEvent
from models.records.all_tables import table

ARCHIVED = table("archived_document")
PAGE = table("page_reading")
EXTRACTED = table("extracted_dossier")
DOSSIER = table("dossier")
AUDIT = table("audit_event")

#: Action of the event that says what was kept.
ARCHIVED_ACTION = "archived"
#: Rows read at once when all entries are looked at.
ROWS_AT_ONCE = 1_000
#: Tables a document is made of, and the order of their rows.
_PARTS: Mapping[str, tuple[str, ...]] = {
    "page_reading": ("page_no",),
    "dossier_file": ("file_no",),
    "field_evidence": ("page_no", "box_top", "box_left", "field"),
}


@dataclass(frozen=True, slots=True)
class ArchiveRows:
    """What is kept of one content: the dossier's row, pages, files, evidence, originals."""

    key: ArchiveKey
    dossier: Any
    reason: str
    pages: Sequence[Any]
    files: Sequence[Any]
    evidence: Sequence[Any]
    originals: Mapping[str, Any]


def missing_archives(connection: Connection, limit: int = 0) -> list[ArchiveKey]:
    """The contents read from paper and extracted that have no archived document yet."""
    query = (
        select(PAGE.c.dossier_id, PAGE.c.content_version)
        .join(
            EXTRACTED,
            and_(
                EXTRACTED.c.dossier_id == PAGE.c.dossier_id,
                EXTRACTED.c.content_version == PAGE.c.content_version,
            ),
        )
        .outerjoin(
            ARCHIVED,
            and_(
                ARCHIVED.c.dossier_id == PAGE.c.dossier_id,
                ARCHIVED.c.content_version == PAGE.c.content_version,
            ),
        )
        .where(PAGE.c.page_no == 1, ARCHIVED.c.dossier_id.is_(None))
        .order_by(PAGE.c.dossier_id, PAGE.c.content_version)
    )
    if limit:
        query = query.limit(limit)
    return [ArchiveKey(*row) for row in connection.execute(query).tuples()]


def archivable_contents(connection: Connection, dossier_id: str) -> list[ArchiveKey]:
    """The contents of one dossier that can be archived, the latest last."""
    query = (
        select(PAGE.c.dossier_id, PAGE.c.content_version)
        .where(PAGE.c.dossier_id == dossier_id, PAGE.c.page_no == 1)
        .order_by(PAGE.c.content_version)
    )
    return [ArchiveKey(*row) for row in connection.execute(query).tuples()]


def with_pages(connection: Connection, dossier_ids: Sequence[str]) -> frozenset[str]:
    """Those of some dossiers of which something was read from paper."""
    query = select(PAGE.c.dossier_id).where(
        PAGE.c.dossier_id.in_(list(dossier_ids)), PAGE.c.page_no == 1
    )
    return frozenset(connection.execute(query.distinct()).scalars())


def read_archive_rows(connection: Connection, key: ArchiveKey) -> ArchiveRows:
    """Everything that one archived document is made of."""
    parts = {name: _part(connection, name, key, order) for name, order in _PARTS.items()}
    versions, original = table("dossier_version"), table("original")
    reason = connection.execute(
        select(versions.c.reason)
        .where(
            versions.c.dossier_id == key.dossier_id,
            versions.c.content_version == key.content_version,
        )
        .order_by(versions.c.version)
        .limit(1)
    ).scalar_one_or_none()
    hashes = sorted({row.sha256 for row in parts["dossier_file"]})
    originals = connection.execute(select(original).where(original.c.sha256.in_(hashes)))
    return ArchiveRows(
        key=key,
        dossier=connection.execute(
            select(DOSSIER).where(DOSSIER.c.dossier_id == key.dossier_id)
        ).one(),
        reason=reason or "",
        pages=parts["page_reading"],
        files=parts["dossier_file"],
        evidence=parts["field_evidence"],
        originals={row.sha256: row for row in originals},
    )


def _part(
    connection: Connection, name: str, key: ArchiveKey, order: Sequence[str]
) -> Sequence[Any]:
    source = table(name)
    query = select(source).where(
        source.c.dossier_id == key.dossier_id, source.c.content_version == key.content_version
    )
    return connection.execute(query.order_by(*(source.c[one] for one in order))).all()


def find_archive(connection: Connection, key: ArchiveKey) -> ArchiveEntry | None:
    """The archived document of a content; None when there is none yet."""
    row = connection.execute(
        select(ARCHIVED).where(
            ARCHIVED.c.dossier_id == key.dossier_id,
            ARCHIVED.c.content_version == key.content_version,
        )
    ).one_or_none()
    return entry_of(row) if row else None


def archives_of(connection: Connection, dossier_id: str) -> list[ArchiveEntry]:
    """The archived documents of one dossier, content by content."""
    query = select(ARCHIVED).where(ARCHIVED.c.dossier_id == dossier_id)
    rows = connection.execute(query.order_by(ARCHIVED.c.content_version))
    return [entry_of(row) for row in rows]


def all_archives(database: Database) -> Iterator[ArchiveEntry]:
    """Every archived document, in the order of their keys."""
    last = ("", 0)
    while True:
        with database.reading() as connection:
            rows = connection.execute(
                select(ARCHIVED)
                .where(
                    (ARCHIVED.c.dossier_id > last[0])
                    | ((ARCHIVED.c.dossier_id == last[0]) & (ARCHIVED.c.content_version > last[1]))
                )
                .order_by(ARCHIVED.c.dossier_id, ARCHIVED.c.content_version)
                .limit(ROWS_AT_ONCE)
            ).all()
        yield from map(entry_of, rows)
        if len(rows) < ROWS_AT_ONCE:
            return
        last = (rows[-1].dossier_id, rows[-1].content_version)


def hashes_in_trail(connection: Connection, dossier_id: str) -> set[str]:
    """The hashes that the audit trail says were archived for a dossier."""
    query = select(AUDIT.c.after).where(
        AUDIT.c.object_id == dossier_id, AUDIT.c.action == ARCHIVED_ACTION
    )
    return set(connection.execute(query).scalars())


def keep_archives(
    database: Database, entries: Sequence[ArchiveEntry], actor: str, day: str
) -> None:
    """Keep which documents were made, an event for each; a document made anew replaces its row."""
    with database.transaction() as connection:
        before: dict[tuple[str, int], str] = {}
        for entry in entries:
            found = find_archive(connection, ArchiveKey(entry.dossier_id, entry.content_version))
            before[entry.dossier_id, entry.content_version] = found.sha256 if found else ""
            if found:
                connection.execute(
                    ARCHIVED.delete().where(
                        ARCHIVED.c.dossier_id == entry.dossier_id,
                        ARCHIVED.c.content_version == entry.content_version,
                    )
                )
        names = tuple(column.name for column in ARCHIVED.columns)
        rows = [tuple(getattr(entry, name) for name in names) for entry in entries]
        database.insert_tuples(connection, ARCHIVED, names, rows)
        events = [
            AuditEvent(
                f"archive:{day}", actor, ARCHIVED_ACTION, entry.made_at, "archive",
                entry.dossier_id, entry.content_version,
                before[entry.dossier_id, entry.content_version], entry.sha256,
            )
            for entry in entries
        ]  # fmt: skip
        append_events(database, connection, events)


def entry_of(row: Any) -> ArchiveEntry:
    """An archived document from its row."""
    return ArchiveEntry(
        row.dossier_id, row.content_version, row.sha256, row.storage_key, row.page_count,
        row.byte_count, row.made_at,
    )  # fmt: skip
