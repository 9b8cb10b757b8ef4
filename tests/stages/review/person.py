"""Somebody at a screen: a real browser, worked by keyboard, that waits as hands and eyes do.

Nothing here reads a page at once. Playwright's ``expect`` looks again until it sees what is said;
keys are pressed only on a page whose styles and scripts are there.
"""

import os
from pathlib import Path

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from tests.stages.review.desk_site import PASSWORD

#: Where pictures of the pages are left when somebody wants to look at them.
PICTURES = os.environ.get("TASFIYA_DESK_PICTURES", "")
#: How long a page may take for one step on a loaded machine, in milliseconds.
WAIT_MS = 60_000

expect.set_options(timeout=WAIT_MS)


class Person:
    """Somebody at a screen of their own; whatever the browser complains of is kept."""

    def __init__(self, chromium: Chromium, url: str, login: str) -> None:
        context = chromium.new_context(viewport={"width": 1440, "height": 900})
        context.set_default_timeout(WAIT_MS)
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console",
            lambda said: self.complaints.append(said.text) if said.type == "error" else None,
        )
        self.page.goto(url)
        expect(self.page.locator("[name=login]")).to_be_focused()
        self.type(login)
        self.press("Tab")
        self.type(PASSWORD)
        self.press("Enter")
        self.page.wait_for_url("**/queue")

    def press(self, *keys: str) -> None:
        self.look()
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.look()
        self.page.keyboard.type(text)

    def look(self) -> None:
        """Wait until styles and scripts of the page are there, as hands and eyes do."""
        self.page.wait_for_load_state("load")

    def next(self) -> None:
        self.press("Alt+n")
        self.page.wait_for_url("**/item/**")
        expect(self.page.locator(".field.current")).to_have_count(1)

    def is_at(self, field: str) -> None:
        """See a field have the keyboard."""
        expect(self.page.locator(".field:focus-within")).to_have_attribute("data-field", field)

    def left_of(self, selector: str) -> float:
        """Where a part of the page begins, in pixels from the left."""
        self.look()
        box = self.page.locator(selector).bounding_box()
        assert box is not None
        return box["x"]

    def picture(self, name: str) -> None:
        if PICTURES:
            self.page.screenshot(path=str(Path(PICTURES) / f"{name}.png"))
