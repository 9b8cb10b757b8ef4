"""What typing mode asks of the registers and the tariff: provider, household, drug, act.

Answers are plain values for the page; nothing asked or answered is kept or logged.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from infra.settings import Settings
from infra.stores.register_lookup import find_household, find_provider
from models.errors import UsageError
from models.money import MINOR_UNITS
from tasks.extraction.fields import plain_letters
from tasks.pricing.chunk import catalogue_of
from tasks.pricing.tables import Table
from tasks.validation.scheme_rules import SchemeRules, read_scheme_rules

#: Most answers that are shown at once: each has a digit.
SHOWN_MAX = 9
#: Look-ups of one colleague in one minute: letters of a drug's name are looked up as one types.
LOOKUPS_PER_MINUTE = 400
#: Households one colleague may open in one minute: no hand types more dossiers than that.
HOUSEHOLDS_PER_MINUTE = 30
#: Questions "where is my dossier" of one colleague in one minute: more is trying numbers.
QUESTIONS_PER_MINUTE = 20
_LIKE_LETTER = re.compile(r"([A-Z]+)\d+")
_CIN = re.compile(r"[A-Z]{1,2}\d{4,6}")


@dataclass(frozen=True, slots=True)
class Listed:
    """One drug or act that may be chosen: what it is, and the text it is searched in."""

    ean: str
    code: str
    letter: str
    coefficient: str
    label: str
    price_minor: int | None
    searched: str

    def as_answer(self) -> Mapping[str, Any]:
        """The values for the page."""
        return {
            "ean": self.ean, "code": self.code, "letter": self.letter,
            "coefficient": self.coefficient, "label": self.label, "price": self.price_minor,
        }  # fmt: skip


@dataclass(slots=True)
class Turnstile:
    """Counts what each colleague asks within a minute of the desk's clock."""

    counts: dict[tuple[str, str, str], int] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def pass_one(self, login: str, what: str, at: str, most: int) -> None:
        """Count one look-up at a moment (ISO text).

        Raises:
            UsageError: when there were too many in this minute.
        """
        minute = at[:16]
        with self.lock:
            for key in [key for key in self.counts if key[2] != minute]:
                del self.counts[key]
            count = self.counts.get((login, what, minute), 0) + 1
            self.counts[login, what, minute] = count
        if count > most:
            raise UsageError("too many look-ups in one minute; wait a moment")


@dataclass(frozen=True, slots=True)
class Lookups:
    """Registers and tariff of one payer."""

    settings: Settings

    def provider(self, connection: Any, scheme: str, inpe: str, day: dt.date) -> Mapping[str, Any]:
        """Who a provider is; ``state`` is found, unknown, or malformed (form or check digit)."""
        if not _rules(self.settings.schemes_dir, scheme).formats["provider"].accepts(inpe):
            return {"state": "malformed"}
        row = find_provider(connection, inpe, day)
        if row is None:
            return {"state": "unknown"}
        return {
            "state": "found", "name": row.name, "kind": row.kind, "specialty": row.specialty,
            "sector": row.sector,
        }  # fmt: skip

    def household(self, connection: Any, scheme: str, key: str, day: dt.date) -> Mapping[str, Any]:
        """The household of a registration number or CIN; ``state`` as for providers."""
        formats = _rules(self.settings.schemes_dir, scheme).formats
        wanted = key.upper()
        is_cin = _CIN.fullmatch(wanted) is not None
        if not is_cin and not formats["registration"].accepts(wanted):
            return {"state": "malformed"}
        members = find_household(connection, scheme, wanted, day)
        if not members:
            return {"state": "unknown", "is_cin": is_cin}
        return {
            "state": "found",
            "members": [
                {
                    "insured_number": one.insured_number, "insured_name": one.insured_name,
                    "insured_cin": one.insured_cin, "relation": one.relation, "name": one.name,
                    "birth_date": f"{one.birth_date:%d/%m/%Y}", "sex": one.sex, "cin": one.cin,
                }
                for one in members[:SHOWN_MAX]
            ],
        }  # fmt: skip

    def drugs(self, scheme: str, text: str, day: dt.date) -> Sequence[Mapping[str, Any]]:
        """Drugs by EAN, or by the beginnings of words of name, dosage, form and package."""
        return _answers(_drugs(*self._place(scheme), day), text)

    def acts(self, scheme: str, text: str, day: dt.date) -> Sequence[Mapping[str, Any]]:
        """Acts and forfaits by code, or by the beginnings of words of their label."""
        return _answers(_acts(*self._place(scheme), day), text)

    def letters(self, scheme: str, day: dt.date) -> Mapping[str, str]:
        """The key letters of a scheme with their labels."""
        return dict(_letters(*self._place(scheme), day))

    def acts_like_letters(self, scheme: str, day: dt.date) -> Mapping[str, Mapping[str, Any]]:
        """The acts whose code looks like a key letter with its coefficient, by code.

        Such a code means the act: D700 is a filling, D×10, and never 700 times D.
        """
        letters = {letter.upper() for letter in self.letters(scheme, day)}
        return {
            one.code.upper(): one.as_answer()
            for one in _acts(*self._place(scheme), day)
            if (match := _LIKE_LETTER.fullmatch(one.code.upper())) and match[1] in letters
        }

    def _place(self, scheme: str) -> tuple[Path, Path | None, str]:
        return self.settings.schemes_dir, self.settings.imported_tariffs(), scheme


