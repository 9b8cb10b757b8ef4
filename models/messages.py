"""Codes and their sentences in French, Arabic and English, kept as data beside the stage."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from models.errors import CatalogueError
from models.finding import Effect, Finding
from models.written import written
from models.yaml_loader import safe_load

LANGUAGES = ("fr", "ar", "en")
#: Between the languages of a parameter that says one thing in all of them.
_BETWEEN = " / "
_ARABIC = re.compile(r"[\u0600-\u06ff]")

#: Says a parameter's value in words: the parameter's name, its value, the language.
Words = Callable[[str, str, str], str]


def as_it_is(_name: str, value: str, _language: str) -> str:
    """A value that needs no other words."""
    return value


def in_all_languages(texts: Mapping[str, str]) -> str:
    """One parameter that says the same in each language; a sentence shows its own language's."""
    return _BETWEEN.join(str(texts[language]) for language in LANGUAGES)


def in_language(text: str, language: str) -> str:
    """The part of a parameter in one language; a text that stands in no three of them is whole."""
    parts = text.split(_BETWEEN)
    if len(parts) != len(LANGUAGES) or not _ARABIC.search(parts[LANGUAGES.index("ar")]):
        return text
    return parts[LANGUAGES.index(language)]


@dataclass(frozen=True, slots=True)
class Code:
    """A code that a person may be shown: its effect, its sentences and where the rule stands.

    ``words`` says the codes among its parameters (fields, schemes) in the sentence's language.
    """

    code: str
    effect: Effect
    sentences: Mapping[str, str]
    reference: str
    words: Words = as_it_is


def read_codes(path: Path) -> dict[str, Code]:
    """Return the codes of one ``codes.yaml``: code → {effect, fr, ar, en, reference}.

    Raises:
        CatalogueError: on an unknown key, a missing language or an unknown effect.
    """
    raw = safe_load(path.read_text(encoding="utf-8"))
    codes: dict[str, Code] = {}
    for name, entry in raw.items():
        if set(entry) != {"effect", "reference", *LANGUAGES}:
            raise CatalogueError(f"{path.name}: {name}: keys must be effect, reference, fr, ar, en")
        try:
            effect = Effect(entry["effect"])
        except ValueError as error:
            raise CatalogueError(f"{path.name}: {name}: unknown effect") from error
        sentences = {language: str(entry[language]) for language in LANGUAGES}
        codes[name] = Code(name, effect, sentences, str(entry["reference"]))
    return codes


def render(code: Code, params: Mapping[str, str], language: str) -> str:
    """Return a code's sentence with its parameters filled in as its language writes them.

    A missing parameter shows as ``…``.
    """
    return fill(code.sentences[language], params, language, code.words)


def fill(sentence: str, params: Mapping[str, str], language: str, words: Words = as_it_is) -> str:
    """Return a sentence with its parameters in words, amounts and days as people write them."""
    said = {
        name: written(in_language(words(name, value, language), language), language)
        for name, value in params.items()
    }
    return sentence.format_map(_Filled(said))


def finding(
    codes: Mapping[str, Code], name: str, line_no: int | None = None, **params: str
) -> Finding:
    """Return a finding with the effect its code asks for."""
    return Finding(code=name, effect=codes[name].effect, line_no=line_no, params=params)


class _Filled(dict[str, str]):
    """Parameters of a sentence; a missing one must not hide the rest of it."""

    def __missing__(self, key: str) -> str:
        return "…"


def read_all_codes(folder: Path) -> dict[str, Code]:
    """The codes of every ``codes.yaml`` below a folder; names are unique."""
    codes: dict[str, Code] = {}
    for path in sorted(folder.rglob("codes.yaml")):
        for name, code in read_codes(path).items():
            if name in codes and codes[name] != code:
                raise CatalogueError(f"{path}: {name} is described twice")
            codes[name] = code
    return codes
