"""Receives one file: keeps the original, reads it in the sandbox, writes what was decided.

Each batch of parts is one transaction: submissions, dossiers, versions, contents and audit events
come together or not at all. Ids follow from the content, so a run that was killed is done again
by the same call: what was answered stays answered, the rest is answered now.
"""

import datetime as dt
import hashlib
import json
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from infra.audit import append_events
from infra.database import Database
from infra.storage import Storage, original_key, put_original
from infra.stores.dossiers import heads_where, rows_of_content
from infra.stores.envelopes import note_bordereaux
from infra.stores.review_tasks import close_overtaken
from infra.stores.scheme_choices import sent_schemes
from models.errors import MachineError
from models.paper_pages import FilePages, paper_numbers
from models.records.all_tables import table
from models.rows import group_by_dossier
from tasks.intake.acknowledge import Acknowledgement, acknowledgement_key, render_acknowledgement
from tasks.intake.decide import (
    Decision,
    Filing,
    Known,
    Opening,
    ReceivedFile,
    Reply,
    Standing,
    decide,
    submission_id_of,
)
from tasks.intake.envelope import BORDEREAU_DIFFERS, divide
from tasks.intake.limits import ReadingContext
from tasks.intake.lines import count_lines, read_in_batches
from tasks.intake.report import IntakeContext, IntakeReport
from tasks.intake.result import Pages, Reading, ReceivedRecord, Records, Refused
from tasks.intake.rows import ACTOR, RowsOfBatch, bordereau_id_of, bordereaux_of, rows_of
from tasks.intake.sandbox import DecoderPool
from tasks.intake.sniff import Kind, Sniffed, sniff

logger = logging.getLogger(__name__)

ORIGINAL = table("original")
SUBMISSION = table("submission")
DOSSIER = table("dossier")
RECEIVED = table("received_record")

Part = tuple[int, ReceivedRecord | Pages | Refused]


def receive_file(
    database: Database,
    storage: Storage,
    pool: DecoderPool,
    data_or_path: bytes | Path,
    *,
    source_name: str,
    business_day: dt.date,
    received_at: str,
    context: IntakeContext,
    filing: Filing | None = None,
) -> IntakeReport:
    """Receive one file and acknowledge every part of it; the same call again changes nothing.

    The file is kept under its SHA-256 before it is read. ``received_at`` is the moment of receipt
    in UTC. A file beyond the size limit is neither read nor kept; it is refused by its name.
    """
    size_max = context.reading.limits.file_bytes
    size = len(data_or_path) if isinstance(data_or_path, bytes) else data_or_path.stat().st_size
    data = b""
    if size <= size_max:
        data = data_or_path if isinstance(data_or_path, bytes) else data_or_path.read_bytes()
    file = ReceivedFile(
        sha256=put_original(storage, data) if size <= size_max else "",
        file_ref=hashlib.sha256(source_name.encode("utf-8", "surrogateescape")).hexdigest(),
        business_day=business_day,
        received_at=received_at,
        filing=filing or Filing(),
    )
    work = _Receiving(database, storage, context, file)
    sniffed = sniff(data) if file.sha256 else None
    is_list = isinstance(sniffed, Sniffed) and sniffed.kind is Kind.JSON_LINES
    finished = work.report_if_finished()
    if finished is not None:
        return finished
    if sniffed is None:
        params = {"bytes": str(size), "limit": str(size_max)}
        work.write([(1, Refused("IN_SIZE", params))])
    else:
        work.keep(size, sniffed)
        for parts in _parts_of(pool, data, sniffed, context.reading, file.filing):
            is_list = is_list or len(parts) > 1
            work.write(parts)
    return work.finish(is_list=is_list)


def _parts_of(
    pool: DecoderPool,
    data: bytes,
    sniffed: Sniffed | Refused,
    context: ReadingContext,
    filing: Filing,
) -> Iterator[Sequence[Part]]:
    """The parts of a file, batch by batch."""
    if isinstance(sniffed, Refused):
        yield [(1, sniffed)]
        return
    limit = context.limits.records_per_file
    if sniffed.kind is not Kind.JSON_LINES:
        yield _parts_of_reading(pool.read(data), filing)
    elif (count := count_lines(data)) > limit:
        yield [(1, Refused("IN_RECORDS", {"count": str(count), "limit": str(limit)}))]
    else:
        yield from read_in_batches(pool, data)


def _parts_of_reading(reading: Reading, filing: Filing) -> Sequence[Part]:
    if isinstance(reading, Records):
        return reading.parts
    # What a person filed under one number is one submission, whatever sheets lie in it.
    if isinstance(reading, Pages) and filing.kind is Opening.FIRST:
        return divide(reading)
    return [(1, reading)]


