"""Approved dossiers in a database, ready to be paid; every person and account is synthetic."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from infra.database import Database
from infra.storage import Storage
from models.records.all_tables import table
from tasks.payment.account import rib_key
from tasks.payment.approval import BatchReport, SignedApproval
from tasks.payment.profile import BankProfile, load_profile
from tasks.payment.store import approve, build_file, propose_batch, publish

PAY_DATE = dt.date(2026, 11, 20)
LONG_AGO = dt.date(2020, 1, 1)
AT = "2026-11-20T08:00:00.000000Z"
PROFILE = load_profile("demo-ma")


def a_rib(number: int) -> str:
    """A RIB of the bank 999, which does not exist, with a right key."""
    body = f"999002{number:016d}"
    return body + rib_key(body)


def insert(database: Database, name: str, *rows: Mapping[str, Any]) -> None:
    with database.transaction() as connection:
        for row in rows:
            connection.execute(table(name).insert().values(**row))


def add_person(database: Database, person_id: str, **changes: Any) -> None:
    row = {
        "person_id": person_id,
        "family_name": "ESSAI",
        "given_name": person_id,
        "arabic_name": "",
        "birth_date": dt.date(1980, 1, 1),
        "sex": "F",
        "cin": f"ZZ{person_id}",
        "valid_from": LONG_AGO,
        "known_from": LONG_AGO,
    }
    insert(database, "register_person", row | changes)


def add_account(database: Database, holder_id: str, rib: str, **changes: Any) -> None:
    row = {
        "account_id": f"A-{holder_id}-{rib[-4:]}",
        "holder_id": holder_id,
        "holder_kind": "insured",
        "rib": rib,
        "valid_from": LONG_AGO,
        "known_from": LONG_AGO,
    }
    insert(database, "register_account", row | changes)


def add_decision(
    database: Database,
    dossier_id: str,
    due_minor: int,
    *,
    person_id: str,
    version: int = 1,
    currency: str = "MAD",
) -> None:
    """The decision of one version, and who it is about."""
    insert(
        database,
        "decision",
        {
            "dossier_id": dossier_id,
            "version": version,
            "outcome": "accepted",
            "due_minor": due_minor,
            "currency": currency,
            "decided_by": "machine",
            "decided_on": PAY_DATE,
        },
    )
    insert(
        database,
        "validated_dossier",
        {
            "dossier_id": dossier_id,
            "version": version,
            "insured_person_id": person_id,
            "beneficiary_person_id": person_id,
            "beneficiary_sex": "F",
            "provider_id": "H1",
            "provider_kind": "doctor",
            "provider_specialty": "general",
            "provider_sector": "private",
            "ald_code": "",
            "rights_basis": "days",
            "agreement_number": "",
            "registers_known_on": PAY_DATE,
        },
    )


def add_dossier(
    database: Database,
    dossier_id: str,
    due_minor: int,
    *,
    person_id: str = "P1",
    currency: str = "MAD",
    status: str = "approved",
) -> None:
    """An approved dossier with its first decision."""
    insert(
        database,
        "dossier",
        {
            "dossier_id": dossier_id,
            "public_number": f"N-{dossier_id}",
            "scheme": "ma-amo-salaries",
            "currency": currency,
            "channel": "electronic",
            "agency": "AG-01",
            "region": "R-01",
            "version": 1,
            "stage": "review",
            "status": status,
            "deposit_date": PAY_DATE,
            "receipt_date": PAY_DATE,
            "order_key": dossier_id,
        },
    )
    add_decision(database, dossier_id, due_minor, person_id=person_id, currency=currency)


def add_insured(database: Database, number: int) -> str:
    """An insured person with an account; returns the person's id."""
    person_id = f"P{number}"
    add_person(database, person_id)
    add_account(database, person_id, a_rib(number))
    return person_id


def open_version(
    database: Database,
    dossier_id: str,
    version: int,
    due_minor: int,
    *,
    person_id: str = "P1",
    currency: str = "MAD",
) -> None:
    """A later version of a dossier, approved."""
    add_decision(
        database, dossier_id, due_minor, person_id=person_id, version=version, currency=currency
    )
    set_dossier(database, dossier_id, version=version, stage="review", status="approved")


def set_dossier(database: Database, dossier_id: str, **values: Any) -> None:
    dossier = table("dossier")
    with database.transaction() as connection:
        connection.execute(
            dossier.update().where(dossier.c.dossier_id == dossier_id).values(**values)
        )


def nothing_hits(_keys: Sequence[tuple[str, int]]) -> Mapping[str, tuple[str, ...]]:
    return {}


def propose_day(
    database: Database, profile: BankProfile = PROFILE, recheck: Any = nothing_hits
) -> list[BatchReport]:
    return propose_batch(
        database,
        pay_date=PAY_DATE,
        prepared_by="preparer",
        prepared_at=AT,
        profile=profile,
        recheck=recheck,
    )


def approval_of(batch: BatchReport, **changes: Any) -> SignedApproval:
    values: dict[str, Any] = {
        "batch_id": batch.batch_id,
        "approver": "approver",
        "approved_at": AT,
        "from_where": "desk-1",
        "file_sha256": batch.file_sha256,
        "payment_count": batch.payment_count,
        "total_minor": batch.total_minor,
        "debit_account": batch.debit_account,
    }
    return SignedApproval(**values | changes)


def built(database: Database, storage: Storage, batch: BatchReport) -> BatchReport:
    return build_file(database, storage, batch.batch_id, profile=PROFILE, at=AT)


def approved(database: Database, storage: Storage, batch: BatchReport) -> BatchReport:
    return approve(database, approval_of(built(database, storage, batch)))


def pay(database: Database, storage: Storage, batch: BatchReport) -> BatchReport:
    """Everything from the proposal to the published file."""
    approved(database, storage, batch)
    return publish(database, storage, batch.batch_id, at=AT)


def rows(database: Database, name: str, *order: str) -> list[dict[str, Any]]:
    source = table(name)
    with database.reading() as connection:
        found = connection.execute(source.select().order_by(*(source.c[one] for one in order)))
        return [dict(row._mapping) for row in found]


def states(database: Database, name: str, key: str) -> dict[str, str]:
    """The state, or the status, of every row of a table by one of its keys."""
    column = "status" if name == "dossier" else "state"
    return {row[key]: row[column] for row in rows(database, name, key)}


def three_dossiers(database: Database) -> None:
    """Two of one insured person, one of another: 60.00, 14.40 and 250.00 MAD."""
    for number in (1, 2):
        add_insured(database, number)
    add_dossier(database, "D1", 6_000)
    add_dossier(database, "D2", 1_440)
    add_dossier(database, "D3", 25_000, person_id="P2")


def live_links(database: Database) -> list[tuple[str, int]]:
    return [
        (row["dossier_id"], row["version"])
        for row in rows(database, "payment_obligation", "dossier_id", "version")
        if row["is_live"]
    ]
