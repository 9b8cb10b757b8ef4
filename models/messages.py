"""Codes and their sentences in French, Arabic and English, kept as data beside the stage."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from models.errors import CatalogueError
from models.finding import Effect, Finding
from models.yaml_loader import safe_load

LANGUAGES = ("fr", "ar", "en")


@dataclass(frozen=True, slots=True)
class Code:
    """A code that a person may be shown: its effect, its sentences and where the rule stands."""

    code: str
    effect: Effect
    sentences: Mapping[str, str]
    reference: str


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
    """Return a code's sentence with its parameters filled in; a missing one shows as ``…``."""
    return code.sentences[language].format_map(_Filled(params))


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
