"""The table of typing mode: what each colleague keyed of a dossier, with strokes and seconds."""

import datetime as dt

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from models.records.columns import serial, text

_WAITING = sql("state = 'waiting'")


class TypingEntry(SQLModel, table=True):
    """One pass of one colleague over one version of a dossier.

    ``typed_values`` and ``typed_money`` (JSON) are emptied when the passes are settled or dropped;
    what was accepted then stands among the corrections.
    """

    __tablename__ = "typing_entry"
    __table_args__ = (
        UniqueConstraint("dossier_id", "version", "pass_no"),
        Index(
            "ix_typing_entry_waiting", "task_id", sqlite_where=_WAITING, postgresql_where=_WAITING
        ),
    )
    entry_id: int | None = serial()
    task_id: str = Field(index=True)
    dossier_id: str = Field(index=True)
    version: int
    content_version: int
    pass_no: int
    typed_by: str
    typed_at: str
    typed_on: dt.date = Field(index=True)
    state: str
    field_count: int
    keystrokes: int
    seconds: int
    typed_values: str = text()
    typed_money: str = text()
