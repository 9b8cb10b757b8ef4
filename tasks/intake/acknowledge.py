"""Writes what the sender is answered, in French and Arabic, without any personal data."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from models.messages import Code, render

LANGUAGES = ("fr", "ar")
CODES_FILE = Path(__file__).with_name("codes.yaml")


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """The answer to one submission: accepted, duplicate of another, or refused, and why."""

    submission_id: str
    part: int
    given_on: dt.date
    answer: str
    code: str
    params: Mapping[str, str]
    public_number: str


def acknowledgement_key(day: dt.date, submission_id: str, *, is_list: bool) -> str:
    """The key under which an acknowledgement is kept: one document, or a line for each part."""
    suffix = "jsonl" if is_list else "json"
    return f"acknowledgements/{day.isoformat()}/{submission_id}.{suffix}"


def render_acknowledgement(given: Acknowledgement, codes: Mapping[str, Code]) -> str:
    """Return an acknowledgement as one line of JSON."""
    params = {**given.params, "public_number": given.public_number or "…"}
    document: dict[str, object] = {
        "submission_id": given.submission_id,
        "part": given.part,
        "given_on": given.given_on.isoformat(),
        "answer": given.answer,
        "code": given.code,
        "public_number": given.public_number,
    }
    if given.answer == "duplicate":
        document["duplicate_of"] = given.public_number
    if given.params:
        document["details"] = dict(given.params)
    for language in LANGUAGES:
        document[language] = render(codes[given.code], params, language)
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
