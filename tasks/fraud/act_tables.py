"""Reads the dated tables of acts: who may have them, how long they take, how often they come."""

import csv
import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Protocol, TypeVar

from models.dossier import DossierLine
from models.errors import CatalogueError
from models.money import Rounding, minor_from_major, round_minor
from models.registers import holds_on

#: Stands for every act that has no row of its own.
ANY_ACT = "*"
#: How sure a row is; the words of the tariff catalogue, and ``proposal`` for what is not law.
STATUSES = frozenset({"confirmed", "secondary-source", "illustrative", "recalled", "proposal"})

_DATED = ("valid_from", "valid_to", "source", "status")
_LIMIT_NAMES = ("act", "sex", "age_min_years", "age_max_years", *_DATED)
_MINUTE_NAMES = ("provider_kind", "act", "per", "minutes", *_DATED)
_CEILING_NAMES = (
    "ceiling", "act", "care_kind", "scope", "counts", "count_max", "window_months", *_DATED,
)  # fmt: skip
_DRUG_NAMES = ("ean", "price", *_DATED)


class _Dated(Protocol):
    @property
    def valid_from(self) -> dt.date: ...
    @property
    def valid_to(self) -> dt.date | None: ...


Row = TypeVar("Row", bound=_Dated)


@dataclass(frozen=True, slots=True)
class ActLimit:
    """Which sex and which ages, in full years, an act is for; empty and None set no limit."""

    act: str
    sex: str
    age_min_years: int | None
    age_max_years: int | None
    valid_from: dt.date
    valid_to: dt.date | None


@dataclass(frozen=True, slots=True)
class ActMinutes:
    """Minutes one act takes a provider of that kind, or one unit of its coefficient."""

    provider_kind: str
    act: str
    is_per_coefficient: bool
    minutes: int
    valid_from: dt.date
    valid_to: dt.date | None


@dataclass(frozen=True, slots=True)
class FrequencyCeiling:
    """How often an act may come in a window; ``care_kind`` is empty when the act says it all.

    ``is_per_tooth`` counts each tooth apart; ``counts_dossiers`` counts dossiers, not units.
    """

    ceiling: str
    act: str
    care_kind: str
    is_per_tooth: bool
    counts_dossiers: bool
    count_max: int
    window_months: int
    valid_from: dt.date
    valid_to: dt.date | None


@dataclass(frozen=True, slots=True)
class DrugPrice:
    """The legal public price of one box, in minor units."""

    ean: str
    price_minor: int
    valid_from: dt.date
    valid_to: dt.date | None


@dataclass(frozen=True, slots=True)
class StandardMinutes:
    """The minutes of acts by provider kind; kinds that are not here employ many people."""

    rows: Mapping[tuple[str, str], tuple[ActMinutes, ...]]

    @property
    def provider_kinds(self) -> frozenset[str]:
        """The kinds of providers that are one person with one day."""
        return frozenset(kind for kind, _ in self.rows)

    def minutes(self, provider_kind: str, line: DossierLine) -> int:
        """Return what a line takes of such a provider's day; 0 for a kind that is not timed."""
        for act in (line.code, line.letter, ANY_ACT):
            row = in_force(self.rows.get((provider_kind, act), ()), line.care_date)
            if act and row is not None:
                units = line.coefficient if row.is_per_coefficient else None
                each = Decimal(row.minutes) * (Decimal(1) if units is None else units)
                return round_minor(each * line.quantity, Rounding.HALF_UP)
        return 0


def in_force(rows: tuple[Row, ...], day: dt.date) -> Row | None:
    """Return the row in force on a day, or None when the table says nothing of it."""
    for row in rows:
        if holds_on(row.valid_from, row.valid_to, day):
            return row
    return None


def read_act_limits(path: Path) -> Mapping[str, tuple[ActLimit, ...]]:
    """Return the limits by act code or key letter.

    Raises:
        CatalogueError: names file and row.
    """
    rows = _read(path, _LIMIT_NAMES, _act_limit)
    return _grouped((row.act, row) for row in rows)


