"""Finds who is paid for a decision, on which account, or what the payment has to wait for."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from models.registers import Account, Mandate, PayeeKind, Person, holds_on
from tasks.payment.account import is_valid_account, normal_account
from tasks.payment.states import WaitsFor

#: An heir stands before a guardian: a guardian's office ends with the insured person's death.
_MANDATE_ORDER = (PayeeKind.HEIR, PayeeKind.GUARDIAN)
#: Merges followed from one person id to the next; a longer chain is a fault of the register.
MERGES_MAX = 20


@dataclass(frozen=True, slots=True)
class PayeeRegister:
    """What the registers, as known on one day, say about the payees of a proposal.

    ``merged`` maps a person id that was merged to the id it was merged into; ``providers`` maps a
    provider id to its name; all others are keyed by person, insured or holder id.
    """

    persons: Mapping[str, Person] = field(default_factory=dict)
    mandates: Mapping[str, tuple[Mandate, ...]] = field(default_factory=dict)
    accounts: Mapping[str, tuple[Account, ...]] = field(default_factory=dict)
    merged: Mapping[str, str] = field(default_factory=dict)
    providers: Mapping[str, str] = field(default_factory=dict)

    def surviving_id(self, person_id: str) -> str:
        """The id a person goes by today, through all merges."""
        for _ in range(MERGES_MAX):
            if person_id not in self.merged:
                return person_id
            person_id = self.merged[person_id]
        return ""


def grouped(values: Iterable[Any], key: str) -> dict[str, tuple[Any, ...]]:
    """Register rows in tuples by one of their ids."""
    groups: dict[str, list[Any]] = {}
    for value in values:
        groups.setdefault(getattr(value, key), []).append(value)
    return {name: tuple(group) for name, group in groups.items()}


@dataclass(frozen=True, slots=True)
class Payee:
    """Who is paid, under which name and on which account; ``waits_for`` is empty when both are."""

    kind: PayeeKind
    payee_id: str
    name: str
    account: str
    waits_for: str


def find_payee(
    insured_person_id: str, provider_id: str, register: PayeeRegister, day: dt.date
) -> Payee:
    """Return who is paid on a day: the provider if one is named, else heir, guardian or insured.

    A missing payee or account is no refusal: the payee comes back with what it waits for.
    """
    if provider_id:
        name = register.providers.get(provider_id, "")
        return _with_account(PayeeKind.PROVIDER, provider_id, name, register, day)
    insured_id = register.surviving_id(insured_person_id)
    person = register.persons.get(insured_id)
    if person is None:
        return Payee(PayeeKind.INSURED, insured_id, "", "", WaitsFor.PAYEE)
    mandates = [
        mandate
        for mandate in register.mandates.get(insured_id, ())
        if holds_on(mandate.valid_from, mandate.valid_to, day)
    ]
    for kind in _MANDATE_ORDER:
        ids = {register.surviving_id(m.payee_id) for m in mandates if m.payee_kind == kind}
        if len(ids) > 1:
            return Payee(kind, "", "", "", WaitsFor.PAYEE)
        if ids:
            payee_id = ids.pop()
            return _with_account(kind, payee_id, _name_of(register, payee_id), register, day)
    if person.death_date is not None and person.death_date <= day:
        return Payee(PayeeKind.HEIR, "", "", "", WaitsFor.HEIR)
    return _with_account(
        PayeeKind.INSURED, insured_id, _name_of(register, insured_id), register, day
    )


def _with_account(
    kind: PayeeKind, payee_id: str, name: str, register: PayeeRegister, day: dt.date
) -> Payee:
    is_provider = kind is PayeeKind.PROVIDER
    valid = [
        account
        for account in register.accounts.get(payee_id, ())
        if holds_on(account.valid_from, account.valid_to, day)
        and (account.holder_kind == PayeeKind.PROVIDER) is is_provider
    ]
    if not valid:
        return Payee(kind, payee_id, name, "", WaitsFor.ACCOUNT)
    newest = max(valid, key=lambda row: (row.valid_from, row.recorded_on, row.account_id))
    account = normal_account(newest.rib)
    if not is_valid_account(account):
        return Payee(kind, payee_id, name, "", WaitsFor.ACCOUNT_KEY)
    return Payee(kind, payee_id, name, account, "" if name else WaitsFor.PAYEE_NAME)


def _name_of(register: PayeeRegister, person_id: str) -> str:
    person = register.persons.get(person_id)
    if person is None:
        return ""
    return f"{person.family_name} {person.given_name}".strip() or person.arabic_name.strip()
