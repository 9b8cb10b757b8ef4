"""What is asked at the desk beyond the common fields: by the form at hand and by its scheme.

The forms' templates and the schemes' facts say it all; nothing here knows any one of them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from infra.settings import Settings
from infra.stores.dossiers import Head
from models.errors import UsageError
from models.finding import Finding
from models.typing import ExtraField
from tasks.extraction.fields import parse_amount, parse_date
from tasks.extraction.paper import REFERS_TO
from tasks.extraction.template import Template, read_templates
from tasks.extraction.typed_fields import (
    BOX,
    FACTS,
    act_codes,
    implied_values,
    parse_typed,
    required_fields,
    typed_fields,
    typed_findings,
)
from tasks.pricing.chunk import catalogue_of
from tasks.pricing.facts import FactKind, FactOf, FactSpec
from tasks.review.typing import paper_amount
from tasks.review.web.typing_form import read_form

#: The chosen form and scheme among the typed values.
FORM, SCHEME = "form", "scheme"
#: Fields that the page fills in from the registers.
_FROM_REGISTERS = frozenset({"insured_number", "insured_cin"})
_LINE_FACTS = "lines."
_NEW_LINE = re.compile(r"^(lines\[\+\d{1,3}\]\.)(.+)$")
_WAYS: Mapping[FactKind, str] = {
    FactKind.FLAG: "flag", FactKind.CHOICE: "choice", FactKind.DATE: "date",
    FactKind.AMOUNT: "amount", FactKind.COUNT: "digits", FactKind.DECIMAL: "code",
    FactKind.TEXT: "words",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TypedExtras:
    """Typed values in their normal form, what they tell a person, and the fields that are none."""

    values: Mapping[str, str]
    findings: tuple[Finding, ...]
    unfit: frozenset[str]


@dataclass(frozen=True, slots=True)
class FormAtHand:
    """The forms a dossier may be on, and the scheme under which it is typed.

    ``is_known`` says that it is one certain form; else they are all those of the scheme. ``facts``
    are those that the scheme asks of a dossier or line.
    """

    templates: tuple[Template, ...]
    is_known: bool
    scheme: str
    currency: str
    facts: Mapping[str, FactSpec] = field(default_factory=dict)

    @property
    def form_id(self) -> str:
        """The form, empty where it is not known."""
        return self.templates[0].form_id if self.is_known else ""

    @property
    def required(self) -> frozenset[str]:
        """The fields the form cannot do without; none where it is not known."""
        return required_fields(self.templates[0]) if self.is_known else frozenset()

    def extras(self) -> tuple[ExtraField, ...]:
        """The fields beyond the common ones, each once, those of the form first."""
        found: dict[str, ExtraField] = {}
        for template in self.templates:
            for one in typed_fields(template):
                found.setdefault(one.name, self._worded(one))
        for spec in self.facts.values():
            extra = _fact_field(spec)
            found.setdefault(extra.name, extra)
        for name in _common() & set(found):
            del found[name]
        return tuple(found.values())

    def _fact(self, name: str) -> FactSpec | None:
        """The fact that a field states of the dossier, of a line or of all lines."""
        own = name.removeprefix(_LINE_FACTS)
        return self.facts.get(own.removeprefix(FACTS)) if own.startswith(FACTS) else None

    def _worded(self, own: ExtraField) -> ExtraField:
        """A field of a form with the words and all the choices that the scheme has for it.

        What the scheme must be told and a certain form prints is asked at once.
        """
        spec = self._fact(own.name)
        if spec is None:
            return own
        fact = _fact_field(spec)
        choices = {value: own.choices.get(value) or words for value, words in fact.choices.items()}
        is_asked = own.is_asked or (self.is_known and spec.default is None)
        label = own.label or fact.label
        return replace(own, way=fact.way, label=label, choices=choices, is_asked=is_asked)

    def read(self, typed: Mapping[str, str], total_minor: int) -> TypedExtras:
        """Return typed values with the extra fields checked and in their normal form."""
        extras = {one.name for one in self.extras()}
        values: dict[str, str] = {}
        unfit = set()
        # A beneficiary's own number is told after the insured person's, which may stand for it.
        for name in sorted(typed, key=lambda one: one != "insured_number"):
            text = typed[name]
            match = _NEW_LINE.match(name)
            own = match[2] if match else name
            text = text.upper() if own == REFERS_TO else text
            value = self._value(own, text) if own in extras and text else text
            if value is None:
                unfit.add(name)
            else:
                values[name] = value
        findings: tuple[Finding, ...] = ()
        for template in self.templates[: int(self.is_known)]:
            values |= implied_values(template, values)
            if act_codes(template):
                values = _by_class(values)
            findings = typed_findings(template, values, total_minor)
        return TypedExtras(_shared_out(values), findings, frozenset(unfit))

    def _value(self, name: str, text: str) -> str | None:
        """A value in its normal form, None where the text is none."""
        spec = self._fact(name)
        if spec is not None:
            return _fact_value(spec, text)
        for template in self.templates:
            parsed = parse_typed(template, name, text)
            if parsed is not None:
                return parsed.value if parsed.is_valid else None
        return None


def form_at_hand(
    settings: Settings, head: Head, form_ids: Sequence[str], chosen: Mapping[str, str]
) -> FormAtHand:
    """Return the form and scheme of a dossier: those chosen, else those of its registered pages.

    A form of one scheme decides the scheme, as where a machine reads it. Where no page is
    registered and nothing was chosen, it may be any form of the dossier's scheme.

    Raises:
        UsageError: when there is no such form, or it is not of the chosen scheme.
    """
    templates = read_templates(settings.forms_dir)
    form_id = chosen.get(FORM) or next((one for one in form_ids if one in templates), "")
    if form_id and form_id not in templates:
        raise UsageError("choose a form that is known, of one of its schemes")
    scheme = chosen.get(SCHEME) or head.scheme
    if not form_id:
        found = tuple(one for one in templates.values() if scheme in one.schemes)
        currency = head.currency
    else:
        own = templates[form_id]
        found, scheme = (own,), own.schemes[0] if len(own.schemes) == 1 else scheme
        currency = own.currency if scheme in own.schemes else head.currency
    if scheme != head.scheme and not (form_id and scheme in found[0].schemes):
        raise UsageError("choose a form that is known, of one of its schemes")
    return FormAtHand(found, bool(form_id), scheme, currency, _facts(settings, scheme))


def _facts(settings: Settings, scheme: str) -> dict[str, FactSpec]:
    schemes = catalogue_of(settings.schemes_dir, None, settings.imported_tariffs()).schemes
    facts = schemes[scheme].facts if scheme in schemes else {}
    return {name: spec for name, spec in facts.items() if spec.of in (FactOf.DOSSIER, FactOf.LINE)}


def _common() -> frozenset[str]:
    return _FROM_REGISTERS | {spec.name for spec in read_form()}


def _fact_field(spec: FactSpec) -> ExtraField:
    choices: dict[str, Mapping[str, str]] = {choice: {} for choice in spec.choices}
    is_of_line = spec.of is FactOf.LINE
    name = f"{FACTS}{spec.fact_id}"
    return ExtraField(name, _WAYS[spec.kind], spec.label, choices, is_of_line=is_of_line)


def _fact_value(spec: FactSpec, text: str) -> str | None:
    if spec.kind in (FactKind.AMOUNT, FactKind.DATE):
        parsed = (parse_amount if spec.kind is FactKind.AMOUNT else parse_date)(text)
        return parsed.value if parsed.is_valid else None
    value = text.replace(",", ".") if spec.kind is FactKind.DECIMAL else text
    try:
        spec.parse(value)
    except ValueError:
        return None
    return value


def _by_class(values: Mapping[str, str]) -> dict[str, str]:
    """The values with the items of one class and day as one line, as where a machine reads them."""
    lines: dict[str, dict[str, str]] = {}
    rest: dict[str, str] = {}
    for name, value in values.items():
        match = _NEW_LINE.match(name)
        place = lines.setdefault(match[1], {}) if match else rest
        place[match[2] if match else name] = value
    totals: dict[tuple[str, ...], tuple[str, int]] = {}
    for prefix, line in lines.items():
        amount = parse_amount(line.get("amount_minor", ""))
        key = (line.get("code", ""), line.get("care_date", ""))
        if not amount.is_valid or not all(key):
            totals[prefix, *key] = (prefix, -1)
            continue
        first, before = totals.get(key, (prefix, 0))
        totals[key] = (first, before + int(amount.value))
    for first, total in totals.values():
        line = lines[first]
        if total >= 0:
            is_sum = parse_amount(line["amount_minor"]).value != str(total)
            line = (
                line | {"amount_minor": paper_amount(total)} | ({"quantity": "1"} if is_sum else {})
            )
        rest |= {f"{first}{name}": value for name, value in line.items()}
    return rest


def _shared_out(values: Mapping[str, str]) -> dict[str, str]:
    """The values with facts of all lines written to each line, and without what fills no field."""
    lines = dict.fromkeys(match[1] for name in values if (match := _NEW_LINE.match(name)))
    shared: dict[str, str] = {}
    for name, value in values.items():
        if name.startswith(f"{_LINE_FACTS}{FACTS}"):
            own = name.removeprefix(_LINE_FACTS)
            shared |= {f"{line}{own}": value for line in lines if value}
    kept = {
        name: value
        for name, value in values.items()
        if not name.startswith((f"{_LINE_FACTS}{FACTS}", BOX))
    }
    return {
        **shared,
        **{name: value for name, value in kept.items() if value or name not in shared},
    }