def read_standard_minutes(path: Path) -> StandardMinutes:
    """Return the standard minutes.

    Raises:
        CatalogueError: names file and row.
    """
    rows = _read(path, _MINUTE_NAMES, _act_minutes)
    return StandardMinutes(_grouped(((row.provider_kind, row.act), row) for row in rows))


def read_frequency_ceilings(path: Path) -> Mapping[str, tuple[FrequencyCeiling, ...]]:
    """Return the ceilings by act code or key letter; ``*`` holds those of a kind of care.

    Raises:
        CatalogueError: names file and row.
    """
    rows = _read(path, _CEILING_NAMES, _ceiling)
    return _grouped((row.act, row) for row in rows)


def read_drug_prices(
    path: Path, imported: Path | None = None
) -> Mapping[str, tuple[DrugPrice, ...]]:
    """Return the legal prices by EAN from the national drug list, whose other columns are free.

    Where an ``imported`` list holds an EAN, its prices stand for the national list's, as they do
    when the drug is priced.

    Raises:
        CatalogueError: names file and row.
    """
    files = [path] if imported is None or not imported.exists() else [path, imported]
    prices: dict[str, tuple[DrugPrice, ...]] = {}
    for file in files:
        rows = _read(file, _DRUG_NAMES, _drug_price, is_exact=False)
        prices.update(_grouped((row.ean, row) for row in rows if row is not None))
    return prices


Built = TypeVar("Built")
Key = TypeVar("Key")


def _read(
    path: Path,
    names: tuple[str, ...],
    build: Callable[[Mapping[str, str]], Built],
    *,
    is_exact: bool = True,
) -> list[Built]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        found = tuple(reader.fieldnames or ())
        if found != names if is_exact else not set(names) <= set(found):
            raise CatalogueError(f"{path.name}: columns must be {', '.join(names)}")
        built: list[Built] = []
        for number, row in enumerate(reader, start=2):
            if is_exact and (row["status"] not in STATUSES or not row["source"]):
                raise CatalogueError(f"{path.name}: row {number}: source or status is wrong")
            try:
                built.append(build(row))
            except (ValueError, KeyError, InvalidOperation, TypeError) as error:
                raise CatalogueError(
                    f"{path.name}: row {number}: {type(error).__name__}; check its numbers and days"
                ) from error
        return built


def _grouped(pairs: Iterator[tuple[Key, Row]]) -> dict[Key, tuple[Row, ...]]:
    groups: dict[Key, list[Row]] = {}
    for key, row in pairs:
        groups.setdefault(key, []).append(row)
    return {key: tuple(group) for key, group in groups.items()}


def _period(row: Mapping[str, str]) -> tuple[dt.date, dt.date | None]:
    end = dt.date.fromisoformat(row["valid_to"]) if row["valid_to"] else None
    return dt.date.fromisoformat(row["valid_from"]), end


def _one_of(row: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    if row[name] not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}")
    return row[name]


def _act_limit(row: Mapping[str, str]) -> ActLimit:
    low, high = row["age_min_years"], row["age_max_years"]
    sex = _one_of(row, "sex", ("", "F", "M"))
    return ActLimit(
        row["act"], sex, int(low) if low else None, int(high) if high else None, *_period(row)
    )


def _act_minutes(row: Mapping[str, str]) -> ActMinutes:
    is_per_coefficient = _one_of(row, "per", ("act", "coefficient")) == "coefficient"
    return ActMinutes(
        row["provider_kind"], row["act"], is_per_coefficient, int(row["minutes"]), *_period(row)
    )


def _ceiling(row: Mapping[str, str]) -> FrequencyCeiling:
    return FrequencyCeiling(
        row["ceiling"],
        row["act"],
        row["care_kind"],
        _one_of(row, "scope", ("person", "tooth")) == "tooth",
        _one_of(row, "counts", ("units", "dossiers")) == "dossiers",
        int(row["count_max"]),
        int(row["window_months"]),
        *_period(row),
    )


def _drug_price(row: Mapping[str, str]) -> DrugPrice | None:
    if not row["price"]:
        return None
    return DrugPrice(row["ean"], minor_from_major(Decimal(row["price"])), *_period(row))
