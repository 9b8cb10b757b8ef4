"""Typing mode in a real browser: a dossier typed by keyboard alone, its amounts twice and blind."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from infra.database import Database
from models.desk import Role
from tests.stages.review.desk_rows import dossier_row, rows_of
from tests.stages.review.desk_site import Desk, account, open_desk, serving
from tests.stages.review.person import Person
from tests.stages.review.typing_site import (
    INPE,
    NUMBER,
    an_unread_dossier,
    fill_registers,
    register_page,
)

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    made = open_desk(database, tmp_path)
    account(database, "amina", Role.PROCESSOR)
    account(database, "brahim", Role.PROCESSOR)
    account(database, "chama", Role.SUPERVISOR, language="ar")
    fill_registers(made)
    return made


@pytest.fixture
def url(desk: Desk) -> Iterator[str]:
    with serving(desk) as address:
        yield address


def open_next(person: Person, url: str) -> None:
    person.page.goto(f"{url}/next?typing=1")
    person.page.wait_for_url("**/type/**")
    expect(person.page.locator("#sheet :focus")).to_have_count(1)


def type_header(person: Person) -> None:
    """Provider, insured, the child of the household, day and kind of care, documents."""
    person.type(INPE)
    person.press("Enter")
    person.type(NUMBER)
    person.press("Enter")
    expect(person.page.locator("[data-field=member] .choices li")).to_have_count(3)
    expect(person.page.locator("[data-field=member] .choices")).to_be_visible()
    person.press("3")
    person.type("0211")
    person.press("Enter", "1", "Enter", "Enter", "1", "Enter")


def type_lines(person: Person, first: str = "80", total: str = "200") -> None:
    person.type("c")
    person.press("Enter", "Enter")
    person.type(first)
    person.press("Enter")
    person.type("k4")
    person.press("Enter", "Enter")
    person.type("120")
    person.press("Enter", "Enter")
    person.type(total)
    person.press("Enter")


def test_a_dossier_no_machine_read_is_typed_by_keyboard_and_its_amounts_by_two(
    desk: Desk, url: str, chromium: Chromium
) -> None:
    an_unread_dossier(desk)
    amina, brahim = Person(chromium, url, "amina"), Person(chromium, url, "brahim")
    open_next(amina, url)
    amina.picture("typing-begin")
    type_header(amina)
    expect(amina.page.locator("[data-field=provider_inpe] .told")).to_contain_text("DR MODELE")
    type_lines(amina)
    expect(amina.page.locator("[data-sum=closes]")).to_be_visible()
    amina.picture("typing-typed")
    amina.press("Enter")
    expect(amina.page.locator(".said")).to_contain_text("une autre personne saisit les montants")
    assert dossier_row(desk.database)["status"] == "in_review"
    (first,) = rows_of(desk.database, "typing_entry")
    assert (first["typed_by"], first["pass_no"], first["state"]) == ("amina", 1, "waiting")
    assert 50 <= first["keystrokes"] <= 80
    open_next(brahim, url)
    shown = brahim.page.content()
    assert "80,00" not in shown
    assert "120,00" not in shown
    brahim.picture("typing-second")
    brahim.type("80")
    brahim.press("Enter")
    brahim.type("120")
    brahim.press("Enter")
    brahim.type("200")
    brahim.press("Control+Enter")
    expect(brahim.page.locator(".said")).to_contain_text("repart au prochain lot")
    assert dossier_row(desk.database)["status"] == "in_progress"
    (kept,) = [
        row for row in rows_of(desk.database, "extracted_dossier") if row["content_version"] == 2
    ]
    assert (kept["beneficiary_name"], kept["relation"]) == ("ESSAI TROISIEME", "child")
    assert (kept["insured_number"], kept["total_minor"]) == (NUMBER, 20_000)
    lines = [row for row in rows_of(desk.database, "extracted_line") if row["content_version"] == 2]
    assert [(row["letter"], row["coefficient"], row["amount_minor"]) for row in lines] == [
        ("C", "1", 8000), ("K", "4", 12_000),
    ]  # fmt: skip
    assert {row["typed_money"] for row in rows_of(desk.database, "typing_entry")} == {""}
    assert amina.complaints == []
    assert brahim.complaints == []


def test_amounts_typed_differently_are_settled_by_a_supervisor_in_arabic(
    desk: Desk, url: str, chromium: Chromium
) -> None:
    an_unread_dossier(desk)
    amina, brahim = Person(chromium, url, "amina"), Person(chromium, url, "brahim")
    open_next(amina, url)
    type_header(amina)
    type_lines(amina, first="30", total="150")
    amina.press("Enter")
    expect(amina.page.locator(".said")).to_be_visible()
    open_next(brahim, url)
    for amount in ("80", "120", "200"):
        brahim.type(amount)
        brahim.press("Enter")
    brahim.press("Enter")
    expect(brahim.page.locator(".said")).to_contain_text("une troisième personne décide")
    chama = Person(chromium, url, "chama")
    open_next(chama, url)
    expect(chama.page.locator("html")).to_have_attribute("dir", "rtl")
    typed = chama.page.locator(".line .both-typed").first
    expect(typed).to_contain_text("30,00")
    expect(typed).to_contain_text("80,00")
    chama.picture("typing-third-arabic")
    wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert chama.page.evaluate(wide)
    for one in chama.page.locator("[data-part=amount]").all()[:2]:
        one.focus()
        chama.press("Alt+Digit2")
    chama.page.locator("#total").focus()
    chama.press("Alt+Digit2", "Control+Enter")
    chama.page.wait_for_url("**/queue**")
    assert dossier_row(desk.database)["status"] == "in_progress"
    entries = rows_of(desk.database, "typing_entry")
    assert [(row["pass_no"], row["typed_by"], row["state"]) for row in entries] == [
        (1, "amina", "settled"), (2, "brahim", "settled"), (3, "chama", "settled"),
    ]  # fmt: skip
    assert chama.complaints == []


def test_an_unknown_provider_is_told_at_once_and_the_page_is_moved_by_keys(
    desk: Desk, url: str, chromium: Chromium
) -> None:
    an_unread_dossier(desk)
    amina = Person(chromium, url, "amina")
    open_next(amina, url)
    amina.type("100000008")
    amina.press("Enter")
    told = amina.page.locator("[data-field=provider_inpe] .told")
    expect(told).to_have_text("inconnu du registre")
    amina.press("ArrowUp")
    amina.type("12")
    amina.press("Enter")
    expect(told).to_have_text("numéro mal formé")
    before = amina.page.locator("svg.whole").get_attribute("viewBox")
    amina.press("F9", "Control+ArrowDown")
    assert amina.page.locator("svg.whole").get_attribute("viewBox") != before
    amina.type("zz")
    amina.press("Enter")
    expect(amina.page.locator("[data-field=insured_name]")).to_be_visible()


def test_a_drug_is_found_by_the_first_letters_of_its_name(
    desk: Desk, url: str, chromium: Chromium
) -> None:
    an_unread_dossier(desk)
    amina = Person(chromium, url, "amina")
    open_next(amina, url)
    amina.page.locator("[data-field=care_kind] input").focus()
    amina.press("2")
    amina.page.locator("[data-part=act]").focus()
    amina.type("doli 1 g")
    found = amina.page.locator(".line .choices li")
    # Lists of the letters typed before may be shown on the way; the last one is waited for.
    expect(found.first).to_have_attribute("data-value", "6118000040972")
    expect(found.first).to_contain_text("DOLIPRANE 1 G")
    amina.picture("typing-drugs")
    amina.press("Alt+Digit1")
    expect(amina.page.locator("[data-part=act]")).to_have_value("6118000040972")
    expect(amina.page.locator("[data-part=quantity]")).to_be_focused()


def test_on_a_registered_form_the_zone_of_the_field_is_shown_large(
    desk: Desk, url: str, chromium: Chromium
) -> None:
    an_unread_dossier(desk)
    register_page(desk)
    amina = Person(chromium, url, "amina")
    open_next(amina, url)
    lens = amina.page.locator("#lens svg")
    expect(lens).to_be_visible()
    left, top, width, height = map(int, str(lens.get_attribute("viewBox")).split())
    assert left < 620 < 950 < left + width
    assert top < 330 < 380 < top + height
    amina.picture("typing-zone")
    amina.page.locator("[data-part=amount]").focus()
    assert str(lens.get_attribute("viewBox")).split()[0] != str(left)
    amina.page.locator("[data-field=care_kind] input").focus()
    expect(amina.page.locator("#lens")).to_be_hidden()


def test_the_team_s_page_tells_what_typing_took(desk: Desk, url: str, chromium: Chromium) -> None:
    an_unread_dossier(desk)
    amina, chama = Person(chromium, url, "amina"), Person(chromium, url, "chama")
    open_next(amina, url)
    type_header(amina)
    type_lines(amina)
    amina.press("Control+Enter")
    expect(amina.page.locator(".said")).to_be_visible()
    chama.page.goto(f"{url}/team")
    expect(chama.page.locator("#typing-figures")).to_contain_text("amina")
    chama.picture("typing-team")
