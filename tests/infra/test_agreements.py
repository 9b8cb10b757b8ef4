"""What is used of an agreement, computed from the dossiers that stand on it, on both databases."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from infra.database import Database
from infra.stores.agreements import load_limits, write_agreement
from infra.stores.dossiers import DOSSIER, heads_where
from infra.stores.registers import load_slice
from models.agreement import AgreementLimit
from models.dossier import RequestKind
from models.records.all_tables import table
from models.registers import Agreement
from models.rows import (
    EXTRACTED_NAMES,
    LINE_NAMES,
    PRICED_LINE_NAMES,
    PRICED_NAMES,
    VALIDATED_NAMES,
    extracted_row,
    line_rows,
    priced_line_rows,
    priced_row,
    validated_row,
)
from tests.builders import a_dossier, a_line, a_priced, a_validated

DAY = dt.date(2026, 11, 20)
YESTERDAY = DAY - dt.timedelta(days=1)
AGREEMENT = Agreement(
    agreement_number="PEC-1", person_id="P0001", scheme="ma-amo-salaries", act_key="C×1",
    decision="accepted", amount_minor=20_000, used_minor=1_000, valid_from=YESTERDAY,
    valid_to=None,
)  # fmt: skip


def put(database: Database, name: str, **values: Any) -> None:
    with database.transaction() as connection:
        database.insert_rows(connection, table(name), [values])


def add_agreement(database: Database, *rows: Agreement, day: dt.date = YESTERDAY) -> None:
    with database.transaction() as connection:
        write_agreement(database, connection, rows or (AGREEMENT,), day)


def add_dossier(database: Database, number: int, **changes: Any) -> None:
    """A priced dossier of 56.00 due under PEC-1, decided if an outcome is given."""
    key, version = f"D{number:04d}", 2
    dossier = replace(a_dossier(dossier_id=key, version=version), **changes.get("dossier", {}))
    put(
        database, "dossier", dossier_id=key, public_number=f"N-{number:04d}", scheme=dossier.scheme,
        currency="MAD", channel="electronic", agency="", region="",
        version=changes.get("present", version), stage="fraud",
        status=changes.get("status", "in_progress"), lot_id=changes.get("lot_id", "L1"),
        deposit_date=DAY, receipt_date=DAY, scan_date=None, decision_date=None,
        order_key=f"{number:04d}",
    )  # fmt: skip
    for one in {version, changes.get("present", version)}:
        put(
            database, "dossier_version", dossier_id=key, version=one, content_version=1,
            reason="first", opened_by="machine", opened_on=DAY,
        )  # fmt: skip
    validated = a_validated(
        dossier_id=key, version=version, agreement_number="PEC-1",
        beneficiary_person_id=changes.get("person_id", "P0001"),
    )  # fmt: skip
    priced = a_priced(dossier_id=key, version=version)
    with database.transaction() as connection:
        for name, names, rows in (
            ("extracted_dossier", EXTRACTED_NAMES, [extracted_row(dossier, 1)]),
            ("extracted_line", LINE_NAMES, line_rows(dossier, 1)),
            ("validated_dossier", VALIDATED_NAMES, [validated_row(validated, DAY)]),
            ("priced_dossier", PRICED_NAMES, [priced_row(priced)]),
            ("priced_line", PRICED_LINE_NAMES, priced_line_rows(priced)),
        ):
            database.insert_tuples(connection, table(name), names, rows)
    if outcome := changes.get("outcome"):
        put(
            database, "decision", dossier_id=key, version=version, outcome=outcome,
            due_minor=changes["decided_minor"], currency="MAD", decided_by="amina",
            decided_on=DAY, reasons="[]",
        )  # fmt: skip


def used(database: Database, *own: str) -> int:
    """What a slice of the registers says is used of PEC-1."""
    if not known_affiliation(database):
        put(
            database, "register_affiliation", person_id="P0001", scheme="ma-amo-salaries",
            number="100000001", category="salaried", valid_from=YESTERDAY, valid_to=None,
            known_from=YESTERDAY, known_to=None,
        )  # fmt: skip
    with database.reading() as connection:
        found = load_slice(
            connection, numbers=["100000001"], cins=[], inpes=[], care_from=DAY, day=DAY,
            dossier_ids=own,
        )  # fmt: skip
    (agreement,) = found.agreements["P0001"]
    return agreement.used_minor


def known_affiliation(database: Database) -> bool:
    with database.reading() as connection:
        return connection.execute(select(table("register_affiliation"))).first() is not None


def test_the_register_s_use_and_the_dossiers_add_up(database: Database) -> None:
    add_agreement(database)
    assert used(database) == 1_000
    add_dossier(database, 1)
    add_dossier(database, 2)
    assert used(database) == 1_000 + 2 * 5_600


def test_a_dossier_s_own_use_is_left_out(database: Database) -> None:
    add_agreement(database)
    add_dossier(database, 1)
    add_dossier(database, 2)
    assert used(database, "D0001") == 1_000 + 5_600
    assert used(database, "D0001", "D0002") == 1_000


@pytest.mark.parametrize(
    ("changes", "amount"),
    [
        ({}, 5_600),
        ({"status": "in_review"}, 5_600),
        ({"status": "paid", "outcome": "accepted", "decided_minor": 5_600}, 5_600),
        ({"status": "paid", "outcome": "accepted", "decided_minor": 4_000}, 4_000),
        ({"status": "in_review", "outcome": "review", "decided_minor": 0}, 5_600),
        ({"status": "suspended", "outcome": "suspended", "decided_minor": 0}, 0),
        ({"status": "refused"}, 0),
        ({"status": "returned"}, 0),
        ({"status": "withdrawn"}, 0),
        ({"present": 3}, 0),
        ({"dossier": {"request_kind": RequestKind.PRIOR_AGREEMENT}}, 0),
        ({"dossier": {"lines": (a_line(letter="K"),)}}, 0),
        ({"person_id": "P0009"}, 0),
    ],
)
def test_what_a_dossier_uses_follows_from_where_it_stands(
    database: Database, changes: dict[str, Any], amount: int
) -> None:
    add_agreement(database)
    add_dossier(database, 1, **changes)
    assert used(database) == 1_000 + amount


def test_a_merged_person_s_dossiers_use_the_surviving_one_s_agreement(database: Database) -> None:
    add_agreement(database)
    put(
        database, "register_alias", merged_id="P0009", person_id="P0001", valid_from=YESTERDAY,
        valid_to=None, known_from=YESTERDAY, known_to=None,
    )  # fmt: skip
    add_dossier(database, 1, person_id="P0009")
    assert used(database) == 1_000 + 5_600


def limits(database: Database, *numbers: int, day: dt.date = DAY) -> dict[str, AgreementLimit]:
    keys = [f"D{number:04d}" for number in numbers]
    with database.reading() as connection:
        heads = heads_where(connection, DOSSIER.c.dossier_id.in_(keys))
        return load_limits(database, connection, heads, dict.fromkeys(keys, "PEC-1"), day)


def test_a_dossier_finds_what_those_before_it_left(database: Database) -> None:
    add_agreement(database)
    for number in (1, 2, 3):
        add_dossier(database, number)
    add_dossier(database, 4, lot_id="L2")
    found = limits(database, 2)["D0002"]
    assert (found.amount_minor, found.act_keys) == (20_000, frozenset({"C×1"}))
    # The register's, the one received before it in its lot, and the one of another lot.
    assert found.used_minor == 1_000 + 5_600 + 5_600


def test_dossiers_that_are_decided_together_do_not_count_for_one_another(
    database: Database,
) -> None:
    add_agreement(database)
    add_dossier(database, 1)
    add_dossier(database, 2)
    assert {one.used_minor for one in limits(database, 1, 2).values()} == {1_000}


def test_an_agreement_without_an_amount_or_refused_sets_no_limit(database: Database) -> None:
    add_dossier(database, 1)
    add_agreement(database, replace(AGREEMENT, amount_minor=None))
    assert limits(database, 1) == {}
    add_agreement(database, replace(AGREEMENT, decision="refused"), day=DAY)
    assert limits(database, 1) == {}


def test_a_newer_answer_replaces_an_agreement_and_the_older_stays_known(
    database: Database,
) -> None:
    add_dossier(database, 1)
    add_agreement(database)
    add_agreement(database, replace(AGREEMENT, amount_minor=30_000), day=DAY)
    assert limits(database, 1, day=YESTERDAY)["D0001"].amount_minor == 20_000
    assert limits(database, 1, day=DAY)["D0001"].amount_minor == 30_000
