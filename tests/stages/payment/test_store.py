"""From approved decisions to a published file, on both databases."""

import concurrent.futures
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from infra.database import Database
from infra.storage import FolderStorage
from infra.stores.audit_trail import verify
from models.audit import GENESIS
from models.errors import ApprovalRefused, ContractBreach, MachineError, StorageError, UsageError
from models.records.all_tables import table
from tasks.payment.approval import BatchReport
from tasks.payment.formats import find_format
from tasks.payment.profile import DebitAccount
from tasks.payment.store import (
    approve,
    build_file,
    count_obligations,
    ledger_balances,
    list_batches,
    publish,
    reject,
    render_file,
    unbalanced_postings,
)
from tests.stages.payment import payday
from tests.stages.payment.payday import AT, PAY_DATE, PROFILE, a_rib, a_storage, propose_day

TWO_CURRENCIES = replace(
    PROFILE,
    debit_accounts={
        **PROFILE.debit_accounts,
        "EUR": DebitAccount(a_rib(9_999), "CAISSE EUR"),
    },
)


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    return a_storage(tmp_path)


def three_dossiers(database: Database) -> None:
    """Two of one insured person, one of another: 60.00, 14.40 and 250.00 MAD."""
    for number in (1, 2):
        payday.add_insured(database, number)
    payday.add_dossier(database, "D1", 6_000)
    payday.add_dossier(database, "D2", 1_440)
    payday.add_dossier(database, "D3", 25_000, person_id="P2")


def live_links(database: Database) -> list[tuple[str, int]]:
    return [
        (row["dossier_id"], row["version"])
        for row in payday.rows(database, "payment_obligation", "dossier_id", "version")
        if row["is_live"]
    ]


# Proposing


def test_obligations_of_one_payee_become_one_payment(database: Database) -> None:
    three_dossiers(database)
    [batch] = propose_day(database)
    assert (batch.payment_count, batch.total_minor) == (2, 32_440)
    amounts = {row["payee_id"]: row["amount_minor"] for row in payday.rows(database, "payment")}
    assert amounts == {"P1": 7_440, "P2": 25_000}


def test_the_account_is_copied_at_proposal(database: Database) -> None:
    three_dossiers(database)
    propose_day(database)
    accounts = {row["payee_id"]: row["account"] for row in payday.rows(database, "payment")}
    assert accounts == {"P1": a_rib(1), "P2": a_rib(2)}


def test_a_second_proposal_of_the_day_proposes_nothing(database: Database) -> None:
    three_dossiers(database)
    propose_day(database)
    before = payday.rows(database, "payment", "payment_id")
    assert propose_day(database) == []
    assert payday.rows(database, "payment", "payment_id") == before


def test_a_second_proposal_takes_only_what_is_new(database: Database) -> None:
    three_dossiers(database)
    propose_day(database)
    payday.add_dossier(database, "D4", 999, person_id="P2")
    [batch] = propose_day(database)
    assert (batch.sequence, batch.payment_count, batch.total_minor) == (2, 1, 999)


def test_an_obligation_is_never_in_two_live_payments(database: Database) -> None:
    three_dossiers(database)
    propose_day(database)
    with (
        pytest.raises(MachineError, match="payment_obligation"),
        database.transaction() as connection,
    ):
        database.insert_rows(
            connection,
            table("payment_obligation"),
            [
                {
                    "payment_id": "another",
                    "dossier_id": "D1",
                    "version": 1,
                    "amount_minor": 6_000,
                    "is_live": True,
                }
            ],
        )


def test_two_proposals_at_once_pay_once(database: Database) -> None:
    for number in range(1, 41):
        payday.add_dossier(
            database, f"D{number}", 100, person_id=payday.add_insured(database, number)
        )
    with concurrent.futures.ThreadPoolExecutor(max_workers=4) as pool:
        answers = list(pool.map(lambda _: propose_day(database), range(4)))
    assert sorted(sum(batch.payment_count for batch in answer) for answer in answers) == [
        0,
        0,
        0,
        40,
    ]
    assert len(live_links(database)) == 40


