import datetime as dt
from pathlib import Path

from sqlalchemy import select

from infra.audit import append_events
from infra.database import Database
from infra.storage import FolderStorage
from infra.stores.audit_trail import AUDIT, HEAD, export, seal_day, verify
from models.audit import AuditEvent

DAY = dt.date(2026, 11, 20)


def an_event(number: int, chain: str = "lot:2026-11-20/001") -> AuditEvent:
    return AuditEvent(
        chain, "machine", "pricing_done", f"2026-11-20T08:00:0{number}.000000Z", "dossier",
        f"D{number:04d}", 1, "validation/in_progress", "pricing/in_progress",
    )  # fmt: skip


def a_trail(database: Database) -> None:
    with database.transaction() as connection:
        append_events(database, connection, [an_event(1), an_event(2)])
    with database.transaction() as connection:
        append_events(database, connection, [an_event(3), an_event(4, chain="desk:2026-11-20")])


def test_a_trail_nobody_touched_verifies(database: Database, tmp_path: Path) -> None:
    a_trail(database)
    storage = FolderStorage(tmp_path / "objects")
    seal_day(database, storage, DAY)
    assert verify(database, storage) == []


def test_a_changed_row_is_named(database: Database, tmp_path: Path) -> None:
    a_trail(database)
    storage = FolderStorage(tmp_path / "objects")
    seal_day(database, storage, DAY)
    with database.transaction() as connection:
        connection.execute(
            AUDIT.update().where(AUDIT.c.object_id == "D0002").values(after="pricing/refused")
        )
    faults = verify(database, storage)
    assert [(fault.chain, fault.sequence) for fault in faults] == [("lot:2026-11-20/001", 2)]
    assert "changed" in faults[0].problem


def test_a_missing_row_is_named(database: Database, tmp_path: Path) -> None:
    a_trail(database)
    with database.transaction() as connection:
        connection.execute(AUDIT.delete().where(AUDIT.c.object_id == "D0002"))
    faults = verify(database, FolderStorage(tmp_path / "objects"))
    assert ("lot:2026-11-20/001", 2) in [(fault.chain, fault.sequence) for fault in faults]


def test_a_chain_cut_off_with_its_head_is_found_by_the_seal(
    database: Database, tmp_path: Path
) -> None:
    a_trail(database)
    storage = FolderStorage(tmp_path / "objects")
    seal_day(database, storage, DAY)
    with database.transaction() as connection:
        connection.execute(AUDIT.delete().where(AUDIT.c.object_id == "D0003"))
        row = connection.execute(select(AUDIT).where(AUDIT.c.object_id == "D0002")).one()
        connection.execute(
            HEAD.update().where(HEAD.c.chain == row.chain).values(event_count=2, head_hash=row.hash)
        )
    faults = verify(database, storage)
    assert [(fault.chain, fault.sequence) for fault in faults] == [("lot:2026-11-20/001", 3)]


def test_a_forged_seal_is_found(database: Database, tmp_path: Path) -> None:
    a_trail(database)
    storage = FolderStorage(tmp_path / "objects")
    seal_day(database, storage, DAY)
    storage.put("seals/2026-11-20.json", b'{"seal": "x", "heads": []}')
    assert [fault.chain for fault in verify(database, storage)] == ["seal:2026-11-20"]


def test_one_dossiers_history_is_exported_in_order(database: Database) -> None:
    a_trail(database)
    assert [event["object_id"] for event in export(database, "D0003")] == ["D0003"]
