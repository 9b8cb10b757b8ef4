"""The words of the page: in both languages, and one for everything the desk's law says."""

import ast
import re
from pathlib import Path

from models.desk import DESK_LANGUAGES, Role
from models.stage import Status
from tasks.review.web.item import CHOICES, HEADER, STAY, TOTAL
from tasks.review.web.queue_pages import KINDS, ORDERS
from tasks.review.web.wording import ERRORS, Wording, error_key, read_texts
from tests.architecture.house_rules import ROOT

WEB = ROOT / "tasks" / "review" / "web"
#: Where what the desk refuses is said.
LAW = ("tasks/review/desk.py", "tasks/review/store.py", "tasks/desk_work.py")
#: Said to the command line alone, or of what the page's own forms cannot send.
NOT_ON_THE_PAGE = (
    "say what was repaired", "not quarantined", "an answer needs the name",
    "an acceptance takes no refusal code", "only an acceptance sets an amount",
    "no dossier has that id", "no review task has that id", "this dossier has no such page",
)  # fmt: skip


def said_in(path: Path) -> list[str]:
    """The first words of every message an error of the desk's law is raised with."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            text = node.exc.args[0] if node.exc.args else None
            parts = text.values if isinstance(text, ast.JoinedStr) else [text]
            found.append("".join(str(one.value) for one in parts if isinstance(one, ast.Constant)))
    return found


def test_everything_the_law_says_has_a_sentence_on_the_page() -> None:
    said = [text for path in LAW for text in said_in(ROOT / path)]
    assert len(said) > 15
    unknown = [
        text
        for text in said
        if error_key(text) == "other" and not any(part in text for part in NOT_ON_THE_PAGE)
    ]
    assert unknown == []


def test_every_sentence_for_an_error_exists() -> None:
    assert {f"wrong.{key}" for key in ERRORS.values()} <= set(read_texts())


def test_every_word_a_template_asks_for_exists() -> None:
    words = set(read_texts())
    for path in sorted((WEB / "templates").glob("*.j2")):
        asked = re.findall(r"\bt\('([a-z_.]+)'[,)]", path.read_text("utf-8"))
        assert set(asked) <= words, path.name


def test_every_value_that_is_shown_has_its_word() -> None:
    wanted = {f"kind.{kind}" for kind in KINDS} | {f"order.{order}" for order in ORDERS}
    wanted |= {f"field.{name}" for name in (*HEADER, *STAY, TOTAL)}
    wanted |= {f"role.{role.value}" for role in Role}
    wanted |= {f"{group}.{status.value}" for group in ("status", "step") for status in Status}
    wanted |= {f"choice.{one}" for choices in CHOICES.values() for one in choices if one}
    assert wanted <= set(read_texts())


def test_a_word_in_arabic_is_written_in_arabic() -> None:
    for name, texts in read_texts().items():
        if name != "other_language":
            assert re.search(r"[\u0600-\u06ff]", texts["ar"]), name
            assert not re.search(r"[\u0600-\u06ff]", texts["fr"]), name


def test_an_unknown_language_is_the_first_one() -> None:
    assert Wording("xx").language == DESK_LANGUAGES[0]
