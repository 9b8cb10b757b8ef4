"""Fields of one form or scheme, typed by keyboard in a real browser; the rest checked by two."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from infra.database import Database
from models.desk import Role
from tests.builders import a_dossier
from tests.stages.review.desk_rows import a_waiting_dossier, dossier_row, rows_of
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
WIDE = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    made = open_desk(database, tmp_path)
    account(database, "amina", Role.PROCESSOR)
    account(database, "brahim", Role.PROCESSOR, language="ar")
    account(database, "chama", Role.SUPERVISOR)
    fill_registers(made)
    return made


@pytest.fixture
def url(desk: Desk) -> Iterator[str]:
    with serving(desk) as address:
        yield address


def open_task(person: Person, url: str, task: str) -> None:
    person.page.goto(f"{url}/type/{task}")
    expect(person.page.locator("#sheet :focus")).to_have_count(1)


def type_person(person: Person) -> None:
    person.type(INPE)
    person.press("Enter")
    person.type(NUMBER)
    person.press("Enter")
    expect(person.page.locator("[data-field=member] .choices")).to_be_visible()
    person.press("3")
    person.type("0211")
    person.press("Enter")


def focused(person: Person) -> str:
    name = """() => {
      const one = document.activeElement;
      const { part, extra } = one.dataset;
      return one.closest('.field')?.dataset.field ?? part ?? extra ?? one.id;
    }"""
    return str(person.page.evaluate(name))


def test_a_dental_sheet_is_typed_with_its_teeth_and_its_accident(
    desk: Desk, url: str, chromium: Chromium
) -> None:
    earlier = a_dossier(insured_number=NUMBER)
    a_waiting_dossier(desk.database, 7, dossier=earlier, status="returned", outcome="returned")
    task = an_unread_dossier(desk)
    register_page(desk, form_id="cnss_610_1_04")
    amina = Person(chromium, url, "amina")
    open_task(amina, url, task)
    type_person(amina)
    # The form says that it is dental care.
    expect(amina.page.locator("[data-field=care_kind] input")).to_have_value("soins dentaires")
    amina.press("Enter", "Enter", "Enter", "Enter")
    assert focused(amina) == "pieces"
    amina.press("1")
    expect(amina.page.locator("[data-field=refers_to]")).to_be_hidden()
    amina.press("F4")
    for name in ("refers_to", "agreement_number", "box.accident", "facts.multiple_trauma"):
        expect(amina.page.locator(f'[data-field="{name}"]')).to_be_visible()
    amina.page.locator("[data-field=refers_to] input").focus()
    amina.type("amo-000007")
    amina.press("Enter")
    expect(amina.page.locator("[data-field=refers_to] .told")).to_contain_text("dossier déposé le")
    amina.page.locator('[data-field="box.accident"] input').focus()
    amina.press("1")
    amina.picture("typing-extras-dental")
    assert amina.page.evaluate(WIDE)
    amina.page.locator("[data-part=act]").first.focus()
    # An act's own code comes before a key letter with that coefficient.
    amina.type("d700")
    amina.press("Enter")
    expect(amina.page.locator("[data-extra=tooth]").first).to_be_focused()
    expect(amina.page.locator(".line .told").first).to_contain_text("Obturation")
    amina.type("19")
    amina.press("Enter", "Enter")
    amina.type("230,5")
    amina.press("Enter", "Enter")
    amina.type("230,5")
    amina.picture("typing-extras-line")
    amina.press("Control+Enter")
    # No mouth has a nineteenth tooth.
    expect(amina.page.locator("[data-extra=tooth]").first).to_be_focused()
    amina.type("16")
    amina.press("Control+Enter")
    expect(amina.page.locator(".said")).to_contain_text("une autre personne saisit les montants")
    (entry,) = rows_of(desk.database, "typing_entry")
    assert '"lines[+1].code": "D700"' in entry["typed_values"]
    for kept in ('"refers_to": "AMO-000007"', '"box.accident": "yes"', '"lines[+1].tooth": "16"'):
        assert kept in entry["typed_values"]
    # The browser notes the one refusal.
    assert [one for one in amina.complaints if "400" not in one] == []


def test_the_second_colleague_sees_person_and_acts_and_may_dispute_them(
    desk: Desk, url: str, chromium: Chromium
) -> None:
    task = an_unread_dossier(desk)
    register_page(desk, form_id="cnss_610_1_04")
    amina, brahim = Person(chromium, url, "amina"), Person(chromium, url, "brahim")
    open_task(amina, url, task)
    type_person(amina)
    amina.press("Enter", "Enter", "Enter", "Enter", "1", "Enter")
    amina.type("d700")
    amina.press("Enter")
    amina.type("16")
    amina.press("Enter", "Enter")
    amina.type("80")
    amina.press("Enter", "Enter")
    amina.type("80")
    amina.press("Control+Enter")
    expect(amina.page.locator(".said")).to_be_visible()
    open_task(brahim, url, task)
    expect(brahim.page.locator("html")).to_have_attribute("dir", "rtl")
    seen = brahim.page.locator("#seen")
    for text in ("ESSAI TROISIEME", "04/03/2015", NUMBER, INPE):
        expect(seen).to_contain_text(text)
    assert "80,00" not in brahim.page.content()
    expect(brahim.page.locator("[data-extra=tooth]").first).to_have_value("16")
    assert focused(brahim) == "amount"
    brahim.press("Alt+KeyD")
    expect(brahim.page.locator("#disputed")).to_be_checked()
    brahim.picture("typing-extras-second-arabic")
    assert brahim.page.evaluate(WIDE)
    brahim.page.locator("[data-part=amount]").first.focus()
    for text in ("80", "80"):
        brahim.type(text)
        brahim.press("Enter")
    brahim.press("Control+Enter")
    brahim.page.wait_for_url("**/queue**")
    assert dossier_row(desk.database)["status"] == "in_review"
    chama = Person(chromium, url, "chama")
    open_task(chama, url, task)
    expect(chama.page.locator("#sheet .first")).to_contain_text("a vu autre chose sur le papier")
    assert amina.complaints == brahim.complaints == chama.complaints == []


def test_an_unknown_form_is_chosen_by_keyboard_and_asks_its_facts(
    desk: Desk, url: str, chromium: Chromium
) -> None:
    task = an_unread_dossier(desk)
    amina = Person(chromium, url, "amina")
    open_task(amina, url, task)
    amina.press("Alt+KeyF")
    expect(amina.page.locator("#other-form select")).to_be_focused()
    amina.page.locator("#other-form select").select_option("fr_s3110|fr-cpam")
    amina.page.locator("#other-form button").focus()
    amina.press("Enter")
    expect(amina.page.locator(".head")).to_contain_text("S3110")
    pathway = amina.page.locator('[data-field="facts.pathway"]')
    amina.page.locator("[data-field=pieces] input").focus()
    amina.press("F4")
    expect(pathway).to_be_visible()
    pathway.locator("input").focus()
    expect(pathway.locator(".choices li")).to_have_count(8)
    amina.press("1")
    expect(pathway.locator("input")).to_have_value("médecin traitant")
    amina.picture("typing-extras-french")
    amina.page.locator("[data-part=act]").first.focus()
    amina.type("g")
    amina.press("F4")
    expect(amina.page.locator('[data-extra="facts.ald_related"]').first).to_be_visible()
    amina.picture("typing-extras-french-line")
    assert amina.page.evaluate(WIDE)
    assert amina.complaints == []


def test_a_day_after_the_receipt_is_told_at_once(desk: Desk, url: str, chromium: Chromium) -> None:
    task = an_unread_dossier(desk)
    amina = Person(chromium, url, "amina")
    open_task(amina, url, task)
    amina.page.locator("[data-field=care_date] input").focus()
    amina.type("02112027")
    amina.press("Enter")
    told = amina.page.locator("[data-field=care_date] .told")
    expect(told).to_have_text("après le jour de réception")
