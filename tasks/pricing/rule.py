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
from models.errors import CatalogueError, FigureNotInForce
from models.outcome import CounterUse, ValidatedDossier
from tasks.pricing.figures import EffectiveBy, Figure
from tasks.pricing.parameters import Parameter
from tasks.pricing.tables import Key, Table


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
    def asked_minor(self) -> int:
        """The amount asked."""

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

    @property
    def sector(self) -> str:
        """The provider's sector, ``private`` or ``public``; empty for an unknown provider."""
        return self.validated.provider_sector


@dataclass(frozen=True, slots=True)
class Tariff:
    """A tariff rule's answer: the reference price of the whole quantity in minor units.

    ``code`` is a finding's code; ``is_payable`` is False for what the scheme never reimburses.
    """

    amount_minor: int
    figures: tuple[Figure, ...]
    group: str = ""
    is_payable: bool = True
    code: str = ""


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate rule's answer; the figure carries the rate and how it is rounded."""

    figure: Figure
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """What a base or due rule makes of one line's amount, and what it used of a counter.

    ``params`` fill the sentence of ``code`` and are shown in the steps.
    """

    position: int
    amount_minor: int
    figures: tuple[Figure, ...]
    code: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    counter: str = ""
    used_minor: int = 0


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
        day = _day(parameter.effective_by, state)
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
    return state.line.care_date


TariffFunction = Callable[[LineState, Case, Figures], Tariff | None]
RateFunction = Callable[[LineState, Case, Figures], Rate | None]
AdjustFunction = Callable[[Sequence[LineState], Case, Figures], Sequence[Change]]
F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Rule(Generic[F]):
    """A rule as written: its id, phase, legal reference, the figures it reads and its function."""

    rule_id: str
    phase: Phase
    reference: str
    reads: tuple[str, ...]
    codes: tuple[str, ...]
    apply: F


def tariff_rule(
    rule_id: str, *, reference: str, reads: tuple[str, ...] = (), codes: tuple[str, ...] = ()
) -> Callable[[TariffFunction], Rule[TariffFunction]]:
    """Make a rule that gives a line its reference price."""
    return lambda apply: Rule(rule_id, Phase.TARIFF, reference, reads, codes, apply)


def base_rule(
    rule_id: str, *, reference: str, reads: tuple[str, ...] = (), codes: tuple[str, ...] = ()
) -> Callable[[AdjustFunction], Rule[AdjustFunction]]:
    """Make a rule that changes what is reimbursable of the lines."""
    return lambda apply: Rule(rule_id, Phase.BASE, reference, reads, codes, apply)


def rate_rule(
    rule_id: str, *, reference: str, reads: tuple[str, ...] = (), codes: tuple[str, ...] = ()
) -> Callable[[RateFunction], Rule[RateFunction]]:
    """Make a rule that gives a line the payer's share."""
    return lambda apply: Rule(rule_id, Phase.RATE, reference, reads, codes, apply)


def due_rule(
    rule_id: str, *, reference: str, reads: tuple[str, ...] = (), codes: tuple[str, ...] = ()
) -> Callable[[AdjustFunction], Rule[AdjustFunction]]:
    """Make a rule that changes what is due of the lines."""
    return lambda apply: Rule(rule_id, Phase.DUE, reference, reads, codes, apply)
