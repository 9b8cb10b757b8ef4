"""What differs between two states of a scheme: figures, rules, facts; by key and interval."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from models.errors import UsageError
from tasks.pricing.catalogue import Catalogue
from tasks.pricing.explain import format_cells
from tasks.pricing.figures import Figure
from tasks.pricing.scheme import Scheme


@dataclass(frozen=True, slots=True)
class SchemeDifference:
    """One thing that one state has otherwise than the other; an empty text says it is not there."""

    kind: str
    key: str
    before: str
    after: str


def diff_schemes(
    before: Catalogue, before_id: str, after: Catalogue, after_id: str
) -> tuple[SchemeDifference, ...]:
    """Return what differs between two schemes, or one scheme in two catalogues; sorted by kind.

    Raises:
        UsageError: for a scheme that a catalogue does not have.
    """
    old, new = _scheme(before, before_id), _scheme(after, after_id)
    found: list[SchemeDifference] = []
    for kind, was, comes in (
        ("figure", _figures(before, before_id), _figures(after, after_id)),
        ("rule", _rules(old), _rules(new)),
        ("fact", _facts(old), _facts(new)),
    ):
        for key in sorted(was.keys() | comes.keys()):
            if was.get(key, "") != comes.get(key, ""):
                found.append(SchemeDifference(kind, key, was.get(key, ""), comes.get(key, "")))
    return tuple(found)


def _scheme(catalogue: Catalogue, scheme_id: str) -> Scheme:
    scheme = catalogue.schemes.get(scheme_id)
    if scheme is None:
        known = ", ".join(sorted(catalogue.schemes))
        raise UsageError(f"{scheme_id}: no such scheme; the catalogue has {known}")
    return scheme


def _figures(catalogue: Catalogue, scheme_id: str) -> Mapping[str, str]:
    """Each interval of each figure that a rule of the scheme reads, by its id."""
    return {figure.figure_id: _said(figure) for figure in _read_figures(catalogue, scheme_id)}


def _read_figures(catalogue: Catalogue, scheme_id: str) -> Iterator[Figure]:
    scheme = catalogue.schemes[scheme_id]
    read = {name for rule in scheme.rules.values() for name in rule.reads}
    for figure in catalogue.figures(scheme_id):
        if figure.key in read or figure.key.partition(".")[0] in read:
            yield figure


def _said(figure: Figure) -> str:
    return (
        f"{format_cells(figure)} · {figure.interval} · {figure.status.value} · {figure.source}"
        f" · {figure.rounding.value}"
    )


def _rules(scheme: Scheme) -> Mapping[str, str]:
    return {
        rule_id: f"{place} · {rule.phase.value} · {rule.reference} · {' '.join(rule.reads)}"
        for place, (rule_id, rule) in enumerate(scheme.rules.items(), start=1)
    }


def _facts(scheme: Scheme) -> Mapping[str, str]:
    return {
        name: f"{spec.of.value} · {spec.kind.value} · {' '.join(spec.choices)} · {spec.default}"
        for name, spec in scheme.facts.items()
    }
