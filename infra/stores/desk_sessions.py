"""Keeps the desk's sessions: begun at sign-in, ended by time-out, by sign-out or by a new one."""

import hashlib
import secrets

from sqlalchemy import Connection, select

from infra.audit import append_events
from infra.clock import later
from infra.database import Database
from infra.stores.desk_accounts import account_event, find_account
from models.desk import Account, OpenSession, Times
from models.records.all_tables import table

SESSION = table("desk_session")
LEASE = table("desk_lease")
#: A session's time of last use is written at most so often, in seconds.
WRITTEN_EVERY_SECONDS = 30
TOKEN_BYTES = 32


def token_digest(token: str) -> str:
    """How a token is kept: who reads the table cannot sign in with it."""
    return hashlib.sha256(token.encode()).hexdigest()


def begin_session(
    database: Database, account: Account, source: str, at: str, times: Times, old_token: str = ""
) -> str:
    """Begin a session under a new token, end the browser's former one, and return the token."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = {
        "token_sha256": token_digest(token), "login": account.login,
        "csrf_token": secrets.token_urlsafe(TOKEN_BYTES), "source": source, "started_at": at,
        "seen_at": at, "idle_until": later(at, times.idle_seconds),
        "ends_at": later(at, times.whole_seconds),
    }  # fmt: skip
    with database.transaction() as connection:
        old = SESSION.c.token_sha256 == token_digest(old_token)
        connection.execute(SESSION.delete().where((SESSION.c.idle_until <= at) | old))
        database.insert_rows(connection, SESSION, [row])
        event = account_event(account.login, "signed_in", at, account.login, "", "session", source)
        append_events(database, connection, [event])
    return token


def find_session(database: Database, token: str, at: str, times: Times) -> OpenSession | None:
    """The session of a token, if it holds; using it puts its time-out off."""
    if not token:
        return None
    digest = token_digest(token)
    with database.reading() as connection:
        row = connection.execute(
            select(SESSION).where(SESSION.c.token_sha256 == digest)
        ).one_or_none()
        if row is None or min(row.idle_until, row.ends_at) <= at:
            return None
        account = find_account(connection, row.login)
    if account is None or not account.is_active:
        return None
    if later(row.seen_at, WRITTEN_EVERY_SECONDS) <= at:
        with database.transaction() as connection:
            connection.execute(
                SESSION.update()
                .where(SESSION.c.token_sha256 == digest)
                .values(seen_at=at, idle_until=later(at, times.idle_seconds))
            )
    return OpenSession(account, row.csrf_token, row.source)


def end_session(database: Database, token: str, login: str, at: str) -> None:
    """End a session and give back what its colleague had open."""
    with database.transaction() as connection:
        _delete(connection, token)
        connection.execute(LEASE.delete().where(LEASE.c.login == login))
        append_events(
            database, connection, [account_event(login, "signed_out", at, login, "session", "")]
        )


def _delete(connection: Connection, token: str) -> None:
    connection.execute(SESSION.delete().where(SESSION.c.token_sha256 == token_digest(token)))
