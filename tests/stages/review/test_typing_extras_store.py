"""Fields that one form or scheme alone asks, typed, on each kind of database."""

from pathlib import Path
from typing import Any

import pytest

from infra.database import Database
from infra.stores.dossiers import DOSSIER
from models.desk import Account, Role
from tasks.extraction.store import Hand, settle_heads
from tasks.review.typing import Keying
from tasks.review.web.ports import TypingAnswer, TypingSheet
from tests.builders import a_dossier
from tests.stages.review.desk_rows import DAY, a_waiting_dossier, put, rows_of
from tests.stages.review.desk_site import AT, Desk, account, open_desk
from tests.stages.review.typing_site import (
    INPE,
    NUMBER,
    an_unread_dossier,
    fill_registers,
    register_page,
)

HEADER = {
    "provider_inpe": INPE, "insured_number": NUMBER, "insured_name": "ESSAI PREMIERE",
    "beneficiary_name": "ESSAI PREMIERE", "relation": "self", "care_kind": "dental",
    "pieces": "care_sheet", "prescriber_inpe": "",
}  # fmt: skip
LINE = {
    "lines[+1].code": "D700", "lines[+1].care_date": "02/11/2026", "lines[+1].quantity": "1",
}  # fmt: skip
MONEY = {"lines[+1].amount_minor": "80,00", "total_minor": "80,00"}


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    made = open_desk(database, tmp_path)
    for login in ("amina", "brahim"):
        account(database, login, Role.PROCESSOR)
    account(database, "chama", Role.SUPERVISOR)
    fill_registers(made)
    return made


def who(login: str) -> Account:
    role = Role.SUPERVISOR if login == "chama" else Role.PROCESSOR
    return Account(login, login, frozenset({role.value}), "", "fr", True)


def keep(desk: Desk, task: str, login: str, pass_no: int, **values: Any) -> TypingAnswer:
    disputed = bool(values.pop("disputed", ""))
    content = values.pop("content", {})
    sheet = TypingSheet(pass_no, 1, {**content, **MONEY}, 9, 60, 40, disputed)
    return desk.doors.typing.keep_typed(task, sheet, who(login))


def type_twice(desk: Desk, task: str, **extra: str) -> None:
    first = keep(desk, task, "amina", 1, content={**HEADER, **LINE, **extra})
    assert first.keying is Keying.SECOND_NEEDED, first.unfit
    assert keep(desk, task, "brahim", 2).keying is Keying.SETTLED


def latest(desk: Desk, name: str, key: str = "D0001") -> list[dict[str, Any]]:
    return [row for row in rows_of(desk.database, name, key) if row["content_version"] == 2]


def test_a_tooth_is_typed_and_one_that_nobody_has_is_not(desk: Desk) -> None:
    task = an_unread_dossier(desk)
    register_page(desk, form_id="cnss_610_1_04")
    content = {**HEADER, **LINE, "lines[+1].tooth": "19"}
    assert keep(desk, task, "amina", 1, content=content).unfit == ("lines[+1].tooth",)
    type_twice(desk, task, **{"lines[+1].tooth": "16"})
    (line,) = latest(desk, "extracted_line")
    assert (line["code"], line["tooth"]) == ("D700", "16")


def test_an_accident_ticked_on_the_sheet_is_told_to_whoever_decides(desk: Desk) -> None:
    task = an_unread_dossier(desk)
    register_page(desk, form_id="cnss_610_1_04")
    type_twice(desk, task, **{"box.accident": "yes"})
    (told,) = [row for row in rows_of(desk.database, "finding") if row["version"] == 2]
    assert (told["stage"], told["code"], told["effect"]) == (
        "extraction", "ACCIDENT_DECLARE", "review",
    )  # fmt: skip


def test_facts_of_dossier_and_line_are_kept(desk: Desk) -> None:
    task = an_unread_dossier(desk)
    facts = {
        "facts.multiple_trauma": "yes", "lines[+1].facts.act_role": "anaesthesia",
        "agreement_number": "EP-2026-7", "ald_code": "E11", "is_continuous_care": "oui",
    }  # fmt: skip
    type_twice(desk, task, **facts)
    (dossier,), (line,) = latest(desk, "extracted_dossier"), latest(desk, "extracted_line")
    assert '"multiple_trauma": "yes"' in dossier["facts"]
    assert '"act_role": "anaesthesia"' in line["facts"]
    assert (dossier["agreement_number"], dossier["ald_code"], dossier["is_continuous_care"]) == (
        "EP-2026-7", "E11", True,
    )  # fmt: skip
    wrong = an_unread_dossier(desk, 2)
    content = {**HEADER, **LINE, "facts.multiple_trauma": "perhaps"}
    assert keep(desk, wrong, "amina", 1, content=content).unfit == ("facts.multiple_trauma",)


def an_earlier_dossier(desk: Desk, number: str = NUMBER) -> str:
    """A returned dossier of somebody; its public number."""
    dossier = a_dossier(insured_number=number)
    a_waiting_dossier(desk.database, 7, dossier=dossier, status="returned", outcome="returned")
    return "AMO-000007"


def settle(desk: Desk) -> None:
    """What the next lot does with what paper says of itself."""
    lot = "2026-11-20/009"
    with desk.database.transaction() as connection:
        connection.execute(
            DOSSIER.update().where(DOSSIER.c.dossier_id == "D0001").values(lot_id=lot)
        )
    settle_heads(desk.database, lot, Hand("machine", DAY, AT))


