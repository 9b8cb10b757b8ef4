"""A scripted typist: types paper dossiers into the desk's page in headless Chromium.

It presses real keys, one event for each, and types what is written on the paper (the truth of the
simulation). It sees what the page shows: lists to choose from, fields that are filled in already.
"""

import datetime as dt
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from models.errors import MachineError
from models.money import MINOR_UNITS

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",  # a container's shared memory is too small for a scanned page
)
#: How long the page may take for one step, in milliseconds.
WAIT_MS = 60_000
#: How often the script looks, in milliseconds.
_LOOK_MS = 20
#: Letters of a drug's name that are typed before its number is.
NAME_LETTERS = 4
#: Fields that stand behind F4 unless the machine read something there.
RARE = ("ald_code", "agreement_number", "refers_to")
#: Fields of the page that stand under another name in the truth.
_IN_TRUTH = {"insured_key": "insured_number", "refers_to": "public_number"}
#: Most steps down one form: longer ones are a loop of the script.
STEPS_MAX = 60

_FOCUS = """() => {
  const one = document.activeElement, field = one.closest('.field'), row = one.closest('.line');
  const of_line = one.dataset?.part ?? one.dataset?.extra;
  return {name: field?.dataset.field ?? of_line ?? one.id ?? '', value: one.value ?? '',
          chosen: one.dataset?.chosen ?? '', drug: row?.dataset.drug === '1'};
}"""
_LISTED = """(name) => [...document.querySelectorAll(`[data-field="${name}"] .choices li`)].map(
  (one) => ({key: one.querySelector('kbd').textContent, value: one.dataset.value,
             text: one.textContent}))"""