class _Receiving:
    """The work on one file: reads what is known, writes decisions, gathers acknowledgements."""

    def __init__(
        self, database: Database, storage: Storage, context: IntakeContext, file: ReceivedFile
    ) -> None:
        self._database = database
        self._storage = storage
        self._context = context
        self._file = file
        self._original: dict[str, Any] = {}
        self._acknowledgements: list[str] = []
        self._answers: Counter[str] = Counter()
        self._codes: Counter[str] = Counter()
        self._dossier_ids: list[str] = []

    def keep(self, byte_count: int, sniffed: Sniffed | Refused) -> None:
        """Note the original with the first batch, once for all submissions of the same bytes."""
        self._original = {
            "sha256": self._file.sha256,
            "byte_count": byte_count,
            "media_type": "refused" if isinstance(sniffed, Refused) else sniffed.kind.value,
            "storage_key": original_key(self._file.sha256),
            "first_received_at": self._file.received_at,
        }

    def write(self, parts: Sequence[Part]) -> None:
        """Decide one batch and write it in one transaction, without what was answered before."""
        with self._database.transaction() as connection:
            if self._original:
                self._database.insert_new(connection, ORIGINAL, [self._original])
            answered = self._answered(connection, [part for part, _content in parts])
            fresh = [(part, content) for part, content in parts if part not in answered]
            known = self._known(connection, fresh)
            decisions = {part: decide(self._file, part, content, known) for part, content in fresh}
            rows = rows_of(self._file, list(decisions.values()), self._context)
            self._insert(connection, rows)
            note_bordereaux(
                self._database,
                connection,
                {bordereau_id_of(one): one for one in bordereaux_of(list(decisions.values()))},
                self._file.business_day,
                BORDEREAU_DIFFERS,
            )
        self._original = {}
        for part, _content in parts:
            if part in decisions:
                decision = decisions[part]
                given = _acknowledgement_of(self._file, decision)
                self._note(given, decision.dossier_id)
            else:
                given = _acknowledgement_again(self._file, answered[part])
                self._note(given, answered[part].dossier_id)

    def report_if_finished(self) -> IntakeReport | None:
        """What an earlier, finished run of the same call left, if there was one."""
        for is_list in (False, True):
            key = self._key(is_list=is_list)
            if self._storage.exists(key):
                report = self._report_again(key)
                return report if report.answers else None
        return None

    def finish(self, *, is_list: bool) -> IntakeReport:
        """Keep the acknowledgement, last of all: its presence says that every part is answered."""
        key = self._key(is_list=is_list)
        self._storage.put(key, ("\n".join(self._acknowledgements) + "\n").encode())
        report = IntakeReport(
            files=1,
            answers=dict(self._answers),
            codes=dict(self._codes),
            dossier_ids=tuple(self._dossier_ids),
            acknowledgement_keys=(key,),
        )
        logger.info(
            "intake.file sha256=%s answers=%s codes=%s",
            self._file.sha256,
            json.dumps(dict(report.answers), sort_keys=True),
            json.dumps(dict(report.codes), sort_keys=True),
        )
        return report

    def _key(self, *, is_list: bool) -> str:
        first = submission_id_of(self._file, 1)
        return acknowledgement_key(self._file.business_day, first, is_list=is_list)

    def _note(self, given: Acknowledgement, dossier_id: str) -> None:
        self._acknowledgements.append(render_acknowledgement(given, self._context.codes))
        self._answers[given.answer] += 1
        self._codes[given.code] += 1
        if dossier_id:
            self._dossier_ids.append(dossier_id)

    def _answered(self, connection: Connection, parts: Iterable[int]) -> dict[int, Any]:
        """Submissions of this very file, name and day that an earlier run has answered."""
        ids = [submission_id_of(self._file, part) for part in parts]
        rows = self._database.select_in(connection, SUBMISSION, "submission_id", ids)
        return {row.part: row for row in rows}

    def _known(self, connection: Connection, parts: Sequence[Part]) -> Known:
        records = [content for _part, content in parts if isinstance(content, ReceivedRecord)]
        numbers = {record.public_number for record in records}
        again = {
            record.public_number
            for record in records
            if record.kind_of_submission != Opening.FIRST.value
        }
        papers = [(part, pages) for part, pages in parts if isinstance(pages, Pages)]
        for part, pages in papers:
            numbers |= {*paper_numbers(self._file.sha256, part), self._file.filing.public_number}
            numbers.add(pages.origin.adds_to)
        rows = self._database.select_in(connection, DOSSIER, "public_number", numbers)
        known = [row.dossier_id for row in rows if row.public_number in again]
        insured = self._insured_of(connection, known)
        sent = sent_schemes(self._database, connection, known) if known else {}
        return Known(
            by_number={
                row.public_number: _standing_of(
                    row, insured.get(row.dossier_id, ""), sent.get(row.dossier_id, "")
                )
                for row in rows
            },
            accepted_before=self._accepted_before(connection, [part for part, _content in parts]),
            files=self._files_of(
                connection,
                {pages.origin.adds_to for _part, pages in papers if pages.origin.adds_to},
            ),
        )

    def _files_of(
        self, connection: Connection, numbers: set[str]
    ) -> dict[str, tuple[FilePages, ...]]:
        """The pages of the present contents of dossiers that late pages are for."""
        heads = heads_where(connection, DOSSIER.c.public_number.in_(numbers)) if numbers else []
        return {
            key: tuple(
                FilePages(
                    row.sha256,
                    row.media_type,
                    row.page_count,
                    row.first_page,
                    row.last_page or row.page_count,
                )
                for row in rows
            )
            for key, rows in group_by_dossier(
                rows_of_content(connection, "dossier_file", heads, "dossier_id", "file_no")
            ).items()
        }

    def _insured_of(self, connection: Connection, dossier_ids: Sequence[str]) -> dict[str, str]:
        """The registration number in the first content of dossiers that a sender writes about."""
        rows = self._database.select_in(
            connection, RECEIVED, "dossier_id", dossier_ids, RECEIVED.c.payload != ""
        )
        rows.sort(key=lambda row: row.content_version, reverse=True)
        return {row.dossier_id: json.loads(row.payload)["insured_id"] for row in rows}

    def _accepted_before(self, connection: Connection, parts: Sequence[int]) -> dict[int, Standing]:
        """Which dossier each part of the same bytes opened when they came in another time."""
        if not self._file.sha256 or not parts:
            return {}
        query = (
            select(SUBMISSION.c.part, DOSSIER)
            .join(DOSSIER, DOSSIER.c.dossier_id == SUBMISSION.c.dossier_id)
            .where(
                SUBMISSION.c.sha256 == self._file.sha256,
                SUBMISSION.c.part.between(min(parts), max(parts)),
                SUBMISSION.c.answer == Reply.ACCEPTED.value,
                (SUBMISSION.c.file_ref != self._file.file_ref)
                | (SUBMISSION.c.business_day != self._file.business_day),
            )
        )
        return {row.part: _standing_of(row, "") for row in connection.execute(query)}

    def _insert(self, connection: Connection, rows: RowsOfBatch) -> None:
        database = self._database
        for name, part in rows.tables.items():
            database.insert_tuples(connection, table(name), part.names, part.rows)
        for update in rows.updates:
            done = connection.execute(
                DOSSIER.update()
                .where(
                    DOSSIER.c.dossier_id == update.dossier_id,
                    DOSSIER.c.version == update.from_version,
                    DOSSIER.c.status == update.from_status,
                )
                .values(**update.values)
            )
            if done.rowcount != 1:
                raise MachineError("a dossier went on while its complement came in; try again")
        append_events(database, connection, rows.events)
        close_overtaken(
            database, connection, [update.dossier_id for update in rows.updates],
            chain=f"intake:{self._file.business_day.isoformat()}",
            actor=ACTOR, at=self._file.received_at,
        )  # fmt: skip

    def _report_again(self, key: str) -> IntakeReport:
        ours = (
            (SUBMISSION.c.sha256 == self._file.sha256)
            & (SUBMISSION.c.file_ref == self._file.file_ref)
            & (SUBMISSION.c.business_day == self._file.business_day)
        )
        counted = (
            select(SUBMISSION.c.answer, SUBMISSION.c.code, func.count())
            .where(ours)
            .group_by(SUBMISSION.c.answer, SUBMISSION.c.code)
        )
        opened = (
            select(SUBMISSION.c.dossier_id)
            .where(ours, SUBMISSION.c.dossier_id != "")
            .order_by(SUBMISSION.c.part)
        )
        answers: Counter[str] = Counter()
        codes: Counter[str] = Counter()
        with self._database.reading() as connection:
            for answer, code, count in connection.execute(counted):
                answers[answer] += count
                codes[code] += count
            dossier_ids = tuple(row.dossier_id for row in connection.execute(opened))
        return IntakeReport(1, dict(answers), dict(codes), dossier_ids, (key,))


def _standing_of(row: Any, insured_id: str, sent_scheme: str = "") -> Standing:
    return Standing(
        dossier_id=row.dossier_id,
        public_number=row.public_number,
        scheme=row.scheme,
        stage=row.stage,
        status=row.status,
        version=row.version,
        insured_id=insured_id,
        channel=row.channel,
        sent_scheme=sent_scheme,
    )


def _acknowledgement_of(file: ReceivedFile, decision: Decision) -> Acknowledgement:
    return Acknowledgement(
        submission_id=decision.submission_id,
        part=decision.part,
        given_on=file.business_day,
        answer=decision.reply.value,
        code=decision.code,
        params=decision.params,
        public_number=decision.public_number,
    )


def _acknowledgement_again(file: ReceivedFile, row: Any) -> Acknowledgement:
    """The acknowledgement of a part that an earlier run has answered, from what it left."""
    params = json.loads(row.detail) if row.detail else {}
    public_number = params.pop("public_number", "")
    return Acknowledgement(
        submission_id=row.submission_id,
        part=row.part,
        given_on=file.business_day,
        answer=row.answer,
        code=row.code,
        params=params,
        public_number=public_number,
    )
