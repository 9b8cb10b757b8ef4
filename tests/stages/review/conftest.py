"""The browser of the desk's tests, and passwords that are quick to compare."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import sync_playwright

from flows.type_paper import BROWSERS, FLAGS
from infra import passwords
from tests.stages.review.desk_site import password_hash


# One for a module, not for the session: while Playwright runs no other test may start a loop of
# its own in this thread, and Prefect's do.
@pytest.fixture(scope="module")
def opened_chromium() -> Iterator[Chromium]:
    """Debian's own Chromium, without a window."""
    found = next((path for path in map(shutil.which, BROWSERS) if path), None)
    if not found:
        pytest.skip("Chromium is not installed; on Debian: apt-get install chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def chromium(opened_chromium: Chromium) -> Iterator[Chromium]:
    """The browser; who sat at it has gone when the test ends, and their pages with them."""
    yield opened_chromium
    for context in opened_chromium.contexts:
        context.close()


@pytest.fixture(autouse=True)
def quick_hash_of_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown login is compared as quickly as the accounts of the tests are."""
    monkeypatch.setattr(passwords, "_NOBODYS", password_hash())
