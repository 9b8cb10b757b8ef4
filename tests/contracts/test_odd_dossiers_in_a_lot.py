"""Odd dossiers taken through a lot with its database: each is decided, none stops the others."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from infra.database import shared_database
from infra.stores.register_delta import load_registers
from models.electronic import AMOUNT_MINOR_MAX
from tests.contracts.electronic_dossiers import SOUND
from tests.flows.world import open_world, process, receive, rows

DAY = dt.date(2026, 11, 20)
FIRST, LAST = "0001-01-01", "9999-12-31"
LINE = SOUND["lines"][0]
PERSON = {
    "person_id": "P0001", "family_name": "ESSAI", "given_name": "PREMIER", "arabic_name": "",
    "birth_date": "1980-05-17", "sex": "M", "cin": "",
}  # fmt: skip
AFFILIATION = {
    "person_id": "P0001", "scheme": "ma-amo-salaries", "number": SOUND["insured_id"],
    "category": "salaried",
}  # fmt: skip
ODD: dict[str, dict[str, Any]] = {
    "a deposit to come": {"deposit_date": "2027-01-01"},
    "the first day of all": {"deposit_date": FIRST, "lines": [{**LINE, "date": FIRST}]},
    "the last day of all": {"deposit_date": LAST, "lines": [{**LINE, "date": LAST}]},
    "first and last day": {"lines": [{**LINE, "date": FIRST}, {**LINE, "date": LAST}]},
    "a stay that ends before it begins": {
        "lines": [],
        "stay": {"admission_date": LAST, "discharge_date": FIRST, "establishment_id": ""},
    },
    "a person of the last day": {"beneficiary_birth_date": LAST, "relation": "child"},
    "a channel of the sender's own": {"channel": "paper"},
    "an EAN that is none": {"lines": [{"ean": "Ａ-١٢ é", "date": "2026-11-02", "amount_minor": 1}]},
    "a crown in the last year": {
        "kind_of_care": "dental",
        "lines": [{"code": "D754", "date": LAST, "amount_minor": 1, "tooth": "11"}] * 2,
    },
    "amounts without end": {
        "lines": [{**LINE, "amount_minor": AMOUNT_MINOR_MAX, "quantity": 1_000}] * 500,
        "total_minor": AMOUNT_MINOR_MAX,
    },
    "no line at all": {"lines": [], "total_minor": 0},
    "a request for nothing": {"request": "prior_agreement", "lines": []},
    "an agreement nobody gave": {"agreement_number": "PEC-0"},
}


def register_lines() -> list[str]:
    return [
        json.dumps(
            {
                "register": register, "op": "assert", "valid_from": "2015-01-01", "valid_to": None,
                "known_from": "2015-01-01", "values": values,
            }
        )
        for register, values in (("person", PERSON), ("affiliation", AFFILIATION))
    ]  # fmt: skip


@pytest.fixture
def dossiers() -> list[dict[str, Any]]:
    return [
        {**SOUND, **changes, "public_number": f"ODD-{number:04d}"}
        for number, changes in enumerate(ODD.values(), start=1)
    ]


def test_every_odd_dossier_is_decided_and_none_is_quarantined(
    database_url: str, tmp_path: Path, dossiers: list[dict[str, Any]]
) -> None:
    doors = open_world(tmp_path / "home", database_url)
    load_registers(doors.database, register_lines(), dt.date(2026, 11, 1))
    inbox = tmp_path / "odd.jsonl"
    inbox.write_text("".join(f"{json.dumps(one)}\n" for one in dossiers), encoding="utf-8")
    assert receive(doors, inbox, DAY) == {"IN_ACCEPTED": len(ODD)}
    process(doors, DAY)
    assert rows(doors.database, "quarantine") == []
    assert len(rows(doors.database, "decision")) == len(ODD)
    assert {row.channel for row in rows(doors.database, "dossier")} == {"electronic"}
    assert not rows(doors.database, "dossier", status="in_progress")
    doors.database.close()
    shared_database(doors.database.url).close()
