import datetime as dt
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from infra.database import Database
from infra.migrate import migrate
from infra.storage import FolderStorage, original_key
from models.audit import AuditEvent, hash_event
from models.errors import MachineError
from models.messages import read_codes
from models.records.all_tables import table
from models.review_task import TASK_NAMES, task_id
from models.stage import Status
from tasks.intake import store
from tasks.intake.acknowledge import CODES_FILE
from tasks.intake.decide import Filing, Opening
from tasks.intake.limits import Limits, ReadingContext
from tasks.intake.report import IntakeContext, IntakeReport
from tasks.intake.rows import RowsOfBatch, rows_of
from tasks.intake.sandbox import DecoderPool

DAY = dt.date(2026, 11, 20)
READING = ReadingContext(
    Limits(file_bytes=1_000_000, records_per_file=50), {"ma-amo-salaries": "MAD"}
)
CONTEXT = IntakeContext(READING, "ma-amo-salaries", read_codes(CODES_FILE))
WRITTEN = (
    "original",
    "submission",
    "dossier",
    "dossier_version",
    "received_record",
    "dossier_file",
    "audit_event",
    "audit_head",
)


@pytest.fixture(scope="module")
def pool() -> Iterator[DecoderPool]:
    with DecoderPool(READING, workers=1) as opened:
        yield opened


class Counter:
    """Intake at a counter: one database, one object store, and a clock that is told the time."""

    def __init__(self, database: Database, storage: FolderStorage, pool: DecoderPool) -> None:
        self.database, self.storage, self.pool = database, storage, pool

    def receive(
        self,
        data: bytes | Path,
        name: str = "a.json",
        *,
        day: dt.date = DAY,
        filing: Filing | None = None,
    ) -> IntakeReport:
        return store.receive_file(
            self.database,
            self.storage,
            self.pool,
            data,
            source_name=name,
            business_day=day,
            received_at=f"{day.isoformat()}T08:00:00.000000Z",
            context=CONTEXT,
            filing=filing,
        )

    def rows(self, name: str) -> list[Any]:
        source = table(name)
        with self.database.reading() as connection:
            return list(connection.execute(select(source).order_by(*source.primary_key.columns)))

    def everything(self) -> dict[str, list[Any]]:
        return {name: self.rows(name) for name in WRITTEN}

    def acknowledgements(self, report: IntakeReport) -> list[dict[str, Any]]:
        (key,) = report.acknowledgement_keys
        return [json.loads(line) for line in self.storage.get(key).decode().splitlines()]

    def set_status(self, status: Status) -> None:
        """Put every dossier where a later stage would have put it."""
        with self.database.transaction() as connection:
            values = {"status": status.value, "stage": "review", "lot_id": "lot-1"}
            connection.execute(table("dossier").update().values(**values))


@pytest.fixture
def counter(database: Database, tmp_path: Path, pool: DecoderPool) -> Counter:
    return Counter(database, FolderStorage(tmp_path / "objects"), pool)


def a_record(number: int = 1, **changes: Any) -> dict[str, Any]:
    record = {
        "public_number": f"AMO-2026-{number:04d}",
        "scheme": "ma-amo-salaries",
        "agency": "AG-01",
        "region": "R-01",
        "deposit_date": "2026-11-18",
        "insured_id": "100000001",
        "insured_name": "Essai Premier",
        "provider_id": "200000001",
        "kind_of_care": "ambulatory",
        "lines": [{"letter": "C", "coefficient": 1, "date": "2026-11-02", "amount_minor": 8000}],
        "total_minor": 8000,
    }
    return record | changes


def as_json(number: int = 1, **changes: Any) -> bytes:
    return json.dumps(a_record(number, **changes)).encode()


