"""Makes, keeps, finds and verifies the searchable PDF of what was read from paper.

Children of the worker pool read and draw; the caller's process keeps what they made, in the object
store first and in the database second, so that a row never names an object that is not there.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from infra.database import Database, shared_database
from infra.pool import WorkerPool
from infra.settings import Settings
from infra.storage import Storage, open_storage
from infra.stores.archives import (
    ArchiveRows,
    all_archives,
    archivable_contents,
    archives_of,
    find_archive,
    hashes_in_trail,
    keep_archives,
    missing_archives,
    read_archive_rows,
)
from models.archive import ArchiveDocument, ArchiveEntry, ArchiveKey, ArchivePage
from models.errors import StorageError, UnknownDossier
from models.reading import PageText
from tasks.archive_content import Field, fields_of, marks_of, words_of
from tasks.archive_pdf import pdf_of
from tasks.archive_summary import Summary, summary_pages
from tasks.archive_wording import word
from tasks.extraction.pages import page_of_json
from tasks.extraction.template import read_templates

#: Documents that a child makes at once, and chunks that are on their way at once for each child:
#: what lies in memory is their product and about a megabyte.
DOCUMENTS_PER_CHUNK = 10
CHUNKS_PER_WORKER = 2
MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class ArchiveRequest:
    """What a child is told: which contents, and where to read them."""

    keys: tuple[ArchiveKey, ...]
    database_url: str
    settings: Settings


@dataclass(frozen=True, slots=True)
class MadeDocument:
    """A document as a child made it; ``problem`` says why there is none."""

    key: ArchiveKey
    data: bytes
    page_count: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ArchiveFault:
    """An archived document that is not as it was kept, and what is wrong with it."""

    dossier_id: str
    content_version: int
    problem: str


@dataclass(frozen=True, slots=True)
class ArchiveReport:
    """What a run made: documents, pages and bytes, and the contents that could not be made."""

    documents: int
    pages: int
    byte_count: int
    failed: tuple[ArchiveFault, ...] = ()


def storage_key(key: ArchiveKey) -> str:
    """The key of an archived document in the object store."""
    return f"archives/{key.dossier_id.lower()}/{key.content_version}.pdf"


def make_chunk(request: ArchiveRequest) -> list[MadeDocument]:
    """Make the documents of some contents; runs in a pool child and writes nothing."""
    storage = open_storage(request.settings.storage(), request.settings.s3_endpoint_url)
    made = []
    with shared_database(request.database_url).reading() as connection:
        for key in request.keys:
            rows = read_archive_rows(connection, key)
            made.append(_made(rows, storage, request.settings))
    return made


def _made(rows: ArchiveRows, storage: Storage, settings: Settings) -> MadeDocument:
    try:
        document = document_of(rows, storage, settings)
    except StorageError as error:
        return MadeDocument(rows.key, b"", 0, str(error))
    return MadeDocument(rows.key, pdf_of(document), len(document.pages))


def document_of(rows: ArchiveRows, storage: Storage, settings: Settings) -> ArchiveDocument:
    """The document of one content as values: its pages as read, then how they were read.

    Raises:
        StorageError: when a page's words or picture are not in the object store.
    """
    fields = fields_of(rows.evidence)
    texts = [page_of_json(storage.get(row.words_key)) for row in rows.pages]
    pages = [
        ArchivePage(
            picture=storage.get(row.image_key),
            width=text.width,
            height=text.height,
            dpi=text.dpi,
            words=words_of(text, fields),
            marks=marks_of(fields, text.page_no),
        )
        for row, text in zip(rows.pages, texts, strict=True)
    ]
    number = rows.dossier.public_number
    summary = _summary(rows, texts, fields, settings)
    return ArchiveDocument(
        title=word("title", number=number),
        subject=word("subject", number=number, content=rows.key.content_version),
        pages=(*pages, *summary_pages(summary)),
    )


def _summary(
    rows: ArchiveRows, texts: Sequence[PageText], fields: tuple[Field, ...], settings: Settings
) -> Summary:
    number = rows.dossier.public_number
    content = f"{rows.key.content_version} ({word(f'reason.{rows.reason}')})"
    facts = (
        (word("dossier"), (
            f"{rows.key.dossier_id} · {word('number')} {number} · {word('content')} {content}",
        )),
        (word("originals"), tuple(_file_lines(rows))),
        (word("pages"), tuple(_page_lines(texts, settings))),
        (word("engines"), (_readers(rows, texts),)),
    )  # fmt: skip
    return Summary(word("title", number=number), facts, fields)


def _file_lines(rows: ArchiveRows) -> Iterator[str]:
    for row in rows.files:
        known = rows.originals.get(row.sha256)
        yield word(
            "file",
            no=row.file_no,
            sha256=row.sha256,
            media_type=row.media_type,
            pages=row.page_count,
            bytes=known.byte_count if known else "?",
        )


def _page_lines(texts: Sequence[PageText], settings: Settings) -> Iterator[str]:
    templates = read_templates(settings.forms_dir)
    for text in texts:
        template = templates.get(text.form_id)
        form = (
            word("form", form=template.form_id, version=template.version)
            if template
            else word("free")
        )
        yield word(
            "page",
            no=text.page_no,
            form=form,
            width=text.width,
            height=text.height,
            dpi=text.dpi,
            problem=f" · {text.problem}" if text.problem else "",
        )


def _readers(rows: ArchiveRows, texts: Sequence[PageText]) -> str:
    """The engines that read, and the versions of the calibration that judged where one is kept."""
    versions = sorted({getattr(row, "calibration", "") for row in rows.evidence} - {""})
    known = [word("calibration", versions=", ".join(versions))] if versions else []
    return " · ".join([", ".join(_engines(texts)) or word("nothing"), *known])


def _engines(texts: Sequence[PageText]) -> list[str]:
    found = {token.engine for text in texts for token in text.words}
    for text in texts:
        readings = [place.readings for place in text.zones]
        readings += [place.readings for place in text.segments]
        found |= {token.engine for tokens in readings for token in tokens}
    return sorted(found)


@dataclass(frozen=True, slots=True)
class Archive:
    """The archive of one payer: its database, its object store, its settings, its clock."""

    database: Database
    storage: Storage
    settings: Settings
    clock: Callable[[], str]

    def make_missing(self, pool: WorkerPool, limit: int = 0) -> ArchiveReport:
        """Make every document that is missing, through the pool; a second run makes none."""
        with self.database.reading() as connection:
            keys = missing_archives(connection, limit)
        return self.make(pool, keys)

    def make(self, pool: WorkerPool, keys: Sequence[ArchiveKey]) -> ArchiveReport:
        """Make the documents of some contents and keep them, a few chunks at a time."""
        chunks = [
            tuple(keys[start : start + DOCUMENTS_PER_CHUNK])
            for start in range(0, len(keys), DOCUMENTS_PER_CHUNK)
        ]
        at_once = pool.workers * CHUNKS_PER_WORKER
        kept: list[ArchiveEntry] = []
        failed: list[ArchiveFault] = []
        for start in range(0, len(chunks), at_once):
            requests = [self._request(chunk) for chunk in chunks[start : start + at_once]]
            made = [one for answer in pool.map(make_chunk, requests) for one in answer]
            failed += [
                ArchiveFault(one.key.dossier_id, one.key.content_version, one.problem)
                for one in made
                if one.problem
            ]
            kept += self._keep([one for one in made if not one.problem])
        return ArchiveReport(
            len(kept),
            sum(one.page_count for one in kept),
            sum(one.byte_count for one in kept),
            tuple(failed),
        )

    def make_again(self, pool: WorkerPool, dossier_ids: Sequence[str]) -> ArchiveReport:
        """Make the documents of some dossiers anew; the trail keeps the hashes of both.

        Raises:
            UnknownDossier: when nothing of them was read from paper.
        """
        with self.database.reading() as connection:
            keys = [key for one in dossier_ids for key in archivable_contents(connection, one)]
        if not keys:
            raise UnknownDossier("nothing of this dossier was read from paper")
        return self.make(pool, keys)

    def make_one(self, key: ArchiveKey) -> ArchiveEntry:
        """Make one document now, here.

        Raises:
            StorageError: when a page's words or picture are not in the object store.
        """
        (made,) = make_chunk(self._request((key,)))
        if made.problem:
            raise StorageError(made.problem)
        return self._keep([made])[0]

    def found(self, dossier_id: str, content_version: int = 0) -> ArchiveEntry:
        """The archived document of a dossier's content, made now if it is missing.

        The latest content is meant when none is named.

        Raises:
            UnknownDossier: when nothing of the dossier was read from paper.
        """
        with self.database.reading() as connection:
            keys = archivable_contents(connection, dossier_id)
            wanted = [
                key for key in keys if key.content_version == content_version or not content_version
            ]
            if not wanted:
                raise UnknownDossier("nothing of this dossier was read from paper")
            entry = find_archive(connection, wanted[-1])
        return entry or self.make_one(wanted[-1])

    def bytes_of(self, entry: ArchiveEntry) -> bytes:
        """The bytes of an archived document.

        Raises:
            StorageError: when they are gone, or are no longer those that were kept.
        """
        data = self.storage.get(entry.storage_key)
        if hashlib.sha256(data).hexdigest() != entry.sha256:
            raise StorageError("an archived document is not the one that was kept; verify it")
        return data

    def entries(self, dossier_id: str) -> list[ArchiveEntry]:
        """The archived documents of one dossier."""
        with self.database.reading() as connection:
            return archives_of(connection, dossier_id)

    def verify(self) -> tuple[int, list[ArchiveFault]]:
        """Hash every archived document again; return how many there are and what is wrong."""
        faults: list[ArchiveFault] = []
        count = 0
        for entry in all_archives(self.database):
            count += 1
            problem = self._problem_of(entry)
            if problem:
                faults.append(ArchiveFault(entry.dossier_id, entry.content_version, problem))
        with self.database.reading() as connection:
            missing = missing_archives(connection)
        faults += [
            ArchiveFault(key.dossier_id, key.content_version, "not made yet") for key in missing
        ]
        return count, faults

    def _problem_of(self, entry: ArchiveEntry) -> str:
        try:
            data = self.storage.get(entry.storage_key)
        except StorageError:
            return "missing in the object store"
        if hashlib.sha256(data).hexdigest() != entry.sha256:
            return "changed since it was made"
        with self.database.reading() as connection:
            is_known = entry.sha256 in hashes_in_trail(connection, entry.dossier_id)
        return "" if is_known else "its row says what the audit trail does not"

    def _request(self, keys: tuple[ArchiveKey, ...]) -> ArchiveRequest:
        return ArchiveRequest(keys, self.database.url, self.settings)

    def _keep(self, made: Sequence[MadeDocument]) -> list[ArchiveEntry]:
        entries = []
        at = self.clock()
        for one in made:
            self.storage.put(storage_key(one.key), one.data)
            entries.append(
                ArchiveEntry(
                    one.key.dossier_id,
                    one.key.content_version,
                    hashlib.sha256(one.data).hexdigest(),
                    storage_key(one.key),
                    one.page_count,
                    len(one.data),
                    at,
                )
            )
        if entries:
            keep_archives(self.database, entries, MACHINE, at[:10])
        return entries
