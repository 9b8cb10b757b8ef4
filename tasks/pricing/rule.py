"""What a rule of a scheme is: a small pure function with an id, a legal reference, its figures.

A rule file holds one or more functions, each under one of the four decorators below. The engine
runs the phases in this order and knows nothing of what the rules say:

tariff  one line → the reference price of its whole quantity; the first rule that answers counts
base    all lines → what is reimbursable of them: cumulation, ceilings, deductibles
rate    one line → the payer's share of the base; the first rule that answers counts
due     all lines → what is due of them: fixed participations, layers, maximum amounts
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from models.dossier import Dossier, DossierLine
from models.errors import CatalogueError, FactMissing, FigureNotInForce
from models.outcome import CounterUse, ValidatedDossier
from tasks.pricing.facts import FactBook, FactValue
from tasks.pricing.figures import EffectiveBy, Figure
from tasks.pricing.parameters import Parameter
from tasks.pricing.tables import Key, Table

#: How the counter of a whole family is told apart from a person's own of the same name.
FAMILY_PREFIX = "family:"


class Phase(StrEnum):
    """When a rule is asked."""

    TARIFF = "tariff"
    BASE = "base"
    RATE = "rate"
    DUE = "due"


class LineState(Protocol):
    """A line as a rule sees it, half priced; a rule SHALL NOT change it.

    ``group`` is the name that the tariff rule gave to its kind of act; ``tariff_minor`` is None
    where no tariff is known.
    """

    @property
    def position(self) -> int:
        """Place of the line in the dossier, from 0."""

    @property
    def line(self) -> DossierLine:
        """The line as asked."""

    @property
    def admission_date(self) -> dt.date:
        """First day of the stay, or the line's day of care where there is no stay."""

    @property
    def stop_start(self) -> dt.date | None:
        """First day of the work stoppage the line belongs to, as the fact of that name says."""

    @property
    def birth_date(self) -> dt.date | None:
        """The beneficiary's day of birth, or the fact of that name where a scheme asks for it."""

    @property
    def asked_minor(self) -> int:
        """The amount asked; for a cash benefit at least its tariff."""

    @property
    def tariff_minor(self) -> int | None:
        """The reference price of the whole quantity."""

    @property
    def base_minor(self) -> int:
        """What is reimbursable so far."""

    @property
    def due_minor(self) -> int:
        """What is due so far."""

    @property
    def group(self) -> str:
        """The kind of act, as the tariff rule named it."""


@dataclass(frozen=True, slots=True)
class Case:
    """The dossier a rule is asked about, who it is about, and what they used of the ceilings."""

    dossier: Dossier
    validated: ValidatedDossier
    counters: tuple[CounterUse, ...]
    facts: FactBook

    @property
    def sector(self) -> str:
        """The provider's sector, ``private`` or ``public``; empty for an unknown provider."""
        return self.validated.provider_sector

    def used(self, counter: str, first: dt.date, last: dt.date, *, is_family: bool = False) -> int:
        """Return what dossiers before this one used of a counter from a day to another, both in.

        ``is_family`` asks for what the whole family used, else for what the beneficiary did.
        """
        name = f"{FAMILY_PREFIX}{counter}" if is_family else counter
        return sum(
            use.amount_minor
            for use in self.counters
            if use.counter == name and first <= use.care_date <= last
        )

    def has(self, name: str, state: LineState | None = None, day: dt.date | None = None) -> bool:
        """Tell whether a fact is given or has a default."""
        return self._value(name, state, day, is_needed=False) is not None

    def flag(self, name: str, state: LineState | None = None, day: dt.date | None = None) -> bool:
        """Return a yes-or-no fact of the dossier, of a line, or of a person or provider on a day.

        Without ``day`` a dated fact is asked for on the line's day of care.

        Raises:
            FactMissing: when it is not given and has no default.
        """
        return bool(self._value(name, state, day))

    def choice(self, name: str, state: LineState | None = None, day: dt.date | None = None) -> str:
        """Return a fact that is one of several words, or free text; see ``flag``."""
        return str(self._value(name, state, day))

    def whole(self, name: str, state: LineState | None = None, day: dt.date | None = None) -> int:
        """Return a fact that is a count, or an amount in minor units; see ``flag``."""
        value = self._value(name, state, day)
        if type(value) is not int:
            raise CatalogueError(f"{name}: is no amount or count in facts.yaml")
        return value

    def number(
        self, name: str, state: LineState | None = None, day: dt.date | None = None
    ) -> Decimal:
        """Return a fact that is a decimal number; see ``flag``."""
        value = self._value(name, state, day)
        if not isinstance(value, Decimal):
            raise CatalogueError(f"{name}: is no decimal in facts.yaml")
        return value

    def date(
        self, name: str, state: LineState | None = None, day: dt.date | None = None
    ) -> dt.date:
        """Return a fact that is a date; see ``flag``."""
        value = self._value(name, state, day)
        if not isinstance(value, dt.date):
            raise CatalogueError(f"{name}: is no date in facts.yaml")
        return value

    def _value(
        self, name: str, state: LineState | None, day: dt.date | None, *, is_needed: bool = True
    ) -> FactValue | None:
        line = None if state is None else state.line
        if is_needed:
            return self.facts.needed(name, line, day)
        return self.facts.value(name, line, day)


