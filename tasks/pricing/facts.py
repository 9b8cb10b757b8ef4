"""What a scheme asks about a dossier, a line, a person or a provider beyond the common form.

A scheme's ``facts.yaml`` lists its facts: name, whom it is about, kind, choices, and the value
taken where nothing is said. Facts of a dossier or line come with it; facts of persons and providers
come from the registers, dated. Values travel as text and are checked here, once.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path

from models.dossier import Dossier, DossierLine
from models.errors import CatalogueError, FactMissing
from models.outcome import DatedFact
from tasks.pricing.strict_yaml import (
    Node,
    as_labels,
    as_list,
    as_mapping,
    as_text,
    as_texts,
    fail,
    part_files,
    read_yaml,
)

FACT_KEYS = ("id", "label", "of", "kind", "default")
FACT_KEYS_OPTIONAL = ("choices",)
YES, NO = "yes", "no"

FactValue = str | bool | int | Decimal | dt.date


class FactOf(StrEnum):
    """Whom or what a fact is about."""

    DOSSIER = "dossier"
    LINE = "line"
    PERSON = "person"
    PROVIDER = "provider"


class FactKind(StrEnum):
    """How a fact is written: ``yes``/``no``, one of the choices, an ISO date and so on."""

    FLAG = "flag"
    CHOICE = "choice"
    DATE = "date"
    AMOUNT = "amount"
    COUNT = "count"
    DECIMAL = "decimal"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class FactSpec:
    """One fact a scheme asks for; ``default`` None says that it must be given."""

    fact_id: str
    label: Mapping[str, str]
    of: FactOf
    kind: FactKind
    choices: tuple[str, ...]
    default: FactValue | None

    def parse(self, text: str) -> FactValue:
        """Return the value of a text.

        Raises:
            ValueError: when the text is none of what the kind allows; the text is not repeated.
        """
        if self.kind is FactKind.FLAG:
            if text not in (YES, NO):
                raise ValueError("must be yes or no")
            return text == YES
        if self.kind is FactKind.CHOICE:
            if text not in self.choices:
                raise ValueError(f"must be one of {', '.join(self.choices)}")
            return text
        if self.kind is FactKind.DATE:
            return dt.date.fromisoformat(text)
        if self.kind in (FactKind.AMOUNT, FactKind.COUNT):
            if not (text.isascii() and text.isdecimal()):
                raise ValueError("must be a whole number, 0 or more")
            return int(text)
        if self.kind is FactKind.DECIMAL:
            return _decimal(text)
        return text


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError("must be a decimal number") from None
    if not number.is_finite():
        raise ValueError("must be a finite number")
    return number


def read_facts(folder: Path) -> Mapping[str, FactSpec]:
    """Return the facts of a scheme by id: ``facts.yaml`` and every file of ``facts/``.

    Raises:
        CatalogueError: names the file and the fact.
    """
    specs: dict[str, FactSpec] = {}
    for path in part_files(folder, "facts"):
        for number, node in enumerate(as_list(read_yaml(path), path.name), start=1):
            where = f"{path.name}: entry {number}"
            entry = as_mapping(node, where, required=FACT_KEYS, optional=FACT_KEYS_OPTIONAL)
            spec = _read_spec(entry, path.name)
            if spec.fact_id in specs:
                fail(f"{path.name}: {spec.fact_id}", "written twice")
            specs[spec.fact_id] = spec
    return specs


def _read_spec(entry: Mapping[str, Node], name: str) -> FactSpec:
    fact_id = as_text(entry["id"], name)
    where = f"{name}: {fact_id}"
    try:
        of, kind = FactOf(str(entry["of"])), FactKind(str(entry["kind"]))
    except ValueError as error:
        raise CatalogueError(f"{where}: unknown of or kind") from error
    choices = tuple(as_texts(entry.get("choices", []), f"{where}: choices"))
    if (kind is FactKind.CHOICE) != bool(choices):
        fail(where, "choices go with the kind choice, and only with it")
    blank = FactSpec(fact_id, as_labels(entry["label"], f"{where}: label"), of, kind, choices, None)
    if entry["default"] is None:
        return blank
    try:
        default = blank.parse(as_text(entry["default"], f"{where}: default"))
    except ValueError as error:
        raise CatalogueError(f"{where}: default: {error}") from error
    return FactSpec(fact_id, blank.label, of, kind, choices, default)


@dataclass(frozen=True, slots=True)
class FactFault:
    """A fact that came with a dossier or line and cannot be used; ``line_no`` 0 is the dossier."""

    line_no: int
    name: str
    is_known: bool


class FactBook:
    """The facts of one dossier as its scheme's rules ask for them."""

    __slots__ = ("_dated", "_given", "_specs", "faults")

    def __init__(
        self, specs: Mapping[str, FactSpec], dossier: Dossier, dated: Sequence[DatedFact]
    ) -> None:
        self._specs = specs
        self._given: dict[tuple[int, str], FactValue] = {}
        self._dated: dict[str, list[DatedFact]] = {}
        self.faults: list[FactFault] = []
        if dossier.facts:
            self._take(0, FactOf.DOSSIER, dossier.facts)
        for line in dossier.lines:
            if line.facts:
                self._take(line.line_no, FactOf.LINE, line.facts)
        for fact in dated:
            self._dated.setdefault(fact.name, []).append(fact)

    def _take(self, line_no: int, of: FactOf, facts: Mapping[str, str]) -> None:
        for name, text in sorted(facts.items()):
            spec = self._specs.get(name)
            if spec is None or spec.of is not of:
                self.faults.append(FactFault(line_no, name, is_known=False))
                continue
            try:
                self._given[(line_no, name)] = spec.parse(text)
            except ValueError:
                self.faults.append(FactFault(line_no, name, is_known=True))

    def value(self, name: str, line: DossierLine | None, day: dt.date | None) -> FactValue | None:
        """Return a fact's value, its default where nothing is said, None where there is neither.

        Raises:
            CatalogueError: when the scheme has no such fact, or it needs a line or a day.
        """
        spec = self._specs.get(name)
        if spec is None:
            raise CatalogueError(f"{name}: asked for without standing in facts.yaml")
        if spec.of is FactOf.DOSSIER:
            return self._given.get((0, name), spec.default)
        if spec.of is FactOf.LINE:
            if line is None:
                raise CatalogueError(f"{name}: is a fact of a line, asked for without one")
            return self._given.get((line.line_no, name), spec.default)
        on = day or (line.care_date if line is not None else None)
        if on is None:
            raise CatalogueError(f"{name}: is a dated fact, asked for without a day")
        for fact in self._dated.get(name, ()):
            if fact.valid_from <= on and (fact.valid_to is None or on <= fact.valid_to):
                try:
                    return spec.parse(fact.value)
                except ValueError:
                    # What a register holds cannot be mended in a dossier: it is as if missing.
                    raise FactMissing(name) from None
        return spec.default

    def needed(self, name: str, line: DossierLine | None, day: dt.date | None) -> FactValue:
        """Return a fact's value or default.

        Raises:
            FactMissing: names the fact, when nothing is said and there is no default.
        """
        value = self.value(name, line, day)
        if value is None:
            raise FactMissing(name)
        return value
