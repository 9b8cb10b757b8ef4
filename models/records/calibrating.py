"""Tables of calibration: its versions, the labels it is fitted from, the questions of the audit."""

import datetime as dt

from sqlalchemy import text as sql
from sqlmodel import Field, Index, SQLModel

from models.records.columns import serial, text


class CalibrationRow(SQLModel, table=True):
    """A version of the calibration; at most one is active, and none is ever changed."""

    __tablename__ = "calibration"
    __table_args__ = (
        Index(
            "ix_calibration_active",
            "is_active",
            unique=True,
            sqlite_where=sql("is_active = 1"),
            postgresql_where=sql("is_active"),
        ),
    )
    version: str = Field(primary_key=True)
    made_at: str
    made_by: str
    origin: str = text()
    label_count: int
    wrong_count: int
    sha256: str
    body: str = text()
    is_active: bool
    activated_by: str = text()
    activated_at: str = text()


class FieldLabelRow(SQLModel, table=True):
    """Whether a field was read right, as a person found; what it said stands nowhere here."""

    __tablename__ = "field_label"
    __table_args__ = (
        Index(
            "ix_field_label_once", "dossier_id", "content_version", "field", "origin", unique=True
        ),
    )
    label_id: int | None = serial()
    dossier_id: str
    content_version: int
    field: str
    origin: str
    field_type: str
    evidence: str
    quality_band: str
    stated_probability: float
    was_accepted: bool
    is_wrong: bool
    calibration: str
    labelled_by: str
    labelled_at: str


class ReadingAuditRow(SQLModel, table=True):
    """An accepted field that a person reads again without seeing what the machine read."""

    __tablename__ = "reading_audit"
    __table_args__ = (
        Index("ix_reading_audit_id", "audit_id", unique=True),
        Index("ix_reading_audit_state", "state", "asked_on", "audit_id"),
    )
    dossier_id: str = Field(primary_key=True)
    content_version: int = Field(primary_key=True)
    field: str = Field(primary_key=True)
    audit_id: str
    state: str
    asked_on: dt.date
    answered_by: str = text()
    answered_at: str = text()
    settled_by: str = text()
    settled_at: str = text()
