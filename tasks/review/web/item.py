"""What a processor sees of one dossier: its fields with place and readings, the codes to choose."""

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from models.dossier import CareKind, Dossier, DossierLine, LineKind, Relation, RequestKind
from models.finding import Effect
from models.messages import Code
from models.money import MINOR_UNITS
from models.reading import Box, FieldEvidence
from tasks.review.desk import Answer
from tasks.review.views import Correction, TaskView
from tasks.review.web.ports import OpenItem
from tasks.review.web.wording import Wording, read_texts

#: Fields of a dossier that a person may correct, in the order of the form.
HEADER = (
    "insured_number", "insured_cin", "insured_name", "relation", "beneficiary_number",
    "beneficiary_name", "beneficiary_birth_date", "beneficiary_cin", "beneficiary_sex",
    "care_kind", "request_kind", "provider_inpe", "prescriber_inpe", "deposit_date",
    "prescription_date", "is_continuous_care", "agreement_number", "ald_code", "invoice_number",
    "invoice_ice",
)  # fmt: skip
STAY = ("stay.admission_date", "stay.discharge_date", "stay.establishment_inpe")
TOTAL = "total_minor"
#: Fields with a few values that have a word each.
CHOICES: Mapping[str, tuple[str, ...]] = {
    "care_kind": tuple(CareKind),
    "request_kind": tuple(RequestKind),
    "relation": tuple(Relation),
    "beneficiary_sex": ("", "F", "M"),
    "is_continuous_care": ("oui", "non"),
}
_LINE = re.compile(r"^(lines|items)\[\+?(\d{1,3})\](?:\.([A-Za-z_.]+))?$")
_DAY = re.compile(r"^(\d{4})-(\d{2})-(\d{2})$")
#: Room around a field's box in the crop, as a part of the box's height, and its least width.
_ROOM, _CROP_WIDTH_MIN = 1.0, 360
#: Least margin between a field's writing and its frame, in pixels of the page.
_FRAME_MIN = 6


@dataclass(frozen=True, slots=True)
class ShownField:
    """One field of the form: its value as on paper, its place, its readings.

    ``was`` is what is kept now; a value that differs from it, or is confirmed, is a correction.
    ``is_confirmed`` says that a colleague confirmed it in a form that was not kept.
    """

    name: str
    label: str
    value: str
    was: str
    readings: tuple[str, ...]
    page_no: int
    box: Box | None
    crop: str
    is_doubtful: bool
    is_done: bool
    is_amount: bool
    choices: tuple[str, ...]
    is_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class ShownCode:
    """A reason that may be chosen, with its sentence."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ShownCorrection:
    """What a person wrote in place of a value, in words and as on paper."""

    label: str
    before: str
    after: str
    by: str


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """What the first of two people answered."""

    answer: str
    code: str
    due_minor: int | None


def fields_of(item: OpenItem, wording: Wording) -> tuple[ShownField, ...]:
    """The fields of the form: those in doubt first, then header, lines and total."""
    dossier = item.view.dossier
    evidence = {one.field: one for one in item.view.evidence}
    typed = {
        one.field: one.after
        for one in item.view.corrections
        if one.content_version == item.content_version
    }
    values = _values(dossier) if dossier else {}
    names = dict.fromkeys([*_names(dossier), *evidence]) if dossier else dict.fromkeys(evidence)
    shown = [
        _field(name, values.get(name, ""), evidence.get(name), typed.get(name), wording)
        for name in names
    ]
    return tuple(sorted(shown, key=lambda one: not one.is_doubtful))


def with_unsaved(fields: Iterable[ShownField], form: Mapping[str, str]) -> tuple[ShownField, ...]:
    """The fields with what a colleague typed into a form that was not kept: nothing is lost."""
    unsaved = changed_fields(form)
    return tuple(
        replace(one, value=unsaved[one.name], is_confirmed=f"ok:{one.name}" in form)
        if one.name in unsaved
        else one
        for one in fields
    )


def _names(dossier: Dossier) -> Iterable[str]:
    yield from HEADER
    if dossier.stay is not None:
        yield from STAY
    for line in dossier.lines:
        for name in _line_names(line):
            yield f"lines[{line.line_no}].{name}"
    yield TOTAL


def _line_names(line: DossierLine) -> Sequence[str]:
    act = {
        LineKind.LETTER: ("letter", "coefficient"),
        LineKind.CODE: ("code",),
        LineKind.DRUG: ("ean",),
    }
    return (*act[line.kind], "care_date", "quantity", "amount_minor")


def _values(dossier: Dossier) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(dossier, name) for name in (*HEADER, TOTAL)}
    if dossier.stay is not None:
        values |= {name: getattr(dossier.stay, name.removeprefix("stay.")) for name in STAY}
    for line in dossier.lines:
        for name in _line_names(line):
            values[f"lines[{line.line_no}].{name}"] = getattr(line, name)
    return values


def _field(
    name: str, value: Any, seen: FieldEvidence | None, typed: str | None, wording: Wording
) -> ShownField:
    was = as_paper(name, seen.value if seen is not None and seen.is_doubtful else value)
    box = around(seen.box) if seen is not None and seen.box.width > 0 else None
    readings = dict.fromkeys((seen.reading, seen.second_reading)) if seen is not None else {}
    is_doubtful = seen is not None and seen.is_doubtful
    return ShownField(
        name=name,
        label=label_of(name, wording),
        value=typed if typed is not None else was,
        was=typed if typed is not None else was,
        readings=tuple(reading for reading in readings if reading),
        page_no=seen.page_no if seen is not None else 0,
        box=box,
        crop=crop_of(box) if box else "",
        is_doubtful=is_doubtful,
        is_done=is_doubtful and typed is not None,
        is_amount=name.endswith("_minor"),
        choices=_choices(name, typed if typed is not None else was),
    )


def _choices(name: str, value: str) -> tuple[str, ...]:
    """What may be chosen, with what is there now: the page never chooses by itself."""
    choices = CHOICES.get(name, ())
    return choices if not choices or value in choices else (value, *choices)


def as_paper(name: str, value: Any) -> str:
    """A kept value as it is written on paper, and as a correction of it may be typed."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, dt.date):
        return f"{value:%d/%m/%Y}"
    text = str(value)
    if name.endswith("_minor") and text.isdigit():
        return f"{int(text) // MINOR_UNITS},{int(text) % MINOR_UNITS:02d}"
    if match := _DAY.match(text):
        return f"{match[3]}/{match[2]}/{match[1]}"
    return text


