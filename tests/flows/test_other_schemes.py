"""Dossiers of every country's schemes on one engine: from the sender's file to the decision."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from flows.explain_dossier import explain
from infra.stores.replay_families import Period
from tasks.doors import Doors
from tasks.pricing.changes import read_changes
from tasks.pricing.replay import Affected
from tasks.replaying import ReplayOrder, present_catalogue, replay_period
from tests.flows.world import DAY, load_folder, open_world, pay, rows, send

SINCE = "2015-01-01"
NO_BULK_PRICES = """
- {scheme: cn-cq-employee, table: bulk_prices, from: 2024-01-01, to: null, drop: true,
   source: CN-SAMPLE, status: illustrative}
"""


def nir_of(body: str) -> str:
    """A French social security number with its key; nobody's, for the place does not exist."""
    return f"{body}{97 - int(body) % 97:02d}"


def luhn(body: str) -> str:
    digits = [int(digit) for digit in reversed(body)]
    doubled = [sum(divmod(digit * 2, 10)) if place % 2 == 0 else digit
               for place, digit in enumerate(digits)]  # fmt: skip
    return f"{body}{-sum(doubled) % 10}"


def card_of(body: str) -> str:
    """A Chinese resident's card number with its check character (ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(body))
    return f"{body}{'10X98765432'[total % 11]}"


NIR = nir_of("1800599999001")
RPPS = luhn("1000000001")
CARD = card_of("50000019800517001")
MA_NUMBER, CNOPS_NUMBER, INPE = "100000001", "1000001", "200000001"
HOSPITAL = "H50000000001"


def fact(register: str, valid_from: str = SINCE, **values: Any) -> dict[str, Any]:
    return {"register": register, "op": "assert", "valid_from": valid_from, "values": values}


def person(person_id: str, family: str, given: str) -> dict[str, Any]:
    return fact(
        "person",
        "1980-05-17",
        person_id=person_id,
        family_name=family,
        given_name=given,
        arabic_name="",
        birth_date="1980-05-17",
        sex="M",
        cin="",
    )


def member(person_id: str, scheme: str, number: str, category: str = "") -> dict[str, Any]:
    return fact("affiliation", person_id=person_id, scheme=scheme, number=number, category=category)


def provider(provider_id: str, number: str, kind: str, sector: str) -> dict[str, Any]:
    return fact(
        "provider",
        provider_id=provider_id,
        inpe=number,
        name="Essai",
        kind=kind,
        specialty="01",
        sector=sector,
        ice="",
    )


def known(subject_id: str, scheme: str, name: str, value: str) -> dict[str, Any]:
    return fact("fact", subject_id=subject_id, scheme=scheme, name=name, value=value)


REGISTERS = [
    person("PFR", "ESSAI", "Premier"),
    member("PFR", "fr-cpam", NIR),
    provider("VFR", RPPS, "doctor", "private"),
    known("VFR", "fr-cpam", "convention", "secteur_1"),
    person("PCN", "ESSAI", "Deuxieme"),
    member("PCN", "cn-cq-employee", CARD, "active"),
    known("PCN", "cn-cq-employee", "insured_status", "active"),
    provider("VCN", HOSPITAL, "hospital", "public"),
    known("VCN", "cn-cq-employee", "hospital_level", "L3"),
    person("PTA", "ESSAI", "Troisieme"),
    member("PTA", "ma-amo-tadamon", MA_NUMBER),
    known("PTA", "ma-amo-tadamon", "rsu_score", "8.5"),
    provider("VMA", INPE, "hospital", "public"),
    person("PCO", "ESSAI", "Quatrieme"),
    member("PCO", "ma-cnops", CNOPS_NUMBER),
]
#: Of the register of accounts: the person insured with the CNOPS has declared none.
WITH_ACCOUNT = ("PFR", "PCN", "PTA")


def account(person_id: str) -> dict[str, Any]:
    """An account of the invented bank 999 with a key that is right."""
    body = "9990010000000000000004"
    rib = f"{body}{97 - int(body + '00') % 97:02d}"
    return fact("account", account_id=f"A{person_id}", holder_id=person_id,
                holder_kind="insured", rib=rib)  # fmt: skip


def dossier(number: str, scheme: str, insured: str, name: str, **more: Any) -> dict[str, Any]:
    return {
        "public_number": number,
        "scheme": scheme,
        "deposit_date": "2026-11-18",
        "insured_id": insured,
        "insured_name": f"ESSAI {name}",
        "beneficiary_birth_date": "1980-05-17",
        "kind_of_care": "ambulatory",
        "pieces": [{"kind": "care_sheet"}],
        **more,
    }


def line(amount: int, day: str = "2026-11-02", **named: Any) -> dict[str, Any]:
    return {"date": day, "amount_minor": amount, **named}


FRENCH = dossier(
    "FR-2026-0001",
    "fr-cpam",
    NIR,
    "Premier",
    provider_id=RPPS,
    facts={"pathway": "treating"},
    lines=[line(3000, code="G")],
    total_minor=3000,
)
CHINESE = dossier(
    "CQ-2026-0001",
    "cn-cq-employee",
    CARD,
    "Deuxieme",
    provider_id=HOSPITAL,
    kind_of_care="hospital",
    pieces=[{"kind": "hospital_invoice"}],
    stay={
        "admission_date": "2026-11-02",
        "discharge_date": "2026-11-09",
        "establishment_id": HOSPITAL,
    },
    lines=[line(1_000_000, code="TOTAL-A")],
    total_minor=1_000_000,
)
TADAMON = dossier(
    "MA-2026-0001",
    "ma-amo-tadamon",
    MA_NUMBER,
    "Troisieme",
    provider_id=INPE,
    lines=[line(5000, letter="C", coefficient=1)],
    total_minor=5000,
)
CNOPS = dossier(
    "MA-2026-0002",
    "ma-cnops",
    CNOPS_NUMBER,
    "Quatrieme",
    provider_id=INPE,
    lines=[line(30000, letter="K", coefficient=10)],
    total_minor=30000,
)


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[Doors]:
    doors = open_world(tmp_path / "home", database_url)
    folder = tmp_path / "registers"
    folder.mkdir()
    text = "".join(f"{json.dumps(row)}\n" for row in [*REGISTERS, *map(account, WITH_ACCOUNT)])
    (folder / "all.jsonl").write_text(text, encoding="utf-8")
    load_folder(doors, folder)
    yield doors
    doors.database.close()


def test_a_replay_without_the_bulk_price_shows_what_it_saves(world: Doors, tmp_path: Path) -> None:
    stay = {
        **CHINESE,
        "public_number": "CQ-2026-0002",
        "lines": [
            line(1_000_000, code="990000000000006"),
            line(1_300_000, code="CSAMPLE0000000000001"),
        ],
        "total_minor": 2_300_000,
    }
    send(world, tmp_path / "in", DAY, stay)
    path = tmp_path / "change.yaml"
    path.write_text(NO_BULK_PRICES, encoding="utf-8")
    changes = read_changes(path, present_catalogue(world.settings))
    period = Period(dt.date(2026, 11, 1), DAY, True, ("cn-cq-employee",))
    found: list[Affected] = []
    replay_period(world, ReplayOrder(period, changes, DAY, False), tell=found.extend)
    # 8,364.00 with the stent at its bulk price of 800.00, 17,697.00 at its list price of 13,000.00
    assert [(one.before_minor, one.after_minor) for one in found] == [(836_400, 1_769_700)]
    assert decided(world, "CQ-2026-0002")[1] == 836_400


def decided(doors: Doors, number: str) -> tuple[str, int, dict[str, int]]:
    """The state of a dossier, what is due of it, and the funds that bear it."""
    (head,) = rows(doors.database, "dossier", public_number=number)
    found = rows(doors.database, "decision", dossier_id=head.dossier_id, version=head.version)
    shares: dict[str, int] = {}
    for row in rows(doors.database, "priced_line", dossier_id=head.dossier_id):
        for part in row.shares.split():
            fund, _, amount = part.rpartition(":")
            shares[fund] = shares.get(fund, 0) + int(amount)
    return head.status, found[0].due_minor if found else -1, shares


def codes(doors: Doors, number: str) -> set[str]:
    (head,) = rows(doors.database, "dossier", public_number=number)
    return {row.code for row in rows(doors.database, "finding", dossier_id=head.dossier_id)}


@pytest.mark.parametrize(
    ("record", "due", "shares"),
    [
        # 30.00 x 70 % - 2.00
        (FRENCH, 1900, {}),
        # (10,000.00 - 880.00) x 85 %
        (CHINESE, 775200, {}),
        # 50.00: 70 % by the insurance, the patient's 30 % by the State
        (TADAMON, 5000, {"amo": 3500, "state": 1500}),
    ],
    ids=["France", "Chongqing", "Tadamon"],
)
def test_a_dossier_of_any_scheme_is_accepted_for_its_own_amount(
    world: Doors, tmp_path: Path, record: Mapping[str, Any], due: int, shares: dict[str, int]
) -> None:
    send(world, tmp_path / "in", DAY, record)
    number = record["public_number"]
    assert decided(world, number) == ("approved", due, shares), codes(world, number)


def test_each_scheme_answers_for_its_own_and_what_has_no_bank_profile_waits(
    world: Doors, tmp_path: Path
) -> None:
    send(world, tmp_path / "in", DAY, FRENCH, CHINESE, TADAMON, CNOPS)
    pay(world, DAY)
    # Dirhams have a bank profile here: what is due of them is paid, to the account of the register.
    assert {row.currency: row.amount_minor for row in rows(world.database, "payment")} == {
        "MAD": 5000
    }
    waits = {row.scheme: row.waits_for for row in rows(world.database, "obligation")}
    assert waits == {
        "fr-cpam": "debit_account",
        "cn-cq-employee": "debit_account",
        "ma-amo-tadamon": "",
        "ma-cnops": "account",
    }


def test_a_dossier_sent_to_another_scheme_than_the_person_s_is_told_which(
    world: Doors, tmp_path: Path
) -> None:
    wrong = {**TADAMON, "scheme": "ma-amo-salaries", "public_number": "MA-2026-0009"}
    send(world, tmp_path / "in", DAY, wrong)
    assert "AUTRE_REGIME" in codes(world, "MA-2026-0009")
    assert decided(world, "MA-2026-0009")[0] == "refused"


def test_a_fact_that_is_needed_and_nobody_gave_goes_to_a_person(
    world: Doors, tmp_path: Path
) -> None:
    stranger = luhn("1000000002")
    unknown = {**FRENCH, "provider_id": stranger, "public_number": "FR-2026-0002"}
    send(world, tmp_path / "in", DAY, unknown)
    found = codes(world, "FR-2026-0002")
    assert "FAIT_MANQUANT" in found
    assert decided(world, "FR-2026-0002")[0] != "approved"


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_an_amount_of_another_country_is_explained_from_the_books(
    world: Doors, tmp_path: Path, language: str
) -> None:
    send(world, tmp_path / "in", DAY, CHINESE)
    told = explain(world.database, world.storage, world.settings, "CQ-2026-0001", language)
    (only,) = told["dossiers"]
    (version,) = only["versions"]
    assert version["amounts"]["recomputed"]["is_same"]
