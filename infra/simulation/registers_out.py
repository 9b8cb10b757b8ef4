"""Writes the registers and their daily deltas as JSON lines, in the form ``register load`` takes.

A row is ``{"register", "op", "valid_from", "valid_to", "known_from", "values"}``: ``op`` is
``assert`` (from ``known_from`` on the payer believes it), ``retract`` (believes it no longer; the
row meant is the one with these ``values`` and this ``valid_from``) or ``merge`` (register
``alias``). ``values`` are the columns of ``models.records.registers`` without row id and periods.
"""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from infra.simulation.population import (
    DECLARATION_DAY,
    SCHEME,
    Household,
    SimAccount,
    SimMandate,
    SimMonth,
    SimPerson,
    SimProvider,
)

REGISTERS = (
    "person",
    "alias",
    "affiliation",
    "contribution",
    "dependant",
    "provider",
    "account",
    "mandate",
    "condition",
    "agreement",
)


def row(
    register: str,
    values: Mapping[str, Any],
    *,
    valid_from: dt.date,
    known_from: dt.date,
    valid_to: dt.date | None = None,
    op: str = "assert",
) -> dict[str, Any]:
    """One row of a register file or a delta."""
    return {
        "register": register,
        "op": op,
        "valid_from": valid_from.isoformat(),
        "valid_to": valid_to.isoformat() if valid_to else None,
        "known_from": known_from.isoformat(),
        "values": dict(values),
    }


def person_values(person: SimPerson) -> dict[str, Any]:
    """The columns of ``register_person``."""
    return {
        "person_id": person.person_id,
        "family_name": person.family_name,
        "given_name": person.given_name,
        "arabic_name": person.arabic_name,
        "birth_date": person.birth_date.isoformat(),
        "death_date": person.death_date.isoformat() if person.death_date else None,
        "sex": person.sex,
        "cin": person.cin,
    }


def affiliation_values(
    person_id: str, number: str, scheme: str = SCHEME, category: str = "salaried"
) -> dict[str, Any]:
    """The columns of ``register_affiliation``."""
    return {"person_id": person_id, "scheme": scheme, "number": number, "category": category}


def contribution_values(person_id: str, month: SimMonth) -> dict[str, Any]:
    """The columns of ``register_contribution``."""
    return {
        "person_id": person_id,
        "scheme": SCHEME,
        "days_declared": month.days_declared,
        "days_paid": month.days_paid,
    }


def provider_values(provider: SimProvider) -> dict[str, Any]:
    """The columns of ``register_provider``."""
    return {
        "provider_id": provider.provider_id,
        "inpe": provider.inpe,
        "name": provider.name,
        "kind": provider.kind,
        "specialty": provider.specialty,
        "sector": provider.sector,
        "ice": provider.ice,
    }


def account_values(account: SimAccount) -> dict[str, Any]:
    """The columns of ``register_account``."""
    return {
        "account_id": account.account_id,
        "holder_id": account.holder_id,
        "holder_kind": account.holder_kind,
        "rib": account.rib,
    }


def account_row(account: SimAccount, valid_to: dt.date | None = None) -> dict[str, Any]:
    """An account's row, known since it is valid."""
    return row(
        "account",
        account_values(account),
        valid_from=account.valid_from,
        known_from=account.valid_from,
        valid_to=valid_to,
    )


def mandate_values(insured_id: str, mandate: SimMandate) -> dict[str, Any]:
    """The columns of ``register_mandate``."""
    return {
        "insured_id": insured_id,
        "payee_kind": mandate.payee_kind,
        "payee_id": mandate.payee_id,
    }


def month_end(month: dt.date) -> dt.date:
    """The last day of a month."""
    return (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)


def month_known(month: dt.date) -> dt.date:
    """When the payer learns of a month: on the tenth of the next one."""
    return month_end(month) + dt.timedelta(days=DECLARATION_DAY)


