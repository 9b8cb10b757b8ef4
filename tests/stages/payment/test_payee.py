"""Who is paid, on which account, or what is waited for."""

import datetime as dt
from dataclasses import replace

import pytest

from models.registers import Account, Mandate, PayeeKind, Person
from tasks.payment.payee import PayeeRegister, find_payee
from tasks.payment.states import WaitsFor
from tests.stages.payment.payday import a_rib

DAY = dt.date(2026, 11, 20)
LONG_AGO = dt.date(2020, 1, 1)


def a_person(person_id: str, death_date: dt.date | None = None) -> Person:
    return Person(
        person_id, "ESSAI", person_id, "", dt.date(1980, 1, 1), death_date, "F", "", LONG_AGO, None
    )


def an_account(holder_id: str, number: int, kind: str = "insured") -> Account:
    return Account(f"A{number}", holder_id, kind, a_rib(number), LONG_AGO, None, LONG_AGO)


def a_mandate(kind: str, payee_id: str, valid_to: dt.date | None = None) -> Mandate:
    return Mandate("P1", kind, payee_id, LONG_AGO, valid_to)


def a_register(*mandates: Mandate, death_date: dt.date | None = None) -> PayeeRegister:
    return PayeeRegister(
        persons={"P1": a_person("P1", death_date), "P2": a_person("P2"), "P3": a_person("P3")},
        mandates={"P1": mandates},
        accounts={f"P{n}": (an_account(f"P{n}", n),) for n in (1, 2, 3)},
    )


def test_the_insured_is_paid_on_the_registered_account() -> None:
    payee = find_payee("P1", "", a_register(), DAY)
    assert (payee.kind, payee.payee_id, payee.name) == (PayeeKind.INSURED, "P1", "ESSAI P1")
    assert (payee.account, payee.waits_for) == (a_rib(1), "")


@pytest.mark.parametrize("kind", [PayeeKind.GUARDIAN, PayeeKind.HEIR])
def test_a_mandate_names_another_payee(kind: PayeeKind) -> None:
    payee = find_payee("P1", "", a_register(a_mandate(kind, "P2")), DAY)
    assert (payee.kind, payee.payee_id, payee.account) == (kind, "P2", a_rib(2))


@pytest.mark.parametrize(("valid_to", "payee_id"), [(DAY, "P2"), (DAY - dt.timedelta(1), "P1")])
def test_a_mandate_counts_up_to_its_last_day(valid_to: dt.date, payee_id: str) -> None:
    register = a_register(a_mandate("guardian", "P2", valid_to))
    assert find_payee("P1", "", register, DAY).payee_id == payee_id


def test_an_heir_stands_before_a_guardian() -> None:
    register = a_register(a_mandate("guardian", "P2"), a_mandate("heir", "P3"))
    assert find_payee("P1", "", register, DAY).payee_id == "P3"


def test_two_heirs_wait_for_a_person_to_say_who_is_paid() -> None:
    register = a_register(a_mandate("heir", "P2"), a_mandate("heir", "P3"))
    assert find_payee("P1", "", register, DAY).waits_for == WaitsFor.PAYEE


@pytest.mark.parametrize(
    ("death_date", "waits_for"), [(DAY, WaitsFor.HEIR), (DAY + dt.timedelta(1), "")]
)
def test_nobody_pays_a_dead_person(death_date: dt.date, waits_for: str) -> None:
    assert find_payee("P1", "", a_register(death_date=death_date), DAY).waits_for == waits_for


def test_no_account_is_waited_for() -> None:
    register = replace(a_register(), accounts={})
    payee = find_payee("P1", "", register, DAY)
    assert (payee.payee_id, payee.account, payee.waits_for) == ("P1", "", WaitsFor.ACCOUNT)


def test_a_wrong_key_is_waited_for_and_the_account_not_copied() -> None:
    wrong = replace(an_account("P1", 1), rib=a_rib(1)[:-2] + "00")
    payee = find_payee("P1", "", replace(a_register(), accounts={"P1": (wrong,)}), DAY)
    assert (payee.account, payee.waits_for) == ("", WaitsFor.ACCOUNT_KEY)


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "number"),
    [
        (DAY, None, 9),
        (DAY + dt.timedelta(1), None, 1),
        (LONG_AGO + dt.timedelta(1), DAY, 9),
        (LONG_AGO + dt.timedelta(1), DAY - dt.timedelta(1), 1),
    ],
)
def test_the_newest_account_valid_on_the_pay_date_counts(
    valid_from: dt.date, valid_to: dt.date | None, number: int
) -> None:
    newer = replace(an_account("P1", 9), valid_from=valid_from, valid_to=valid_to)
    register = replace(a_register(), accounts={"P1": (newer, an_account("P1", 1))})
    assert find_payee("P1", "", register, DAY).account == a_rib(number)


def test_an_unknown_insured_person_waits_for_a_payee() -> None:
    assert find_payee("", "", a_register(), DAY).waits_for == WaitsFor.PAYEE


def test_a_person_without_a_name_waits_for_one() -> None:
    nameless = replace(a_person("P1"), family_name="", given_name="")
    register = replace(a_register(), persons={"P1": nameless})
    assert find_payee("P1", "", register, DAY).waits_for == WaitsFor.PAYEE_NAME


def test_merges_are_followed_to_the_surviving_person() -> None:
    register = replace(a_register(), merged={"P8": "P9", "P9": "P2"})
    assert find_payee("P8", "", register, DAY).payee_id == "P2"


def test_a_circle_of_merges_waits_instead_of_turning_for_ever() -> None:
    register = replace(a_register(), merged={"P8": "P9", "P9": "P8"})
    assert find_payee("P8", "", register, DAY).waits_for == WaitsFor.PAYEE


def test_a_provider_is_paid_on_a_provider_account_alone() -> None:
    accounts = {"H1": (an_account("H1", 4), an_account("H1", 5, "provider"))}
    register = PayeeRegister(accounts=accounts, providers={"H1": "CLINIQUE ESSAI"})
    payee = find_payee("P1", "H1", register, DAY)
    assert (payee.kind, payee.name, payee.account) == (
        PayeeKind.PROVIDER,
        "CLINIQUE ESSAI",
        a_rib(5),
    )