def _answers(listed: Iterable[Listed], text: str) -> list[Mapping[str, Any]]:
    """The entries of which every typed word begins some word; those it names exactly come first."""
    words = plain_letters(text).split()
    if not words:
        return []
    found = [one for one in listed if all(f" {word}" in one.searched for word in words)]
    exact = "".join(words)
    found.sort(
        key=lambda one: (
            exact not in (one.ean, one.code.upper()),
            not one.searched.startswith(f" {words[0]}"),
            one.searched,
        )
    )
    return [one.as_answer() for one in found[:SHOWN_MAX]]


@cache
def _rules(schemes_dir: Path, scheme: str) -> SchemeRules:
    return read_scheme_rules(schemes_dir / scheme.replace("-", "_") / "rights.yaml")


def _tables(schemes_dir: Path, imported: Path | None, scheme: str) -> list[Table]:
    """The tables that the rules of a scheme read."""
    catalogue = catalogue_of(schemes_dir, None, imported)
    if scheme not in catalogue.schemes:
        return []
    found = catalogue.schemes[scheme]
    read = {name for rule in found.rules.values() for name in rule.reads}
    return [table for name, table in found.tables.items() if name in read]


@cache
def _drugs(
    schemes_dir: Path, imported: Path | None, scheme: str, day: dt.date
) -> tuple[Listed, ...]:
    found = []
    for table in _tables(schemes_dir, imported, scheme):
        if table.spec.key != ("ean",):
            continue
        for (ean,), timeline in table.by_key.items():
            row = timeline.at(day)
            if row is None:
                continue
            words = (row.texts.get(name, "") for name in ("name", "dosage", "form", "presentation"))
            label = " ".join(word for word in words if word)
            price = int(row.value * MINOR_UNITS)
            searched = f" {plain_letters(label)} {ean}"
            found.append(Listed(ean, "", "", "", label, price, searched))
    return tuple(found)


@cache
def _acts(
    schemes_dir: Path, imported: Path | None, scheme: str, day: dt.date
) -> tuple[Listed, ...]:
    found: dict[str, Listed] = {}
    for table in _tables(schemes_dir, imported, scheme):
        if table.spec.key[-1] != "code" or "label" not in table.spec.texts:
            continue
        for key, timeline in table.by_key.items():
            row = timeline.at(day)
            if row is None:
                continue
            label = row.texts["label"]
            searched = f" {key[-1].upper()} {plain_letters(label)}"
            letter = row.texts.get("letter", "")
            coefficient = f"{row.value.normalize():f}" if letter else ""
            entry = Listed("", key[-1], letter, coefficient, label, None, searched)
            found.setdefault(key[-1], entry)
    return tuple(found.values())


@cache
def _letters(
    schemes_dir: Path, imported: Path | None, scheme: str, day: dt.date
) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for table in _tables(schemes_dir, imported, scheme):
        if table.spec.key[-1] == "letter":
            for key, timeline in table.by_key.items():
                if (row := timeline.at(day)) is not None:
                    found.setdefault(key[-1], row.texts.get("label", ""))
    return tuple(sorted(found.items()))
