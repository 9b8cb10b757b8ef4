"""What fails never says whose row it was: errors, traces and logs hold no value of a row."""

import datetime as dt
import logging
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import Connection, select, text

from infra.database import FEW_ROWS_MAX, Database
from models.electronic import ElectronicDossier
from models.errors import MachineError, TasfiyaError
from models.records.all_tables import table

PERSON = table("register_person")
DOSSIER = table("dossier")
#: What a leak would show: a name, an identity number, an account.
SECRETS = ("ZZSECRETNAME", "ZZ987654", "999002000000000000000177")
DAY = dt.date(2026, 11, 20)


def a_person(number: int, **changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "person_id": f"P{number}", "family_name": SECRETS[0], "given_name": SECRETS[0],
        "arabic_name": "", "birth_date": DAY, "death_date": None, "sex": "F", "cin": SECRETS[1],
        "valid_from": DAY, "valid_to": None, "known_from": DAY, "known_to": None,
    }  # fmt: skip
    return row | changes


def a_dossier_row(number: int, **changes: Any) -> dict[str, Any]:
    """A row of a table with a unique key; a secret stands in the key itself."""
    row: dict[str, Any] = {
        "dossier_id": f"D{number:04d}", "public_number": f"{SECRETS[1]}-{number}",
        "scheme": "ma-amo-salaries", "currency": "MAD", "channel": "paper", "agency": SECRETS[0],
        "region": "", "version": 1, "stage": "intake", "status": "in_progress", "lot_id": "",
        "deposit_date": DAY, "receipt_date": DAY, "scan_date": None, "decision_date": None,
        "order_key": SECRETS[2],
    }  # fmt: skip
    return row | changes


Failing = Callable[[Database, Connection], Any]


def bad_type(count: int) -> Failing:
    rows = [a_person(number) for number in range(count)]
    rows[-1]["birth_date"] = [SECRETS[0]]
    return lambda database, connection: database.insert_rows(connection, PERSON, rows)


def missing_value(count: int) -> Failing:
    rows = [a_person(number) for number in range(count)]
    rows[-1]["sex"] = None
    return lambda database, connection: database.insert_rows(connection, PERSON, rows)


def same_key(count: int) -> Failing:
    rows = [a_dossier_row(number) for number in range(count)]
    rows[-1]["public_number"] = rows[0]["public_number"]
    return lambda database, connection: database.insert_rows(connection, DOSSIER, rows)


def new_without_value(count: int) -> Failing:
    rows = [a_dossier_row(number) for number in range(count)]
    rows[-1]["version"] = SECRETS[0]
    rows[-1]["status"] = None
    rows[-1]["stage"] = {"x": SECRETS[0]}
    return lambda database, connection: database.insert_new(connection, DOSSIER, rows)


def not_text(count: int) -> Failing:
    rows = [a_person(number) for number in range(count)]
    rows[-1]["family_name"] = f"{SECRETS[0]}\ud800"
    return lambda database, connection: database.insert_rows(connection, PERSON, rows)


def by_statement(_database: Database, connection: Connection) -> None:
    connection.execute(DOSSIER.insert(), [a_dossier_row(1), a_dossier_row(2)])
    connection.execute(
        DOSSIER.update()
        .where(DOSSIER.c.dossier_id == "D0002")
        .values(public_number=f"{SECRETS[1]}-1")
    )


def by_comparing(_database: Database, connection: Connection) -> None:
    connection.execute(text("SELECT no_such_column FROM dossier WHERE agency = :name"),
                       {"name": SECRETS[0]})  # fmt: skip


MANY = FEW_ROWS_MAX + 1
FAILING = {
    "few rows of a wrong type": bad_type(1),
    "many rows of a wrong type": bad_type(MANY),
    "few rows without a value": missing_value(1),
    "many rows without a value": missing_value(MANY),
    "few rows with one key": same_key(2),
    "many rows with one key": same_key(MANY),
    "few new rows": new_without_value(1),
    "many new rows": new_without_value(MANY),
    "a text that is none": not_text(1),
    "many texts, one that is none": not_text(MANY),
    "an update to a known key": by_statement,
    "a wrong query": by_comparing,
}


@pytest.mark.parametrize("name", FAILING)
def test_a_failing_statement_says_no_value_of_a_row(
    database: Database, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(MachineError) as caught, database.transaction() as connection:
        FAILING[name](database, connection)
    try:
        raise caught.value
    except MachineError:
        logging.getLogger("tasfiya.test").exception("failed")
    shown = "".join(traceback.format_exception(caught.value))
    for secret in SECRETS:
        assert secret not in str(caught.value)
        assert secret not in shown
        assert secret not in caplog.text
    with database.reading() as connection:
        assert connection.execute(select(DOSSIER)).all() == []


def test_a_failing_query_says_what_kind_of_error_it_was(database: Database) -> None:
    with (
        pytest.raises(MachineError, match=r"failed: (OperationalError|UndefinedColumn)"),
        database.reading() as connection,
    ):
        by_comparing(database, connection)


def test_an_error_of_ours_passes_through_a_transaction_as_it_is(database: Database) -> None:
    with pytest.raises(TasfiyaError, match=r"^ours$"), database.transaction():
        raise TasfiyaError("ours")


RECORD: dict[str, Any] = {
    "public_number": "AMO-2026-0001", "scheme": "ma-amo-salaries", "deposit_date": "2026-11-18",
    "insured_id": "100000001", "provider_id": "200000001", "kind_of_care": "ambulatory",
    "lines": [{"letter": "C", "coefficient": "1", "date": "2026-11-02", "amount_minor": 8000}],
    "total_minor": 8000,
}  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [
        {"insured_id": SECRETS[0] * 10},
        {"insured_name": SECRETS[0] * 30},
        {"diagnosis": SECRETS[0] * 30},
        {"beneficiary_sex": SECRETS[0]},
        {"beneficiary_birth_date": SECRETS[0]},
        {"public_number": f"{SECRETS[0].lower()}"},
        {"iban": SECRETS[2]},
        {"lines": [{"code": SECRETS[0] + " ", "date": "2026-11-02", "amount_minor": 1}]},
        {"lines": [{"label": SECRETS[0], "date": "2026-11-02", "amount_minor": 1}]},
        {"lines": SECRETS[0]},
        {"stay": {"admission_date": SECRETS[0], "discharge_date": 1, "establishment_id": ""}},
    ],
)
def test_an_electronic_dossier_that_is_refused_is_not_quoted(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        ElectronicDossier.model_validate(RECORD | changes)
    shown = "".join(traceback.format_exception(caught.value))
    for secret in SECRETS:
        assert secret not in shown
        assert secret.lower() not in shown
