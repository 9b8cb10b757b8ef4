"""Tables of validation, pricing, fraud and review: findings, amounts, signals, decisions."""

import datetime as dt
from typing import Any

from sqlalchemy import text as sql_text
from sqlmodel import Field, Index, SQLModel

from models.records.columns import money, serial, text

#: The desk's list is read from indexes of the open tasks alone, in each of its orders.
_OPEN: dict[str, Any] = {
    "sqlite_where": sql_text("state = 'open'"),
    "postgresql_where": sql_text("state = 'open'"),
}


class FindingRow(SQLModel, table=True):
    """One finding of one stage about one version of a dossier; line 0 is the whole dossier."""

    __tablename__ = "finding"
    dossier_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    stage: str = Field(primary_key=True)
    sequence: int = Field(primary_key=True)
    code: str = Field(index=True)
    effect: str
    line_no: int
    params: str = text()


class ValidatedRow(SQLModel, table=True):
    """Who the dossier is about, resolved in the registers, and what opened the rights."""

    __tablename__ = "validated_dossier"
    dossier_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    insured_person_id: str = Field(index=True)
    beneficiary_person_id: str = Field(index=True)
    beneficiary_birth_date: dt.date | None = None
    beneficiary_sex: str
    provider_id: str = Field(index=True)
    provider_kind: str
    provider_specialty: str
    provider_sector: str
    ald_code: str
    rights_basis: str
    agreement_number: str
    registers_known_on: dt.date
    facts: str = text()


class PricedRow(SQLModel, table=True):
    """The amounts of one version of a dossier under one tariff and engine version."""

    __tablename__ = "priced_dossier"
    dossier_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    scheme: str
    currency: str
    tariff_version: str
    engine_version: str
    asked_minor: int = money()
    base_minor: int = money()
    due_minor: int = money()


class PricedLineRow(SQLModel, table=True):
    """The amounts of one line, with the rule and the figures behind them."""

    __tablename__ = "priced_line"
    dossier_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    line_no: int = Field(primary_key=True)
    asked_minor: int = money()
    tariff_minor: int | None = money(nullable=True)
    base_minor: int = money()
    rate: str
    due_minor: int = money()
    rule_id: str
    figure_ids: str = text()
    shares: str = text()


class CounterUseRow(SQLModel, table=True):
    """What one version of a dossier used of a ceiling that counts over time."""

    __tablename__ = "counter_use"
    dossier_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    counter: str = Field(primary_key=True)
    care_date: dt.date = Field(primary_key=True)
    person_id: str = Field(index=True)
    amount_minor: int = money()
    rank: str = text()


class SignalRow(SQLModel, table=True):
    """A fraud rule that fired on one version of a dossier."""

    __tablename__ = "fraud_signal"
    dossier_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    sequence: int = Field(primary_key=True)
    rule_id: str = Field(index=True)
    rule_version: str
    effect: str
    score: int
    line_no: int
    params: str = text()


class FraudRow(SQLModel, table=True):
    """The fraud score of one version of a dossier; written also when no rule fired."""

    __tablename__ = "fraud_score"
    dossier_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    score: int
    signal_count: int
    strongest_effect: str


class DecisionRow(SQLModel, table=True):
    """What was decided on one version: outcome, amount due, by whom, for which reasons."""

    __tablename__ = "decision"
    dossier_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    outcome: str
    due_minor: int = money()
    currency: str
    decided_by: str
    decided_on: dt.date
    reasons: str = text()


class ReviewTask(SQLModel, table=True):
    """Something that waits for a person: why, since when, until when, and what they said.

    ``amount_minor`` is what the machine would pay, as known when the task was opened.
    """

    __tablename__ = "review_task"
    __table_args__ = (
        Index("ix_open_task_age", "due_on", "opened_on", "task_id", **_OPEN),
        Index("ix_open_task_amount", "amount_minor", "task_id", **_OPEN),
        Index("ix_open_task_reason", "kind", "reasons", "due_on", "task_id", **_OPEN),
        Index("ix_open_task_kind", "kind", "due_on", "opened_on", "task_id", **_OPEN),
        Index("ix_task_decided", "decided_at"),
    )
    task_id: str = Field(primary_key=True)
    dossier_id: str = Field(index=True)
    version: int
    kind: str
    reasons: str = text()
    state: str = Field(index=True)
    opened_on: dt.date
    due_on: dt.date
    first_by: str = text()
    first_answer: str = text()
    decided_by: str = text()
    answer: str = text()
    reason: str = text()
    decided_at: str = text()
    amount_minor: int = money()


class OverpaymentRow(SQLModel, table=True):
    """Money paid under rights that were cancelled afterwards; listed for recovery by a person."""

    __tablename__ = "overpayment"
    overpayment_id: int | None = serial()
    dossier_id: str = Field(index=True)
    version: int
    person_id: str
    paid_minor: int = money()
    currency: str
    cause: str
    listed_on: dt.date
