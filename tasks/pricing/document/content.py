"""Gathers what stands on the page of a scheme: figures, tables, rules, facts, cases, sources."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tasks.pricing.cases import PricingCase
from tasks.pricing.catalogue import Catalogue
from tasks.pricing.engine import price
from tasks.pricing.explain import format_cells, format_value
from tasks.pricing.facts import FactSpec
from tasks.pricing.figures import Alternative, Figure
from tasks.pricing.parameters import Parameter
from tasks.pricing.scheme import AnyRule, Scheme
from tasks.pricing.sources import Source
from tasks.pricing.tables import Table

#: A case that a figure is used by: its number on the page.
CaseNumbers = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One interval of a figure as the page shows it."""

    name: str
    value: str
    start: dt.date
    end: dt.date | None
    known_from: dt.date | None
    source: str
    status: str
    notes: str
    alternatives: tuple[str, ...]
    cases: CaseNumbers


@dataclass(frozen=True, slots=True)
class FigureBlock:
    """A parameter or a table with all its intervals and rows."""

    block_id: str
    label: Mapping[str, str]
    unit: str
    effective_by: str
    rounding: str
    reviewed_until: dt.date
    reviewed_by: str
    lines: tuple[FigureLine, ...]


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule in its order, with its name, its text of law and what it reads and asks."""

    order: int
    phase: str
    rule_id: str
    name: Mapping[str, str]
    reference: str
    reads: tuple[str, ...]
    asks: tuple[str, ...]
    cases: CaseNumbers


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A golden case: who says so, and what it gives."""

    number: int
    name: str
    authority: str
    source: str
    care_date: str
    expected: str


@dataclass(frozen=True, slots=True)
class SchemePage:
    """Everything that stands on a scheme's page, in a fixed order."""

    scheme: Scheme
    parameters: tuple[FigureBlock, ...]
    tables: tuple[FigureBlock, ...]
    drafts: tuple[FigureLine, ...]
    rules: tuple[RuleLine, ...]
    facts: tuple[FactSpec, ...]
    cases: tuple[CaseLine, ...]
    sources: tuple[Source, ...]
    statuses: Mapping[str, int]


def page_of(catalogue: Catalogue, scheme_id: str, cases: Sequence[PricingCase]) -> SchemePage:
    """Return the content of a scheme's page; each case is priced to see what it uses."""
    scheme = catalogue.schemes[scheme_id]
    used_figures, used_rules = _uses(catalogue, cases)
    parameters = tuple(
        _parameter_block(each, used_figures)
        for each in sorted(scheme.parameters.values(), key=lambda each: each.parameter_id)
    )
    read = {name for rule in scheme.rules.values() for name in rule.reads}
    tables = tuple(
        _table_block(scheme.tables[name], used_figures)
        for name in sorted(scheme.tables.keys() & read)
    )
    drafts = tuple(
        _line(figure, used_figures)
        for figure in sorted(catalogue.drafts(scheme_id), key=lambda each: each.figure_id)
    )
    figures = [line for block in (*parameters, *tables) for line in block.lines]
    named = {line.source for line in (*figures, *drafts)}
    statuses: dict[str, int] = {}
    for line in figures:
        statuses[line.status] = statuses.get(line.status, 0) + 1
    return SchemePage(
        scheme=scheme,
        parameters=parameters,
        tables=tables,
        drafts=drafts,
        rules=tuple(_rules(scheme, used_rules)),
        facts=tuple(sorted(scheme.facts.values(), key=lambda each: each.fact_id)),
        cases=tuple(_case_line(number, case) for number, case in enumerate(cases, start=1)),
        sources=tuple(catalogue.sources[name] for name in sorted(named)),
        statuses=dict(sorted(statuses.items())),
    )


def _uses(
    catalogue: Catalogue, cases: Iterable[PricingCase]
) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
    """The numbers of the cases that use each figure and each rule."""
    figures: dict[str, list[int]] = {}
    rules: dict[str, list[int]] = {}
    for number, case in enumerate(cases, start=1):
        known = catalogue if case.known_on is None else catalogue.as_known(case.known_on)
        priced = price(case.given, known, production=case.is_production)
        for figure_id in {name for line in priced.lines for name in line.figure_ids}:
            figures.setdefault(figure_id, []).append(number)
        for rule_id in {name for line in priced.lines for name in line.rule_id.split("+")}:
            rules.setdefault(rule_id, []).append(number)
    return figures, rules


def _parameter_block(parameter: Parameter, used: Mapping[str, list[int]]) -> FigureBlock:
    return FigureBlock(
        parameter.parameter_id,
        parameter.label,
        parameter.unit,
        parameter.effective_by.value,
        parameter.rounding.value,
        parameter.reviewed_until,
        parameter.reviewed_by,
        tuple(_line(figure, used) for figure in parameter.timeline.figures),
    )


def _table_block(table: Table, used: Mapping[str, list[int]]) -> FigureBlock:
    spec = table.spec
    units = ", ".join(f"{name} {unit}" for name, unit in spec.numbers.items())
    figures = (figure for key in sorted(table.by_key) for figure in table.by_key[key].figures)
    return FigureBlock(
        spec.table_id,
        spec.label,
        units,
        spec.effective_by.value,
        spec.rounding.value,
        spec.reviewed_until,
        spec.reviewed_by,
        tuple(_line(figure, used) for figure in figures),
    )


def _line(figure: Figure, used: Mapping[str, list[int]]) -> FigureLine:
    texts = " · ".join(text for text in figure.texts.values() if text)
    return FigureLine(
        name=f"{figure.key} — {texts}" if texts else figure.key,
        value=format_cells(figure) if figure.numbers else format_value(figure),
        start=figure.start,
        end=figure.end,
        known_from=figure.known_from,
        source=figure.source,
        status=figure.status.value,
        notes=" ".join(part for part in (figure.quote, figure.notes) if part),
        alternatives=tuple(map(_alternative, figure.alternatives)),
        cases=tuple(used.get(figure.figure_id, ())),
    )


def _alternative(other: Alternative) -> str:
    return f"{other.value} ({other.source})"


def _rules(scheme: Scheme, used: Mapping[str, list[int]]) -> Iterable[RuleLine]:
    for order, rule in enumerate(scheme.rules.values(), start=1):
        yield _rule_line(order, rule, scheme, tuple(used.get(rule.rule_id, ())))


def _rule_line(order: int, rule: AnyRule, scheme: Scheme, cases: CaseNumbers) -> RuleLine:
    return RuleLine(
        order,
        rule.phase.value,
        rule.rule_id,
        scheme.texts[rule.rule_id],
        rule.reference,
        rule.reads,
        rule.asks,
        cases,
    )


def _case_line(number: int, case: PricingCase) -> CaseLine:
    days = sorted({line.care_date for line in case.given.dossier.lines})
    expected = ", ".join(f"{name}: {value}" for name, value in sorted(case.expected.items()))
    return CaseLine(
        number,
        case.name,
        case.authority,
        case.source,
        " ".join(day.isoformat() for day in days),
        expected,
    )
