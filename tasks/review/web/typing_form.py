"""The form of typing mode: which fields, how each is typed, what is filled in already.

Nothing that a machine or a colleague read of an amount is in it, but in the third pass.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from models.dossier import CareKind, Dossier, PieceKind, Relation, RequestKind
from models.errors import CatalogueError, UsageError
from models.reading import FieldEvidence
from models.typing import ExtraField, Keyed
from tasks.review.typing import (
    DISPUTED,
    FIRST,
    SECOND,
    THIRD,
    is_disputed,
    is_money,
    next_pass,
    paper_amount,
)
from tasks.review.web.item import around, as_paper, crop_of
from tasks.review.web.ports import TypingItem, TypingSheet, Zone
from tasks.review.web.wording import Wording

FORM_FILE = Path(__file__).parent / "typing.yaml"
#: How a field may be typed, and when it is shown.
WAYS = frozenset(
    {"provider", "insured", "member", "earlier", "date", "choice", "flag", "digits", "amount",
     "code", "words", "pieces"}
)  # fmt: skip
WHENS = frozenset({"", "unknown", "more"})
#: What a flag of a form or scheme says, and the words of it.
FLAGS: Mapping[str, str] = {"yes": "choice.oui", "no": "choice.non"}
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
_LINE = re.compile(r"^lines\[\+?(\d{1,3})\]\.([a-z_.]+)$")
_PARTS = ("letter", "coefficient", "code", "ean", "label", "quantity", "care_date", "tooth")


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of the form as the YAML says."""

    name: str
    way: str
    kinds: tuple[str, ...]
    when: str
    is_of_line: bool = False


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
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class TypingForm:
    """Everything the page of typing mode shows; ``state`` is what its script begins with.

    ``line_fields`` stand beneath each line's act; ``seen`` are the first pass's fields in words,
    for the second colleague, who ``may_dispute`` them; ``was_disputed`` says to the third that the
    second did. ``title`` is the form's; ``forms`` are those that may be chosen, value → words.
    """

    pass_no: int
    fields: tuple[TypedField, ...]
    state: str
    line_fields: tuple[TypedField, ...] = ()
    seen: tuple[tuple[str, str], ...] = ()
    was_disputed: bool = False
    title: str = ""
    forms: Mapping[str, str] = field(default_factory=dict)


@cache
def read_form() -> tuple[FormField, ...]:
    """The fields in the order they are typed.

    Raises:
        CatalogueError: names the field whose way or moment is not known.
    """
    found = []
    for node in yaml.safe_load(FORM_FILE.read_text(encoding="utf-8")):
        spec = FormField(
            node["name"], node["as"], tuple(node.get("kinds", ())), node.get("when", ""),
            node.get("of", "") == "line",
        )  # fmt: skip
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
    if typing.before:
        kept = typing.before[0].values
    else:
        kept = {**typing.form.constants, **_certain(dossier, evidence)}
    fields = _header_fields(typing, kept, evidence, wording)
    lines = _typed_lines(kept) if typing.before else _certain_lines(dossier, evidence)
    state = {
        "pass": pass_no,
        "version": typing.item.content_version,
        "latest": f"{dossier.receipt_date:%d/%m/%Y}",
        "letters": dict(typing.letters),
        "acts": dict(typing.acts),
        "form": typing.form.form_id,
        "scheme": typing.form.scheme,
        "codes": dict(typing.form.codes),
        "areCodes": typing.form.are_codes,
        "lines": lines,
        "amounts": _amounts(typing.before) if pass_no == THIRD else {},
        "zones": {name: _place(zone) for name, zone in typing.zones.items()},
    }
    titles = {
        f"{one.form_id}|{one.scheme}": f"{_word(one.title, wording)} · "
        f"{_word(one.scheme_title, wording) or one.scheme}"
        for one in typing.form.choices
    }
    return TypingForm(
        pass_no,
        fields,
        json.dumps(state, ensure_ascii=False),
        _line_fields(typing.form.extras, wording),
        _seen(fields) if pass_no == SECOND else (),
        pass_no == THIRD and is_disputed(typing.before[SECOND - 1]),
        titles.get(f"{typing.form.form_id}|{typing.form.scheme}")
        or _word(typing.form.scheme_title, wording)
        or typing.form.scheme,
        titles if pass_no == FIRST else {},
    )


def _header_fields(
    typing: TypingItem,
    kept: Mapping[str, str],
    evidence: Mapping[str, FieldEvidence],
    wording: Wording,
) -> tuple[TypedField, ...]:
    """The common fields, then those that form and scheme ask beyond them."""
    common = (spec for spec in read_form() if not spec.is_of_line)
    fields = [
        TypedField(
            replace(spec, when="") if spec.name in typing.form.required and not spec.kinds
            and spec.when == "more" else spec,
            wording(f"field.{spec.name}"),
            kept.get("insured_number" if spec.name == "insured_key" else spec.name, ""),
            _is_doubtful(evidence.get(spec.name)),
            _choices(spec.name, wording),
        )
        for spec in common
    ]  # fmt: skip
    for extra in typing.form.extras:
        if not extra.is_of_line:
            shown = _shown(extra, kept.get(extra.name, ""))
            fields.append(_extra(extra, shown, _is_doubtful(evidence.get(extra.name)), wording))
    return tuple(fields)


def _line_fields(extras: Sequence[ExtraField], wording: Wording) -> tuple[TypedField, ...]:
    common = [
        TypedField(spec, wording(f"field.line.{spec.name}"), "", False, ())
        for spec in read_form()
        if spec.is_of_line
    ]
    known = {one.spec.name for one in common}
    rare = [one for one in extras if one.is_of_line and one.name not in known]
    return (*common, *(_extra(one, "", False, wording) for one in rare))


def _extra(extra: ExtraField, value: str, is_doubtful: bool, wording: Wording) -> TypedField:
    """A field of the form or scheme, in words of its own or in those the desk has for its name."""
    spec = FormField(extra.name, extra.way, (), "" if extra.is_asked else "more", extra.is_of_line)
    label = _word(extra.label, wording) or wording(f"field.{extra.name}")
    words = {value: wording(name) for value, name in FLAGS.items()} if extra.way == "flag" else {}
    for choice, label_of in extra.choices.items():
        words[choice] = _word(label_of, wording) or wording(f"choice.{choice}")
    choices = tuple(
        Choice(key, choice, word) for key, (choice, word) in zip(KEYS, words.items(), strict=False)
    )
    return TypedField(spec, label, value, is_doubtful, choices, extra.pattern)


def _word(words: Mapping[str, str], wording: Wording) -> str:
    return words.get(wording.language) or words.get("fr", "")


def _shown(extra: ExtraField, value: str) -> str:
    """A value as on paper; amounts are kept in minor units where a machine read them."""
    if extra.way == "amount" and value.isdigit():
        return paper_amount(int(value))
    return as_paper(extra.name, value)


def _seen(fields: Sequence[TypedField]) -> tuple[tuple[str, str], ...]:
    """What the first colleague typed of the person, days and facts, in words."""
    words = []
    for one in fields:
        labels = {choice.value: choice.label for choice in one.choices}
        text = " + ".join(labels.get(part, part) for part in one.value.split()) if labels else ""
        if one.value:
            words.append((one.label, text or one.value))
    return tuple(words)


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
        values |= {f"facts.{name}": value for name, value in line.facts.items()}
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
        counts["seconds"], bool(form.get(DISPUTED)),
    )  # fmt: skip
