"""Tables of the operation: lots, stage runs, quarantine, contract results, audit, balance."""

import datetime as dt

from sqlmodel import Field, SQLModel

from models.records.columns import money, serial, text


class Lot(SQLModel, table=True):
    """A group of dossiers taken through the stages together; a flow run is a lot."""

    __tablename__ = "lot"
    lot_id: str = Field(primary_key=True)
    day: dt.date = Field(index=True)
    sequence: int
    channel: str
    dossier_count: int
    state: str
    created_at: str


class StageRun(SQLModel, table=True):
    """One committed run of one stage over one lot: how many rows, how long."""

    __tablename__ = "stage_run"
    stage_run_id: int | None = serial()
    lot_id: str = Field(index=True)
    stage: str
    dossier_count: int
    row_count: int
    quarantined_count: int
    seconds: float
    contract_seconds: float
    audit_seconds: float
    finished_at: str


class Quarantine(SQLModel, table=True):
    """A dossier a stage's own contract refused: the stage is wrong, not the dossier."""

    __tablename__ = "quarantine"
    dossier_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    stage: str = Field(primary_key=True)
    lot_id: str
    contract_id: str
    contract_version: str
    reasons: str = text()
    state: str = Field(default="held", index=True)
    held_at: str
    released_by: str = text()
    released_at: str = text()


class ContractResult(SQLModel, table=True):
    """What a contract gate said about one lot at one boundary."""

    __tablename__ = "contract_result"
    lot_id: str = Field(primary_key=True)
    stage: str = Field(primary_key=True)
    contract_id: str
    contract_version: str
    row_count: int
    failed_count: int
    is_success: bool
    summary: str = text()
    checked_at: str


class AuditRow(SQLModel, table=True):
    """One event of the append-only audit trail, hashed onto the one before it in its chain."""

    __tablename__ = "audit_event"
    chain: str = Field(primary_key=True)
    sequence: int = Field(primary_key=True)
    actor: str
    action: str
    happened_at: str
    object_kind: str
    object_id: str = Field(index=True)
    version: int
    before: str = text()
    after: str = text()
    detail: str = text()
    previous_hash: str
    hash: str


class AuditHead(SQLModel, table=True):
    """The last hash and the number of events of one chain."""

    __tablename__ = "audit_head"
    chain: str = Field(primary_key=True)
    event_count: int
    head_hash: str


class DaySeal(SQLModel, table=True):
    """The seal of a day: every chain's head and count, chained to the seal before."""

    __tablename__ = "day_seal"
    day: dt.date = Field(primary_key=True)
    sequence: int
    heads: str = text()
    previous_seal: str
    seal: str
    storage_key: str
    sealed_at: str


class DayBalance(SQLModel, table=True):
    """The balance of a day: one row for each part of stock and movement."""

    __tablename__ = "day_balance"
    day: dt.date = Field(primary_key=True)
    part: str = Field(primary_key=True)
    dossier_count: int
    asked_minor: int = money()
    due_minor: int = money()