@dataclass(frozen=True, slots=True)
class Tariff:
    """A tariff rule's answer: the reference price of the whole quantity in minor units.

    ``code`` is a finding's code, ``params`` fill its sentence and are shown in the steps;
    ``is_payable`` is False for what the scheme never reimburses. ``is_benefit`` marks money that
    is owed without a bill (an allowance, a daily benefit): the amount asked does not cap it.
    """

    amount_minor: int
    figures: tuple[Figure, ...]
    group: str = ""
    is_payable: bool = True
    code: str = ""
    is_benefit: bool = False
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate rule's answer; the figure carries the rate and how it is rounded."""

    figure: Figure
    figures: tuple[Figure, ...] = ()
    code: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Charge:
    """What a rule uses of a counter: minor units, days or pieces, on a day (None: day of care).

    ``is_family`` counts it for the insured person's whole family instead of the beneficiary.
    """

    counter: str
    amount: int
    day: dt.date | None = None
    is_family: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What a base or due rule makes of one line's amount, and what it used of counters.

    ``params`` fill the sentence of ``code`` and are shown in the steps. ``fund`` names the fund
    that bears what a due rule adds or gives back; empty for the scheme's first fund.
    """

    position: int
    amount_minor: int
    figures: tuple[Figure, ...]
    code: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    uses: tuple[Charge, ...] = ()
    fund: str = ""


class Figures:
    """The figures that one rule declared it reads; asking for any other is an error."""

    __slots__ = ("_parameters", "_rule_id", "_tables")

    def __init__(
        self, rule_id: str, parameters: Mapping[str, Parameter], tables: Mapping[str, Table]
    ) -> None:
        self._rule_id = rule_id
        self._parameters = parameters
        self._tables = tables

    def at(self, name: str, state: LineState) -> Figure:
        """Return a parameter's figure in force on the day that counts for a line.

        Raises:
            FigureNotInForce: names the parameter and the day.
            CatalogueError: when the rule did not declare the parameter.
        """
        parameter = self._parameters.get(name)
        if parameter is None:
            raise self._undeclared(name)
        return self.on(name, _day(parameter.effective_by, state))

    def on(self, name: str, day: dt.date) -> Figure:
        """Return a parameter's figure in force on a day the rule names, such as a day of a stay.

        Raises:
            FigureNotInForce: names the parameter and the day.
            CatalogueError: when the rule did not declare the parameter.
        """
        parameter = self._parameters.get(name)
        if parameter is None:
            raise self._undeclared(name)
        figure = parameter.timeline.at(day)
        if figure is None:
            raise FigureNotInForce(f"{name}: {day}: no value in force")
        return figure

    def row(self, table: str, key: Key, state: LineState) -> Figure | None:
        """Return a table's row in force on the day that counts for a line, or None."""
        found = self._tables.get(table)
        if found is None:
            raise self._undeclared(table)
        return found.at(key, _day(found.spec.effective_by, state))

    def row_on(self, table: str, key: Key, day: dt.date) -> Figure | None:
        """Return a table's row in force on a day, or None."""
        found = self._tables.get(table)
        if found is None:
            raise self._undeclared(table)
        return found.at(key, day)

    def band(self, table: str, key: Key, number: Decimal, state: LineState) -> Figure | None:
        """Return the row whose band holds a number on the day that counts for a line, or None."""
        found = self._tables.get(table)
        if found is None:
            raise self._undeclared(table)
        return found.band_at(key, number, _day(found.spec.effective_by, state))

    def _undeclared(self, name: str) -> CatalogueError:
        return CatalogueError(f"{self._rule_id}: {name}: read without standing in reads=(…)")


def _day(effective_by: EffectiveBy, state: LineState) -> dt.date:
    if effective_by is EffectiveBy.ADMISSION_DATE:
        return state.admission_date
    if effective_by is EffectiveBy.STOP_START:
        return _needed(state.stop_start, "stop_start")
    if effective_by is EffectiveBy.BIRTH_DATE:
        return _needed(state.birth_date, "birth_date")
    return state.line.care_date


def _needed(day: dt.date | None, name: str) -> dt.date:
    if day is None:
        raise FactMissing(name)
    return day


TariffFunction = Callable[[LineState, Case, Figures], Tariff | None]
RateFunction = Callable[[LineState, Case, Figures], Rate | None]
AdjustFunction = Callable[[Sequence[LineState], Case, Figures], Sequence[Change]]
F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Rule(Generic[F]):
    """A rule as written: id, phase, legal reference, figures it reads, facts it asks, function."""

    rule_id: str
    phase: Phase
    reference: str
    reads: tuple[str, ...]
    codes: tuple[str, ...]
    asks: tuple[str, ...]
    apply: F


@dataclass(frozen=True, slots=True)
class RuleMaker(Generic[F]):
    """Makes rules of one phase of functions; used as a decorator."""

    phase: Phase

    def __call__(
        self,
        rule_id: str,
        *,
        reference: str,
        reads: tuple[str, ...] = (),
        codes: tuple[str, ...] = (),
        asks: tuple[str, ...] = (),
    ) -> Callable[[F], Rule[F]]:
        """Return what makes a rule of a function: its legal reference, figures, codes, facts."""
        return lambda apply: Rule(rule_id, self.phase, reference, reads, codes, asks, apply)


#: Gives a line its reference price.
tariff_rule: RuleMaker[TariffFunction] = RuleMaker(Phase.TARIFF)
#: Changes what is reimbursable of the lines.
base_rule: RuleMaker[AdjustFunction] = RuleMaker(Phase.BASE)
#: Gives a line the payer's share.
rate_rule: RuleMaker[RateFunction] = RuleMaker(Phase.RATE)
#: Changes what is due of the lines.
due_rule: RuleMaker[AdjustFunction] = RuleMaker(Phase.DUE)
