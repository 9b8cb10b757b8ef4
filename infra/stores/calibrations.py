"""Keeps the versions of the calibration, and the labels that they are fitted from."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from infra.audit import append_events
from infra.database import Database
from models.audit import AuditEvent
from models.errors import UsageError
from models.records.all_tables import table

CALIBRATION = table("calibration")
LABEL = table("field_label")


def active_version(connection: Connection) -> tuple[str, str] | None:
    """The version in force and its document; None when none was ever activated."""
    row = connection.execute(
        select(CALIBRATION.c.version, CALIBRATION.c.body).where(CALIBRATION.c.is_active.is_(True))
    ).one_or_none()
    return None if row is None else (row.version, row.body)


def all_versions(connection: Connection) -> Sequence[Row[Any]]:
    """Every version, oldest first."""
    query = select(CALIBRATION).order_by(CALIBRATION.c.made_at, CALIBRATION.c.version)
    return connection.execute(query).all()


def keep_version(database: Database, row: dict[str, Any], chain: str) -> None:
    """Keep a new version; it is not active. ``row`` has its figures and its document.

    Raises:
        UsageError: when there is a version of that name.
    """
    own = {**row, "is_active": False, "activated_by": "", "activated_at": ""}
    event = AuditEvent(
        chain, row["made_by"], "calibration_made", row["made_at"], "calibration", row["version"],
        0, "", row["sha256"], f"{row['label_count']} labels",
    )  # fmt: skip
    with database.transaction() as connection:
        if database.insert_new(connection, CALIBRATION, [own]) != 1:
            raise UsageError("there is a version of that name; a version is never changed")
        append_events(database, connection, [event])


def activate_version(database: Database, version: str, *, by: str, at: str, chain: str) -> str:
    """Put a version in force, in somebody's name; return the one that was before, or nothing.

    Raises:
        UsageError: when there is no such version, or it is in force already.
    """
    with database.transaction() as connection:
        # All are locked: two people who activate at once take turns.
        rows = connection.execute(select(CALIBRATION).with_for_update()).all()
        known = {row.version: row for row in rows}
        if version not in known:
            raise UsageError("no version has that name; list them with tasfiya calibration show")
        if known[version].is_active:
            raise UsageError("this version is in force already")
        before = next((row.version for row in rows if row.is_active), "")
        connection.execute(CALIBRATION.update().values(is_active=False))
        connection.execute(
            CALIBRATION.update()
            .where(CALIBRATION.c.version == version)
            .values(is_active=True, activated_by=by, activated_at=at)
        )
        event = AuditEvent(
            chain, by, "calibration_activated", at, "calibration", version, 0, before, version,
            known[version].sha256,
        )  # fmt: skip
        append_events(database, connection, [event])
    return before


def all_labels(connection: Connection) -> Sequence[Row[Any]]:
    """Every label, in the order in which they were given."""
    return connection.execute(select(LABEL).order_by(LABEL.c.label_id)).all()
