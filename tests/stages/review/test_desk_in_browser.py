"""The desk in a real browser, by keyboard: what a processor's hands do, and what they see."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from infra.database import Database
from models.desk import Role
from tests.builders import a_dossier
from tests.stages.review.desk_rows import LIMIT, a_waiting_dossier, dossier_row, rows_of
from tests.stages.review.desk_site import Desk, a_paper_dossier, account, open_desk, serving
from tests.stages.review.person import Person

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    made = open_desk(database, tmp_path)
    account(database, "amina", Role.PROCESSOR)
    account(database, "brahim", Role.PROCESSOR, Role.APPROVER, Role.SUPERVISOR)
    return made


@pytest.fixture
def url(desk: Desk) -> Iterator[str]:
    with serving(desk) as address:
        yield address


def test_a_field_is_corrected_by_keyboard_alone_with_its_picture_and_the_sum_in_sight(
    desk: Desk, url: str, chromium: Chromium
) -> None:
    a_paper_dossier(desk, read="43,50")
    amina = Person(chromium, url, "amina")
    amina.picture("queue")
    amina.next()
    amina.is_at("lines[2].amount_minor")
    crop = amina.page.locator("svg[data-crop='1']")
    expect(crop).to_be_visible()
    left, top, width, height = map(int, str(crop.get_attribute("viewBox")).split())
    assert left < 1230 < 1390 < left + width
    assert top < 915 < 965 < top + height
    expect(amina.page.locator(".paper rect.current")).to_have_attribute(
        "data-box", "lines[2].amount_minor"
    )
    amina.look()
    loaded = "[...document.querySelectorAll('svg image')].every(one => one.getBBox().width > 0)"
    assert amina.page.evaluate(loaded)
    amina.type("48,00")
    expect(amina.page.locator("[data-sum=lines]")).to_have_text("128,00")
    expect(amina.page.locator("[data-sum=difference]")).to_have_text("-2,50")
    amina.picture("item-with-a-difference")
    amina.press("Alt+Digit1")
    expect(amina.page.locator("[data-sum=difference]")).to_have_text("2,00")
    amina.press("Alt+Digit2")
    expect(amina.page.locator("[data-sum=closes]")).to_be_visible()
    amina.press("Enter")
    amina.is_at("total_minor")
    amina.press("ArrowUp")
    amina.is_at("lines[2].amount_minor")
    amina.press("ArrowDown", "Enter", "Control+Enter")
    expect(amina.page.locator(".said")).to_contain_text("repart au prochain lot")
    assert dossier_row(desk.database)["status"] == "in_progress"
    kept = {row["field"]: row["after"] for row in rows_of(desk.database, "field_correction")}
    assert kept == {"lines[2].amount_minor": "45,50", "total_minor": "125,50"}
    assert amina.complaints == []


def test_escape_brings_back_what_was_read(desk: Desk, url: str, chromium: Chromium) -> None:
    a_paper_dossier(desk)
    amina = Person(chromium, url, "amina")
    amina.next()
    amina.type("99,99")
    amina.press("Escape")
    expect(amina.page.locator(":focus")).to_have_value("45,50")
    expect(amina.page.locator("[data-sum=closes]")).to_be_visible()


def test_a_dossier_is_refused_by_keyboard_with_a_code(
    desk: Desk, url: str, chromium: Chromium
) -> None:
    a_waiting_dossier(desk.database)
    amina = Person(chromium, url, "amina")
    amina.next()
    amina.press("Alt+r")
    expect(amina.page.locator("#refuse [name=code]")).to_be_focused()
    amina.type("Les")
    amina.picture("refuse")
    amina.press("Tab", "Tab", "Enter")
    expect(amina.page.locator(".said")).to_contain_text("Décision enregistrée")
    assert dossier_row(desk.database)["status"] == "refused"
    assert rows_of(desk.database, "review_task")[0]["reason"] == "SOINS_NON_JUSTIFIES"


def test_a_piece_is_asked_for_by_keyboard(desk: Desk, url: str, chromium: Chromium) -> None:
    a_waiting_dossier(desk.database)
    amina = Person(chromium, url, "amina")
    amina.next()
    amina.press("Alt+p")
    amina.type("Une")
    amina.press("Tab", "Tab", "Enter")
    expect(amina.page.locator(".said")).to_contain_text("Décision enregistrée")
    assert dossier_row(desk.database)["status"] == "returned"


def test_above_the_limit_two_people_decide(desk: Desk, url: str, chromium: Chromium) -> None:
    content = a_dossier(total_minor=2 * LIMIT)
    a_waiting_dossier(desk.database, due_minor=LIMIT + 1, dossier=content)
    amina, brahim = Person(chromium, url, "amina"), Person(chromium, url, "brahim")
    amina.next()
    amina.press("Alt+a", "Tab", "Tab", "Enter")
    expect(amina.page.locator(".said")).to_contain_text("une seconde personne doit confirmer")
    assert dossier_row(desk.database)["status"] == "in_review"
    brahim.next()
    expect(brahim.page.locator(".first")).to_contain_text("amina")
    brahim.picture("second-person")
    brahim.press("Alt+c")
    expect(brahim.page.locator(".said")).to_contain_text("Décision enregistrée")
    assert dossier_row(desk.database)["status"] == "approved"
    assert rows_of(desk.database, "decision")[0]["decided_by"] == "brahim"


def test_a_dossier_is_handed_over_by_keyboard(desk: Desk, url: str, chromium: Chromium) -> None:
    a_paper_dossier(desk)
    amina, brahim = Person(chromium, url, "amina"), Person(chromium, url, "brahim")
    amina.next()
    amina.press("Alt+t")
    amina.type("Brahim")
    amina.press("Tab", "Enter")
    expect(amina.page.locator(".said")).to_contain_text("transmis")
    brahim.page.reload()
    expect(brahim.page.locator("#queue .tag")).to_contain_text("transmis à brahim")
    brahim.next()
    expect(brahim.page.locator("#state")).to_have_attribute("data-mine", "1")


def test_in_arabic_the_page_runs_from_right_to_left_and_the_keys_stay_where_they_are(
    desk: Desk, url: str, chromium: Chromium
) -> None:
    a_paper_dossier(desk)
    amina = Person(chromium, url, "amina")
    amina.page.click("#language")
    expect(amina.page.locator("html")).to_have_attribute("dir", "rtl")
    amina.picture("queue-arabic")
    amina.next()
    assert amina.left_of(".paper") > amina.left_of(".reading")
    # An Arabic keyboard gives other letters on the same keys; numbers stay left to right.
    amina.page.locator(":focus").evaluate(
        "one => one.dispatchEvent(new KeyboardEvent('keydown', "
        "{key: 'ق', code: 'KeyR', altKey: true, bubbles: true}))"
    )
    expect(amina.page.locator("#refuse")).to_have_attribute("open", "")
    expect(amina.page.locator("input.amount").first).to_have_css("direction", "ltr")
    amina.picture("item-arabic")
    wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert amina.page.evaluate(wide)


def test_two_people_at_once_see_who_works_and_a_supervisor_may_take_over(
    desk: Desk, url: str, chromium: Chromium
) -> None:
    task = a_paper_dossier(desk)
    amina, brahim = Person(chromium, url, "amina"), Person(chromium, url, "brahim")
    amina.next()
    brahim.page.goto(f"{url}/item/{task}")
    expect(brahim.page.locator("#state")).to_contain_text("ouvert par amina")
    expect(brahim.page.locator("#send")).to_have_count(0)
    expect(brahim.page.locator("#fields input.amount").first).not_to_be_editable()
    brahim.picture("read-only")
    brahim.page.click("#take-over")
    expect(brahim.page.locator("#state")).to_have_attribute("data-mine", "1")
    amina.press("Enter", "Enter", "Control+Enter")
    expect(amina.page.locator(".wrong")).to_contain_text("Une autre personne travaille")
    assert rows_of(desk.database, "field_correction") == []


def test_a_session_that_timed_out_shows_the_sign_in_page_and_keeps_nothing(
    desk: Desk, url: str, chromium: Chromium
) -> None:
    a_paper_dossier(desk)
    amina = Person(chromium, url, "amina")
    amina.next()
    desk.clock.pass_by(901)
    amina.press("Enter", "Enter", "Control+Enter")
    expect(amina.page.locator(".wrong")).to_contain_text("La session a expiré")
    amina.page.goto(f"{url}/queue")
    amina.page.wait_for_url("**/sign-in")
    assert rows_of(desk.database, "field_correction") == []


def test_a_form_with_another_token_is_refused(desk: Desk, url: str, chromium: Chromium) -> None:
    a_waiting_dossier(desk.database)
    amina = Person(chromium, url, "amina")
    amina.next()
    amina.page.evaluate("document.querySelectorAll('[name=csrf]').forEach(one => one.value = 'x')")
    amina.press("Alt+a", "Tab", "Tab", "Enter")
    expect(amina.page.locator(".wrong")).to_contain_text("formulaire n'est plus valable")
    assert dossier_row(desk.database)["status"] == "in_review"


def test_where_a_dossier_stands_is_told_side_by_side_in_both_languages(
    desk: Desk, url: str, chromium: Chromium
) -> None:
    a_waiting_dossier(desk.database)
    amina = Person(chromium, url, "amina")
    amina.page.goto(f"{url}/status")
    expect(amina.page.locator("[name=asked]")).to_be_focused()
    amina.type("AMO-000001")
    amina.press("Enter")
    expect(amina.page.locator(".status [lang=fr] .big")).to_have_text("En cours d'examen")
    expect(amina.page.locator(".status [lang=ar] .big")).to_have_text("قيد الدراسة")
    assert "AMO" not in amina.page.url
    amina.picture("status")


def test_the_team_s_page_shows_load_and_people(desk: Desk, url: str, chromium: Chromium) -> None:
    a_waiting_dossier(desk.database)
    amina, brahim = Person(chromium, url, "amina"), Person(chromium, url, "brahim")
    amina.next()
    brahim.page.goto(f"{url}/team")
    expect(brahim.page.locator("#people")).to_contain_text("amina")
    brahim.picture("team")
    assert brahim.complaints == []
