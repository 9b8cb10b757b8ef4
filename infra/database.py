"""The one door to the database: transactions, bulk rows in and out, on SQLite and PostgreSQL."""

import datetime as dt
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import (
    ARRAY,
    Connection,
    Engine,
    Row,
    Table,
    Text,
    any_,
    bindparam,
    create_engine,
    event,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from models.errors import MachineError

#: Keys in one IN (…) list; SQLite takes 32,766 variables, and PostgreSQL plans long lists slowly.
KEYS_PER_QUERY = 5_000
#: Up to so many rows one INSERT is quicker than a COPY.
FEW_ROWS_MAX = 30
#: How long SQLite waits for another writer, in milliseconds.
SQLITE_WAIT_MS = 60_000

Kinds = tuple[type[Exception], ...]
#: What the drivers and SQLAlchemy raise when a database refuses something.
DRIVER_ERRORS: Kinds = (DBAPIError, psycopg.Error, sqlite3.Error)


class Database:
    """A database by URL; one instance for a process."""

    def __init__(self, url: str) -> None:
        """Open a database; ``postgresql://…`` is served by psycopg 3, ``sqlite:///…`` in WAL mode.

        Values are kept out of error messages, because they may be personal.
        """
        if url.startswith("postgresql://"):
            url = "postgresql+psycopg://" + url.removeprefix("postgresql://")
        if url.startswith("sqlite:///"):
            Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        self.url = url
        self.is_postgresql = url.startswith("postgresql")
        self.engine: Engine = create_engine(
            url,
            hide_parameters=True,
            **({} if self.is_postgresql else {"poolclass": NullPool}),
        )
        if not self.is_postgresql:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_immediately)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction: committed at the end, rolled back on any error.

        On SQLite it takes the write lock at once, so that two processes never deadlock.

        Raises:
            MachineError: when the database refused a statement; no value of a row is in it.
        """
        with _hiding_values("a transaction"), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for reading alone; SQLite readers do not wait for a writer.

        Raises:
            MachineError: when the database refused a query; no value of a row is in it.
        """
        with _hiding_values("reading"), self.engine.connect() as connection:
            if not self.is_postgresql:
                connection = connection.execution_options(tasfiya_read_only=True)
            yield connection
            connection.rollback()

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    def analyze(self, connection: Connection, names: Iterable[str]) -> None:
        """Tell PostgreSQL's planner what tables hold now; it plans new ones as if they were empty.

        Autovacuum does so too, but minutes after a bulk load; SQLite needs no telling here.
        """
        if self.is_postgresql:
            for name in names:
                connection.execute(text(f"ANALYZE {name}"))

    def insert_rows(
        self, connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]
    ) -> int:
        """Insert many rows with the same keys, by COPY on PostgreSQL; return their number."""
        if not rows:
            return 0
        names = list(rows[0])
        return self.insert_tuples(
            connection, table, names, [tuple(row[name] for name in names) for row in rows]
        )

    def insert_tuples(
        self,
        connection: Connection,
        table: Table,
        names: Sequence[str],
        rows: Sequence[tuple[Any, ...]],
    ) -> int:
        """Insert many rows given as tuples in the order of ``names``."""
        if not rows:
            return 0
        columns = ", ".join(names)
        with _hiding_values(f"writing {len(rows)} rows to {table.name}", (Exception,)):
            if self.is_postgresql and len(rows) > FEW_ROWS_MAX:
                _copy(connection, f"COPY {table.name} ({columns}) FROM STDIN", rows)
            elif self.is_postgresql:
                _insert_few(connection, f"INSERT INTO {table.name} ({columns})", rows)
            else:
                marks = ", ".join("?" * len(names))
                connection.connection.cursor().executemany(
                    f"INSERT INTO {table.name} ({columns}) VALUES ({marks})",
                    [_sqlite_row(row) for row in rows],
                )
        return len(rows)

    def insert_new(
        self, connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]
    ) -> int:
        """Insert the rows whose unique keys are not there yet; return how many were new."""
        if not rows:
            return 0
        names = list(rows[0])
        values = [tuple(row[name] for name in names) for row in rows]
        with _hiding_values(f"writing {len(rows)} rows to {table.name}", (Exception,)):
            return self._insert_new(connection, table, names, values)

    def _insert_new(
        self,
        connection: Connection,
        table: Table,
        names: Sequence[str],
        values: Sequence[tuple[Any, ...]],
    ) -> int:
        columns = ", ".join(names)
        if self.is_postgresql and len(values) <= FEW_ROWS_MAX:
            statement = f"INSERT INTO {table.name} ({columns})"
            return _insert_few(connection, statement, values, " ON CONFLICT DO NOTHING")
        if self.is_postgresql:
            connection.execute(
                text(
                    f"CREATE TEMP TABLE incoming ON COMMIT DROP AS "
                    f"SELECT {columns} FROM {table.name} WITH NO DATA"
                )
            )
            _copy(connection, f"COPY incoming ({columns}) FROM STDIN", values)
            done = connection.execute(
                text(
                    f"INSERT INTO {table.name} ({columns}) SELECT {columns} FROM incoming "
                    "ON CONFLICT DO NOTHING"
                )
            )
            connection.execute(text("DROP TABLE incoming"))
            return int(done.rowcount)
        marks = ", ".join("?" * len(names))
        cursor = connection.connection.cursor()
        cursor.executemany(
            f"INSERT OR IGNORE INTO {table.name} ({columns}) VALUES ({marks})",
            [_sqlite_row(row) for row in values],
        )
        return int(cursor.rowcount)

    def select_in(
        self,
        connection: Connection,
        table: Table,
        column: str,
        keys: Iterable[str],
        *conditions: Any,
    ) -> list[Row[Any]]:
        """Return the rows whose ``column`` is one of the keys, in pieces the database can take."""
        wanted = sorted(set(keys))
        found: list[Row[Any]] = []
        for start in range(0, len(wanted), KEYS_PER_QUERY):
            piece = wanted[start : start + KEYS_PER_QUERY]
            query = select(table).where(is_in(connection, table.c[column], piece), *conditions)
            found.extend(connection.execute(query).all())
        return found

    def update_in(
        self,
        connection: Connection,
        table: Table,
        column: str,
        keys: Iterable[str],
        values: Mapping[str, Any],
    ) -> int:
        """Set the same values on the rows whose ``column`` is one of the keys."""
        wanted = sorted(set(keys))
        count = 0
        for start in range(0, len(wanted), KEYS_PER_QUERY):
            piece = wanted[start : start + KEYS_PER_QUERY]
            done = connection.execute(
                table.update().where(is_in(connection, table.c[column], piece)).values(**values)
            )
            count += done.rowcount
        return count


