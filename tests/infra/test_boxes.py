"""Boxes of originals on both databases: what lies in them, when they may go, that they are gone."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from infra.database import Database
from infra.stores.boxes import Hand, list_boxes, note_destroyed, put_in_box
from infra.stores.envelopes import envelopes_of, paper_of
from models.errors import CatalogueError, UsageError
from models.records.all_tables import table
from tasks.retention import RetentionRule, read_rules, rule_named

DAY = dt.date(2026, 11, 20)
RULE = RetentionRule("ten-years", 10)
HAND = Hand("amina", DAY, "2026-11-20T09:00:00Z")


def an_envelope(database: Database, number: int = 1, status: str = "paid", **changes: Any) -> str:
    """One envelope with one dossier in it; return the envelope's id."""
    key, envelope = f"D{number:04d}", f"E{number:04d}"
    dossier = {
        "dossier_id": key, "public_number": f"AMO-P-{number}", "scheme": "s", "currency": "MAD",
        "channel": "paper", "agency": "AG12", "region": "", "version": 1, "stage": "payment",
        "status": status, "lot_id": "", "deposit_date": DAY, "receipt_date": DAY,
        "scan_date": DAY, "decision_date": DAY, "order_key": key, **changes,
    }  # fmt: skip
    paper = {
        "envelope_id": envelope, "sha256": f"{number:064x}", "arrived_on": DAY, "agency": "AG12",
        "page_count": 2, "sheet_count": 0, "box_id": "",
    }  # fmt: skip
    part = {
        "envelope_id": envelope, "part": 1, "dossier_id": key, "first_page": 1, "last_page": 2,
        "bordereau_id": "",
    }  # fmt: skip
    with database.transaction() as connection:
        for name, row in (("dossier", dossier), ("envelope", paper), ("envelope_part", part)):
            database.insert_rows(connection, table(name), [row])
    return envelope


def box(database: Database, *envelopes: str, name: str = "K-1") -> Any:
    return put_in_box(database, name, envelopes, RULE.name, RULE.ends, HAND)


def due(database: Database, day: dt.date) -> list[str]:
    return [one.box_id for one in list_boxes(database, lambda _name: RULE.ends, due_on=day)]


def test_a_box_may_go_when_its_years_are_over(database: Database) -> None:
    found = box(database, an_envelope(database))
    assert (found.destroy_on, found.dossier_count) == (dt.date(2036, 11, 21), 1)
    assert due(database, dt.date(2036, 11, 20)) == []
    assert due(database, dt.date(2036, 11, 21)) == ["K-1"]


@pytest.mark.parametrize(
    "status",
    [
        "in_review",
        "under_appeal",
        "suspended",
        "returned",
        "in_progress",
        "approved",
        "quarantined",
    ],
)
def test_a_box_waits_for_every_dossier_that_waits(database: Database, status: str) -> None:
    box(database, an_envelope(database), an_envelope(database, 2, status))
    assert due(database, dt.date(2099, 1, 1)) == []


def test_a_later_decision_puts_the_destruction_off(database: Database) -> None:
    box(database, an_envelope(database))
    dossier = table("dossier")
    with database.transaction() as connection:
        connection.execute(dossier.update().values(decision_date=dt.date(2030, 5, 4)))
    assert due(database, dt.date(2037, 1, 1)) == []
    assert due(database, dt.date(2040, 5, 5)) == ["K-1"]


def test_a_dossier_that_took_pages_over_keeps_the_box(database: Database) -> None:
    box(database, an_envelope(database, 1, "withdrawn"))
    an_envelope(database, 2, "in_review")
    file = {
        "dossier_id": "D0002", "content_version": 2, "file_no": 2, "sha256": f"{1:064x}",
        "media_type": "image/tiff", "page_count": 2, "first_page": 1, "last_page": 2,
    }  # fmt: skip
    with database.transaction() as connection:
        database.insert_rows(connection, table("dossier_file"), [file])
    assert due(database, dt.date(2099, 1, 1)) == []


def test_destruction_is_recorded_once_and_never_early(database: Database) -> None:
    box(database, an_envelope(database))
    with pytest.raises(UsageError, match="kept until 2036-11-21"):
        note_destroyed(database, "K-1", RULE.ends, HAND)
    later = Hand("amina", dt.date(2036, 11, 21), "2036-11-21T09:00:00Z")
    note_destroyed(database, "K-1", RULE.ends, later)
    with pytest.raises(UsageError, match="no box of that name"):
        note_destroyed(database, "K-1", RULE.ends, later)
    with pytest.raises(UsageError, match="was destroyed"):
        box(database, an_envelope(database, 2))
    with database.reading() as connection:
        (paper,) = paper_of(connection, "D0001")
        actions = [row.action for row in connection.execute(select(table("audit_event")))]
    assert (paper.box_id, paper.destroyed_on) == ("K-1", dt.date(2036, 11, 21))
    assert actions == ["boxed", "originals_destroyed"]


def test_an_envelope_lies_in_one_box(database: Database) -> None:
    envelope = an_envelope(database)
    box(database, envelope)
    with pytest.raises(UsageError, match="another box"):
        box(database, envelope, name="K-2")
    with pytest.raises(UsageError, match="no such envelope"):
        box(database, "E9999")
    with pytest.raises(UsageError, match="another box"):
        put_in_box(database, "K-1", [envelope], "other", RULE.ends, HAND)


def test_envelopes_are_found_by_dossier_or_by_day(database: Database) -> None:
    first, second = an_envelope(database), an_envelope(database, 2)
    box(database, first)
    found = envelopes_of(database, public_numbers=["AMO-P-1"], arrived_on=None)
    assert found == [first]
    assert envelopes_of(database, public_numbers=[], arrived_on=DAY) == [second]


def test_years_end_on_the_day_after(tmp_path: Any) -> None:
    assert RULE.ends(dt.date(2024, 2, 29)) == dt.date(2034, 3, 2)
    assert RULE.ends(dt.date(2026, 12, 31)) == dt.date(2037, 1, 1)
    assert "ma-originals" in read_rules()
    with pytest.raises(UsageError, match="ma-originals"):
        rule_named("none")
    wrong = tmp_path / "retention.yaml"
    wrong.write_text("x: {years: ten}\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match="keys must be"):
        read_rules(wrong)