def has_label(name: str) -> bool:
    """Whether a text names a field that has words."""
    return _word_of(name) in read_texts()


def label_of(name: str, wording: Wording) -> str:
    """A field's name in words."""
    match, what = _LINE.match(name), wording(_word_of(name))
    if match is None:
        return what
    return f"{wording('line' if match[1] == 'lines' else 'item')} {match[2]} · {what}"


def _word_of(name: str) -> str:
    """The word of a field's name, or of what it is in its line."""
    match = _LINE.match(name)
    if match is None:
        return f"field.{name}"
    return f"field.line.{match[3]}" if match[3] else "field.line"


def in_words(name: str, value: Any, wording: Wording) -> str:
    """A kept value as people read it: a choice in words, anything else as on paper."""
    flag = {"True": "oui", "False": "non"}.get(str(value))
    chosen = flag or str(value)
    if value and chosen in CHOICES.get(name, ()):
        return wording(f"choice.{chosen}")
    return as_paper(name, value)


def corrections_of(
    corrections: Iterable[Correction], wording: Wording
) -> tuple[ShownCorrection, ...]:
    """What people corrected, as whoever looks reads it."""
    return tuple(
        ShownCorrection(
            label_of(one.field, wording),
            in_words(one.field, one.before, wording),
            in_words(one.field, one.after, wording),
            wording.person(one.corrected_by),
        )
        for one in corrections
    )


def around(box: Box) -> Box:
    """A field's box with a margin, so that its frame does not lie on the writing."""
    room = max(_FRAME_MIN, box.height // 4)
    left, top = max(0, box.left - room), max(0, box.top - room)
    return Box(left, top, box.width + 2 * room, box.height + 2 * room)


def crop_of(box: Box) -> str:
    """The part of the page that is shown large: the box with some room, as an SVG view."""
    room = max(20, round(box.height * _ROOM))
    width = max(box.width + 2 * room, _CROP_WIDTH_MIN)
    left = max(0, box.left - (width - box.width) // 2)
    return f"{left} {max(0, box.top - room)} {width} {box.height + 2 * room}"


def changed_fields(form: Mapping[str, str]) -> dict[str, str]:
    """The corrections in a sent form: what was confirmed, and what differs from what was kept."""
    found: dict[str, str] = {}
    for key, value in form.items():
        group, _, name = key.partition(":")
        if group != "value" or not name:
            continue
        is_confirmed = f"ok:{name}" in form
        if is_confirmed or value.strip() != form.get(f"was:{name}", "").strip():
            found[name] = value.strip()
    return found


def codes_for(
    answer: Answer, view: TaskView, desk_codes: Mapping[str, Code], language: str
) -> tuple[ShownCode, ...]:
    """The reasons a person may give: those said about the dossier, then the desk's own."""
    wanted = Effect.REFUSE if answer is Answer.REFUSE else Effect.RETURN
    said = {one.code: one.sentence for one in (*view.findings, *view.signals)}
    own = {
        name: code.sentences[language] for name, code in desk_codes.items() if code.effect is wanted
    }
    return tuple(ShownCode(code, sentence) for code, sentence in {**own, **said}.items())


def first_answer_of(text: str) -> FirstAnswer | None:
    """The first person's answer, None when nobody answered yet."""
    if not text:
        return None
    answer, code, due_minor = json.loads(text)
    return FirstAnswer(answer, code, due_minor)
