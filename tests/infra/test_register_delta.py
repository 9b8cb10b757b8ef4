import datetime as dt
import json
from typing import Any

import pytest
from sqlalchemy import select

from infra.database import Database
from infra.stores.register_delta import load_delta, load_registers, read_rows
from infra.stores.registers import known_on, load_slice
from models.errors import UsageError
from models.records.all_tables import table

START = dt.date(2026, 1, 1)
DAY = dt.date(2026, 11, 20)


def a_row(register: str, values: dict[str, Any], **changes: Any) -> str:
    row = {
        "register": register,
        "op": "assert",
        "valid_from": "2026-01-01",
        "valid_to": None,
        "values": values,
    }
    return json.dumps({**row, **changes})


def an_account(rib: str, **changes: Any) -> str:
    values = {"account_id": f"C{rib}", "holder_id": "P1", "holder_kind": "insured", "rib": rib}
    return a_row("account", values, **changes)


def an_affiliation(**changes: Any) -> str:
    values = {"person_id": "P1", "scheme": "s", "number": "100000001", "category": "employee"}
    return a_row("affiliation", values, **changes)


def ribs(database: Database, day: dt.date) -> list[str]:
    accounts = table("register_account")
    with database.reading() as connection:
        query = select(accounts.c.rib).where(known_on(accounts, day)).order_by(accounts.c.rib)
        return list(connection.execute(query).scalars())


def test_what_was_believed_before_a_delta_can_still_be_read(database: Database) -> None:
    load_registers(database, [an_account("1")], START)
    load_delta(database, an_account("2").encode(), DAY, "clerk")
    assert ribs(database, DAY - dt.timedelta(days=1)) == ["1"]
    assert ribs(database, DAY) == ["2"]


def test_a_fact_that_ends_keeps_its_beginning(database: Database) -> None:
    load_registers(database, [an_affiliation()], START)
    ending = an_affiliation(valid_from="2026-06-01", op="retract")
    report = load_delta(database, ending.encode(), DAY, "clerk")
    with database.reading() as connection:
        known = load_slice(
            connection, numbers=["100000001"], cins=[], inpes=[], care_from=DAY, day=DAY
        )
    periods = [(row.valid_from, row.valid_to) for row in known.affiliations["P1"]]
    assert periods == [(START, dt.date(2026, 5, 31))]
    assert report.narrowed == {"P1"}


def test_the_same_delta_a_second_time_changes_nothing(database: Database) -> None:
    load_registers(database, [an_account("1")], START)
    data = an_account("2").encode()
    assert load_delta(database, data, DAY, "clerk").is_new
    assert not load_delta(database, data, DAY + dt.timedelta(days=1), "clerk").is_new
    assert ribs(database, DAY + dt.timedelta(days=1)) == ["2"]


def test_a_merged_person_is_read_as_the_surviving_one(database: Database) -> None:
    person = {
        "family_name": "Essai",
        "given_name": "Premier",
        "arabic_name": "",
        "birth_date": "1980-05-17",
        "death_date": None,
        "sex": "M",
        "cin": "",
    }
    load_registers(
        database,
        [
            a_row("person", {**person, "person_id": "P1"}),
            a_row("person", {**person, "person_id": "P2"}),
            an_affiliation(),
        ],
        START,
    )
    merge = a_row("alias", {"merged_id": "P1", "person_id": "P2"}, op="merge")
    load_delta(database, merge.encode(), DAY, "clerk")
    with database.reading() as connection:
        known = load_slice(
            connection, numbers=["100000001"], cins=[], inpes=[], care_from=DAY, day=DAY
        )
    assert known.persons["P1"].person_id == "P2"


def a_tie(insured_id: str, **changes: Any) -> str:
    values = {"insured_id": insured_id, "person_id": "P9", "rank": 1, "relation": "child"}
    return a_row(
        "dependant",
        values | {"is_student": False, "is_disabled": False, "is_married": False},
        **changes,
    )


def test_a_child_s_other_parent_is_in_the_slice_with_what_opens_the_rights(
    database: Database,
) -> None:
    servant = {"person_id": "P2", "scheme": "t", "number": "200000002", "category": ""}
    paid = {"person_id": "P2", "scheme": "t", "days_declared": 26, "days_paid": 26}
    score = {"subject_id": "P2", "scheme": "t", "name": "rsu_score", "value": "9"}
    load_registers(
        database,
        [
            an_affiliation(),
            a_row("affiliation", servant),
            a_row("contribution", paid, valid_to="2026-01-31"),
            a_row("fact", score),
            a_tie("P1"),
            a_tie("P2"),
        ],
        START,
    )
    with database.reading() as connection:
        known = load_slice(
            connection, numbers=["100000001"], cins=[], inpes=[], care_from=DAY, day=DAY
        )
    assert [tie.insured_id for tie in known.ties["P9"]] == ["P1", "P2"]
    assert set(known.dependants) == {"P1"}
    assert [row.scheme for row in known.affiliations["P2"]] == ["t"]
    assert [row.value for row in known.facts["P2"]] == ["9"]
    (month,) = known.contributions["P2"]
    assert (month.days_paid, month.known_from) == (26, START)


def test_registers_are_loaded_in_bulk_only_once(database: Database) -> None:
    load_registers(database, [an_account("1")], START)
    with pytest.raises(UsageError, match="already has rows"):
        load_registers(database, [an_account("2")], START)


@pytest.mark.parametrize(
    "line",
    [
        "{",
        json.dumps({"register": "account"}),
        an_account("1", op="forget"),
        an_account("1", valid_from="yesterday"),
        a_row("stars", {}),
        a_row("account", {"holder_id": "P1"}),
    ],
)
def test_a_bad_line_is_named_without_its_values(line: str) -> None:
    with pytest.raises(UsageError, match="line 1") as caught:
        list(read_rows([line]))
    assert "P1" not in str(caught.value)
