"""Whatever happens to the line or the session, what hands typed stays on the screen."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from models.desk import Role
from models.records.all_tables import table
from tests.stages.review.desk_rows import rows_of
from tests.stages.review.desk_site import Desk, a_paper_dossier, account, desk_on_sqlite, serving
from tests.stages.review.person import Person

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_on_sqlite(tmp_path) as made:
        account(made.database, "amina", Role.PROCESSOR, Role.SUPERVISOR)
        yield made


@pytest.fixture
def url(desk: Desk) -> Iterator[str]:
    with serving(desk) as address:
        yield address


def end_sessions(desk: Desk) -> None:
    with desk.database.transaction() as connection:
        connection.execute(table("desk_session").delete())


def test_fields_typed_into_a_session_that_ended_are_still_there(
    desk: Desk, url: str, chromium: Chromium
) -> None:
    a_paper_dossier(desk)
    amina = Person(chromium, url, "amina")
    amina.next()
    amina.type("48,00")
    end_sessions(desk)
    amina.press("Control+Enter")
    expect(amina.page.locator("#alert")).to_have_text("La session a expiré. Reconnectez-vous.")
    assert amina.page.locator(".field.current input:not([type])").input_value() == "48,00"
    assert rows_of(desk.database, "field_correction") == []


def test_fields_typed_while_the_line_is_down_are_sent_when_it_is_there_again(
    desk: Desk, url: str, chromium: Chromium
) -> None:
    a_paper_dossier(desk)
    amina = Person(chromium, url, "amina")
    amina.next()
    amina.page.context.set_offline(True)
    amina.type("48,00")
    amina.press("Control+Enter")
    expect(amina.page.locator("#alert")).to_contain_text("encore là")
    amina.page.context.set_offline(False)
    amina.press("Control+Enter")
    expect(amina.page.locator(".said")).to_contain_text("d'autres restent")
    assert [row["after"] for row in rows_of(desk.database, "field_correction")] == ["48,00"]


def test_a_value_that_is_none_stands_again_on_the_page_and_is_marked(
    desk: Desk, url: str, chromium: Chromium
) -> None:
    a_paper_dossier(desk)
    amina = Person(chromium, url, "amina")
    amina.next()
    amina.type("4S,00")
    amina.press("Control+Enter")
    expect(amina.page.locator("p.wrong[role=alert]:visible")).to_contain_text("ne convient pas")
    expect(amina.page.locator(".field.unfit")).to_have_count(1)
    assert amina.page.locator(".field.unfit input:not([type])").input_value() == "4S,00"
    amina.is_at("lines[2].amount_minor")


def test_typing_goes_on_after_the_line_was_down(desk: Desk, url: str, chromium: Chromium) -> None:
    task = a_paper_dossier(desk)
    amina = Person(chromium, url, "amina")
    amina.page.goto(f"{url}/type/{task}")
    amina.look()
    amina.page.locator("#total").fill("12,50")
    amina.page.context.set_offline(True)
    amina.page.locator("#total").press("Control+Enter")
    expect(amina.page.locator("#alert")).to_contain_text("encore là")
    amina.page.context.set_offline(False)
    amina.page.locator("#total").press("Control+Enter")
    # What is still missing is told again: the page has not stopped listening.
    expect(amina.page.locator("#alert")).not_to_contain_text("encore là")
    assert amina.page.locator("#total").input_value() == "12,50"


PAGES = (
    "/queue",
    "/item/{task}",
    "/type/{task}",
    "/item/{task}/pages",
    "/team",
    "/status",
    "/audit",
)
#: What a person who hears a page, or sees it badly, would miss.
MISSING = """() => {
  const light = (c) => { const [r, g, b] = c.map((v) => v / 255 <= 0.03928 ? v / 255 / 12.92
    : ((v / 255 + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const colour = (text) => text.match(/[0-9.]+/g).map(Number);
  const ground = (one) => { for (; one; one = one.parentElement) {
    const found = colour(getComputedStyle(one).backgroundColor);
    if (found.length === 3 || found[3] > 0.9) return found.slice(0, 3); } return [255, 255, 255]; };
  const faults = [];
  for (const one of document.querySelectorAll('body *')) {
    if (!one.offsetParent) continue;
    if (one.matches('input:not([type=hidden]), select') && !one.labels?.length
        && !one.getAttribute('aria-label')) faults.push(`no label: ${one.outerHTML.slice(0, 80)}`);
    if (one.matches('th, button, a') && !one.textContent.trim()) {
      faults.push(`no words: ${one.tagName}`);
    }
    const isWord = (node) => node.nodeType === 3 && node.textContent.trim();
    if (![...one.childNodes].some(isWord)) continue;
    const style = getComputedStyle(one);
    const both = [light(colour(style.color).slice(0, 3)), light(ground(one))];
    const [a, b] = both.sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5 || Number(style.opacity) < 1) {
      faults.push(`contrast: ${one.tagName} ${one.textContent.trim().slice(0, 20)}`);
    }
  }
  if (document.querySelectorAll('h1').length !== 1) faults.push('one heading of the first rank');
  if (document.documentElement.scrollWidth > innerWidth) faults.push('wider than the screen');
  return faults;
}"""


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("size", [(1440, 900), (1024, 768)])
def test_every_page_can_be_heard_and_seen(
    desk: Desk, url: str, chromium: Chromium, language: str, size: tuple[int, int]
) -> None:
    task = a_paper_dossier(desk)
    with desk.database.transaction() as connection:
        connection.execute(table("desk_account").update().values(language=language))
    amina = Person(chromium, url, "amina")
    amina.page.set_viewport_size({"width": size[0], "height": size[1]})
    for path in PAGES:
        amina.page.goto(url + path.format(task=task))
        amina.look()
        assert amina.page.evaluate(MISSING) == [], path
    assert amina.complaints == []
