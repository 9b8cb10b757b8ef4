"""What a field is judged by: its type, the evidence for it, the quality of its page."""

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from models.errors import CatalogueError
from models.yaml_loader import safe_load

LIMITS_FILE = Path(__file__).with_name("limits.yaml")
#: Stands for every type, evidence or band.
ANY = "*"
#: Flags that make another kind of evidence of a source.
TELLING_FLAGS = frozenset({"accents", "register", "register_differs"})
#: Evidence → the weaker kinds that it adds something to: never believed less than they are.
WEAKER: Mapping[str, tuple[str, ...]] = {
    "nearly_agreed": ("doubtful",),
    "one_reader": ("doubtful",),
    "not_closed": ("doubtful",),
    "arithmetic": ("doubtful",),
    "agreed+accents": ("nearly_agreed",),
    "agreed": ("one_reader", "not_closed", "agreed+accents", "agreed+register_differs"),
    "register": ("one_reader", "nearly_agreed"),
    "agreed+register": ("agreed", "register"),
    "barcode": ("one_reader",),
    "barcode+register": ("barcode", "register"),
}
_LINE = re.compile(r"^lines\[\d+\]\.")
#: A field that no list names may decide something: it has to be as sure as a code.
STRICT = "code"
#: Types told by the end of a field's name, for fields of forms that name no type.
_ENDINGS = {"_minor": "amount", "_date": "date", "_inpe": "digits", "_number": "code"}


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """Fields that are equally believed: their type, the evidence, the page's quality band."""

    field_type: str
    evidence: str
    band: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """Up to which chance of an error a field of a type is accepted, and what must be excluded.

    ``error_max`` is for the estimated chance, ``bound_max`` for its upper bound at 95 %.
    """

    error_max: float
    bound_max: float


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of each field type, and the types of the dossier's fields."""

    by_type: Mapping[str, Limit]
    by_evidence: Mapping[str, Limit]
    types: Mapping[str, str]

    def type_of(self, field: str) -> str:
        """The type of a field of the evidence, such as ``lines[3].amount_minor``."""
        name = _LINE.sub("", field)
        if name in self.types:
            return self.types[name]
        return next((kind for end, kind in _ENDINGS.items() if name.endswith(end)), STRICT)

    def limit_of(self, field_type: str, source: str) -> Limit:
        """The limit of a field type; some sources have one of their own."""
        own = self.by_evidence.get(source)
        return own if own is not None else self.by_type[field_type]


def evidence_of(source: str, flags: Iterable[str] = ()) -> str:
    """The evidence of a field: its source with the flags that tell something more.

    Accents in which the engines differ matter no more where the register has the name.
    """
    telling = TELLING_FLAGS.intersection(flags)
    if "register" in telling:
        telling -= {"accents"}
    return "+".join([source, *sorted(telling)])


def no_limits(limits: Limits) -> Limits:
    """Limits that accept whatever the rules accept: so are labels collected."""
    free = Limit(1.0, 1.0)
    return Limits(dict.fromkeys(limits.by_type, free), {}, limits.types)


@functools.lru_cache(maxsize=4)
def read_limits(path: Path = LIMITS_FILE) -> Limits:
    """Return the limits and field types of a file.

    Raises:
        CatalogueError: names the key that is missing or wrong.
    """
    raw = safe_load(path.read_text(encoding="utf-8"))
    try:
        limits = Limits(
            by_type={name: _limit(item) for name, item in raw["types"].items()},
            by_evidence={name: _limit(item) for name, item in raw["evidence"].items()},
            types={field: kind for kind, item in raw["types"].items() for field in item["fields"]},
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise CatalogueError(
            f"{path.name}: a part is missing or has a wrong form: {error}"
        ) from error
    if STRICT not in limits.by_type:
        raise CatalogueError(f"{path.name}: types: {STRICT} is missing; unknown fields are of it")
    return limits


def _limit(raw: Mapping[str, float]) -> Limit:
    limit = Limit(float(raw["error_max"]), float(raw["bound_max"]))
    if not 0 <= limit.error_max <= limit.bound_max <= 1:
        raise ValueError("0 <= error_max <= bound_max <= 1")
    return limit
