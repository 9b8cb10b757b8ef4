"""Prices a chunk of dossiers in a pool child and hands over the rows of its tables."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from models.outcome import CounterUse, PricedDossier, PricingInput
from models.rows import (
    FINDING_NAMES,
    PRICED_LINE_NAMES,
    PRICED_NAMES,
    finding_rows,
    priced_line_rows,
    priced_row,
)
from models.stage import Stage
from models.work import ChunkOutput, TableRows
from tasks.pricing.catalogue import Catalogue, load_catalogue
from tasks.pricing.engine import price

COUNTER_USE_NAMES = (
    "dossier_id",
    "version",
    "counter",
    "care_date",
    "person_id",
    "amount_minor",
    "rank",
)


@dataclass(frozen=True, slots=True)
class PricingContext:
    """Where the schemes are, whether unsure figures go to a person, and as known on which day.

    ``known_on`` None prices with everything known now; ``imported_dir`` holds the tables imported
    from official lists, if any.
    """

    schemes_dir: Path
    production: bool
    known_on: dt.date | None = None
    imported_dir: Path | None = None


def catalogue_of(
    schemes_dir: Path, known_on: dt.date | None, imported_dir: Path | None
) -> Catalogue:
    """Return the catalogue of a folder and of the imported tables; a process reads it once.

    It is read again once tables are imported for the first time.
    """
    is_there = imported_dir is not None and imported_dir.is_dir()
    return _catalogue_of(schemes_dir, known_on, imported_dir if is_there else None)


@cache
def _catalogue_of(
    schemes_dir: Path, known_on: dt.date | None, imported_dir: Path | None
) -> Catalogue:
    catalogue = load_catalogue(schemes_dir, imported_dir)
    return catalogue if known_on is None else catalogue.as_known(known_on)


def price_chunk(inputs: Sequence[PricingInput], context: PricingContext) -> ChunkOutput:
    """Return the rows of a chunk's dossiers, each priced on what those before it used."""
    catalogue = catalogue_of(context.schemes_dir, context.known_on, context.imported_dir)
    return ChunkOutput(_tables(price_in_rank(inputs, catalogue, production=context.production)))


def price_in_rank(
    inputs: Sequence[PricingInput], catalogue: Catalogue, *, production: bool = False
) -> list[PricedDossier]:
    """Return dossiers priced in the order of their ranks, whatever order they come in.

    Dossiers of one person, or of one family, see what those of lower rank used of counters, in
    place of what the database says of these; so the order of arrival changes no amount.
    """
    used: dict[str, dict[str, list[CounterUse]]] = {}
    done: set[str] = set()
    results: list[PricedDossier] = []
    for given in sorted(inputs, key=lambda each: each.dossier.rank):
        priced = price(_with_uses(given, used, done), catalogue, production=production)
        results.append(priced)
        done.add(priced.dossier_id)
        for use in priced.counter_uses:
            used.setdefault(use.person_id, {}).setdefault(use.dossier_id, []).append(use)
    return results


def _with_uses(
    given: PricingInput, used: dict[str, dict[str, list[CounterUse]]], done: set[str]
) -> PricingInput:
    people = {given.validated.beneficiary_person_id, given.validated.insured_person_id} - {""}
    fresh = [
        use for person in sorted(people) for uses in used.get(person, {}).values() for use in uses
    ]
    if not fresh and not given.counters:
        return given
    stored = [use for use in given.counters if use.dossier_id not in done]
    return replace(given, counters=(*stored, *fresh))


def _tables(results: Sequence[PricedDossier]) -> dict[str, TableRows]:
    lines: list[tuple[Any, ...]] = []
    uses: list[tuple[Any, ...]] = []
    findings: list[tuple[Any, ...]] = []
    for priced in results:
        lines.extend(priced_line_rows(priced))
        uses.extend(
            (use.dossier_id, use.version, use.counter, use.care_date, use.person_id,
             use.amount_minor, use.rank)
            for use in priced.counter_uses
        )  # fmt: skip
        findings.extend(
            finding_rows(priced.dossier_id, priced.version, Stage.PRICING.value, priced.findings)
        )
    return {
        "priced_dossier": TableRows(PRICED_NAMES, [priced_row(priced) for priced in results]),
        "priced_line": TableRows(PRICED_LINE_NAMES, lines),
        "counter_use": TableRows(COUNTER_USE_NAMES, uses),
        "finding": TableRows(FINDING_NAMES, findings),
    }
