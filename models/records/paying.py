"""Tables of payment: obligations, payments, batches, approvals, files and the ledger."""

import datetime as dt

from sqlalchemy import CheckConstraint, Index
from sqlalchemy import text as sql_text
from sqlmodel import Field, SQLModel

from models.records.columns import money, serial, text


class Obligation(SQLModel, table=True):
    """What one decision version owes: its amount due less what earlier versions already paid."""

    __tablename__ = "obligation"
    dossier_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    insured_person_id: str = Field(index=True)
    payee_kind: str
    payee_id: str
    amount_minor: int = money()
    currency: str
    scheme: str
    state: str = Field(index=True)
    waits_for: str = text()
    created_on: dt.date


class PaymentBatch(SQLModel, table=True):
    """One proposal of payments in one currency for one day, and the file built from it."""

    __tablename__ = "payment_batch"
    __table_args__ = (
        CheckConstraint("approved_by = '' OR approved_by <> prepared_by", name="four_eyes"),
    )
    batch_id: str = Field(primary_key=True)
    pay_date: dt.date = Field(index=True)
    sequence: int
    currency: str
    format_id: str
    debit_account: str
    debit_name: str
    state: str = Field(index=True)
    payment_count: int
    total_minor: int = money()
    prepared_by: str
    prepared_at: str
    file_sha256: str = text()
    file_key: str = text()
    approved_by: str = text()
    approved_at: str = text()
    published_at: str = text()
    published_key: str = text()


class Payment(SQLModel, table=True):
    """One transfer to one payee and account in one batch; the account is copied at proposal."""

    __tablename__ = "payment"
    payment_id: str = Field(primary_key=True)
    batch_id: str = Field(index=True)
    payee_kind: str
    payee_id: str = Field(index=True)
    payee_name: str
    account: str
    amount_minor: int = money()
    currency: str
    state: str = Field(index=True)
    end_to_end_id: str = Field(unique=True)


class PaymentObligation(SQLModel, table=True):
    """Which obligations a payment settles; an obligation has at most one live payment."""

    __tablename__ = "payment_obligation"
    __table_args__ = (
        Index(
            "one_live_payment",
            "dossier_id",
            "version",
            unique=True,
            sqlite_where=sql_text("is_live"),
            postgresql_where=sql_text("is_live"),
        ),
    )
    payment_id: str = Field(primary_key=True)
    dossier_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    amount_minor: int = money()
    is_live: bool


class Approval(SQLModel, table=True):
    """A person's approval of one built file: who, when, from where, and of exactly what."""

    __tablename__ = "approval"
    approval_id: int | None = serial()
    batch_id: str = Field(index=True)
    approver: str
    approved_at: str
    from_where: str
    file_sha256: str
    payment_count: int
    total_minor: int = money()
    debit_account: str
    is_demo: bool


class LedgerEntry(SQLModel, table=True):
    """One side of a double entry; rows are never changed, a correction is a reversal."""

    __tablename__ = "ledger_entry"
    entry_id: str = Field(primary_key=True)
    posting_id: str = Field(index=True)
    account: str = Field(index=True)
    debit_minor: int = money()
    credit_minor: int = money()
    currency: str
    posted_on: dt.date
    reference: str
    memo: str = text()
