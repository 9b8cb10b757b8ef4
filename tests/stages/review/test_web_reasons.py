"""The list says its reasons in words, in the language of whoever reads it, with the code behind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.database import Database
from infra.settings import ROOT
from models.desk import DESK_LANGUAGES, Role
from models.finding import Effect
from models.messages import read_all_codes
from tasks.review.web.reasons import LENGTH_MAX, first_part, short_reasons
from tests.stages.review.desk_rows import a_waiting_dossier
from tests.stages.review.desk_site import Browser, account, open_desk, serving


@pytest.fixture
def url(database: Database, tmp_path: Path) -> Iterator[str]:
    desk = open_desk(database, tmp_path)
    account(database, "amina", Role.PROCESSOR)
    account(database, "brahim", Role.PROCESSOR, language="ar")
    a_waiting_dossier(database, reasons="NOM_DISCORDANT F01 GONE_CODE")
    with serving(desk) as address:
        yield address


def listed(url: str, login: str) -> str:
    browser = Browser(url)
    assert browser.sign_in(login).status == 303
    return browser.get("/queue").text


def test_the_list_says_words_and_keeps_the_code_as_title(url: str) -> None:
    french, arabic = listed(url, "amina"), listed(url, "brahim")
    assert '<span title="NOM_DISCORDANT">Nom discordant</span>' in french
    assert '<span title="F01">Ligne déjà présentée</span>' in french
    assert '<span title="NOM_DISCORDANT">اسم غير مطابق</span>' in arabic
    assert '<span title="F01">سطر سبق تقديمه</span>' in arabic
    assert '<span title="GONE_CODE">GONE_CODE</span>' in french, "a code that is gone is itself"


def test_every_code_a_person_is_asked_about_has_short_words_of_its_own() -> None:
    codes = read_all_codes(ROOT / "tasks")
    asked = [code for code in codes.values() if code.effect is Effect.REVIEW]
    reasons = short_reasons(codes, {})
    for language in DESK_LANGUAGES:
        words = reasons[language]
        assert set(codes) == set(words)
        assert all(0 < len(text) <= LENGTH_MAX + 2 for text in words.values())
        cut = [code.code for code in asked if "…" in words[code.code]]
        assert not cut, f"reasons.yaml lacks words for {cut}"


@pytest.mark.parametrize(
    ("sentence", "part"),
    [
        ("Court.", "Court"),
        ("Une chose ; une autre chose", "Une chose"),
        ("Un mot (et sa raison) ici", "Un mot"),
        ("mot " * 20, "mot mot mot mot mot mot mot mot mot mot mot mot …"),
    ],
)
def test_a_long_sentence_is_cut_at_a_blank(sentence: str, part: str) -> None:
    assert first_part(sentence) == part