def test_two_currencies_never_share_a_file(database: Database) -> None:
    payday.add_insured(database, 1)
    payday.add_dossier(database, "D1", 6_000)
    payday.add_dossier(database, "D2", 700, currency="EUR")
    batches = propose_day(database, TWO_CURRENCIES)
    assert [(batch.currency, batch.total_minor) for batch in batches] == [
        ("EUR", 700),
        ("MAD", 6_000),
    ]


def test_a_currency_without_a_debit_account_waits(database: Database) -> None:
    payday.add_insured(database, 1)
    payday.add_dossier(database, "D1", 700, currency="EUR")
    assert propose_day(database) == []
    assert count_obligations(database) == {("waiting", "debit_account", "EUR"): (1, 700)}


def test_batches_keep_to_the_limit_of_transfers(database: Database) -> None:
    for number in range(1, 8):
        payday.add_dossier(
            database, f"D{number}", 100, person_id=payday.add_insured(database, number)
        )
    batches = propose_day(database, replace(PROFILE, max_tx_file=3))
    assert [batch.payment_count for batch in batches] == [3, 3, 1]
    assert len({batch.batch_id for batch in batches}) == 3


def test_no_account_waits_and_is_paid_once_it_is_registered(database: Database) -> None:
    payday.add_person(database, "P1")
    payday.add_dossier(database, "D1", 6_000)
    assert propose_day(database) == []
    assert count_obligations(database) == {("waiting", "account", "MAD"): (1, 6_000)}
    assert payday.states(database, "dossier", "dossier_id") == {"D1": "approved"}
    payday.add_account(database, "P1", a_rib(1))
    [batch] = propose_day(database)
    assert batch.total_minor == 6_000
    assert count_obligations(database) == {("proposed", "", "MAD"): (1, 6_000)}
    assert ledger_balances(database)["liability_insured", "MAD"] == -6_000


def test_an_account_with_a_wrong_key_waits(database: Database) -> None:
    payday.add_person(database, "P1")
    payday.add_account(database, "P1", a_rib(1)[:-2] + "00")
    payday.add_dossier(database, "D1", 6_000)
    assert propose_day(database) == []
    assert count_obligations(database) == {("waiting", "account_key", "MAD"): (1, 6_000)}


def test_an_account_that_was_replaced_is_not_paid(database: Database) -> None:
    payday.add_person(database, "P1")
    payday.add_account(database, "P1", a_rib(1), known_to=PAY_DATE)
    payday.add_account(database, "P1", a_rib(2), known_from=PAY_DATE)
    payday.add_dossier(database, "D1", 6_000)
    propose_day(database)
    assert [row["account"] for row in payday.rows(database, "payment")] == [a_rib(2)]


def test_a_guardian_is_paid_in_place_of_the_insured(database: Database) -> None:
    for number in (1, 2):
        payday.add_insured(database, number)
    payday.insert(
        database,
        "register_mandate",
        {
            "insured_id": "P1",
            "payee_kind": "guardian",
            "payee_id": "P2",
            "valid_from": payday.LONG_AGO,
            "known_from": payday.LONG_AGO,
        },
    )
    payday.add_dossier(database, "D1", 6_000)
    propose_day(database)
    [payment] = payday.rows(database, "payment")
    assert (payment["payee_kind"], payment["payee_id"]) == ("guardian", "P2")


def test_a_merged_person_is_paid_under_the_surviving_id(database: Database) -> None:
    payday.add_insured(database, 2)
    payday.insert(
        database,
        "register_alias",
        {
            "merged_id": "P1",
            "person_id": "P2",
            "valid_from": payday.LONG_AGO,
            "known_from": payday.LONG_AGO,
        },
    )
    payday.add_dossier(database, "D1", 6_000, person_id="P1")
    payday.add_dossier(database, "D2", 400, person_id="P2")
    propose_day(database)
    [payment] = payday.rows(database, "payment")
    assert (payment["payee_id"], payment["amount_minor"]) == ("P2", 6_400)