class RegisterWriter:
    """The register files of one simulation, written household by household."""

    def __init__(self, folder: Path) -> None:
        """Begin one file for each register; existing ones are replaced."""
        folder.mkdir(parents=True, exist_ok=True)
        self._files: dict[str, TextIO] = {
            name: (folder / f"{name}.jsonl").open("w", encoding="utf-8", newline="\n")
            for name in REGISTERS
        }
        self._month_texts: dict[int, str] = {}
        self.row_counts: dict[str, int] = dict.fromkeys(REGISTERS, 0)

    def close(self) -> None:
        """Close all files."""
        for file in self._files.values():
            file.close()

    def write_provider(self, provider: SimProvider) -> None:
        """Write a provider."""
        self._write(
            row(
                "provider",
                provider_values(provider),
                valid_from=provider.valid_from,
                known_from=provider.valid_from,
                valid_to=provider.valid_to,
            )
        )

    def write_household(self, household: Household) -> None:
        """Write everything the registers know about a household."""
        insured = household.insured
        since = household.tied_since
        self._write_person(insured, since)
        for affiliation in household.affiliations:
            values = affiliation_values(
                insured.person_id, household.number, affiliation.scheme, affiliation.category
            )
            self._write(
                row(
                    "affiliation",
                    values,
                    valid_from=affiliation.valid_from,
                    known_from=affiliation.valid_from,
                    valid_to=affiliation.valid_to,
                )
            )
        self._write_months(insured.person_id, household.months)
        self._write_dependants(household)
        self._write_money(household)
        self._write_care_rights(household)

    def _write_dependants(self, household: Household) -> None:
        since = household.tied_since
        for dependant in household.dependants:
            person = dependant.person
            self._write_person(person, since)
            values = {
                "insured_id": household.insured.person_id,
                "person_id": person.person_id,
                "rank": dependant.rank,
                "relation": dependant.relation,
                "is_student": dependant.is_student,
                "is_disabled": dependant.is_disabled,
                "is_married": dependant.is_married,
            }
            tied = max(since, person.birth_date)
            self._write(row("dependant", values, valid_from=tied, known_from=tied))

    def _write_money(self, household: Household) -> None:
        account, former = household.account, household.former_account
        if account is not None:
            self._write(account_row(account))
            if former is not None:
                last = account.valid_from - dt.timedelta(days=1)
                self._write(account_row(former, valid_to=last))
        if household.other_person is not None:
            self._write_person(household.other_person, household.tied_since)
        mandate = household.mandate
        if mandate is not None:
            values = mandate_values(household.insured.person_id, mandate)
            self._write(
                row(
                    "mandate",
                    values,
                    valid_from=mandate.valid_from,
                    known_from=mandate.valid_from,
                )
            )

    def _write_care_rights(self, household: Household) -> None:
        since = household.tied_since
        for person_id, ald_code in household.conditions:
            condition = {"person_id": person_id, "ald_code": ald_code}
            self._write(row("condition", condition, valid_from=since, known_from=since))
        for agreement in household.agreements:
            values: dict[str, Any] = {
                "agreement_number": agreement.agreement_number,
                "person_id": agreement.person_id,
                "scheme": SCHEME,
                "act_key": agreement.act_key,
                "decision": agreement.decision,
                "amount_minor": agreement.amount_minor,
                "used_minor": 0,
            }
            self._write(
                row(
                    "agreement",
                    values,
                    valid_from=agreement.valid_from,
                    known_from=agreement.valid_from,
                    valid_to=agreement.valid_to,
                )
            )

    def _write_person(self, person: SimPerson, since: dt.date) -> None:
        known = max(since, person.birth_date)
        self._write(
            row("person", person_values(person), valid_from=person.birth_date, known_from=known)
        )

    def _write_months(self, person_id: str, months: Sequence[SimMonth]) -> None:
        """Write the months; most households share theirs, so the text is made only once."""
        if not months:
            return
        text = self._month_texts.get(id(months))
        if text is None:
            text = "".join(f"{_text(_month_row('@P', month))}\n" for month in months)
            if isinstance(months, tuple):
                self._month_texts[id(months)] = text
        self._files["contribution"].write(text.replace("@P", person_id))
        self.row_counts["contribution"] += len(months)

    def _write(self, values: Mapping[str, Any]) -> None:
        name = values["register"]
        self._files[name].write(f"{_text(values)}\n")
        self.row_counts[name] += 1


class DeltaWriter:
    """The delta files, one for each day on which something became known."""

    def __init__(self, folder: Path) -> None:
        """Begin without any file."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._rows: dict[dt.date, list[str]] = {}

    def add(self, day: dt.date, values: Mapping[str, Any]) -> None:
        """Put a row into a day's delta."""
        self._rows.setdefault(day, []).append(_text(values))

    def add_month(self, day: dt.date, person_id: str, month: SimMonth, op: str = "assert") -> None:
        """Put a month of contributions into a day's delta."""
        self.add(day, {**_month_row(person_id, month), "op": op, "known_from": day.isoformat()})

    def close(self) -> list[Path]:
        """Write the files; return their paths in the order of their days."""
        paths: list[Path] = []
        for day in sorted(self._rows):
            path = self._folder / f"{day.isoformat()}.jsonl"
            text = "".join(f"{line}\n" for line in self._rows[day])
            path.write_text(text, encoding="utf-8", newline="\n")
            paths.append(path)
        return paths


def _month_row(person_id: str, month: SimMonth) -> dict[str, Any]:
    return row(
        "contribution",
        contribution_values(person_id, month),
        valid_from=month.month,
        known_from=month_known(month.month),
        valid_to=month_end(month.month),
    )


def _text(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))
