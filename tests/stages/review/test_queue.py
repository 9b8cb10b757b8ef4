"""The desk's queue holds present questions alone: whatever goes on or ends leaves it."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from contracts.rows import RowGate
from infra.database import Database
from infra.settings import Settings
from infra.storage import FolderStorage
from infra.stores.decision_versions import open_versions
from infra.stores.dossiers import DOSSIER, heads_where
from infra.stores.review_tasks import close_overtaken
from models.errors import UsageError
from models.records.all_tables import table
from models.review_task import READING, TO_TYPE
from models.rows import EXTRACTED_NAMES, FINDING_NAMES, extracted_row
from models.stage import Stage, Status, VersionReason
from models.work import ChunkOutput, Stop, TableRows
from tasks.extraction.store import Hand, settle_heads
from tasks.lot_run import ChunkRequest, LotRun, run_stage
from tasks.review.desk import Answer, DeskAnswer
from tasks.review.store import correct_fields, open_tasks
from tasks.urgent import SameProcess
from tests.builders import a_dossier
from tests.stages.review.desk_rows import (
    ACCEPT,
    DAY,
    a_waiting_dossier,
    answer,
    by,
    dossier_row,
    put,
    rows_of,
)

AT = "2026-11-20T11:00:00.000000Z"
RETURN = DeskAnswer(Answer.RETURN, "ILLISIBLE")


def listed(database: Database) -> list[tuple[str, int]]:
    return [(task.dossier_id, task.version) for task in open_tasks(database)]


def states(database: Database, dossier_id: str = "D0001") -> dict[int, str]:
    tasks = rows_of(database, "review_task", dossier_id)
    return {task["version"]: task["state"] for task in tasks}


def overtaken_events(database: Database, task_id: str) -> list[tuple[str, str, str]]:
    return [
        (event["before"], event["after"], event["detail"])
        for event in rows_of(database, "audit_event", task_id)
    ]


def set_dossier(database: Database, **values: Any) -> None:
    with database.transaction() as connection:
        connection.execute(DOSSIER.update().values(**values))


def test_a_task_of_a_version_that_was_overtaken_is_not_listed(database: Database) -> None:
    a_waiting_dossier(database)
    assert listed(database) == [("D0001", 1)]
    set_dossier(database, version=2)
    assert listed(database) == []


@pytest.mark.parametrize("status", list(Status))
def test_only_dossiers_that_wait_for_the_desk_are_listed(
    database: Database, status: Status
) -> None:
    a_waiting_dossier(database, status=status.value)
    is_waiting = status in (Status.IN_REVIEW, Status.UNDER_APPEAL)
    assert bool(listed(database)) is is_waiting


def test_changed_rights_close_the_task_of_the_version_before(database: Database) -> None:
    key = a_waiting_dossier(database)
    a_waiting_dossier(database, 2)
    with database.transaction() as connection:
        heads = heads_where(connection, DOSSIER.c.dossier_id == "D0001")
        open_versions(
            database, connection, iter(heads), VersionReason.RIGHTS_CHANGED, DAY, "register-load",
            chain="register:2026-11-20",
        )  # fmt: skip
    assert (states(database), states(database, "D0002")) == ({1: "overtaken"}, {1: "open"})
    assert overtaken_events(database, key) == [("open", "overtaken", "D0001")]
    assert listed(database) == [("D0002", 1)]


def test_a_correction_leaves_no_task_of_its_version_open(database: Database) -> None:
    key = a_waiting_dossier(database)
    other = replace_kind(database, "prepayment")
    correct_fields(
        database, key, {"invoice_number": "F-2"}, by("amina"),
        correct=lambda dossier, _values: replace(dossier, invoice_number="F-2"),
    )  # fmt: skip
    found = {row["task_id"]: row["state"] for row in rows_of(database, "review_task")}
    assert found == {key: "answered", other: "overtaken"}


def replace_kind(database: Database, kind: str) -> str:
    """A second task on the same version."""
    (task,) = rows_of(database, "review_task")
    put(database, "review_task", **(task | {"task_id": f"T-{kind}", "kind": kind}))
    return f"T-{kind}"


def test_an_answered_task_is_never_overtaken(database: Database) -> None:
    answer(database, a_waiting_dossier(database), ACCEPT, "amina")
    with database.transaction() as connection:
        assert close_overtaken(
            database, connection, ["D0001"], chain="intake:2026-11-20", actor="intake", at=AT
        ) == []  # fmt: skip
    assert states(database) == {1: "answered"}


def test_an_overtaken_task_has_no_answer(database: Database) -> None:
    key = a_waiting_dossier(database, kind="prepayment", outcome="accepted", reasons="F16")
    with database.transaction() as connection:
        closed = close_overtaken(
            database, connection, ["D0001"], chain="intake:2026-11-20", actor="intake", at=AT
        )
    assert closed == [key]
    (task,) = rows_of(database, "review_task")
    assert (task["decided_by"], task["decided_at"], task["answer"]) == ("", "", "")
    with pytest.raises(UsageError, match="overtaken"):
        answer(database, key, ACCEPT, "amina")


def a_paper_dossier(database: Database, number: int, *, status: str, refers_to: str = "") -> None:
    """A paper dossier after extraction, in a lot of its own."""
    key = f"D{number:04d}"
    put(
        database, "dossier", dossier_id=key, public_number=f"P-{number:04d}",
        scheme="ma-amo-salaries", currency="MAD", channel="paper", agency="", region="",
        version=1, stage="extraction", status=status, lot_id=f"2026-11-20/{number:03d}",
        deposit_date=DAY, receipt_date=DAY, scan_date=DAY, decision_date=None,
        order_key=f"{number:06d}",
    )  # fmt: skip
    put(
        database, "dossier_version", dossier_id=key, version=1, content_version=1, reason="first",
        opened_by="intake", opened_on=DAY,
    )  # fmt: skip
    with database.transaction() as connection:
        content = [extracted_row(a_dossier(dossier_id=key), 1)]
        database.insert_tuples(connection, table("extracted_dossier"), EXTRACTED_NAMES, content)
    if refers_to:
        put(
            database, "field_evidence", dossier_id=key, content_version=1, field="refers_to",
            page_no=1, box_left=0, box_top=0, box_width=0, box_height=0, reading=refers_to,
            second_reading="", value=refers_to, error_probability=0.0, is_doubtful=False,
            source="ocr",
        )  # fmt: skip


def lot_run(database: Database, tmp_path: Path, lot_id: str) -> LotRun:
    settings = Settings.model_validate({"home": tmp_path, "DATABASE_URL": database.url})
    storage = FolderStorage(tmp_path / "objects")
    gate = RowGate(settings.contracts_dir)
    return LotRun(lot_id, DAY, settings, database, storage, SameProcess(1), gate)


def stop_for_a_person(request: ChunkRequest) -> ChunkOutput:
    """An extraction that is in doubt about every dossier."""
    rows = [
        extracted_row(a_dossier(dossier_id=head.dossier_id), head.content_version)
        for head in request.heads
    ]
    return ChunkOutput(
        {
            "extracted_dossier": TableRows(EXTRACTED_NAMES, rows),
            "finding": TableRows(FINDING_NAMES, ()),
        },
        {head.dossier_id: Stop(Status.IN_REVIEW, ("CHAMP_DOUTEUX",)) for head in request.heads},
    )


def test_what_stops_while_it_is_read_is_put_on_the_desk(database: Database, tmp_path: Path) -> None:
    put(
        database, "lot", lot_id="2026-11-20/001", day=DAY, sequence=1, channel="paper",
        dossier_count=1, state="open", created_at=AT,
    )  # fmt: skip
    a_paper_dossier(database, 1, status="in_progress")
    with database.transaction() as connection:
        connection.execute(table("extracted_dossier").delete())
        connection.execute(DOSSIER.update().values(stage="ocr"))
    report = run_stage(
        lot_run(database, tmp_path, "2026-11-20/001"), Stage.EXTRACTION, stop_for_a_person
    )
    assert (report.stopped_count, report.quarantined_count) == (1, 0)
    (task,) = open_tasks(database)
    assert (task.dossier_id, task.kind) == ("D0001", READING)
    # No page of it is a known form: it is offered for typing too.
    assert task.reasons == ("CHAMP_DOUTEUX", TO_TYPE)
    assert task.due_on == dt.date(2026, 11, 27)
    with pytest.raises(UsageError, match="correct its fields"):
        answer(database, task.task_id, ACCEPT, "amina")
    answer(database, task.task_id, RETURN, "amina")
    assert dossier_row(database)["status"] == "returned"


def test_a_doubtful_complement_on_paper_is_asked_about_under_the_dossier_it_completes(
    database: Database,
) -> None:
    a_paper_dossier(database, 1, status="returned")
    a_paper_dossier(database, 2, status="in_review", refers_to="P-0001")
    for number, version in ((1, 1), (2, 1)):
        put(
            database, "review_task", task_id=f"T{number}", dossier_id=f"D{number:04d}",
            version=version, kind=READING, reasons="CHAMP_DOUTEUX", state="open", opened_on=DAY,
            due_on=DAY, first_by="", first_answer="", decided_by="", answer="", reason="",
            decided_at="",
        )  # fmt: skip
    put(
        database, "dossier_file", dossier_id="D0002", content_version=1, file_no=1,
        sha256="f" * 64, media_type="image/tiff", page_count=5, first_page=2, last_page=3,
    )  # fmt: skip
    settle_heads(database, "2026-11-20/002", Hand("machine", DAY, AT))
    (file,) = rows_of(database, "dossier_file", "D0001")
    assert (file["content_version"], file["first_page"], file["last_page"]) == (2, 2, 3)
    assert states(database, "D0002") == {1: "overtaken"}
    assert states(database, "D0001") == {1: "overtaken", 2: "open"}
    assert listed(database) == [("D0001", 2)]