@contextmanager
def _hiding_values(what: str, kinds: Kinds = DRIVER_ERRORS) -> Iterator[None]:
    """Turn a driver's error, whose message quotes rows, into one that does not.

    The driver's own is suppressed, not chained: whoever prints or logs the trace would print the
    row with it. While rows are written, adapting one of their values may fail in any way.
    """
    try:
        yield
    except kinds as error:
        raise MachineError(f"{what} failed: {_said_safely(error)}") from None


def _said_safely(error: BaseException) -> str:
    """The class of a driver's error, and as much of it as can hold no value of a row."""
    original: Any = getattr(error, "orig", None) or error
    said = type(original).__name__
    if isinstance(original, psycopg.Error):
        constraint = original.diag.constraint_name
        if original.sqlstate:
            said += f" {original.sqlstate}"
        elif isinstance(original, psycopg.OperationalError):
            said += f": {original}"  # the connection itself failed: no row is in that
        return f"{said} {constraint}" if constraint else said
    # SQLite names tables and columns in its messages, never values.
    return f"{said}: {original}" if isinstance(original, sqlite3.Error) else said


def is_in(connection: Connection, column: Any, keys: Sequence[str]) -> Any:
    """The condition that a text column is one of the keys.

    PostgreSQL takes them as one array, which costs nothing to compile however many they are.
    """
    if connection.dialect.name == "postgresql":
        return column == any_(bindparam(None, list(keys), type_=ARRAY(Text)))
    return column.in_(list(keys))


def _copy(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    cursor = connection.connection.cursor()
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _insert_few(
    connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]], ending: str = ""
) -> int:
    """Insert a few rows in one round trip; COPY would take several."""
    marks = f"({', '.join(['%s'] * len(rows[0]))})"
    cursor = connection.connection.cursor()
    cursor.execute(
        f"{statement} VALUES {', '.join([marks] * len(rows))}{ending}",
        [value for row in rows for value in row],
    )
    return int(cursor.rowcount)


def _sqlite_row(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(_sqlite_value(value) for value in row)


def _sqlite_value(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by us, see _begin_immediately
    cursor = connection.cursor()
    # First of all, since the others may already have to wait for another process.
    cursor.execute(f"PRAGMA busy_timeout={SQLITE_WAIT_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_immediately(connection: Connection) -> None:
    # A plain BEGIN that reads and then writes fails under a second writer despite the time-out.
    if connection.get_execution_options().get("tasfiya_read_only"):
        connection.exec_driver_sql("BEGIN")
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


@cache
def shared_database(url: str) -> Database:
    """The database of a pool child: opened once, used for every chunk it is given."""
    return Database(url)