def status_of(desk: Desk, key: str) -> tuple[int, str]:
    (row,) = rows_of(desk.database, "dossier", key)
    return row["version"], row["status"]


def test_a_typed_complement_joins_the_dossier_it_completes(desk: Desk) -> None:
    earlier = an_earlier_dossier(desk)
    task = an_unread_dossier(desk)
    type_twice(desk, task, refers_to=earlier.lower())
    settle(desk)
    assert status_of(desk, "D0001") == (2, "withdrawn")
    assert status_of(desk, "D0007") == (2, "in_progress")
    (kept,) = latest(desk, "extracted_dossier", "D0007")
    assert (kept["insured_number"], kept["total_minor"]) == (NUMBER, 8_000)


def test_a_number_of_somebody_else_s_dossier_is_no_value(desk: Desk) -> None:
    # The register knows the insured person of the earlier dossier, and it is another one.
    put(
        desk.database, "register_affiliation", person_id="P2", scheme="ma-amo-salaries",
        number="100000002", category="employee", valid_from=DAY, valid_to=None, known_from=DAY,
        known_to=None,
    )  # fmt: skip
    earlier = an_earlier_dossier(desk, "100000002")
    task = an_unread_dossier(desk)
    content = {**HEADER, **LINE, "refers_to": earlier}
    assert keep(desk, task, "amina", 1, content=content).unfit == ("refers_to",)
    beside = {"insured": NUMBER}
    typing = desk.doors.typing
    answer = typing.look_up(task, "dossier", earlier, who("amina"), beside)
    assert answer == {"state": "other"}
    answer = typing.look_up(task, "dossier", earlier, who("amina"), {"insured": "100000002"})
    assert answer["state"] == "found"
    assert typing.look_up(task, "dossier", "AMO-999999", who("amina"), beside) == {
        "state": "unknown"
    }


def test_a_number_that_was_misread_and_left_out_joins_nothing(desk: Desk) -> None:
    earlier = an_earlier_dossier(desk)
    task = an_unread_dossier(desk)
    put(
        desk.database, "field_evidence", dossier_id="D0001", content_version=1, field="refers_to",
        page_no=1, box_left=0, box_top=0, box_width=0, box_height=0, reading=earlier,
        second_reading="", value=earlier, error_probability=0.3, is_doubtful=True,
        source="doubtful",
    )  # fmt: skip
    type_twice(desk, task, refers_to="")
    settle(desk)
    assert status_of(desk, "D0001") == (2, "in_progress")
    assert status_of(desk, "D0007") == (1, "returned")


def test_a_form_chosen_by_a_person_carries_its_scheme_to_the_dossier(desk: Desk) -> None:
    task = an_unread_dossier(desk)
    chosen = {"form": "cnops_maladie", "scheme": "ma-cnops"}
    item = desk.doors.typing.open_typing(task, who("amina"), "fr", chosen)
    assert (item.form.form_id, item.form.scheme) == ("cnops_maladie", "ma-cnops")
    assert "box.envelope_yes" in {one.name for one in item.form.extras}
    type_twice(desk, task, **chosen, **{"box.envelope_yes": "yes", "insured_number": "1000007"})
    (dossier,) = rows_of(desk.database, "dossier", "D0001")
    (content,) = latest(desk, "extracted_dossier")
    assert (dossier["scheme"], content["scheme"]) == ("ma-cnops", "ma-cnops")
    (event,) = [
        row for row in rows_of(desk.database, "audit_event") if row["action"] == "scheme_typed"
    ]
    assert (event["before"], event["after"]) == (
        "ma-amo-salaries MAD", "ma-cnops MAD",
    )  # fmt: skip
    told = [row["code"] for row in rows_of(desk.database, "finding") if row["version"] == 2]
    assert told == ["PLI_CONFIDENTIEL"]


def test_the_second_colleague_gets_the_form_of_the_first(desk: Desk) -> None:
    task = an_unread_dossier(desk)
    chosen = {"form": "cnss_610_1_04", "scheme": "ma-amo-tns"}
    keep(desk, task, "amina", 1, content={**HEADER, **LINE, **chosen})
    item = desk.doors.typing.open_typing(task, who("brahim"), "fr", {"form": "fr_s3110"})
    assert (item.form.form_id, item.form.scheme) == ("cnss_610_1_04", "ma-amo-tns")


def test_amounts_alike_do_not_settle_what_the_second_saw_otherwise(desk: Desk) -> None:
    task = an_unread_dossier(desk)
    keep(desk, task, "amina", 1, content={**HEADER, **LINE})
    second = keep(desk, task, "brahim", 2, disputed="yes", content={"provider_inpe": "1"})
    assert second.keying is Keying.THIRD_NEEDED
    item = desk.doors.typing.open_typing(task, who("chama"), "fr")
    assert item.before[1].values == {"disputed": "yes"}
    right = {**HEADER, **LINE, "provider_inpe": "100000015"}
    assert keep(desk, task, "chama", 3, content=right).keying is Keying.SETTLED
    (dossier,) = latest(desk, "extracted_dossier")
    assert dossier["provider_inpe"] == "100000015"