def as_lines(*records: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def a_scan() -> bytes:
    stream = io.BytesIO()
    Image.linear_gradient("L").resize((60, 40)).save(stream, "TIFF")
    return stream.getvalue()


def test_a_record_opens_a_dossier_at_the_beginning_of_its_way(counter: Counter) -> None:
    report = counter.receive(as_json())
    (dossier,) = counter.rows("dossier")
    assert report.dossier_ids == (dossier.dossier_id,)
    assert (dossier.stage, dossier.status, dossier.version) == ("intake", "in_progress", 1)
    assert (dossier.scheme, dossier.currency, dossier.channel) == (
        "ma-amo-salaries",
        "MAD",
        "electronic",
    )
    assert (dossier.deposit_date, dossier.receipt_date) == (dt.date(2026, 11, 18), DAY)
    (version,) = counter.rows("dossier_version")
    assert (version.version, version.content_version, version.reason) == (1, 1, "first")
    (received,) = counter.rows("received_record")
    assert json.loads(received.payload)["insured_id"] == "100000001"


def test_the_original_is_kept_once_under_its_hash(counter: Counter) -> None:
    counter.receive(as_json())
    counter.receive(as_json(), "b.json")
    (original,) = counter.rows("original")
    assert original.storage_key == original_key(original.sha256)
    assert counter.storage.get(original.storage_key) == as_json()


def test_a_refused_file_is_kept_and_acknowledged_too(counter: Counter) -> None:
    report = counter.receive(b"%PDF-1.7 broken", "scan.pdf")
    assert report.codes == {"IN_PDF_DAMAGED": 1}
    (original,) = counter.rows("original")
    assert counter.storage.get(original.storage_key) == b"%PDF-1.7 broken"
    (given,) = counter.acknowledgements(report)
    assert (given["answer"], given["code"]) == ("refused", "IN_PDF_DAMAGED")
    assert counter.rows("dossier") == []


def test_a_file_beyond_the_limit_is_refused_unread_and_unkept(
    counter: Counter, tmp_path: Path
) -> None:
    path = tmp_path / "large"
    path.write_bytes(b"x" * 1_000_001)
    report = counter.receive(path, "large")
    assert report.codes == {"IN_SIZE": 1}
    assert counter.rows("original") == []


def test_paper_opens_a_dossier_that_waits_for_its_stamp_to_be_read(counter: Counter) -> None:
    filing = Filing(agency="AG-07", region="R-03")
    counter.receive(a_scan(), "scan.tif", filing=filing)
    (dossier,) = counter.rows("dossier")
    assert dossier.public_number.startswith("AMO-P-")
    assert (dossier.channel, dossier.agency, dossier.region) == ("paper", "AG-07", "R-03")
    assert dossier.deposit_date == dossier.receipt_date == dossier.scan_date == DAY
    (page_file,) = counter.rows("dossier_file")
    assert (page_file.media_type, page_file.page_count) == ("image/tiff", 1)
    (received,) = counter.rows("received_record")
    assert received.payload == ""


def test_the_same_call_again_changes_nothing(counter: Counter) -> None:
    data = as_lines(a_record(1), a_record(2, scheme="unknown-scheme"), a_record(1))
    first = counter.receive(data)
    before = counter.everything()
    assert counter.receive(data) == first
    assert counter.everything() == before


def test_a_run_that_was_killed_is_finished_by_the_same_call(
    counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.intake.lines.LINES_PER_BATCH", 2)
    data = as_lines(*(a_record(number) for number in range(1, 7)))
    with monkeypatch.context() as patched:
        patched.setattr(store, "read_in_batches", dying_after(2))
        with pytest.raises(KeyboardInterrupt):
            counter.receive(data)
    assert len(counter.rows("dossier")) == 4

    report = counter.receive(data)

    other = Database(f"sqlite:///{tmp_path / 'undisturbed.db'}")
    migrate(other)
    undisturbed = Counter(other, FolderStorage(tmp_path / "other"), counter.pool)
    assert undisturbed.receive(data) == report
    assert undisturbed.everything() == counter.everything()
    assert undisturbed.acknowledgements(report) == counter.acknowledgements(report)
    other.close()


def dying_after(batches: int) -> Any:
    """A reading of lines in a process that dies after some committed batches."""
    read = store.read_in_batches

    def dying(reader: Any, content: bytes) -> Iterator[Any]:
        for number, batch in enumerate(read(reader, content), start=1):
            yield batch
            if number == batches:
                raise KeyboardInterrupt

    return dying


def test_the_same_bytes_under_another_name_are_a_duplicate(counter: Counter) -> None:
    (dossier_id,) = counter.receive(a_scan(), "a.tif").dossier_ids
    report = counter.receive(a_scan(), "b.tif")
    assert report.codes == {"DOUBLON_FICHIER": 1}
    (given,) = counter.acknowledgements(report)
    (dossier,) = counter.rows("dossier")
    assert given["duplicate_of"] == dossier.public_number
    duplicate = next(row for row in counter.rows("submission") if row.answer == "duplicate")
    assert duplicate.duplicate_of == dossier_id


def test_the_same_file_on_a_later_day_is_a_duplicate(counter: Counter) -> None:
    counter.receive(as_json())
    report = counter.receive(as_json(), day=DAY + dt.timedelta(days=1))
    assert report.codes == {"DOUBLON_FICHIER": 1}


def test_a_refused_file_sent_again_is_refused_again(counter: Counter) -> None:
    counter.receive(b"GIF89a", "a.gif")
    assert counter.receive(b"GIF89a", "b.gif").codes == {"IN_IMAGE_FORMAT": 1}


def test_another_file_with_a_known_number_is_a_duplicate(counter: Counter) -> None:
    counter.receive(as_json())
    report = counter.receive(as_json(total_minor=9000), "b.json")
    assert report.codes == {"DOUBLON_NUMERO": 1}
    assert len(counter.rows("dossier")) == 1


def test_each_line_of_a_file_is_answered_on_a_line(counter: Counter) -> None:
    data = as_lines(a_record(1), a_record(2)) + b"{oops\n" + as_lines(a_record(1))
    report = counter.receive(data, "many.jsonl")
    given = [(one["part"], one["code"]) for one in counter.acknowledgements(report)]
    assert given == [
        (1, "IN_ACCEPTED"),
        (2, "IN_ACCEPTED"),
        (3, "IN_JSON_SYNTAX"),
        (4, "DOUBLON_NUMERO"),
    ]
    assert report.acknowledgement_keys[0].endswith(".jsonl")


def test_a_file_of_too_many_records_is_refused_whole(counter: Counter) -> None:
    data = as_lines(*(a_record(number) for number in range(1, 52)))
    assert counter.receive(data).codes == {"IN_RECORDS": 1}


def test_a_complement_keeps_the_first_dates_and_starts_the_next_version(counter: Counter) -> None:
    counter.receive(as_json())
    counter.set_status(Status.RETURNED)
    later = DAY + dt.timedelta(days=9)
    data = as_json(kind_of_submission="complement", deposit_date="2026-11-28", total_minor=8000)
    report = counter.receive(data, "c.json", day=later)
    assert report.codes == {"IN_COMPLEMENT": 1}
    (dossier,) = counter.rows("dossier")
    assert (dossier.stage, dossier.status, dossier.version) == ("intake", "in_progress", 2)
    assert (dossier.deposit_date, dossier.receipt_date) == (dt.date(2026, 11, 18), DAY)
    assert dossier.lot_id == ""
    versions = [
        (row.version, row.content_version, row.reason, row.opened_on)
        for row in counter.rows("dossier_version")
    ]
    assert versions == [(1, 1, "first", DAY), (2, 2, "complement", later)]
    assert [row.content_version for row in counter.rows("received_record")] == [1, 2]


def test_the_same_sheet_completes_its_own_dossier_on_paper(counter: Counter) -> None:
    counter.receive(a_scan(), "scan.tif")
    counter.set_status(Status.RETURNED)
    (dossier,) = counter.rows("dossier")
    filing = Filing(kind=Opening.COMPLEMENT, public_number=dossier.public_number)
    assert counter.receive(a_scan(), "scan.tif", filing=filing).codes == {"IN_COMPLEMENT": 1}
    files = [(row.content_version, row.sha256) for row in counter.rows("dossier_file")]
    assert [version for version, _sha256 in files] == [1, 2]
    assert files[0][1] == files[1][1]


def test_an_appeal_reopens_a_refused_dossier(counter: Counter) -> None:
    counter.receive(as_json())
    counter.set_status(Status.REFUSED)
    report = counter.receive(as_json(kind_of_submission="appeal"), "appeal.json")
    assert report.codes == {"IN_APPEAL": 1}
    assert [row.reason for row in counter.rows("dossier_version")] == ["first", "appeal"]


def test_a_withdrawal_ends_the_dossier_without_a_version(counter: Counter) -> None:
    counter.receive(as_json())
    counter.set_status(Status.IN_REVIEW)
    counter.receive(as_json(kind_of_submission="withdrawal"), "w.json")
    (dossier,) = counter.rows("dossier")
    assert (dossier.status, dossier.version) == ("withdrawn", 1)
    assert len(counter.rows("dossier_version")) == 1


def test_a_complement_of_another_insured_person_is_refused(counter: Counter) -> None:
    counter.receive(as_json())
    counter.set_status(Status.RETURNED)
    data = as_json(kind_of_submission="complement", insured_id="100000002")
    assert counter.receive(data, "c.json").codes == {"IN_PRIOR_MISMATCH": 1}


def test_every_answer_stands_in_the_days_audit_chain(counter: Counter) -> None:
    counter.receive(as_lines(a_record(1), a_record(1), a_record(2, scheme="unknown-scheme")))
    counter.set_status(Status.IN_REVIEW)
    counter.receive(as_json(kind_of_submission="withdrawal"), "w.json")
    events = counter.rows("audit_event")
    assert {event.chain for event in events} == {"intake:2026-11-20"}
    said = [(event.object_kind, event.action, event.before, event.after) for event in events]
    assert said == [
        ("dossier", "first", "", "intake/in_progress"),
        ("submission", "duplicate", "", "DOUBLON_NUMERO"),
        ("submission", "refused", "", "IN_SCHEME"),
        ("dossier", "withdrawal", "review/in_review", "review/withdrawn"),
    ]
    for event in events:
        named = {name: getattr(event, name) for name in AuditEvent.__dataclass_fields__}
        assert event.hash == hash_event(event.previous_hash, event.sequence, AuditEvent(**named))


def test_no_personal_datum_leaves_the_record(
    counter: Counter, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="tasks.intake")
    name = "dossier de Essai Premier 100000001.json"
    good = counter.receive(as_json(), name)
    bad = counter.receive(as_json(2, insured_id=100000001, diagnosis="angine" * 99), name)
    shown = repr((good, bad, counter.acknowledgements(good), counter.acknowledgements(bad)))
    rows = {name: rows for name, rows in counter.everything().items() if name != "received_record"}
    for secret in ("Essai", "Premier", "100000001", "angine"):
        assert secret not in shown + repr(rows) + caplog.text


def test_dossiers_are_ordered_by_day_file_and_line(counter: Counter) -> None:
    counter.receive(as_lines(*(a_record(number) for number in range(1, 13))))
    counter.receive(as_json(99), "later.json", day=DAY + dt.timedelta(days=1))
    rows = sorted(counter.rows("dossier"), key=lambda row: row.order_key)
    numbers = [int(row.public_number[-4:]) for row in rows]
    assert numbers == [*range(1, 13), 99]


def test_a_dossier_that_went_on_meanwhile_is_not_overwritten(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.receive(as_json())
    counter.set_status(Status.RETURNED)

    def of_yesterday(*arguments: Any) -> RowsOfBatch:
        rows = rows_of(*arguments)
        return replace(rows, updates=[replace(one, from_version=9) for one in rows.updates])

    monkeypatch.setattr(store, "rows_of", of_yesterday)
    before = counter.everything()
    with pytest.raises(MachineError, match="try again"):
        counter.receive(as_json(kind_of_submission="complement"), "c.json")
    assert counter.everything() == before


@pytest.mark.parametrize("kind", ["complement", "withdrawal"])
def test_what_a_sender_writes_again_closes_the_question_put_to_the_desk(
    counter: Counter, kind: str
) -> None:
    (dossier_id,) = counter.receive(as_json()).dossier_ids
    counter.set_status(Status.IN_REVIEW)
    row = (
        dossier_id, task_id(dossier_id, 1, "finding"), 1, "finding", "NOM_DISCORDANT", "open", DAY,
        DAY, *("",) * 6, 5600,
    )  # fmt: skip
    with counter.database.transaction() as connection:
        counter.database.insert_tuples(connection, table("review_task"), TASK_NAMES, [row])
    counter.receive(as_json(kind_of_submission=kind, total_minor=8000), "again.json")
    (task,) = counter.rows("review_task")
    assert task.state == "overtaken"