def test_nothing_due_closes_the_dossier(database: Database) -> None:
    payday.add_insured(database, 1)
    payday.add_dossier(database, "D1", 0)
    assert propose_day(database) == []
    assert payday.states(database, "dossier", "dossier_id") == {"D1": "closed_at_zero"}
    assert ledger_balances(database) == {}


def test_a_request_for_prior_agreement_is_never_paid(database: Database) -> None:
    payday.add_insured(database, 1)
    payday.add_dossier(database, "D1", 6_000)
    payday.insert(
        database,
        "dossier_version",
        {
            "dossier_id": "D1",
            "version": 1,
            "content_version": 1,
            "reason": "first",
            "opened_by": "machine",
            "opened_on": PAY_DATE,
        },
    )
    payday.insert(
        database,
        "extracted_dossier",
        {
            "dossier_id": "D1",
            "content_version": 1,
            "scheme": "ma-amo-salaries",
            "currency": "MAD",
            "care_kind": "dental",
            "request_kind": "prior_agreement",
            "relation": "self",
            "beneficiary_sex": "F",
            "prescriber_inpe": "",
            "provider_inpe": "",
            "is_continuous_care": False,
            "agreement_number": "",
            "ald_code": "",
            "invoice_number": "",
            "invoice_ice": "",
            "establishment_inpe": "",
            "care_start": PAY_DATE,
            "care_end": PAY_DATE,
            "total_minor": 6_000,
        },
    )
    assert propose_day(database) == []
    assert payday.states(database, "dossier", "dossier_id") == {"D1": "closed_at_zero"}


# The fraud recheck just before payment


def hits_d1(keys: Sequence[tuple[str, int]]) -> Mapping[str, tuple[str, ...]]:
    return {"D1": ("F11",)} if ("D1", 1) in keys else {}


def test_a_hit_just_before_payment_goes_to_a_person(database: Database) -> None:
    three_dossiers(database)
    [batch] = propose_day(database, recheck=hits_d1)
    assert batch.total_minor == 26_440
    assert payday.states(database, "dossier", "dossier_id")["D1"] == "in_review"
    [task] = payday.rows(database, "review_task")
    assert (task["dossier_id"], task["kind"], task["reasons"]) == ("D1", "prepayment", "F11")


def test_a_hit_that_a_person_has_answered_stops_no_more(database: Database) -> None:
    payday.add_insured(database, 1)
    payday.add_dossier(database, "D1", 6_000)
    propose_day(database, recheck=hits_d1)
    task = table("review_task")
    with database.transaction() as connection:
        connection.execute(task.update().values(state="done", decided_by="reviewer", decided_at=AT))
    payday.set_dossier(database, "D1", status="approved")
    [batch] = propose_day(database, recheck=hits_d1)
    assert batch.total_minor == 6_000


# Versions


def test_a_version_pays_only_its_difference(database: Database, storage: FolderStorage) -> None:
    payday.add_insured(database, 1)
    payday.add_dossier(database, "D1", 6_000)
    payday.pay(database, storage, propose_day(database)[0])
    payday.open_version(database, "D1", 2, 7_500)
    [batch] = propose_day(database)
    assert batch.total_minor == 1_500


def test_a_version_that_owes_the_same_pays_nothing(
    database: Database, storage: FolderStorage
) -> None:
    payday.add_insured(database, 1)
    payday.add_dossier(database, "D1", 6_000)
    payday.pay(database, storage, propose_day(database)[0])
    payday.open_version(database, "D1", 2, 6_000)
    assert propose_day(database) == []
    assert payday.states(database, "dossier", "dossier_id") == {"D1": "paid"}


