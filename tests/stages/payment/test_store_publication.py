"""From a proposed batch to a published file or a rejection, on both databases."""

import hashlib
import io
import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from contracts.rows import RowGate
from infra.database import Database
from infra.storage import FolderStorage
from infra.stores.audit_trail import verify
from models.audit import GENESIS
from models.errors import ApprovalRefused, ContractBreach, StorageError, UsageError
from models.records.all_tables import table
from models.stage import Stage
from tasks.payment.formats import find_format
from tasks.payment.store import (
    approve,
    batch_tables,
    build_file,
    ledger_balances,
    list_batches,
    publish,
    reject,
    render_file,
    unbalanced_postings,
)
from tests.stages.payment import payday
from tests.stages.payment.payday import (
    AT,
    PAY_DATE,
    PROFILE,
    a_rib,
    live_links,
    propose_day,
    three_dossiers,
)

CONTRACTS = Path(__file__).resolve().parents[3] / "contracts"

# The file


def test_the_built_file_says_what_the_batch_says(
    database: Database, storage: FolderStorage
) -> None:
    three_dossiers(database)
    batch = payday.built(database, storage, propose_day(database)[0])
    kept = storage.get(batch.file_key)
    assert hashlib.sha256(kept).hexdigest() == batch.file_sha256
    sums = find_format(batch.format_id).check(io.BytesIO(kept))
    assert (sums.payment_count, sums.total_minor) == (batch.payment_count, batch.total_minor)
    assert batch.file_key.startswith(f"payments/{batch.batch_id}/")
    assert list(storage.keys("payments/published/")) == []


def test_a_rebuild_gives_the_same_bytes(database: Database, storage: FolderStorage) -> None:
    three_dossiers(database)
    batch = payday.built(database, storage, propose_day(database)[0])
    assert render_file(database, batch.batch_id, PROFILE) == storage.get(batch.file_key)


def test_a_built_file_is_not_built_again(database: Database, storage: FolderStorage) -> None:
    three_dossiers(database)
    first = payday.built(database, storage, propose_day(database)[0])
    storage.put(first.file_key, b"changed")
    assert payday.built(database, storage, first) == first
    assert storage.get(first.file_key) == b"changed"


class SwappingStorage(FolderStorage):
    """A store that keeps another amount than it was given."""

    def put(self, key: str, data: bytes) -> None:
        super().put(key, data.replace(b">74.40<", b">75.40<"))


def test_the_sums_are_checked_from_the_kept_bytes(database: Database, tmp_path: Path) -> None:
    three_dossiers(database)
    [batch] = propose_day(database)
    with pytest.raises(ContractBreach):
        payday.built(database, SwappingStorage(tmp_path / "objects"), batch)
    assert list_batches(database, PAY_DATE)[0].state == "proposed"


def test_payments_that_do_not_add_up_are_not_written(
    database: Database, storage: FolderStorage
) -> None:
    three_dossiers(database)
    [batch] = propose_day(database)
    payments = table("payment")
    with database.transaction() as connection:
        connection.execute(
            payments.update().where(payments.c.payee_id == "P1").values(amount_minor=7_441)
        )
    with pytest.raises(ContractBreach, match="do not add up"):
        payday.built(database, storage, batch)


def test_an_unknown_batch_is_a_wrong_question(database: Database, storage: FolderStorage) -> None:
    with pytest.raises(UsageError, match="no batch"):
        build_file(database, storage, "20261120-mad-009", profile=PROFILE, at=AT)


def test_a_batch_keeps_its_contract_and_a_changed_amount_breaks_it(database: Database) -> None:
    payday.add_insured(database, 1)
    payday.add_dossier(database, "D0001", 6_000)
    payday.add_dossier(database, "D0002", 1_440)
    [batch] = propose_day(database)
    gate = RowGate(CONTRACTS)
    assert gate.check(Stage.PAYMENT, batch_tables(database, batch.batch_id)).failed == {}
    links = table("payment_obligation")
    with database.transaction() as connection:
        connection.execute(links.update().values(amount_minor=1))
    [payment] = payday.rows(database, "payment")
    failed = gate.check(Stage.PAYMENT, batch_tables(database, batch.batch_id)).failed
    assert failed == {payment["payment_id"]: ("payment-equals-its-obligations",)}


