"""Every table's metadata in one place, for migrations and bulk loading."""

from sqlalchemy import MetaData, Table
from sqlmodel import SQLModel

from models.records import (
    archive,
    calibrating,
    desk,
    envelopes,
    intake,
    judgement,
    operation,
    paying,
    reading,
    registers,
    typing,
)

MODULES = (
    operation,
    intake,
    reading,
    judgement,
    paying,
    registers,
    desk,
    calibrating,
    envelopes,
    archive,
    typing,
)


def metadata() -> MetaData:
    """The metadata of all tables of tasfiya."""
    return SQLModel.metadata


def table(name: str) -> Table:
    """The table of that name."""
    return SQLModel.metadata.tables[name]
