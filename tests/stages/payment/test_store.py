"""From approved decisions to a published file, on both databases."""

import concurrent.futures
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from infra.database import Database
from infra.storage import FolderStorage
from models.errors import MachineError
from models.records.all_tables import table
from tasks.payment.approval import BatchReport
from tasks.payment.profile import DebitAccount
from tasks.payment.store import (
    count_obligations,
    ledger_balances,
    reject,
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

TWO_CURRENCIES = replace(
    PROFILE,
    debit_accounts={
        **PROFILE.debit_accounts,
        "EUR": DebitAccount(a_rib(9_999), "CAISSE EUR"),
    },
)


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