def test_a_negative_difference_goes_to_review(database: Database, storage: FolderStorage) -> None:
    payday.add_insured(database, 1)
    payday.add_dossier(database, "D1", 6_000)
    payday.pay(database, storage, propose_day(database)[0])
    payday.open_version(database, "D1", 2, 4_000)
    assert propose_day(database) == []
    assert payday.states(database, "dossier", "dossier_id") == {"D1": "in_review"}
    [task] = payday.rows(database, "review_task")
    assert (task["kind"], task["reasons"]) == ("payment_difference", "TROP_VERSE")


def test_an_approved_negative_difference_is_listed_for_recovery(
    database: Database, storage: FolderStorage
) -> None:
    payday.add_insured(database, 1)
    payday.add_dossier(database, "D1", 6_000)
    payday.pay(database, storage, propose_day(database)[0])
    payday.open_version(database, "D1", 2, 4_000)
    propose_day(database)
    payday.set_dossier(database, "D1", status="approved")
    assert propose_day(database) == []
    [listed] = payday.rows(database, "overpayment")
    assert (listed["dossier_id"], listed["paid_minor"]) == ("D1", 2_000)
    assert payday.states(database, "dossier", "dossier_id") == {"D1": "paid"}


def test_a_version_waits_while_its_predecessor_lies_in_an_unsent_file(
    database: Database, storage: FolderStorage
) -> None:
    payday.add_insured(database, 1)
    payday.add_dossier(database, "D1", 6_000)
    [first] = propose_day(database)
    payday.open_version(database, "D1", 2, 7_500)
    assert propose_day(database) == []
    reject(database, first.batch_id, rejected_by="approver", reason="re-decided", at=AT)
    [second] = propose_day(database)
    assert second.total_minor == 7_500
    assert live_links(database) == [("D1", 2)]


def test_an_unpaid_version_is_replaced_by_the_next(database: Database) -> None:
    payday.add_person(database, "P1")
    payday.add_dossier(database, "D1", 6_000)
    propose_day(database)
    payday.add_account(database, "P1", a_rib(1))
    payday.open_version(database, "D1", 2, 7_500)
    [batch] = propose_day(database)
    assert batch.total_minor == 7_500
    found = payday.rows(database, "obligation", "version")
    assert [row["state"] for row in found] == ["superseded", "proposed"]
    assert ledger_balances(database) == {
        ("benefit_expense", "MAD"): 7_500,
        ("liability_insured", "MAD"): -7_500,
    }


def test_a_withdrawn_dossier_owes_nothing_any_more(database: Database) -> None:
    payday.add_person(database, "P1")
    payday.add_dossier(database, "D1", 6_000)
    propose_day(database)
    payday.set_dossier(database, "D1", status="withdrawn")
    assert propose_day(database) == []
    assert count_obligations(database) == {("superseded", "", "MAD"): (1, 6_000)}
    assert set(ledger_balances(database).values()) == {0}


def test_a_returned_payment_beside_a_paid_difference_is_owed_once(
    database: Database, storage: FolderStorage
) -> None:
    payday.add_insured(database, 1)
    payday.add_dossier(database, "D1", 6_000)
    first = payday.pay(database, storage, propose_day(database)[0])
    payday.open_version(database, "D1", 2, 7_500)
    payday.pay(database, storage, propose_day(database)[0])
    come_back(database, first, "D1", 1)
    payday.open_version(database, "D1", 3, 8_000)
    [batch] = propose_day(database)
    assert batch.total_minor == 6_000 + 500


def come_back(database: Database, batch: BatchReport, dossier_id: str, version: int) -> None:
    """The bank returns the payment of one version: its obligation is open again."""
    payments, links, obligations = map(table, ("payment", "payment_obligation", "obligation"))
    with database.transaction() as connection:
        connection.execute(
            payments.update().where(payments.c.batch_id == batch.batch_id).values(state="returned")
        )
        for source, values in ((links, {"is_live": False}), (obligations, {"state": "open"})):
            connection.execute(
                source.update()
                .where(source.c.dossier_id == dossier_id, source.c.version == version)
                .values(**values)
            )


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
