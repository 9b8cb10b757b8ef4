import datetime as dt
import json
import re

import pytest

from models.finding import Effect
from models.messages import LANGUAGES, read_codes
from tasks.intake.acknowledge import (
    CODES_FILE,
    Acknowledgement,
    acknowledgement_key,
    render_acknowledgement,
)

CODES = read_codes(CODES_FILE)
STAGE = CODES_FILE.parent
DAY = dt.date(2026, 11, 20)


def acknowledged(**changes: object) -> dict[str, object]:
    values: dict[str, object] = {
        "submission_id": "s0001",
        "part": 3,
        "given_on": DAY,
        "answer": "refused",
        "code": "IN_LINES",
        "params": {"count": "501", "limit": "500"},
        "public_number": "AMO-2026-0001",
    }
    given = Acknowledgement(**(values | changes))  # type: ignore[arg-type]
    return dict(json.loads(render_acknowledgement(given, CODES)))


def test_a_refusal_says_why_in_french_and_arabic() -> None:
    assert acknowledged() == {
        "submission_id": "s0001",
        "part": 3,
        "given_on": "2026-11-20",
        "answer": "refused",
        "code": "IN_LINES",
        "public_number": "AMO-2026-0001",
        "details": {"count": "501", "limit": "500"},
        "fr": "Le dossier a trop de lignes : 501, pour 500 au plus.",
        "ar": "عدد أسطر الملف كبير جدا: 501، والحد الأقصى 500.",
    }


def test_a_duplicate_names_the_dossier_it_repeats() -> None:
    document = acknowledged(answer="duplicate", code="DOUBLON_NUMERO", params={})
    assert document["duplicate_of"] == "AMO-2026-0001"
    assert "AMO-2026-0001" in str(document["fr"])


def test_a_list_of_parts_has_another_kind_of_file() -> None:
    assert acknowledgement_key(DAY, "s1", is_list=False) == "acknowledgements/2026-11-20/s1.json"
    assert acknowledgement_key(DAY, "s1", is_list=True) == "acknowledgements/2026-11-20/s1.jsonl"


def test_every_code_of_the_stage_has_its_sentences_and_none_is_spare() -> None:
    written = "\n".join(path.read_text(encoding="utf-8") for path in STAGE.rglob("*.py"))
    named = set(
        re.findall(r'"((?:IN|DOUBLON|SEPARATEUR|RATTACHEMENT|BORDEREAU)_[A-Z0-9_]+)"', written)
    )
    assert named == set(CODES)


@pytest.mark.parametrize("name", sorted(CODES))
def test_a_sentence_is_in_its_language_and_asks_for_the_same_values(name: str) -> None:
    code = CODES[name]
    wanted = [set(re.findall(r"{(\w+)}", code.sentences[language])) for language in LANGUAGES]
    assert wanted[0] == wanted[1] == wanted[2]
    arabic = re.findall(r"[\u0600-\u06ff]", code.sentences["ar"])
    assert len(arabic) > 15
    assert not re.search(r"[\u0600-\u06ff]", code.sentences["fr"] + code.sentences["en"])


def test_answers_that_open_or_repeat_a_dossier_are_notes_and_the_others_refuse() -> None:
    answers = {name: code for name, code in CODES.items() if name.startswith(("IN_", "DOUBLON_"))}
    notes = {name for name, code in answers.items() if code.effect is Effect.NOTE}
    assert notes == {
        "IN_ACCEPTED",
        "IN_COMPLEMENT",
        "IN_APPEAL",
        "IN_WITHDRAWN",
        "DOUBLON_FICHIER",
        "DOUBLON_NUMERO",
    }
    assert {code.effect for code in answers.values()} == {Effect.NOTE, Effect.REFUSE}
