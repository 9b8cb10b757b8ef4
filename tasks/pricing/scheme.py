"""Reads one scheme folder: what the scheme is, its figures, its rules and their order."""

import datetime as dt
import hashlib
import importlib.util
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any, Generic, TypeVar, cast

from models.errors import CatalogueError
from models.finding import Effect
from models.messages import Code
from tasks.pricing.facts import FactSpec, read_facts
from tasks.pricing.figures import Status
from tasks.pricing.lists.records import reviewed_until_of
from tasks.pricing.parameters import Parameter, read_parameters
from tasks.pricing.rule import (
    AdjustFunction,
    Figures,
    Phase,
    RateFunction,
    Rule,
    TariffFunction,
)
from tasks.pricing.sources import Source
from tasks.pricing.strict_yaml import (
    Node,
    as_days,
    as_labels,
    as_mapping,
    as_text,
    as_texts,
    fail,
    part_files,
    read_yaml,
)
from tasks.pricing.tables import Table, imported_files, read_tables

SCHEME_KEYS = (
    "id",
    "country",
    "currency",
    "names",
    "national",
    "rights",
    "review_grace_days",
    "production",
    "rules",
)
#: ``status`` marks a scheme none of whose texts could be checked; ``funds`` who bears the money.
SCHEME_KEYS_OPTIONAL = ("status", "funds")
#: Characters of a tariff version: 48 bits tell every version of a catalogue apart.
VERSION_LENGTH = 12

#: A rule of any phase; the engine asks for each phase's own kind.
AnyRule = Rule[Any]
F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class BoundRule(Generic[F]):
    """A rule with the figures it may read."""

    rule: Rule[F]
    figures: Figures


@dataclass(frozen=True, slots=True)
class Scheme:
    """A scheme ready to price: figures, rules in order, and the version of all of it.

    ``production`` gives the effect of a finding's code in production where it differs from the
    usual one; ``review_grace`` is how long after its last review a figure is still trusted.
    ``status`` is that of the scheme as a whole; ``funds`` by id, the bearer of what no rule gives
    to another one first; ``facts`` are what the scheme asks beyond the common form.
    """

    scheme_id: str
    country: str
    currency: str
    names: Mapping[str, str]
    rights: str
    review_grace: dt.timedelta
    production: Mapping[str, Effect]
    status: Status
    funds: Mapping[str, Mapping[str, str]]
    facts: Mapping[str, FactSpec]
    parameters: Mapping[str, Parameter]
    tables: Mapping[str, Table]
    rules: Mapping[str, AnyRule]
    texts: Mapping[str, Mapping[str, str]]
    tariff_version: str
    tariff_rules: tuple[BoundRule[TariffFunction], ...]
    base_rules: tuple[BoundRule[AdjustFunction], ...]
    rate_rules: tuple[BoundRule[RateFunction], ...]
    due_rules: tuple[BoundRule[AdjustFunction], ...]

    def as_known(self, known_on: dt.date) -> "Scheme":
        """Return the scheme with the figures as they were known on a day."""
        known = replace(
            self,
            parameters={key: each.as_known(known_on) for key, each in self.parameters.items()},
            tables={key: each.as_known(known_on) for key, each in self.tables.items()},
            tariff_version=f"{self.tariff_version}.{known_on.isoformat()}",
        )
        return bind(known)


@dataclass(frozen=True, slots=True)
class Country:
    """What the schemes of one country share: its folder, tables, and files imported over them."""

    folder: Path
    tables: Mapping[str, Table]
    imported: tuple[Path, ...]


#: Returns what a country shares, by its folder's name, in a currency.
CountryReader = Callable[[str, str], Country]


def read_country(
    folder: Path, *, imported: Path | None, currency: str, sources: Mapping[str, Source]
) -> Country:
    """Return what a country's folder shares, overlaid by the folder of imported tables.

    Raises:
        CatalogueError: names the file, the key and the date.
    """
    tables = _tables_of(folder, currency, sources, imported)
    return Country(folder, tables, tuple(imported_files(imported)))


