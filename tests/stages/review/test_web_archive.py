"""The archived PDF at the desk: who gets it, as what, and what is noted."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from sqlalchemy import select

from infra.database import Database
from models.desk import Role
from models.reading import PageText
from models.records.all_tables import table
from tests.stages.review.desk_site import (
    Browser,
    Desk,
    a_paper_dossier,
    account,
    open_desk,
    serving,
)

PATH = "/archive/D0001"


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    made = open_desk(database, tmp_path)
    for login, role in (
        ("amina", Role.PROCESSOR),
        ("adil", Role.AUDITOR),
        ("asma", Role.AGENCY),
        ("ahmed", Role.ADMINISTRATOR),
    ):
        account(database, login, role)
    page = PageText(1, "a" * 64, 1654, 2339, 200, "", 0, 0.0, 90.0, False, ())
    made.storage.put("pages/x.json", json.dumps(asdict(page)).encode())
    return made


@pytest.fixture
def url(desk: Desk) -> Iterator[str]:
    with serving(desk) as address:
        yield address


def signed_in(url: str, login: str) -> Browser:
    browser = Browser(url)
    assert browser.sign_in(login).status == 303
    return browser


def looks(desk: Desk) -> list[tuple[str, str, str]]:
    events = table("audit_event")
    query = select(events).where(events.c.action == "archive_shown").order_by(events.c.sequence)
    with desk.database.reading() as connection:
        return [(row.actor, row.object_id, row.detail) for row in connection.execute(query)]


def test_those_who_may_see_the_dossier_get_the_pdf_and_each_look_is_noted(
    desk: Desk, url: str
) -> None:
    task = a_paper_dossier(desk)
    amina = signed_in(url, "amina")
    assert f'href="{PATH}"' in amina.get(f"/item/{task}").text
    answer = amina.get(PATH)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.body.startswith(b"%PDF-1.7")
    assert answer.headers["content-disposition"] == 'attachment; filename="D0001-1.pdf"'
    assert answer.headers["cache-control"] == "no-store"
    assert signed_in(url, "adil").get(PATH).status == 200
    (kept,) = desk.storage.keys("archives/")
    assert [(who, what) for who, what, _ in looks(desk)] == [("amina", "D0001"), ("adil", "D0001")]
    assert kept == "archives/d0001/1.pdf"


def test_agency_staff_and_administrators_do_not_get_it(desk: Desk, url: str) -> None:
    a_paper_dossier(desk)
    for login in ("asma", "ahmed"):
        assert signed_in(url, login).get(PATH).status == 403
    assert Browser(url).get(PATH).status == 303
    assert looks(desk) == []
    assert list(desk.storage.keys("archives/")) == []


def test_where_is_my_dossier_offers_it_to_those_alone_who_may_open_dossiers(
    desk: Desk, url: str
) -> None:
    a_paper_dossier(desk)
    asked = {"asked": "AMO-000001"}
    assert PATH in signed_in(url, "amina").post("/status", **asked).text
    told = signed_in(url, "asma").post("/status", **asked).text
    assert "AMO-000001" in told
    assert PATH not in told


def test_a_dossier_that_was_never_on_paper_or_is_not_there_has_none(desk: Desk, url: str) -> None:
    assert signed_in(url, "amina").get("/archive/D9999").status == 404
    assert looks(desk) == []


def test_bytes_that_changed_are_not_handed_out(desk: Desk, url: str) -> None:
    a_paper_dossier(desk)
    amina = signed_in(url, "amina")
    assert amina.get(PATH).status == 200
    desk.storage.put("archives/d0001/1.pdf", b"%PDF-1.7 something else")
    answer = amina.get(PATH)
    assert answer.status == 500
    assert b"something else" not in answer.body
