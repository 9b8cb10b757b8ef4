"""Who has which dossier open: a lease with an end, so that no two people work on one."""

from sqlalchemy import Connection, select

from infra.audit import append_events
from infra.clock import later
from infra.database import Database
from infra.stores.desk_accounts import access_chain
from models.audit import AuditEvent
from models.desk import HandedTo, Holder
from models.records.all_tables import table

LEASE = table("desk_lease")
HAND_OVER = table("desk_hand_over")


def take(
    database: Database,
    dossier_id: str,
    login: str,
    at: str,
    seconds: int,
    *,
    by_force: bool = False,
) -> Holder:
    """Take a dossier, or keep it longer; return who has it now, which may be somebody else.

    It is taken when it is free, one's own or expired; ``by_force`` takes it from anybody.
    """
    holder = None
    while holder is None:  # it was given back between two looks: look again
        holder = _try_to_take(database, dossier_id, login, at, seconds, by_force)
    return holder


def _try_to_take(
    database: Database, dossier_id: str, login: str, at: str, seconds: int, by_force: bool
) -> Holder | None:
    wanted = Holder(login, later(at, seconds))
    own = {"dossier_id": dossier_id, "login": login, "taken_at": at}
    with database.transaction() as connection:
        if database.insert_new(connection, LEASE, [{**own, "expires_at": wanted.expires_at}]):
            return wanted
        before = connection.execute(
            select(LEASE).where(LEASE.c.dossier_id == dossier_id).with_for_update()
        ).one_or_none()
        if before is None:
            return None
        if not by_force and before.login != login and before.expires_at > at:
            return Holder(before.login, before.expires_at)
        connection.execute(
            LEASE.update()
            .where(LEASE.c.dossier_id == dossier_id)
            .values(login=login, expires_at=wanted.expires_at)
        )
        if by_force and before.login != login:
            event = AuditEvent(
                access_chain(at), login, "desk_taken_over", at, "desk_lease", dossier_id, 0,
                before.login, login,
            )  # fmt: skip
            append_events(database, connection, [event])
    return wanted


def give_back(database: Database, dossier_id: str, login: str) -> None:
    """Give a dossier back; nothing happens when somebody else has it."""
    with database.transaction() as connection:
        connection.execute(
            LEASE.delete().where(LEASE.c.dossier_id == dossier_id, LEASE.c.login == login)
        )


def holder_of(connection: Connection, dossier_id: str, at: str) -> Holder | None:
    """Who has a dossier open at a moment; None when nobody has."""
    row = connection.execute(
        select(LEASE).where(LEASE.c.dossier_id == dossier_id, LEASE.c.expires_at > at)
    ).one_or_none()
    return Holder(row.login, row.expires_at) if row else None


def handed_to(connection: Connection, task_id: str) -> HandedTo | None:
    """To whom a task was handed over; None when it is anybody's."""
    row = connection.execute(select(HAND_OVER).where(HAND_OVER.c.task_id == task_id)).one_or_none()
    return HandedTo(row.to_login, row.to_role, row.given_by) if row else None


def hand_over_task(
    database: Database, task_id: str, dossier_id: str, to: HandedTo, at: str
) -> None:
    """Hand a task over to a colleague or a role, and give its dossier back."""
    with database.transaction() as connection:
        before = handed_to(connection, task_id)
        connection.execute(HAND_OVER.delete().where(HAND_OVER.c.task_id == task_id))
        row = {
            "task_id": task_id, "to_login": to.login, "to_role": to.role,
            "given_by": to.given_by, "given_at": at,
        }  # fmt: skip
        database.insert_rows(connection, HAND_OVER, [row])
        connection.execute(
            LEASE.delete().where(LEASE.c.dossier_id == dossier_id, LEASE.c.login == to.given_by)
        )
        event = AuditEvent(
            f"desk:{at[:10]}", to.given_by, "desk_handed_over", at, "review_task", task_id, 0,
            before.target if before else "", to.target, dossier_id,
        )  # fmt: skip
        append_events(database, connection, [event])