# Approval


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"file_sha256": GENESIS}, "file_sha256"),
        ({"payment_count": 3}, "payment_count"),
        ({"total_minor": 32_441}, "total_minor"),
        ({"debit_account": a_rib(5)}, "debit_account"),
        ({"approver": "preparer"}, "preparer"),
        ({"approver": " Preparer "}, "preparer"),
        ({"approver": ""}, "name"),
    ],
)
def test_an_approval_of_anything_else_is_refused(
    database: Database, storage: FolderStorage, changes: dict[str, object], problem: str
) -> None:
    three_dossiers(database)
    batch = payday.built(database, storage, propose_day(database)[0])
    with pytest.raises(ApprovalRefused, match=problem):
        approve(database, payday.approval_of(batch, **changes))
    assert list_batches(database, PAY_DATE)[0].state == "built"
    assert payday.rows(database, "approval") == []
    [event] = [
        row for row in payday.rows(database, "audit_event") if row["action"] == "approval_refused"
    ]
    assert event["object_id"] == batch.batch_id


def test_a_batch_whose_file_is_not_built_cannot_be_approved(database: Database) -> None:
    three_dossiers(database)
    [batch] = propose_day(database)
    with pytest.raises(ApprovalRefused, match="not built"):
        approve(database, payday.approval_of(batch))


def test_the_database_itself_keeps_preparer_and_approver_apart(
    database: Database, storage: FolderStorage
) -> None:
    three_dossiers(database)
    payday.approved(database, storage, propose_day(database)[0])
    batches = table("payment_batch")
    with pytest.raises(Exception, match="four_eyes"), database.transaction() as connection:
        connection.execute(batches.update().values(approved_by="preparer"))


def test_the_same_approval_again_changes_nothing(
    database: Database, storage: FolderStorage
) -> None:
    three_dossiers(database)
    batch = payday.approved(database, storage, propose_day(database)[0])
    assert approve(database, payday.approval_of(batch)) == batch
    assert len(payday.rows(database, "approval")) == 1


def test_a_second_person_cannot_approve_an_approved_batch(
    database: Database, storage: FolderStorage
) -> None:
    three_dossiers(database)
    batch = payday.approved(database, storage, propose_day(database)[0])
    with pytest.raises(ApprovalRefused, match="approved, not built"):
        approve(database, payday.approval_of(batch, approver="another"))


# Publication


def test_publication_pays_dossiers_and_books_payments(
    database: Database, storage: FolderStorage
) -> None:
    three_dossiers(database)
    batch = payday.pay(database, storage, propose_day(database)[0])
    assert batch.state == "published"
    assert storage.get(batch.published_key) == storage.get(batch.file_key)
    assert set(payday.states(database, "payment", "payment_id").values()) == {"sent"}
    assert set(payday.states(database, "obligation", "dossier_id").values()) == {"paid"}
    dossiers = payday.rows(database, "dossier", "dossier_id")
    assert {(row["stage"], row["status"]) for row in dossiers} == {("payment", "paid")}


def test_the_ledger_moves_what_is_owed_into_transit(
    database: Database, storage: FolderStorage
) -> None:
    three_dossiers(database)
    payday.pay(database, storage, propose_day(database)[0])
    assert ledger_balances(database) == {
        ("benefit_expense", "MAD"): 32_440,
        ("liability_insured", "MAD"): 0,
        ("payments_in_transit", "MAD"): -32_440,
    }
    assert unbalanced_postings(database) == []


def test_an_unbalanced_posting_is_named(database: Database) -> None:
    three_dossiers(database)
    propose_day(database)
    ledger = table("ledger_entry")
    with database.transaction() as connection:
        connection.execute(
            ledger.update().where(ledger.c.entry_id == "owe:D1:1:debit").values(debit_minor=1)
        )
    assert unbalanced_postings(database) == ["owe:D1:1"]


def test_only_an_approved_batch_is_published(database: Database, storage: FolderStorage) -> None:
    three_dossiers(database)
    batch = payday.built(database, storage, propose_day(database)[0])
    with pytest.raises(ApprovalRefused, match="approve it first"):
        publish(database, storage, batch.batch_id, at=AT)


