"""Prices again and shows every step: rule, inputs, figure, source, legal text, amount.

Traces are recomputed, never stored; ``compare`` says where the stored amounts differ, which a
newer tariff or engine may explain.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from models.messages import LANGUAGES, render
from models.money import format_minor
from models.outcome import PricedDossier, PricedLine, PricingInput
from models.written import written
from tasks.pricing.catalogue import Catalogue
from tasks.pricing.draft import Step
from tasks.pricing.engine import price_traced
from tasks.pricing.figures import Figure
from tasks.pricing.strict_yaml import as_labels, fail, read_yaml

TEXTS_PATH = Path(__file__).parent / "texts.yaml"

#: What JSON can hold.
Json = str | int | bool | None | list["Json"] | dict[str, "Json"]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A dossier priced again, and the steps in the order in which they were taken."""

    priced: PricedDossier
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """An amount that is stored otherwise than it comes out now; line 0 is the whole dossier."""

    line_no: int
    field: str
    stored: str
    recomputed: str


def explain(given: PricingInput, catalogue: Catalogue, *, production: bool = False) -> Explanation:
    """Return the dossier priced again with its steps."""
    return Explanation(*price_traced(given, catalogue, production=production))


def compare(stored: PricedDossier, recomputed: PricedDossier) -> tuple[Difference, ...]:
    """Return where two pricings of one dossier differ, versions first, then line by line."""
    found = [
        Difference(0, name, str(getattr(stored, name)), str(getattr(recomputed, name)))
        for name in ("tariff_version", "engine_version", "due_minor")
        if getattr(stored, name) != getattr(recomputed, name)
    ]
    now = {line.line_no: line for line in recomputed.lines}
    before = {line.line_no: line for line in stored.lines}
    for line_no in sorted(now.keys() | before.keys()):
        old, new = before.get(line_no), now.get(line_no)
        for name in ("tariff_minor", "base_minor", "rate", "due_minor", "rule_id"):
            was = "" if old is None else getattr(old, name)
            comes = "" if new is None else getattr(new, name)
            if was != comes:
                found.append(Difference(line_no, name, str(was), str(comes)))
    return tuple(found)


def as_dict(explanation: Explanation, catalogue: Catalogue, language: str) -> dict[str, Json]:
    """Return an explanation as plain data with its sentences in one language."""
    priced = explanation.priced
    currency = priced.currency
    return {
        "scheme": priced.scheme,
        "currency": currency,
        "tariff_version": priced.tariff_version,
        "engine_version": priced.engine_version,
        "lines": [line_dict(line) for line in priced.lines],
        "total": {
            "asked_minor": priced.asked_minor,
            "base_minor": priced.base_minor,
            "due_minor": priced.due_minor,
            "patient_share_minor": priced.base_minor - priced.due_minor,
            "excess_minor": priced.asked_minor - priced.base_minor,
        },
        "findings": [
            {
                "code": finding.code,
                "effect": finding.effect.value,
                "line_no": finding.line_no,
                "sentence": render(catalogue.codes[finding.code], finding.params, language),
            }
            for finding in priced.findings
        ],
        "steps": [
            _step_dict(order, step, priced, catalogue, language)
            for order, step in enumerate(explanation.steps, start=1)
        ],
    }


def as_text(explanation: Explanation, catalogue: Catalogue, language: str) -> str:
    """Return an explanation as lines of text in one language."""
    priced = explanation.priced
    currency = priced.currency
    parts: list[str] = []
    for line in priced.lines:
        parts.append(
            f"{_word('word.line', language)} {line.line_no} · {_word('word.asked', language)} "
            f"{format_minor(line.asked_minor, currency)}"
        )
        for step in explanation.steps:
            if step.line_no == line.line_no:
                parts.extend(_step_text(step, priced, catalogue, language))
        parts.append(f"  = {_amounts(line, currency, language)}")
        funds = catalogue.schemes[priced.scheme].funds if line.shares else {}
        for fund, amount in line.shares:
            parts.append(f"    · {funds[fund][language]}: {format_minor(amount, currency)}")
    for finding in priced.findings:
        sentence = render(catalogue.codes[finding.code], finding.params, language)
        parts.append(f"! {finding.code} · {finding.line_no or ''} · {sentence}")
    parts.append(
        f"{_word('word.total', language)} · {_word('word.asked', language)} "
        f"{format_minor(priced.asked_minor, currency)} · {_word('word.due', language)} "
        f"{format_minor(priced.due_minor, currency)}"
    )
    parts.append(
        f"{_word('word.tariff_version', language)} {priced.tariff_version} · "
        f"{_word('word.engine_version', language)} {priced.engine_version}"
    )
    return written("\n".join(parts), language)


def line_dict(line: PricedLine) -> dict[str, Json]:
    """Return a priced line as plain data, with what stays with the patient."""
    return {
        "line_no": line.line_no,
        "asked_minor": line.asked_minor,
        "tariff_minor": line.tariff_minor,
        "base_minor": line.base_minor,
        "rate": str(line.rate),
        "due_minor": line.due_minor,
        "patient_share_minor": line.base_minor - line.due_minor,
        "excess_minor": line.asked_minor - line.base_minor,
        "rule_id": line.rule_id,
        "figure_ids": list(line.figure_ids),
        "shares": {fund: amount for fund, amount in line.shares},
    }


