"""Every page of the desk in French and in Arabic: no English, no raw code where people read."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from infra.database import Database
from models.desk import DESK_LANGUAGES, Role
from models.finding import Effect, Finding
from models.records.all_tables import table
from tests.stages.review.desk_rows import DAY, a_waiting_dossier, put
from tests.stages.review.desk_site import Desk, a_paper_dossier, account, open_desk, serving
from tests.stages.review.person import Person
from tests.stages.review.scanned_dossiers import a_scanned_dossier
from tests.stages.review.typing_site import INPE, NUMBER, an_unread_dossier, fill_registers

pytestmark = pytest.mark.browser

#: What the pipeline writes and nobody should have to read: words of code, values of its lists.
RAW = re.compile(
    r"\b(?:[a-z]+_[a-z_]+|[A-Z]{2,}_[A-Z_]+|lines\[\d+\]|\d+\.\d\d [A-Z]{3}|\d{4}-\d\d-\d\d"
    r"|True|False|None|accepted|refused|review|reading|finding|private|general"
    r"|self|spouse|child|ambulatory|agency|doctor|biology|ma-[a-z-]+)\b"
)
#: Latin letters that stand in Arabic too: acronyms, file formats, keys, the name of the product.
LATIN = re.compile(r"\b[A-Za-z]{3,}\b")
KNOWN = frozenset(
    {
        "INPE", "CIN", "ALD", "ICE", "EAN", "PDF", "JavaScript", "Alt", "Ctrl", "Esc", "Enter",
        "Tab", "PgUp", "PgDn", "Del", "tasfiya", "Français", "MODELE", "ESSAI", "PREMIERE",
        "SECOND", "TROISIEME", "amina", "AMO",
    }
)  # fmt: skip
#: What a person wrote, a register's name, a label of the official nomenclature, a key to press.
SAID_ELSEWHERE = "bdi, kbd, option, script, noscript, style, template, svg"


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    made = open_desk(database, tmp_path)
    everything = (
        Role.PROCESSOR, Role.APPROVER, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AGENCY,
    )  # fmt: skip
    account(database, "amina", *everything)
    account(database, "chama", Role.PROCESSOR)
    fill_registers(made)
    a_decided_dossier(database)
    a_paper_dossier(made, 2)
    an_unread_dossier(made, 3)
    a_scanned_dossier(made, 4)
    an_audit_question(made)
    return made


@pytest.fixture
def url(desk: Desk) -> Iterator[str]:
    with serving(desk) as address:
        yield address


def a_decided_dossier(database: Database) -> None:
    """A dossier with findings, a signal, corrections and a first answer."""
    amounts = {"total": "1233.00 MAD", "computed": "88.00 MAD"}
    a_waiting_dossier(
        database, 1, reasons="TOTAL_INCOHERENT F35", findings=(
            Finding("TOTAL_INCOHERENT", Effect.REVIEW, None, amounts),
            Finding("AUTRE_COUVERTURE", Effect.NOTE, None,
                    {"care": "02/11/2026", "scheme": "ma-amo-salaries", "others": "ma-cnops"}),
            Finding("CHAMP_DOUTEUX", Effect.REVIEW, None,
                    {"count": "2", "fields": "insured_number, lines[1].amount_minor"}),
            Finding("HORS_REVISION", Effect.REVIEW, None,
                    {"care_date": "2026-11-02", "reviewed_until": "2026-10-31"}),
        ),
    )  # fmt: skip
    put(
        database, "fraud_signal", dossier_id="D0001", version=1, sequence=1, rule_id="F35",
        rule_version="1", effect="hold", score=10, line_no=0, params=json.dumps(
            {"lines_minor": "8800", "total_minor": "123300", "due_minor": "5600"}
        ),
    )  # fmt: skip
    for field, before, after in (
        ("lines[1].amount_minor", "8000", "8800"), ("care_kind", "ambulatory", "pharmacy"),
        ("prescription_date", "2026-11-02", "2026-11-03"), ("is_continuous_care", "True", "non"),
    ):  # fmt: skip
        put(
            database, "field_correction", dossier_id="D0001", content_version=1, field=field,
            before=before, after=after, corrected_by="chama", corrected_at="", reason="",
        )  # fmt: skip
    task = table("review_task")
    with database.transaction() as connection:
        connection.execute(
            task.update().where(task.c.dossier_id == "D0001").values(
                first_by="chama", first_answer='["refuse", "TOTAL_INCOHERENT", null]'
            )
        )  # fmt: skip


def an_audit_question(desk: Desk) -> None:
    evidence = table("field_evidence")
    with desk.database.transaction() as connection:
        connection.execute(
            evidence.update()
            .where(evidence.c.dossier_id == "D0002", evidence.c.field == "insured_number")
            .values(source="agreed", field_type="digits", quality_band="good")
        )
    for number, (field, state) in enumerate(
        (("insured_number", "open"), ("lines[1].amount_minor", "disputed"))
    ):
        put(
            desk.database, "reading_audit", dossier_id="D0002", content_version=1, field=field,
            audit_id=f"a{number}", state=state, asked_on=DAY, answered_by="", answered_at="",
            settled_by="", settled_at="",
        )  # fmt: skip


def paths(desk: Desk) -> dict[str, str]:
    """Every page a colleague opens by an address, by name."""
    task = table("review_task")
    with desk.database.reading() as connection:
        ids = {row.dossier_id: row.task_id for row in connection.execute(task.select())}
    return {
        "queue": "/queue", "to-type": "/queue?typing=1", "item": f"/item/{ids['D0001']}",
        "item-paper": f"/item/{ids['D0002']}", "typing": f"/type/{ids['D0003']}",
        "pages": f"/item/{ids['D0004']}/pages", "audits": "/audit", "audit": "/audit/a0",
        "team": "/team", "accounts": "/accounts", "status": "/status", "nothing": "/item/none",
    }  # fmt: skip


def read_by(person: Person) -> str:
    """What stands on the page for whoever reads it, without what others said or wrote."""
    script = """(left) => {
      const body = document.body.cloneNode(true);
      for (const one of body.querySelectorAll(left)) one.remove();
      document.body.append(body);
      const text = body.textContent;
      body.remove();
      return text;
    }"""
    return str(person.page.evaluate(script, SAID_ELSEWHERE))


def unread(text: str, language: str) -> set[str]:
    """What should not be read on a page in a language."""
    found = set(RAW.findall(text))
    if language == "ar":
        found |= set(LATIN.findall(text)) - KNOWN
    return found


def test_no_page_says_english_or_a_raw_code(desk: Desk, url: str, chromium: Chromium) -> None:
    found: dict[str, set[str]] = {}
    person = Person(chromium, url, "amina")
    for language in DESK_LANGUAGES:
        speak(person, url, language)
        for name, path in paths(desk).items():
            person.page.goto(url + path)
            person.look()
            for details in person.page.locator("details.history").all():
                details.evaluate("one => one.open = true")
            if name == "typing":
                ask_registers(person)
            if name == "status":
                person.page.fill("[name=asked]", "AMO-000001")
                person.page.keyboard.press("Enter")
                expect(person.page.locator("article.status")).to_be_visible()
            person.picture(f"{name}-{language}")
            if name != "status" and (words := unread(read_by(person), language)):
                found[f"{name} {language}"] = words
    assert found == {}


def speak(person: Person, url: str, language: str) -> None:
    """Work in a language: the button of every page changes to the other one."""
    person.page.goto(f"{url}/team")
    if person.page.locator("html").get_attribute("lang") != language:
        person.page.click("#language")
    expect(person.page.locator("html")).to_have_attribute("lang", language)


def ask_registers(person: Person) -> None:
    """Type a provider and an insured person: what the registers say stands beside them."""
    expect(person.page.locator("#sheet :focus")).to_have_count(1)
    person.type(INPE)
    person.press("Enter")
    person.type(NUMBER)
    person.press("Enter")
    expect(person.page.locator("[data-field=member] .choices li")).to_have_count(3)


def test_the_register_s_codes_are_said_in_the_person_s_language(
    desk: Desk, url: str, chromium: Chromium
) -> None:
    said = {"fr": "médecine générale · secteur privé", "ar": "الطب العام · القطاع الخاص"}
    person = Person(chromium, url, "amina")
    for language in DESK_LANGUAGES:
        speak(person, url, language)
        person.page.goto(url + paths(desk)["typing"])
        ask_registers(person)
        told = person.page.locator("[data-field=provider_inpe] .told")
        expect(told).to_have_text(f"DR MODELE · {said[language]}")
