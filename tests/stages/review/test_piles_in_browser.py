"""Pages dragged and moved by keys in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from infra.database import Database
from models.desk import Role
from tests.stages.review.desk_site import Desk, account, open_desk, serving
from tests.stages.review.person import Person
from tests.stages.review.scanned_dossiers import a_scanned_dossier, rows_of

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    made = open_desk(database, tmp_path)
    account(database, "amina", Role.PROCESSOR)
    account(database, "omar", Role.PROCESSOR, language="ar")
    return made


@pytest.fixture
def url(desk: Desk) -> Iterator[str]:
    with serving(desk) as address:
        yield address


def runs(desk: Desk) -> set[tuple[str, int, int]]:
    """The newest runs of pages: of the dossier that was there, and of the new one."""
    return {
        ("old" if row["dossier_id"] == "D0001" else "new", row["first_page"], row["last_page"])
        for row in rows_of(desk, "dossier_file")
        if row["content_version"] == 2 or row["dossier_id"] != "D0001"
    }


def test_a_page_is_dragged_to_a_new_dossier(desk: Desk, url: str, chromium: Chromium) -> None:
    task = a_scanned_dossier(desk)
    amina = Person(chromium, url, "amina")
    amina.page.goto(f"{url}/item/{task}")
    amina.page.click("#piles-open")
    piles = amina.page.locator(".pile ol")
    expect(piles.nth(0).locator(".page")).to_have_count(3)
    amina.look()
    amina.page.drag_and_drop("[data-page='D0001.3']", ".pile[data-pile='2'] ol")
    expect(piles.nth(1).locator(".page")).to_have_count(1)
    amina.picture("piles")
    amina.page.click("#move")
    expect(amina.page.locator(".said")).to_contain_text("Dossier séparé")
    assert runs(desk) == {("old", 1, 2), ("new", 3, 3)}
    assert amina.complaints == []


def test_a_dossier_is_split_by_keyboard_alone(desk: Desk, url: str, chromium: Chromium) -> None:
    task = a_scanned_dossier(desk)
    amina = Person(chromium, url, "amina")
    amina.page.goto(f"{url}/item/{task}/pages")
    expect(amina.page.locator("[data-page='D0001.1']")).to_be_focused()
    amina.press("Tab")
    expect(amina.page.locator("[data-page='D0001.2']")).to_be_focused()
    amina.press("x")
    expect(amina.page.locator(".pile[data-pile='2'] .page")).to_have_count(2)
    expect(amina.page.locator("#spoken")).to_contain_text("Page 2")
    amina.press("Enter")
    expect(amina.page.locator(".pile[data-pile='2'] .page")).to_have_count(1)
    amina.press("Alt+KeyS")
    expect(amina.page.locator(".said")).to_contain_text("Dossier séparé")
    assert runs(desk) == {("old", 1, 2), ("new", 3, 3)}
    assert amina.complaints == []


def test_two_dossiers_are_joined_from_right_to_left(
    desk: Desk, url: str, chromium: Chromium
) -> None:
    task = a_scanned_dossier(desk, 1, 2)
    a_scanned_dossier(desk, 2, 1)
    omar = Person(chromium, url, "omar")
    omar.page.goto(f"{url}/item/{task}/pages")
    omar.page.fill("[name=number]", "AMO-000002")
    omar.page.click("#beside")
    expect(omar.page.locator(".page.other")).to_have_count(1)
    assert omar.left_of(".pile[data-pile='1']") > omar.left_of(".pile[data-pile='2']")
    omar.picture("piles-in-arabic")
    omar.page.click("#join")
    omar.page.click("#move")
    expect(omar.page.locator(".said")).to_be_visible()
    statuses = {row["dossier_id"]: row["status"] for row in rows_of(desk, "dossier")}
    assert statuses == {"D0001": "in_progress", "D0002": "withdrawn"}
    assert omar.complaints == []
