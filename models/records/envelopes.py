"""Tables of what paper came in: envelopes, their parts, bordereaux, boxes of originals."""

import datetime as dt

from sqlmodel import Field, SQLModel

from models.records.columns import text


class Envelope(SQLModel, table=True):
    """One scanned file of paper, as its agency sent it, and the box its originals lie in.

    ``sheet_count`` counts the cover sheets among its pages.
    """

    __tablename__ = "envelope"
    envelope_id: str = Field(primary_key=True)
    sha256: str = Field(index=True)
    arrived_on: dt.date = Field(index=True)
    agency: str
    page_count: int
    sheet_count: int
    box_id: str = text(index=True)


class EnvelopePart(SQLModel, table=True):
    """The pages of an envelope that became a dossier, or were added to one."""

    __tablename__ = "envelope_part"
    envelope_id: str = Field(primary_key=True)
    part: int = Field(primary_key=True)
    dossier_id: str = Field(index=True)
    first_page: int
    last_page: int
    bordereau_id: str = text(index=True)


class Bordereau(SQLModel, table=True):
    """A list an agency sends with its dossiers: how many it states, how many came.

    ``state`` is ``matched``, ``differs`` or ``settled`` (a person found out why).
    """

    __tablename__ = "bordereau"
    bordereau_id: str = Field(primary_key=True)
    number: str
    agency: str
    arrived_on: dt.date
    stated_count: int
    counted: int
    state: str = Field(index=True)
    settled_by: str = text()
    settled_at: str = text()
    note: str = text()


class Box(SQLModel, table=True):
    """A box of paper originals: since when, under which rule, from when it may be destroyed."""

    __tablename__ = "box"
    box_id: str = Field(primary_key=True)
    opened_on: dt.date
    rule: str
    destroy_on: dt.date
    state: str = Field(index=True)
    destroyed_on: dt.date | None = None
    destroyed_by: str = text()
