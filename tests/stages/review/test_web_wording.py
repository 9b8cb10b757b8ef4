"""The words of the page: in both languages, and one for everything the desk's law says."""

import ast
import csv
import re
from pathlib import Path

from infra.simulation.population import ROLES
from models.desk import DESK_LANGUAGES, Role
from models.outcome import DecisionOutcome
from models.stage import Status
from tasks.extraction.chunk import ExtractionContext, extract_paper
from tasks.review.views import Correction
from tasks.review.web.item import (
    CHOICES,
    HEADER,
    STAY,
    TOTAL,
    corrections_of,
    has_label,
    label_of,
)
from tasks.review.web.queue_pages import KINDS, ORDERS
from tasks.review.web.typing_form import in_words
from tasks.review.web.wording import ERRORS, Wording, error_key, read_texts
from tests.architecture.house_rules import ROOT
from tests.stages.extraction.form_pages import CASES, FORMS_DIR, page_of
from tests.stages.extraction.test_paper import HEAD

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
    wanted |= {f"outcome.{outcome.value}" for outcome in DecisionOutcome}
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


def test_every_code_of_a_register_has_its_word() -> None:
    words = set(read_texts())
    for role in ROLES.values():
        wanted = {f"provider_kind.{role.kind}", f"sector.{role.sector}"}
        assert wanted | {f"specialty.{one}" for one in role.specialties} <= words
    for path in sorted((ROOT / "tasks" / "pricing").rglob("*.csv")):
        for row in csv.DictReader(path.read_text("utf-8").splitlines()):
            if "specialty" in row:
                assert f"specialty.{row['specialty']}" in words, path.name
            if row.get("sector") in ("private", "public"):
                assert f"sector.{row['sector']}" in words, path.name


def test_what_a_register_writes_is_said_in_words_and_an_unknown_code_stays() -> None:
    found = {"state": "found", "name": "DR A", "kind": "laboratory", "specialty": "biology",
             "sector": "private"}  # fmt: skip
    assert in_words(found, Wording("fr")) == found | {
        "kind": "laboratoire", "specialty": "biologie médicale", "sector": "secteur privé",
    }  # fmt: skip
    assert in_words(found, Wording("ar"))["sector"] == "القطاع الخاص"
    assert in_words({**found, "specialty": "X9"}, Wording("ar"))["specialty"] == "X9"
    assert in_words({"state": "unknown"}, Wording("fr")) == {"state": "unknown"}


def test_every_field_that_is_read_from_a_form_has_a_name() -> None:
    context = ExtractionContext(FORMS_DIR)
    seen = {
        one.field
        for case in CASES
        for one in extract_paper([page_of(case)], HEAD, context).evidence
    }
    assert len(seen) > 60
    assert {field for field in seen if not has_label(field)} == set()


def test_a_field_of_a_line_or_of_an_item_is_named_with_its_number() -> None:
    french = Wording("fr")
    assert label_of("lines[+2].letter", french) == "Ligne 2 · lettre-clé"
    assert label_of("items[11].class_c", french) == "Poste 11 · classe C"
    assert label_of("lines[3]", french) == "Ligne 3 · ligne entière (vider pour la retirer)"


def test_corrections_are_shown_in_words_and_as_on_paper() -> None:
    rows = (
        ("lines[1].amount_minor", "8000", "80,50"), ("is_continuous_care", "True", "non"),
        ("care_kind", "ambulatory", "pharmacy"), ("prescription_date", "2026-11-02", ""),
    )  # fmt: skip
    shown = corrections_of(
        [Correction(field, before, after, "machine", "", 1) for field, before, after in rows],
        Wording("fr"),
    )
    assert [(one.before, one.after) for one in shown] == [
        ("80,00", "80,50"), ("oui", "non"), ("soins ambulatoires", "pharmacie"), ("02/11/2026", ""),
    ]  # fmt: skip
    assert {one.by for one in shown} == {"décision automatique"}
