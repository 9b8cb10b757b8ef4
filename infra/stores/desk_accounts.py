"""Keeps the desk's accounts and counts attempts to sign in."""

import hashlib
import unicodedata
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from infra.audit import append_events
from infra.clock import later
from infra.database import Database
from models.audit import AuditEvent
from models.desk import Account
from models.errors import UsageError
from models.records.all_tables import table

ACCOUNT = table("desk_account")
SESSION = table("desk_session")
ATTEMPT = table("desk_attempt")
LEASE = table("desk_lease")

#: Attempts that failed after which a login, or an address, has to wait, and for how long.
LOGIN_FAILURES_MAX = 5
ADDRESS_FAILURES_MAX = 20
WINDOW_SECONDS = 15 * 60
#: Attempts are counted for minutes and kept for a day.
KEPT_SECONDS = 24 * 3_600


def access_chain(at: str) -> str:
    """The audit chain of who came in, looked and left on the day of a moment."""
    return f"access:{at[:10]}"


def account_event(actor: str, action: str, at: str, login: str, *states: str) -> AuditEvent:
    """An event about an account; ``states`` are before, after and detail."""
    before, after, detail = (*states, "", "", "")[:3]
    return AuditEvent(
        access_chain(at), actor, action, at, "desk_account", login, 0, before, after, detail
    )


def find_account(connection: Connection, login: str) -> Account | None:
    """The account of a login; None when there is none."""
    row = connection.execute(select(ACCOUNT).where(ACCOUNT.c.login == login)).one_or_none()
    return _account(row) if row else None


def all_accounts(database: Database) -> list[Account]:
    """Every account, by login."""
    with database.reading() as connection:
        rows = connection.execute(select(ACCOUNT).order_by(ACCOUNT.c.login)).all()
    return [_account(row) for row in rows]


def _account(row: Any) -> Account:
    return Account(
        row.login, row.shown_name, frozenset(row.roles.split()), row.password_hash, row.language,
        bool(row.is_active),
    )  # fmt: skip


def add_account(database: Database, account: Account, by: str, at: str) -> None:
    """Write a new account.

    Two logins that a person or a proxy may take for one another ("Amina", "amina") would be two
    people to the rule that two decide: the second of them is refused.

    Raises:
        UsageError: when the login is taken, looks like one that is, or cannot be seen whole.
    """
    if not account.login.isprintable():
        raise UsageError("a login has letters, digits and signs that can be seen alone")
    twins = [one.login for one in all_accounts(database) if one.login != account.login]
    if _seen(account.login) in map(_seen, twins):
        raise UsageError("a login that looks the same exists; one person has one account")
    roles = " ".join(sorted(account.roles))
    row = {
        "login": account.login, "shown_name": account.shown_name, "roles": roles,
        "password_hash": account.password_hash, "language": account.language,
        "is_active": account.is_active, "created_by": by, "created_at": at, "changed_at": at,
    }  # fmt: skip
    with database.transaction() as connection:
        if not database.insert_new(connection, ACCOUNT, [row]):
            raise UsageError("an account of that login exists; disable it or choose another")
        event = account_event(by, "account_added", at, account.login, "", roles)
        append_events(database, connection, [event])


def _seen(login: str) -> str:
    """How a login looks: whatever its case and its width."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", login).casefold())


def change_account(database: Database, login: str, by: str, at: str, **values: Any) -> None:
    """Change an account and end its sessions, so that what it may do holds at once.

    What a disabled account had open comes free with them.

    Raises:
        UsageError: when there is no such account.
    """
    with database.transaction() as connection:
        before = find_account(connection, login)
        if before is None:
            raise UsageError("no account has that login")
        connection.execute(
            ACCOUNT.update().where(ACCOUNT.c.login == login).values(**values, changed_at=at)
        )
        connection.execute(SESSION.delete().where(SESSION.c.login == login))
        after = find_account(connection, login) or before
        if not after.is_active:
            connection.execute(LEASE.delete().where(LEASE.c.login == login))
        event = account_event(
            by, "account_changed", at, login, _state(before), _state(after),
            " ".join(sorted(values)),
        )  # fmt: skip
        append_events(database, connection, [event])


def _state(account: Account) -> str:
    return " ".join(["active" if account.is_active else "disabled", *sorted(account.roles)])


def set_language(database: Database, login: str, language: str) -> None:
    """Remember the language a colleague works in."""
    with database.transaction() as connection:
        connection.execute(
            ACCOUNT.update().where(ACCOUNT.c.login == login).values(language=language)
        )


def begin_attempt(database: Database, login: str, address: str, at: str) -> int | None:
    """Count an attempt before it is looked at; return its number, None when there were too many.

    It is written first and counted afterwards: attempts that come at once see one another. What
    was refused for coming too often is not counted again, so that nobody is shut out for ever.
    """
    row = {
        "login_sha256": _digest(login), "address": address, "happened_at": at,
        "is_success": False,
    }  # fmt: skip
    with database.transaction() as connection:
        connection.execute(ATTEMPT.delete().where(ATTEMPT.c.happened_at < later(at, -KEPT_SECONDS)))
        done = connection.execute(ATTEMPT.insert().values(**row))
        key = int((done.inserted_primary_key or (0,))[0])
    with database.transaction() as connection:
        by_login = _failures(
            connection, ATTEMPT.c.login_sha256 == row["login_sha256"], at, since_success=True
        )
        # Whoever has one account at an address does not wipe out what they tried on others.
        by_address = _failures(connection, ATTEMPT.c.address == address, at, since_success=False)
        if by_login <= LOGIN_FAILURES_MAX and by_address <= ADDRESS_FAILURES_MAX:
            return key
        connection.execute(ATTEMPT.delete().where(ATTEMPT.c.attempt_id == key))
    return None


def _failures(connection: Connection, condition: Any, at: str, *, since_success: bool) -> int:
    """Failed attempts in the window; ``since_success`` counts from the last one that succeeded."""
    recent = [condition, ATTEMPT.c.happened_at > later(at, -WINDOW_SECONDS)]
    if since_success:
        last = connection.execute(
            select(func.max(ATTEMPT.c.happened_at)).where(*recent, ATTEMPT.c.is_success)
        ).scalar_one()
        recent += [ATTEMPT.c.happened_at > last] if last else []
    count = select(func.count()).where(*recent, ATTEMPT.c.is_success.is_(False))
    return int(connection.execute(count).scalar_one())


def _digest(login: str) -> str:
    """People type passwords into the wrong field: what was typed is not kept."""
    return hashlib.sha256(login.encode()).hexdigest()


def end_attempt(
    database: Database, key: int | None, events: Sequence[AuditEvent], *, is_success: bool
) -> None:
    """Write how an attempt ended, with its audit event."""
    with database.transaction() as connection:
        if key is not None and is_success:
            connection.execute(
                ATTEMPT.update().where(ATTEMPT.c.attempt_id == key).values(is_success=True)
            )
        append_events(database, connection, events)
