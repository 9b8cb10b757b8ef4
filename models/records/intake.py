"""Tables of intake: submissions and their acknowledgements, originals, dossiers, versions."""

import datetime as dt

from sqlmodel import Field, SQLModel

from models.records.columns import text


class Original(SQLModel, table=True):
    """A received file, kept once under its content hash."""

    __tablename__ = "original"
    sha256: str = Field(primary_key=True)
    byte_count: int
    media_type: str
    storage_key: str
    first_received_at: str


class Submission(SQLModel, table=True):
    """One submitted document set and the acknowledgement given for it.

    ``answer`` is accepted, duplicate or refused. ``part`` numbers the dossiers of one file.
    ``file_ref`` is the SHA-256 of the source's name: names given by senders may name people.
    """

    __tablename__ = "submission"
    submission_id: str = Field(primary_key=True)
    sha256: str = Field(index=True)
    part: int
    file_ref: str
    channel: str
    answer: str
    code: str
    detail: str = text()
    dossier_id: str = text(index=True)
    duplicate_of: str = text()
    business_day: dt.date = Field(index=True)
    received_at: str


class DossierRow(SQLModel, table=True):
    """A dossier as the payer follows it: where it stands, its version, its dates."""

    __tablename__ = "dossier"
    dossier_id: str = Field(primary_key=True)
    public_number: str = Field(unique=True, index=True)
    scheme: str
    currency: str
    channel: str
    agency: str
    region: str
    version: int
    stage: str = Field(index=True)
    status: str = Field(index=True)
    lot_id: str = Field(default="", index=True)
    deposit_date: dt.date
    receipt_date: dt.date
    scan_date: dt.date | None = None
    decision_date: dt.date | None = None
    order_key: str


class VersionRow(SQLModel, table=True):
    """One decision version; ``content_version`` says which received content it decides on."""

    __tablename__ = "dossier_version"
    dossier_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    content_version: int
    reason: str
    opened_by: str
    opened_on: dt.date


class ReceivedRow(SQLModel, table=True):
    """The electronic record as received or mapped from FHIR; empty payload for paper."""

    __tablename__ = "received_record"
    dossier_id: str = Field(primary_key=True)
    content_version: int = Field(primary_key=True)
    submission_id: str
    payload: str = text()
    unmapped: str = text()


class DossierFileRow(SQLModel, table=True):
    """A file of a paper dossier, its number of pages, and which of them are the dossier's.

    ``last_page`` 0 stands for the last page of the file.
    """

    __tablename__ = "dossier_file"
    dossier_id: str = Field(primary_key=True)
    content_version: int = Field(primary_key=True)
    file_no: int = Field(primary_key=True)
    sha256: str = Field(index=True)
    media_type: str
    page_count: int
    first_page: int = 1
    last_page: int = 0