def read_scheme(
    folder: Path,
    *,
    country_of: CountryReader,
    sources: Mapping[str, Source],
    codes: Mapping[str, Code],
) -> Scheme:
    """Return the scheme of one folder.

    Raises:
        CatalogueError: names the file, the key and the date.
    """
    head = as_mapping(
        read_yaml(folder / "scheme.yaml"),
        "scheme.yaml",
        required=SCHEME_KEYS,
        optional=SCHEME_KEYS_OPTIONAL,
    )
    currency = as_text(head["currency"], "scheme.yaml: currency")
    national = head["national"]
    country = None
    if national is not None:
        country = country_of(as_text(national, "scheme.yaml: national"), currency)
    shared = None if country is None else country.folder
    own_tables = _tables_of(folder, currency, sources)
    tables = {**(country.tables if country else {}), **own_tables}
    parameters = _parameters_of(folder, currency, sources)
    facts = read_facts(folder)
    own_rules = _rules_of(folder)
    available = {**(_rules_of(shared) if shared else {}), **own_rules}
    ordered = _ordered_rules(head["rules"], available, own_rules)
    texts = {**(_texts_of(shared) if shared else {}), **_texts_of(folder)}
    _check_rules(ordered, parameters, tables, texts, codes)
    _check_all_read(ordered, parameters, own_tables)
    _check_facts(ordered, facts)
    rights = as_text(head["rights"], "scheme.yaml: rights")
    return bind(
        Scheme(
            scheme_id=as_text(head["id"], "scheme.yaml: id"),
            country=as_text(head["country"], "scheme.yaml: country"),
            currency=currency,
            names=as_labels(head["names"], "scheme.yaml: names"),
            rights=rights,
            review_grace=dt.timedelta(
                days=as_days(head["review_grace_days"], "scheme.yaml: review_grace_days")
            ),
            production=_read_production(head["production"], codes),
            status=_read_status(head.get("status")),
            funds=_read_funds(head.get("funds")),
            facts=facts,
            parameters=parameters,
            tables=tables,
            rules={rule.rule_id: rule for rule in ordered},
            texts=texts,
            tariff_version=version_of(
                [folder, country.folder] if country else [folder],
                without=rights,
                imported=country.imported if country else (),
            ),
            tariff_rules=(),
            base_rules=(),
            rate_rules=(),
            due_rules=(),
        )
    )


def bind(scheme: Scheme) -> Scheme:
    """Return the scheme with each rule tied to the figures it declared."""

    def of_phase(phase: Phase) -> tuple[BoundRule[Any], ...]:
        return tuple(
            BoundRule(
                rule,
                Figures(
                    rule.rule_id,
                    {name: scheme.parameters[name] for name in rule.reads if name in parameters},
                    {name: scheme.tables[name] for name in rule.reads if name in scheme.tables},
                ),
            )
            for rule in scheme.rules.values()
            if rule.phase is phase
        )

    parameters = scheme.parameters
    return replace(
        scheme,
        tariff_rules=of_phase(Phase.TARIFF),
        base_rules=of_phase(Phase.BASE),
        rate_rules=of_phase(Phase.RATE),
        due_rules=of_phase(Phase.DUE),
    )


