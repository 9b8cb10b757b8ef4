"""Compares what our stages answer to a peer's cases with its expectation, on the side we take.

The adapters get questions, which hold no expectation; the expectation is read here alone, and
``conform_sides.yaml`` says which side we take where the peer's engines disagree.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from models.errors import CatalogueError, MoneyError, UsageError
from models.yaml_loader import safe_load
from tasks import conform_decisions, conform_intake, conform_lines, conform_pricing
from tasks.conform_question import Adapter, Answer, Question

SIDES_FILE = Path(__file__).with_name("conform_sides.yaml")
#: The sides there are: the peer's one expectation, one of its two engines, what it calls correct,
#: and our own where we decide otherwise.
PEER, OURS = "peer", "tasfiya"
SIDES = (PEER, "legacy_sql", "python", "correct", OURS)
_KEYS = frozenset({"side", "take", "ours", "why", "absent"})
_AREAS = (conform_intake, conform_lines, conform_pricing, conform_decisions)


@dataclass(frozen=True, slots=True)
class Side:
    """How one case is compared; ``absent`` says why it is not applicable, and is empty else."""

    side: str
    take: Mapping[str, str]
    ours: Mapping[str, object]
    why: str
    absent: str


@dataclass(frozen=True, slots=True)
class Sides:
    """Every case's side, and how our codes and words read in the peer's."""

    cases: Mapping[str, Side]
    codes: Mapping[str, Mapping[str, int]]
    code_keys: Mapping[str, str]
    words: Mapping[str, Mapping[str, object]]

    def translate(self, key: str, value: object) -> object:
        """Return a value of ours in the peer's codes or words; an unknown one stays as it is."""
        table: Mapping[str, object]
        table = self.codes[self.code_keys[key]] if key in self.code_keys else {}
        table = table or self.words.get(key, {})
        if isinstance(value, list):
            return [self.translate(key, one) for one in value]
        return table.get(value, value) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class PeerCase:
    """One case of a peer's file: the question, and apart from it what the peer expects."""

    question: Question
    expected: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of one case; ``differences`` are sentences, empty where all agrees."""

    side: Side
    differences: tuple[str, ...]


@cache
def adapters() -> Mapping[str, Adapter]:
    """Return the adapter of every case that is applicable."""
    found: dict[str, Adapter] = {}
    for area in _AREAS:
        found.update(area.adapters())
    return found


@cache
def read_sides(path: Path = SIDES_FILE) -> Sides:
    """Return the sides we take.

    Raises:
        CatalogueError: when a case's entry is not what it must be; names the case.
    """
    raw = safe_load(path.read_text(encoding="utf-8"))
    cases = {case_id: _side(case_id, entry) for case_id, entry in raw["cases"].items()}
    return Sides(cases, raw["codes"], raw["code_keys"], raw["words"])


def _side(case_id: str, entry: Mapping[str, Any]) -> Side:
    side = Side(
        side=str(entry.get("side", PEER)),
        take=entry.get("take", {}),
        ours=entry.get("ours", {}),
        why=str(entry.get("why", "")),
        absent=str(entry.get("absent", "")),
    )
    has_reason = bool(side.why) or side.side == PEER
    is_sound = side.side in SIDES and has_reason and (side.side == OURS) == bool(side.ours)
    if not set(entry) <= _KEYS or not is_sound:
        raise CatalogueError(f"{SIDES_FILE.name}: {case_id}: unknown key or side, or no reason")
    return side


def read_peer_cases(path: Path) -> tuple[PeerCase, ...]:
    """Return the cases of a peer's file; figures are exact.

    Raises:
        UsageError: when the file is not one of cases.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        return tuple(
            PeerCase(
                Question(one["id"], one["stage"], one["description"], one["inputs"]),
                one["expected"],
            )
            for one in raw["cases"]
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{path.name}: no file of cases, each with id, stage, description, inputs and expected"
        ) from error


def answer_of(question: Question) -> Answer:
    """Return what our stages make of a question.

    Raises:
        UsageError: when the inputs are not those its adapter knows.
    """
    try:
        return adapters()[question.case_id](question)
    except (LookupError, TypeError, ValueError, ArithmeticError, MoneyError) as error:
        raise UsageError(
            f"{question.case_id}: its inputs are not what its adapter knows "
            f"({type(error).__name__})"
        ) from error


def compare(case: PeerCase) -> Compared:
    """Run one applicable case through our stages and compare it on the side we take."""
    sides = read_sides()
    side = sides.cases[case.question.case_id]
    answer = answer_of(case.question)
    if side.side == OURS:
        own = [_difference(key, value, answer.get(key), OURS) for key, value in side.ours.items()]
        return Compared(side, _said(own))
    take = side.take or {key: key for key in case.expected}
    found = [
        _difference(
            theirs,
            _plain(case.expected.get(theirs)),
            sides.translate(ours, answer.get(ours)),
            side.side,
        )
        for theirs, ours in take.items()
    ]
    return Compared(side, _said(found))


def _difference(key: str, wanted: object, found: object, side: str) -> str:
    if found is not None and found == wanted:
        return ""
    return f"{key}: {side} says {_text(wanted)}, we say {_text(found)}"


def _said(differences: Sequence[str]) -> tuple[str, ...]:
    return tuple(one for one in differences if one)


def _plain(value: object) -> object:
    """An expectation without its remark: ``child (17 completed years)`` expects ``child``."""
    return value.partition(" (")[0] if isinstance(value, str) else value


def _text(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_text, value)) + "]"
    return "nothing" if value is None else str(value)