def figure_dict(figure: Figure, catalogue: Catalogue, language: str) -> dict[str, Json]:
    """Return a figure as plain data with its source's title and its status in words."""
    source = catalogue.sources[figure.source]
    return {
        "figure_id": figure.figure_id,
        "value": format_value(figure),
        "cells": {name: str(number) for name, number in figure.numbers.items()},
        "from": figure.start.isoformat(),
        "to": None if figure.end is None else figure.end.isoformat(),
        "source": source.source_id,
        "source_title": source.title,
        "source_url": source.url,
        "status": figure.status.value,
        "status_text": _word(f"status.{figure.status.value}", language),
        "alternatives": [
            {"value": str(other.value), "source_title": catalogue.sources[other.source].title}
            for other in figure.alternatives
        ],
    }


def format_value(figure: Figure) -> str:
    """Return a figure's value as people read it: ``70 %``, ``22.50 MAD/unit``, ``80``."""
    if figure.unit == "rate":
        return f"{(figure.value * 100).normalize():f} %"
    if "/" in figure.unit or figure.unit.isupper():
        return f"{figure.value:.2f} {figure.unit}"
    return f"{figure.value.normalize():f}"


def format_cells(figure: Figure) -> str:
    """Return a figure's value, or all numbers of a row that has several."""
    if len(figure.numbers) < 2:
        return format_value(figure)
    return ", ".join(f"{name} {number}" for name, number in figure.numbers.items())


def _step_dict(
    order: int, step: Step, priced: PricedDossier, catalogue: Catalogue, language: str
) -> dict[str, Json]:
    return {
        "order": order,
        "line_no": step.line_no,
        "rule_id": step.rule_id,
        "text": _step_name(step, priced, catalogue, language),
        "reference": step.reference,
        "inputs": dict(step.params),
        "figures": [figure_dict(figure, catalogue, language) for figure in step.figures],
        "before_minor": step.before_minor,
        "amount_minor": step.after_minor,
    }


def _step_text(step: Step, priced: PricedDossier, catalogue: Catalogue, language: str) -> list[str]:
    amount = "–" if step.after_minor is None else format_minor(step.after_minor, priced.currency)
    rule = f" [{step.rule_id}]" if step.rule_id else ""
    scheme = catalogue.schemes.get(priced.scheme)
    scheme_texts = {} if scheme is None else scheme.texts
    inputs = " · ".join(
        f"{_input_name(name, scheme_texts, language)} {_input_value(name, value, language)}"
        for name, value in step.params
        if value
    )
    parts = [f"  → {_step_name(step, priced, catalogue, language)}{rule}: {amount}"]
    if inputs:
        parts.append(f"      {inputs}")
    for figure in step.figures:
        source = catalogue.sources[figure.source]
        status = _word(f"status.{figure.status.value}", language)
        parts.append(
            f"      {_word('word.figure', language)} {figure.figure_id} = {format_cells(figure)} "
            f"({figure.interval}) · {_word('word.source', language)}: {source.title} · {status}"
        )
        for other in figure.alternatives:
            title = catalogue.sources[other.source].title
            parts.append(f"        {_word('word.otherwise', language)}: {other.value} · {title}")
    if step.reference:
        parts.append(f"      {_word('word.reference', language)}: {step.reference}")
    return parts


def _step_name(step: Step, priced: PricedDossier, catalogue: Catalogue, language: str) -> str:
    if step.rule_id:
        return catalogue.schemes[priced.scheme].texts[step.rule_id][language]
    return _word(step.name, language)


def _amounts(line: PricedLine, currency: str, language: str) -> str:
    if line.tariff_minor is None:
        return _word("no_tariff", language)
    amounts = (
        ("word.due", line.due_minor),
        ("word.patient_share", line.base_minor - line.due_minor),
        ("word.excess", line.asked_minor - line.base_minor),
    )
    return " · ".join(
        f"{_word(name, language)} {format_minor(amount, currency)}" for name, amount in amounts
    )


def _word(name: str, language: str) -> str:
    if language not in LANGUAGES:
        fail("language", f"must be one of {', '.join(LANGUAGES)}")
    return _texts()[name][language]


def _input_name(name: str, scheme_texts: Mapping[str, Mapping[str, str]], language: str) -> str:
    """The word for an input of a step: the scheme's own, the common one, or the name itself."""
    text = scheme_texts.get(f"input.{name}") or _texts().get(f"input.{name}")
    return name if text is None else text[language]


def _input_value(name: str, value: str, language: str) -> str:
    """The word for one of a few values, such as a sector; any other value as it is."""
    text = _texts().get(f"value.{name}.{value}")
    return value if text is None else text[language]


@cache
def _texts() -> Mapping[str, Mapping[str, str]]:
    node = read_yaml(TEXTS_PATH)
    if not isinstance(node, dict):
        fail(TEXTS_PATH.name, "must map a step or word to its text in each language")
    return {str(key): as_labels(text, f"{TEXTS_PATH.name}: {key}") for key, text in node.items()}
