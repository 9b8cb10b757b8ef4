"""The codes of every stage, their parameters in words: fields, schemes and facts have names."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from models.desk import DESK_LANGUAGES
from models.messages import Code, read_all_codes
from models.yaml_loader import safe_load
from tasks.pricing.known_schemes import read_known_schemes
from tasks.review.web.item import has_label, label_of
from tasks.review.web.wording import Wording

#: Between the values of a parameter that holds several.
_BETWEEN = ", "
#: Parameters that hold fields of a dossier, schemes, and what a scheme asks.
_FIELDS, _FACT = "fields", "fact"
_SCHEMES = frozenset({"scheme", "others", "given", "taken"})

#: Id → language → name.
Names = Mapping[str, Mapping[str, str]]


@cache
def spoken_codes(schemes_dir: Path) -> Mapping[str, Code]:
    """The codes of every stage, which say the names of a payer's schemes."""
    schemes, facts = scheme_names(schemes_dir), fact_labels(schemes_dir)

    def words(name: str, value: str, language: str) -> str:
        comma = "، " if language == "ar" else _BETWEEN
        if name in _SCHEMES:
            ids = value.split(_BETWEEN)
            return comma.join(schemes.get(one, {}).get(language, one) for one in ids)
        if language not in DESK_LANGUAGES:
            return value
        if name == _FIELDS:
            return comma.join(field_name(one, language) for one in value.split(_BETWEEN))
        if name == _FACT and value in facts:
            return f"« {facts[value][language]} »"
        return value

    codes = read_all_codes(Path(__file__).parent)
    return {name: replace(code, words=words) for name, code in codes.items()}


def field_name(field: str, language: str) -> str:
    """A field of a dossier in words; what is none, such as a place in a JSON text, as it is."""
    wording = Wording(language)
    return label_of(field, wording) if has_label(field) else field


def scheme_names(schemes_dir: Path) -> Names:
    """What the schemes of a folder are called."""
    return {key: one.names for key, one in read_known_schemes(schemes_dir).items()}


def fact_labels(schemes_dir: Path) -> Names:
    """What the schemes ask beyond the common form; the first scheme's words for one name."""
    found: dict[str, Mapping[str, str]] = {}
    own, more = (sorted(schemes_dir.glob(f"*/{one}")) for one in ("facts.yaml", "facts/*.yaml"))
    for path in (*own, *more):
        for one in safe_load(path.read_text(encoding="utf-8")) or ():
            found.setdefault(str(one["id"]), one["label"])
    return found