@contextmanager
def open_browser() -> Iterator[Any]:
    """Headless Chromium, driven by Playwright.

    Raises:
        MachineError: when Playwright or Chromium is not installed.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise MachineError(
            "Playwright is not installed; it stands in the test dependency group"
        ) from error
    found = next((path for path in map(shutil.which, BROWSERS) if path), None)
    if not found:
        raise MachineError("Chromium is not installed; on Debian: apt-get install chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=list(FLAGS))
        yield browser
        browser.close()


class Typist:
    """One account at a screen of its own."""

    def __init__(self, browser: Any, url: str, login: str, password: str) -> None:
        """Sign in, by the keyboard too."""
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.set_default_timeout(WAIT_MS)
        self.page = context.new_page()
        self.url = url
        self.page.goto(url)
        self.page.wait_for_selector("[name=login]:focus")
        self._type(login)
        self._press("Tab")
        self._type(password)
        self._press("Enter")
        self.page.wait_for_url("**/queue")

    def type_whole(self, task_id: str, truth: Mapping[str, Any]) -> None:
        """Type a dossier from top to bottom and send it."""
        self._open(task_id)
        fields: Mapping[str, Any] = truth["expected_fields"]
        lines: Sequence[Mapping[str, Any]] = truth["expected_lines"]
        for _ in range(STEPS_MAX):
            focus = self._focus()
            if focus["name"] == "act":
                break
            self._type_field(focus, fields, lines)
        for line in lines:
            self._type_line(line, lines[0]["care_date"])
        self._press("Enter")
        self._send(fields["total_minor"])

    def type_money(self, task_id: str, truth: Mapping[str, Any]) -> None:
        """Type the amounts of a dossier again, and send them."""
        self._open(task_id)
        for line in truth["expected_lines"]:
            self._type(amount_text(line["amount_minor"]))
            self._press("Enter")
        self._send(truth["expected_fields"]["total_minor"])

    def _open(self, task_id: str) -> None:
        self.page.goto(f"{self.url}/type/{task_id}?typing=1")
        self.page.wait_for_selector("#sheet :focus")

    def _send(self, total_minor: int) -> None:
        self._type(amount_text(total_minor))
        self._press("Enter", "Enter")
        self.page.wait_for_url(lambda url: "said=" in url)

    def _type_field(
        self,
        focus: Mapping[str, Any],
        fields: Mapping[str, Any],
        lines: Sequence[Mapping[str, Any]],
    ) -> None:
        name = focus["name"]
        if name == "member":
            self._choose_member(focus, fields)
        elif name in ("care_kind", "relation", "beneficiary_sex", "request_kind"):
            self._choose(name, focus, [str(fields[name])])
        elif name == "is_continuous_care":
            self._choose(name, focus, ["oui" if fields[name] else "non"])
        elif name == "pieces":
            self._type_pieces(focus, fields)
        elif name == "agency":
            # Known from the day it was handed in; it decides nothing.
            self._press("Enter")
        else:
            self._type_over(focus["value"], *written(name, fields, lines))
            self._press("Enter")

    def _type_over(self, shown: str, wanted: str, strokes: str) -> None:
        """Type a value where another stands; what is selected goes by the first stroke."""
        if shown == wanted:
            return
        if wanted:
            self._type(strokes)
        elif shown:
            self._press("Delete")

    def _choose_member(self, focus: Mapping[str, Any], fields: Mapping[str, Any]) -> None:
        self.page.wait_for_selector("[data-field=member] .choices li")
        name, born = fields["beneficiary_name"], str(fields["beneficiary_birth_date"])
        day = day_text(born) if born else ""
        listed = self.page.evaluate(_LISTED, "member")
        right = next((one for one in listed if name in one["text"] and day in one["text"]), None)
        if right is None or self._focus()["chosen"] == right["value"]:
            self._press("Enter")
        else:
            self._press(right["key"])

    def _choose(self, name: str, focus: Mapping[str, Any], wanted: Sequence[str]) -> None:
        """Press the keys of values that are wrong as they stand; one choice goes on by itself."""
        chosen = set(str(focus["chosen"]).split())
        keys = {one["value"]: one["key"] for one in self.page.evaluate(_LISTED, name)}
        changed = sorted(chosen ^ set(wanted)) if name == "pieces" else sorted(set(wanted) - chosen)
        for value in changed:
            self._press(keys[value])
        if name == "pieces" or not changed:
            self._press("Enter")

    def _type_pieces(self, focus: Mapping[str, Any], fields: Mapping[str, Any]) -> None:
        hidden = [
            name
            for name in RARE
            if fields.get(_IN_TRUTH.get(name, name))
            and not self.page.is_visible(f'[data-field="{name}"]')
        ]
        if hidden or fields["is_continuous_care"] or fields["request_kind"] != "reimbursement":
            self._press("F4")
        self._choose("pieces", focus, fields["pieces"])

    def _type_line(self, line: Mapping[str, Any], first_day: str) -> None:
        focus = self._focus()
        if focus["drug"] is not bool(line["ean"]):
            self._press("F3")
        if line["ean"]:
            self._type_drug(line, focus)
        else:
            coefficient = line["coefficient"].replace(".", ",")
            act = line["code"] or f"{line['letter'].lower()}{coefficient}"
            self._type_over(focus["value"], act, act)
            self._press("Enter")
        self._wait_for("quantity", "tooth")
        if self._focus()["name"] == "tooth":
            self._type(line["tooth"])
            self._press("Enter")
        if str(line["quantity"]) != self._focus()["value"]:
            self._type(str(line["quantity"]))
        day = day_text(line["care_date"])
        shown = self.page.evaluate(
            "document.activeElement.closest('tr').querySelector('[data-part=care_date]').value"
        )
        if (shown or day_text(first_day)) != day:
            self._press("F2")
            self._type(day.replace("/", ""))
        self._press("Enter")
        self._type(amount_text(line["amount_minor"]))
        self._press("Enter")

    def _type_drug(self, line: Mapping[str, Any], focus: Mapping[str, Any]) -> None:
        """By the first letters of its name, or by its number where the list has it not."""
        letters = "".join(sign for sign in line["label"].lower() if sign.isalpha())[:NAME_LETTERS]
        if focus["value"] == line["ean"]:
            self._press("Enter")
            return
        listed: list[Any] = []
        if letters and line["label"].lower().startswith(letters):
            self._type(letters)
            self.page.wait_for_timeout(150)
            listed = self.page.evaluate(
                "[...document.activeElement.closest('td').querySelectorAll('.choices li')]"
                ".map((one) => one.dataset.value)"
            )
        if line["ean"] in listed:
            self._press(f"Alt+Digit{listed.index(line['ean']) + 1}")
            return
        if letters:
            self._press("Control+a")
        self._type(line["ean"])
        self._press("Enter")

    def _wait_for(self, *names: str) -> None:
        """Until one of some fields has the keyboard; the page's policy forbids other waiting."""
        for _ in range(WAIT_MS // _LOOK_MS):
            if self._focus()["name"] in names:
                return
            self.page.wait_for_timeout(_LOOK_MS)
        raise MachineError(f"the page did not come to its field {names[0]}")

    def _focus(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.page.evaluate(_FOCUS)
        return found

    def _press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def _type(self, text: str) -> None:
        self.page.keyboard.type(text)


def written(
    name: str, fields: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]
) -> tuple[str, str]:
    """A field as the page shows it, and as a quick typist types it: days without their year."""
    if name == "care_date":
        value = str(lines[0]["care_date"])
    else:
        value = str(fields.get(_IN_TRUTH.get(name, name), "") or "")
    if name.endswith("_date") and value:
        return day_text(value), short_date(value, str(fields["deposit_date"]))
    return value, value


def short_date(day: str, latest: str) -> str:
    """Day and month where the year follows from the latest day, else all eight digits."""
    date, last = dt.date.fromisoformat(day), dt.date.fromisoformat(latest)
    if date <= last and (last - date).days < 300:
        return f"{date:%d%m}"
    return f"{date:%d%m%Y}"


def day_text(day: str) -> str:
    """An ISO day as on paper."""
    return f"{dt.date.fromisoformat(day):%d/%m/%Y}"


def amount_text(amount_minor: int) -> str:
    """An amount without idle decimals, which the page adds: 80, 12,5, 13,10 becomes 13,1."""
    major, cents = divmod(amount_minor, MINOR_UNITS)
    return f"{major},{cents:02d}".removesuffix("0") if cents else str(major)