def version_of(folders: Sequence[Path], *, without: str, imported: Sequence[Path] = ()) -> str:
    """Return the tariff version: a short hash over names and bytes of all files that price.

    The rights file ``without`` is left out: it opens rights and prices nothing. Where no table
    is ``imported``, the version is that of the folders alone.
    """
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if not path.is_file() or "__pycache__" in path.parts or name == without:
                continue
            data = path.read_bytes()
            digest.update(f"{name}\0{len(data)}\0".encode())
            digest.update(data)
    for path in imported:
        data = path.read_bytes()
        reviewed = reviewed_until_of(path)
        digest.update(f"imported/{path.name}\0{reviewed}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()[:VERSION_LENGTH]


def _tables_of(
    folder: Path, currency: str, sources: Mapping[str, Source], imported: Path | None = None
) -> Mapping[str, Table]:
    if not (folder / "tables.yaml").exists():
        return {}
    return read_tables(folder, currency=currency, sources=sources.keys(), imported=imported)


def _parameters_of(
    folder: Path, currency: str, sources: Mapping[str, Source]
) -> Mapping[str, Parameter]:
    """The parameters of ``parameters.yaml`` and of every file of ``parameters/``."""
    found: dict[str, Parameter] = {}
    paths = part_files(folder, "parameters")
    if not paths:
        fail("parameters.yaml", "missing; a scheme has figures")
    for path in paths:
        part = read_parameters(path, currency=currency, sources=sources.keys())
        if twice := sorted(part.keys() & found.keys()):
            fail(f"{path.name}: {twice[0]}", "written twice")
        found.update(part)
    return found


def _texts_of(folder: Path) -> Mapping[str, Mapping[str, str]]:
    """The texts of ``texts.yaml`` and of every file of ``texts/``."""
    found: dict[str, Mapping[str, str]] = {}
    for path in part_files(folder, "texts"):
        node = read_yaml(path)
        if not isinstance(node, dict):
            fail(path.name, "must map a rule to its text in each language")
        for key, text in node.items():
            if str(key) in found:
                fail(f"{path.name}: {key}", "written twice")
            found[str(key)] = as_labels(text, f"{path.name}: {key}")
    return found


def _rules_of(folder: Path) -> Mapping[str, AnyRule]:
    found: dict[str, AnyRule] = {}
    for path in sorted((folder / "rules").glob("*.py")):
        if path.name == "__init__.py":
            continue
        for value in vars(_load(path)).values():
            if not isinstance(value, Rule):
                continue
            if value.rule_id in found:
                fail(f"rules/{path.name}: {value.rule_id}", "written twice")
            found[value.rule_id] = value
    return found


def _load(path: Path) -> ModuleType:
    name = "tasfiya_rules_" + hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:16]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        fail(f"rules/{path.name}", "is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except CatalogueError:
        raise
    except Exception as error:  # whatever a rule file does wrong, the catalogue is at fault
        del sys.modules[name]
        raise CatalogueError(f"rules/{path.name}: cannot be loaded: {error}") from error
    return module


def _ordered_rules(
    node: Node, available: Mapping[str, AnyRule], own: Collection[str]
) -> list[AnyRule]:
    phases = as_mapping(node, "scheme.yaml: rules", required=[phase.value for phase in Phase])
    ordered: list[AnyRule] = []
    for phase in Phase:
        for rule_id in as_texts(phases[phase.value], f"scheme.yaml: rules: {phase}"):
            rule = available.get(rule_id)
            if rule is None or rule.phase is not phase:
                fail(f"scheme.yaml: rules: {phase}: {rule_id}", "no such rule in rules/*.py")
            ordered.append(rule)
    named = [rule.rule_id for rule in ordered]
    forgotten = sorted(set(own) - set(named))
    if forgotten or len(set(named)) != len(named):
        fail("scheme.yaml: rules", f"each rule is named once; not named: {forgotten}")
    return ordered


def _check_rules(
    rules: Sequence[AnyRule],
    parameters: Mapping[str, Parameter],
    tables: Mapping[str, Table],
    texts: Mapping[str, Mapping[str, str]],
    codes: Mapping[str, Code],
) -> None:
    for rule in rules:
        where = f"rules: {rule.rule_id}"
        unknown = [name for name in rule.reads if name not in parameters and name not in tables]
        if unknown:
            fail(where, f"reads {', '.join(unknown)}, which no file of the catalogue holds")
        if rule.rule_id not in texts:
            fail(f"texts.yaml: {rule.rule_id}", "missing; every rule is named in each language")
        for code in rule.codes:
            if code not in codes:
                fail(where, f"code {code} is not in codes.yaml")


def _check_all_read(
    rules: Sequence[AnyRule], parameters: Mapping[str, Parameter], own_tables: Mapping[str, Table]
) -> None:
    read = {name for rule in rules for name in rule.reads}
    for name, parameter in parameters.items():
        if name not in read:
            first = parameter.timeline.figures[0].start if parameter.timeline.figures else ""
            fail(f"parameters.yaml: {name}: {first}", "unread figure: no rule declares it")
    for name in own_tables:
        if name not in read:
            fail(f"tables.yaml: {name}", "unread table: no rule declares it")


def _check_facts(rules: Sequence[AnyRule], facts: Mapping[str, FactSpec]) -> None:
    asked = {name for rule in rules for name in rule.asks}
    if unknown := sorted(asked - facts.keys()):
        fail(f"rules: {unknown[0]}", "asked for, but no fact of facts.yaml")
    if unasked := sorted(facts.keys() - asked):
        fail(f"facts.yaml: {unasked[0]}", "unasked fact: no rule declares it in asks=(…)")


def _read_status(node: Node) -> Status:
    if node is None:
        return Status.CONFIRMED
    try:
        return Status(str(node))
    except ValueError as error:
        raise CatalogueError("scheme.yaml: status: unknown") from error


def _read_funds(node: Node) -> Mapping[str, Mapping[str, str]]:
    if node is None:
        return {}
    if not isinstance(node, dict):
        fail("scheme.yaml: funds", "must map a fund to its name in each language")
    return {str(key): as_labels(text, f"scheme.yaml: funds: {key}") for key, text in node.items()}


def _read_production(node: Node, codes: Mapping[str, Code]) -> Mapping[str, Effect]:
    where = "scheme.yaml: production"
    if not isinstance(node, dict):
        fail(where, "must map a code to its effect in production")
    effects: dict[str, Effect] = {}
    for code, effect in cast(dict[str, Node], node).items():
        if code not in codes:
            fail(where, f"code {code} is not in codes.yaml")
        try:
            effects[code] = Effect(str(effect))
        except ValueError as error:
            raise CatalogueError(f"{where}: {code}: unknown effect") from error
    return effects