def test_a_state_without_an_approval_row_publishes_nothing(
    database: Database, storage: FolderStorage
) -> None:
    three_dossiers(database)
    batch = payday.built(database, storage, propose_day(database)[0])
    batches = table("payment_batch")
    with database.transaction() as connection:
        connection.execute(batches.update().values(state="approved", approved_by="somebody"))
    with pytest.raises(ApprovalRefused):
        publish(database, storage, batch.batch_id, at=AT)
    assert list(storage.keys("payments/published/")) == []


def test_a_file_changed_after_approval_is_not_published(
    database: Database, storage: FolderStorage
) -> None:
    three_dossiers(database)
    batch = payday.approved(database, storage, propose_day(database)[0])
    storage.put(batch.file_key, storage.get(batch.file_key).replace(b">74.40<", b">94.40<"))
    with pytest.raises(ApprovalRefused, match="not the approved one"):
        publish(database, storage, batch.batch_id, at=AT)
    assert list(storage.keys("payments/published/")) == []
    assert list_batches(database, PAY_DATE)[0].state == "approved"


@pytest.mark.parametrize(
    "changes", [{"status": "withdrawn"}, {"version": 2, "status": "in_review"}]
)
def test_a_dossier_no_longer_approved_stops_the_publication(
    database: Database, storage: FolderStorage, changes: dict[str, object]
) -> None:
    three_dossiers(database)
    batch = payday.approved(database, storage, propose_day(database)[0])
    payday.set_dossier(database, "D3", **changes)
    with pytest.raises(ApprovalRefused, match="D3"):
        publish(database, storage, batch.batch_id, at=AT)
    assert list(storage.keys("payments/published/")) == []


def test_a_second_publication_changes_nothing(database: Database, storage: FolderStorage) -> None:
    three_dossiers(database)
    batch = payday.pay(database, storage, propose_day(database)[0])
    tables = ("payment", "payment_batch", "obligation", "ledger_entry", "audit_event")
    before = [payday.rows(database, name) for name in tables]
    assert publish(database, storage, batch.batch_id, at="2026-11-21T00:00:00Z") == batch
    assert [payday.rows(database, name) for name in tables] == before


class FailingStorage(FolderStorage):
    """A store that dies while the published file is being copied."""

    def put(self, key: str, data: bytes) -> None:
        if key.startswith("payments/published/"):
            raise StorageError("the store is away")
        super().put(key, data)


def test_a_publication_that_died_is_finished_by_the_next_run(
    database: Database, storage: FolderStorage
) -> None:
    three_dossiers(database)
    batch = payday.approved(database, storage, propose_day(database)[0])
    with pytest.raises(StorageError):
        publish(database, FailingStorage(storage.folder), batch.batch_id, at=AT)
    assert list_batches(database, PAY_DATE)[0].state == "publishing"
    with pytest.raises(UsageError, match="nothing sent"):
        reject(database, batch.batch_id, rejected_by="approver", reason="late", at=AT)
    # What happens to a dossier meanwhile no longer stops the file that may be out already.
    payday.set_dossier(database, "D3", status="withdrawn")
    finished = publish(database, storage, batch.batch_id, at=AT)
    assert hashlib.sha256(storage.get(finished.published_key)).hexdigest() == batch.file_sha256
    assert payday.states(database, "dossier", "dossier_id") == {
        "D1": "paid",
        "D2": "paid",
        "D3": "withdrawn",
    }
    assert propose_day(database) == []


class KillingStorage(FolderStorage):
    """A store whose process is killed after the published file is out, before it is booked."""

    def put(self, key: str, data: bytes) -> None:
        super().put(key, data)
        os.kill(os.getpid(), signal.SIGKILL)


def publish_and_die(url: str, folder: Path, batch_id: str) -> None:
    publish(Database(url), KillingStorage(folder), batch_id, at=AT)


