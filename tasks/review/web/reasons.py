"""Short words for the codes in the list: read once, then looked up."""

import re
from collections.abc import Mapping
from pathlib import Path

from models.desk import DESK_LANGUAGES
from models.errors import CatalogueError
from models.messages import Code, render
from models.yaml_loader import safe_load

REASONS_FILE = Path(__file__).with_name("reasons.yaml")
#: Longest text for one reason, in characters: the list keeps one line a dossier.
LENGTH_MAX = 48
#: Where the first part of a sentence ends.
_END = re.compile(r"[.;:،؛]\s| \(")

#: Language → code → words.
Reasons = Mapping[str, Mapping[str, str]]


def short_reasons(codes: Mapping[str, Code], rules: Mapping[str, Mapping[str, str]]) -> Reasons:
    """The words of every code and of every fraud rule, whose names come by language.

    Raises:
        CatalogueError: when a code's words lack a language or belong to no code.
    """
    written = safe_load(REASONS_FILE.read_text(encoding="utf-8"))
    for name, texts in written.items():
        if set(texts) != set(DESK_LANGUAGES) or name not in codes:
            raise CatalogueError(f"{REASONS_FILE.name}: {name}: a known code, in each language")
    found: dict[str, dict[str, str]] = {}
    for language in DESK_LANGUAGES:
        words = {name: first_part(render(code, {}, language)) for name, code in codes.items()}
        words |= {name: first_part(texts[language]) for name, texts in rules.items()}
        words |= {name: str(texts[language]) for name, texts in written.items()}
        found[language] = words
    return found


def first_part(sentence: str) -> str:
    """The first part of a sentence, cut at a blank where it is long."""
    part = _END.split(sentence, maxsplit=1)[0].strip(" .")
    if len(part) <= LENGTH_MAX:
        return part
    return part[:LENGTH_MAX].rpartition(" ")[0] + " …"
