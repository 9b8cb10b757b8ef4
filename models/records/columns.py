"""Column types shared by the tables: 64-bit money, opaque ids, ISO timestamps kept as text."""

from typing import Any

from sqlalchemy import BigInteger, Integer, Text
from sqlmodel import Field

#: 64 bits on PostgreSQL; SQLite only autoincrements its own INTEGER.
SERIAL = BigInteger().with_variant(Integer(), "sqlite")


def money(*, nullable: bool = False) -> Any:
    """A column of minor units; 32 bits would overflow at 21 million."""
    return Field(sa_type=BigInteger, nullable=nullable)


def serial() -> Any:
    """A numbered primary key that both databases can count up."""
    return Field(default=None, primary_key=True, sa_type=SERIAL)


def text(*, default: str = "", index: bool = False) -> Any:
    """A text column, empty by default."""
    return Field(default=default, sa_type=Text, index=index)
