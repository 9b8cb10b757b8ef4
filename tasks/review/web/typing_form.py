"""The form of typing mode: which fields, how each is typed, what is filled in already.

Nothing that a machine or a colleague read of an amount is in it, but in the third pass.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from models.dossier import CareKind, Dossier, PieceKind, Relation, RequestKind
from models.errors import CatalogueError, UsageError
from models.reading import FieldEvidence
from models.typing import Keyed
from tasks.review.typing import SECOND, THIRD, is_money, next_pass, paper_amount
from tasks.review.web.item import around, as_paper, crop_of
from tasks.review.web.ports import TypingItem, TypingSheet, Zone
from tasks.review.web.wording import Wording

FORM_FILE = Path(__file__).parent / "typing.yaml"
#: How a field may be typed, and when it is shown.
WAYS = frozenset(
    {"provider", "insured", "member", "date", "choice", "digits", "code", "words", "pieces"}
)
WHENS = frozenset({"", "unknown", "more"})
#: The keys that choose the first, second … of a list: one stroke each.
KEYS = "123456789abcdefghijk"
CHOICES: Mapping[str, tuple[str, ...]] = {
    "care_kind": tuple(CareKind),
    "request_kind": tuple(RequestKind),
    "relation": tuple(Relation),
    "beneficiary_sex": ("F", "M"),
    "is_continuous_care": ("non", "oui"),
    "pieces": tuple(PieceKind),
}
#: Fields that are typed under another name, or stand in the zone of another.
ZONE_OF: Mapping[str, str] = {
    "insured_key": "insured_number",
    "member": "beneficiary_name",
    "care_date": "lines[1].care_date",
}
_LINE = re.compile(r"^lines\[\+?(\d{1,3})\]\.([a-z_]+)$")
_PARTS = ("letter", "coefficient", "code", "ean", "label", "quantity", "care_date", "tooth")


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of the form as the YAML says."""

    name: str
    way: str
    kinds: tuple[str, ...]
    when: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that may be chosen, by one key."""

    key: str
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class TypedField:
    """One field as it is shown: its words, what stands in it, and what may be chosen."""

    spec: FormField
    label: str
    value: str
    is_doubtful: bool
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class TypingForm:
    """Everything the page of typing mode shows; ``state`` is what its script begins with."""

    pass_no: int
    fields: tuple[TypedField, ...]
    state: str


@cache
def read_form() -> tuple[FormField, ...]:
    """The fields in the order they are typed.

    Raises:
        CatalogueError: names the field whose way or moment is not known.
    """
    found = []
    for node in yaml.safe_load(FORM_FILE.read_text(encoding="utf-8")):
        spec = FormField(
            node["name"], node["as"], tuple(node.get("kinds", ())), node.get("when", "")
        )
        unknown_kinds = set(spec.kinds) - set(CareKind)
        if spec.way not in WAYS or spec.when not in WHENS or unknown_kinds:
            raise CatalogueError(f"{FORM_FILE.name}: {spec.name}: as, when or kinds is not known")
        found.append(spec)
    return tuple(found)


def form_of(typing: TypingItem, wording: Wording) -> TypingForm:
    """The form of a dossier for whoever types it next."""
    dossier = typing.item.view.dossier
    if dossier is None:
        raise UsageError("nothing was extracted from this dossier; return it to its sender")
    pass_no = next_pass(typing.before)
    evidence = {one.field: one for one in typing.item.view.evidence}
    kept = typing.before[0].values if typing.before else _certain(dossier, evidence)
    fields = tuple(
        TypedField(
            spec,
            wording(f"field.{spec.name}"),
            kept.get("insured_number" if spec.name == "insured_key" else spec.name, ""),
            _is_doubtful(evidence.get(spec.name)),
            _choices(spec.name, wording),
        )
        for spec in read_form()
    )
    lines = _typed_lines(kept) if typing.before else _certain_lines(dossier, evidence)
    state = {
        "pass": pass_no,
        "version": typing.item.content_version,
        "latest": f"{dossier.receipt_date:%d/%m/%Y}",
        "letters": dict(typing.letters),
        "lines": lines,
        "amounts": _amounts(typing.before) if pass_no == THIRD else {},
        "zones": {name: _place(zone) for name, zone in typing.zones.items()},
    }
    return TypingForm(pass_no, fields, json.dumps(state, ensure_ascii=False))


def _certain(dossier: Dossier, evidence: Mapping[str, FieldEvidence]) -> dict[str, str]:
    """What the machine read without doubt, as on paper; never money."""
    found = {"deposit_date": as_paper("deposit_date", dossier.deposit_date)}
    for name, one in evidence.items():
        if one.value and not one.is_doubtful and not is_money(name) and "[" not in name:
            found[name] = as_paper(name, one.value)
    if "is_continuous_care" in found:
        found["is_continuous_care"] = "oui" if dossier.is_continuous_care else "non"
    if dossier.pieces:
        found["pieces"] = " ".join(piece.kind.value for piece in dossier.pieces)
    return found


def _certain_lines(dossier: Dossier, evidence: Mapping[str, FieldEvidence]) -> list[dict[str, str]]:
    """The lines, without amounts, where nothing of any line is in doubt but its amount."""
    in_doubt = {name for name, one in evidence.items() if one.is_doubtful and not is_money(name)}
    if any(name == "lines" or _LINE.match(name) for name in in_doubt):
        return []
    lines = []
    for line in dossier.lines:
        values = {part: as_paper(part, getattr(line, part)) for part in _PARTS}
        lines.append({part: value for part, value in values.items() if value})
    return lines


def _typed_lines(kept: Mapping[str, str]) -> list[dict[str, str]]:
    """The lines as the first colleague typed them, without amounts."""
    lines: dict[int, dict[str, str]] = {}
    for name, text in kept.items():
        if match := _LINE.match(name):
            lines.setdefault(int(match[1]), {})[match[2]] = text
    return [lines[number] for number in sorted(lines)]


def _amounts(before: Sequence[Keyed]) -> dict[str, list[str]]:
    """What the first and the second colleague typed of each amount; for the third alone."""
    first, second = before[0].money, before[SECOND - 1].money
    return {
        name: [paper_amount(first[name]), paper_amount(second[name])]
        for name in first
        if name in second
    }


def _choices(name: str, wording: Wording) -> tuple[Choice, ...]:
    group = "piece" if name == "pieces" else "choice"
    return tuple(
        Choice(key, value, wording(f"{group}.{value}"))
        for key, value in zip(KEYS, CHOICES.get(name, ()), strict=False)
    )


def _is_doubtful(seen: FieldEvidence | None) -> bool:
    return seen is not None and seen.is_doubtful and bool(seen.reading or seen.value)


def _place(zone: Zone) -> dict[str, Any]:
    box = around(zone.box)
    return {
        "page": zone.page_no, "crop": crop_of(zone.box),
        "box": [box.left, box.top, box.width, box.height],
    }  # fmt: skip


def in_words(found: Mapping[str, Any], wording: Wording) -> dict[str, Any]:
    """What a look-up found, with the register's codes as people say them."""
    said = dict(found)
    for name in ("specialty", "sector"):
        if said.get(name):
            said[name] = wording.known(name, said[name])
    if said.get("kind"):
        said["kind"] = wording.known("provider_kind", said["kind"])
    for member in said.get("members", ()):
        member["sex_word"] = wording.known("choice", member["sex"])
    return said


def sheet_of(form: Mapping[str, str]) -> TypingSheet:
    """What the page sent.

    Raises:
        UsageError: when a count is no number.
    """
    counts = {}
    for name in ("pass", "version", "fields", "keystrokes", "seconds"):
        text = form.get(name, "")
        if not (text.isascii() and text.isdigit() and len(text) <= 9):
            raise UsageError(f"{name}: write a whole number")
        counts[name] = int(text)
    values = {
        name.removeprefix("value:"): text.strip()
        for name, text in form.items()
        if name.startswith("value:")
    }
    return TypingSheet(
        counts["pass"], counts["version"], values, counts["fields"], counts["keystrokes"],
        counts["seconds"],
    )  # fmt: skip
