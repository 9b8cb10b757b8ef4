"""The scheme of a dossier chosen by keyboard in a real browser, in French and in Arabic."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from infra.database import Database
from models.desk import Role
from tests.stages.review.desk_rows import a_waiting_dossier, dossier_row, put
from tests.stages.review.desk_site import Desk, a_paper_dossier, account, open_desk, serving
from tests.stages.review.person import Person

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


def leave_the_scheme_open(desk: Desk) -> None:
    """Let extraction have said of the dossier that its sheet leaves several schemes open."""
    put(
        desk.database, "finding", dossier_id="D0001", version=1, stage="extraction", sequence=1,
        code="REGIME_INCERTAIN", effect="review", line_no=0,
        params='{"given": "fr-cpam", "taken": "ma-amo-salaries"}',
    )  # fmt: skip


def test_the_scheme_is_chosen_by_keyboard_alone(desk: Desk, url: str, chromium: Chromium) -> None:
    a_waiting_dossier(desk.database)
    amina = Person(chromium, url, "amina")
    amina.next()
    expect(amina.page.locator("#present-scheme")).to_have_text("AMO des salariés (CNSS)")
    amina.press("Alt+g")
    chosen = amina.page.locator("#scheme select")
    expect(chosen).to_be_focused()
    amina.type("AMO du sec")
    expect(chosen).to_have_value("ma-cnops")
    amina.picture("scheme")
    amina.press("Tab")
    amina.type("carte CNOPS")
    amina.press("Enter")
    expect(amina.page.locator(".said")).to_contain_text("Régime choisi")
    row = dossier_row(desk.database)
    assert (row["scheme"], row["status"], row["version"]) == ("ma-cnops", "in_progress", 2)
    assert amina.complaints == []


def test_an_open_scheme_is_asked_for_beside_the_paper_in_arabic(
    desk: Desk, url: str, chromium: Chromium
) -> None:
    a_paper_dossier(desk)
    leave_the_scheme_open(desk)
    omar = Person(chromium, url, "omar")
    omar.next()
    choice = omar.page.locator("#scheme select")
    expect(choice).to_be_visible()
    expect(choice.locator("option[value=ma-amo-salaries]")).to_contain_text("للتأكيد")
    expect(choice.locator("option[value=fr-cpam]")).to_have_count(0)
    omar.picture("open-scheme-in-arabic")
    choice.scroll_into_view_if_needed()
    omar.picture("scheme-in-arabic")
    choice.select_option("ma-amo-salaries")
    omar.page.click("#scheme button")
    expect(omar.page.locator(".said")).to_contain_text("نقط للتحقق")
    expect(omar.page.locator("#scheme")).not_to_have_attribute("open", "")
    expect(omar.page.locator(".field.doubtful").first).to_be_visible()
    row = dossier_row(desk.database)
    assert (row["scheme"], row["status"], row["version"]) == ("ma-amo-salaries", "in_review", 2)
    assert omar.complaints == []