def test_a_killed_publication_is_finished_without_paying_twice(
    database: Database, storage: FolderStorage
) -> None:
    three_dossiers(database)
    batch = payday.approved(database, storage, propose_day(database)[0])
    child = multiprocessing.get_context("spawn").Process(
        target=publish_and_die, args=(database.url, storage.folder, batch.batch_id)
    )
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    [left] = storage.keys("payments/published/")
    assert set(payday.states(database, "payment", "payment_id").values()) == {"proposed"}
    publish(database, storage, batch.batch_id, at=AT)
    assert list(storage.keys("payments/published/")) == [left]
    assert hashlib.sha256(storage.get(left)).hexdigest() == batch.file_sha256
    assert set(payday.states(database, "dossier", "dossier_id").values()) == {"paid"}
    assert propose_day(database) == []
    assert unbalanced_postings(database) == []


class DyingStorage(FolderStorage):
    """A store that dies right after it kept the file, before the batch says so."""

    def get(self, key: str) -> bytes:
        raise StorageError("the store is away")


def test_a_build_that_died_is_finished_by_the_next_run(
    database: Database, storage: FolderStorage
) -> None:
    three_dossiers(database)
    [batch] = propose_day(database)
    with pytest.raises(StorageError):
        payday.built(database, DyingStorage(storage.folder), batch)
    left = storage.get(f"payments/{batch.batch_id}/{batch.batch_id}.xml")
    assert list_batches(database, PAY_DATE)[0].state == "proposed"
    built = payday.built(database, storage, batch)
    assert storage.get(built.file_key) == left


def test_the_next_day_pays_nobody_again(database: Database, storage: FolderStorage) -> None:
    three_dossiers(database)
    payday.pay(database, storage, propose_day(database)[0])
    assert propose_day(database) == []
    assert sum(row["amount_minor"] for row in payday.rows(database, "payment")) == 32_440


# Rejection


def test_a_rejected_batch_is_proposed_anew(database: Database, storage: FolderStorage) -> None:
    three_dossiers(database)
    first = payday.approved(database, storage, propose_day(database)[0])
    rejected = reject(database, first.batch_id, rejected_by="approver", reason="late", at=AT)
    assert rejected.state == "rejected"
    assert set(payday.states(database, "payment", "payment_id").values()) == {"cancelled"}
    assert live_links(database) == []
    [second] = propose_day(database)
    assert (second.sequence, second.total_minor) == (2, first.total_minor)
    assert ledger_balances(database)["liability_insured", "MAD"] == -32_440


def test_a_rejected_batch_cannot_be_published(database: Database, storage: FolderStorage) -> None:
    three_dossiers(database)
    first = payday.approved(database, storage, propose_day(database)[0])
    reject(database, first.batch_id, rejected_by="approver", reason="late", at=AT)
    with pytest.raises(ApprovalRefused, match="it is rejected"):
        publish(database, storage, first.batch_id, at=AT)
    with pytest.raises(ApprovalRefused, match="not built"):
        approve(database, payday.approval_of(first))


def test_a_second_rejection_changes_nothing(database: Database) -> None:
    three_dossiers(database)
    [batch] = propose_day(database)
    first = reject(database, batch.batch_id, rejected_by="approver", reason="late", at=AT)
    propose_day(database)
    again = reject(database, batch.batch_id, rejected_by="approver", reason="late", at=AT)
    assert again == first
    assert len(live_links(database)) == 3


# The audit trail


def test_every_step_leaves_an_event_that_verifies(
    database: Database, storage: FolderStorage
) -> None:
    three_dossiers(database)
    batch = payday.pay(database, storage, propose_day(database)[0])
    assert verify(database, storage) == []
    events = payday.rows(database, "audit_event", "chain", "sequence")
    assert {event["chain"] for event in events} == {"pay:2026-11-20"}
    of_batch = [event["after"] for event in events if event["object_id"] == batch.batch_id]
    assert of_batch == ["proposed", "built", "approved", "publishing", "published"]
    of_dossier = [
        (event["object_kind"], event["before"], event["after"])
        for event in events
        if event["object_id"] == "D1"
    ]
    assert of_dossier == [
        ("obligation", "", "proposed"),
        ("dossier", "review/approved", "payment/paid"),
    ]


def test_the_audit_trail_holds_no_name_and_no_account(
    database: Database, storage: FolderStorage
) -> None:
    three_dossiers(database)
    payday.pay(database, storage, propose_day(database)[0])
    text = str(payday.rows(database, "audit_event")) + str(payday.rows(database, "ledger_entry"))
    assert "ESSAI" not in text
    assert a_rib(1) not in text
