"""What typing mode keeps on each kind of database: four eyes, blind, settled once, measured."""

import re
from pathlib import Path
from typing import Any

import pytest

from infra.database import Database
from models.desk import Account, QueueView, Role
from models.errors import ApprovalRefused, UsageError
from models.review_task import TO_TYPE
from tasks.desk_lookups import HOUSEHOLDS_PER_MINUTE
from tasks.review.typing import Keying
from tasks.review.web.ports import TypingAnswer, TypingSheet
from tests.stages.review.desk_rows import dossier_row, rows_of
from tests.stages.review.desk_site import (
    Browser,
    Desk,
    a_paper_dossier,
    account,
    open_desk,
    serving,
)
from tests.stages.review.typing_site import (
    CIN,
    INPE,
    NUMBER,
    an_unread_dossier,
    fill_registers,
)

HEADER = {
    "provider_inpe": INPE, "insured_number": NUMBER, "insured_name": "ESSAI PREMIERE",
    "beneficiary_name": "ESSAI PREMIERE", "relation": "self", "care_kind": "ambulatory",
    "pieces": "care_sheet", "prescriber_inpe": "",
}  # fmt: skip
LINES = {
    "lines[+1].letter": "C", "lines[+1].care_date": "02/11/2026", "lines[+1].quantity": "1",
}  # fmt: skip


def money(amount: str = "80,00", total: str = "80,00") -> dict[str, str]:
    return {"lines[+1].amount_minor": amount, "total_minor": total}


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    made = open_desk(database, tmp_path)
    for login in ("amina", "brahim", "driss"):
        account(database, login, Role.PROCESSOR)
    account(database, "chama", Role.SUPERVISOR)
    fill_registers(made)
    return made


def who(login: str) -> Account:
    role = Role.SUPERVISOR if login == "chama" else Role.PROCESSOR
    return Account(login, login, frozenset({role.value}), "", "fr", True)


def keep(
    desk: Desk, task: str, login: str, pass_no: int, values: dict[str, str], **changes: Any
) -> TypingAnswer:
    sheet = {"content_version": 1, "fields": 9, "keystrokes": 60, "seconds": 40} | changes
    return desk.doors.typing.keep_typed(
        task, TypingSheet(pass_no=pass_no, values=values, **sheet), who(login)
    )


def test_a_dossier_is_typed_by_two_and_goes_on(desk: Desk) -> None:
    task = an_unread_dossier(desk)
    first = keep(desk, task, "amina", 1, HEADER | LINES | money())
    assert first.keying is Keying.SECOND_NEEDED
    assert rows_of(desk.database, "field_correction") == []
    second = keep(desk, task, "brahim", 2, money())
    assert second.keying is Keying.SETTLED
    dossier = dossier_row(desk.database)
    assert (dossier["version"], dossier["stage"], dossier["status"]) == (
        2,
        "extraction",
        "in_progress",
    )
    (line,) = [r for r in rows_of(desk.database, "extracted_line") if r["content_version"] == 2]
    assert (line["line_no"], line["letter"], line["amount_minor"]) == (1, "C", 8000)
    evidence = {r["field"]: r for r in rows_of(desk.database, "field_evidence")}
    assert evidence["lines[1].amount_minor"]["source"] == "person"
    assert (evidence["insured_number"]["value"], evidence["insured_number"]["source"]) == (
        NUMBER, "person",
    )  # fmt: skip
    entries = rows_of(desk.database, "typing_entry")
    assert {(r["state"], r["typed_values"], r["typed_money"]) for r in entries} == {
        ("settled", "", "")
    }
    actions = [r["action"] for r in rows_of(desk.database, "audit_event")]
    assert actions.count("desk_typed") == 2


def test_the_same_person_cannot_type_both_passes(desk: Desk) -> None:
    task = an_unread_dossier(desk)
    keep(desk, task, "amina", 1, HEADER | LINES | money())
    with pytest.raises(ApprovalRefused, match="another colleague"):
        keep(desk, task, "amina", 2, money())
    assert dossier_row(desk.database)["status"] == "in_review"
    assert len(rows_of(desk.database, "typing_entry")) == 1


def test_a_processor_does_not_settle_what_two_typed_differently(desk: Desk) -> None:
    task = an_unread_dossier(desk)
    keep(desk, task, "amina", 1, HEADER | LINES | money())
    answer = keep(desk, task, "brahim", 2, money("8,00"))
    assert answer.keying is Keying.THIRD_NEEDED
    with pytest.raises(ApprovalRefused, match="supervisor"):
        keep(desk, task, "driss", 3, HEADER | LINES | money())
    settled = keep(desk, task, "chama", 3, HEADER | LINES | money())
    assert settled.keying is Keying.SETTLED
    (line,) = [r for r in rows_of(desk.database, "extracted_line") if r["content_version"] == 2]
    assert line["amount_minor"] == 8000


def test_who_comes_late_with_a_pass_types_nothing_over(desk: Desk) -> None:
    task = an_unread_dossier(desk)
    keep(desk, task, "amina", 1, HEADER | LINES | money())
    with pytest.raises(UsageError, match="meanwhile"):
        keep(desk, task, "brahim", 1, HEADER | LINES | money("9,00", "9,00"))


def test_a_field_that_is_no_value_keeps_nothing(desk: Desk) -> None:
    task = an_unread_dossier(desk)
    answer = keep(desk, task, "amina", 1, HEADER | LINES | money("eighty") | {"provider_inpe": "x"})
    assert answer.unfit == ("lines[+1].amount_minor", "provider_inpe")
    assert rows_of(desk.database, "typing_entry") == []


def test_one_person_does_not_correct_what_two_are_typing(desk: Desk) -> None:
    task = a_paper_dossier(desk)
    desk.doors.holding.open_item(task, who("amina"), "fr")
    with pytest.raises(UsageError, match="typing mode"):
        desk.doors.work.correct(task, {"lines[+9].letter": "C"}, who("amina"))
    keep(desk, task, "amina", 1, HEADER | LINES | money())
    with pytest.raises(UsageError, match="typing mode"):
        desk.doors.work.correct(task, {"total_minor": "1,00"}, who("brahim"))
    # Nor does anybody learn what the machine made of the amounts.
    with pytest.raises(UsageError, match="typing mode"):
        desk.doors.work.check(task, {}, who("driss"))


def test_typed_lines_take_the_place_of_those_that_were_read(desk: Desk) -> None:
    task = a_paper_dossier(desk)
    keep(desk, task, "amina", 1, HEADER | LINES | money())
    keep(desk, task, "brahim", 2, money())
    lines = [r for r in rows_of(desk.database, "extracted_line") if r["content_version"] == 2]
    assert [(r["line_no"], r["amount_minor"]) for r in lines] == [(1, 8000)]
    fields = {
        r["field"] for r in rows_of(desk.database, "field_evidence") if r["content_version"] == 2
    }
    assert "lines[2].amount_minor" not in fields


def test_a_refused_dossier_forgets_what_was_typed(desk: Desk) -> None:
    task = an_unread_dossier(desk)
    keep(desk, task, "amina", 1, HEADER | LINES | money())
    with serving(desk) as url:
        brahim = Browser(url)
        brahim.sign_in("brahim")
        brahim.post(f"/item/{task}/answer", answer="return", code="ILLISIBLE")
    assert dossier_row(desk.database)["status"] == "returned"
    (entry,) = rows_of(desk.database, "typing_entry")
    assert (entry["state"], entry["typed_values"], entry["typed_money"]) == ("dropped", "", "")


def test_the_list_shows_what_is_to_type_and_gives_second_passes_to_others(desk: Desk) -> None:
    task = an_unread_dossier(desk)
    other = a_paper_dossier(desk, 2)
    view = QueueView(is_typing=True)
    queue = desk.doors.queue
    assert [row.task_id for row in queue.page(view, who("amina"), "").rows] == [task]
    keep(desk, other, "amina", 1, HEADER | LINES | money())
    rows = queue.page(view, who("amina"), "").rows
    assert {(row.task_id, row.typed_passes) for row in rows} == {(task, 0), (other, 1)}
    assert queue.next_task(view, who("amina"), task) == ""
    assert queue.next_task(view, who("brahim"), task) == other
    keep(desk, other, "brahim", 2, money("9,00", "9,00"))
    assert queue.next_task(view, who("driss"), task) == ""
    assert queue.next_task(view, who("chama"), task) == other


def test_the_second_page_holds_no_amount_of_the_first_nor_of_a_machine(desk: Desk) -> None:
    task = a_paper_dossier(desk)
    keep(desk, task, "amina", 1, HEADER | LINES | money("71,23", "71,23"))
    with serving(desk) as url:
        brahim = Browser(url)
        brahim.sign_in("brahim")
        assert brahim.get(f"/item/{task}").where.startswith(f"/type/{task}")
        page = brahim.get(f"/type/{task}")
    assert page.status == 200
    for seen in ("71,23", "7123", "45,50", "4550", "125,50", "12550"):
        assert seen not in page.text


def test_medians_are_told_for_each_person_and_day(desk: Desk) -> None:
    for number, strokes in enumerate((40, 60, 90), start=1):
        task = an_unread_dossier(desk, number)
        keep(desk, task, "amina", 1, HEADER | LINES | money(), keystrokes=strokes, seconds=strokes)
    (one,) = desk.doors.typing.typing_figures(7)
    assert (one.login, one.pass_no, one.dossiers) == ("amina", 1, 3)
    assert (one.keystrokes, one.seconds) == (60, 60)


@pytest.mark.parametrize("key", [NUMBER, CIN, CIN.lower(), "BE654321"])
def test_a_number_or_any_cin_of_the_household_leads_to_it(desk: Desk, key: str) -> None:
    task = an_unread_dossier(desk)
    found: Any = desk.doors.typing.look_up(task, "household", key, who("amina"))
    assert [one["relation"] for one in found["members"]] == ["self", "spouse", "child"]
    assert {one["insured_number"] for one in found["members"]} == {NUMBER}


@pytest.mark.parametrize(
    ("what", "text", "state"),
    [
        ("provider", INPE, "found"), ("provider", "100000008", "unknown"),
        ("provider", "1000", "malformed"), ("household", "999999999", "unknown"),
        ("household", "12", "malformed"),
    ],
)  # fmt: skip
def test_what_the_register_does_not_know_is_told(
    desk: Desk, what: str, text: str, state: str
) -> None:
    task = an_unread_dossier(desk)
    found: Any = desk.doors.typing.look_up(task, what, text, who("amina"))
    assert found["state"] == state


def test_households_are_not_leafed_through(desk: Desk) -> None:
    task = an_unread_dossier(desk)
    for number in range(HOUSEHOLDS_PER_MINUTE):
        desk.doors.typing.look_up(task, "household", str(200_000_000 + number), who("amina"))
    with pytest.raises(UsageError, match="too many"):
        desk.doors.typing.look_up(task, "household", NUMBER, who("amina"))
    desk.clock.pass_by(60)
    desk.doors.typing.look_up(task, "household", NUMBER, who("amina"))


def test_only_who_holds_the_dossier_asks_the_registers(desk: Desk) -> None:
    task = an_unread_dossier(desk)
    desk.doors.typing.open_typing(task, who("amina"), "fr")
    with pytest.raises(ApprovalRefused, match="somebody else"):
        desk.doors.typing.look_up(task, "household", NUMBER, who("brahim"))


def test_look_ups_are_sent_in_the_body_with_the_session_s_token(desk: Desk) -> None:
    task = an_unread_dossier(desk)
    with serving(desk) as url:
        amina = Browser(url)
        amina.sign_in("amina")
        assert amina.get(f"/type/{task}/look-up").status in {404, 405}
        assert amina.send(f"/type/{task}/look-up", what="provider", text=INPE).status == 403
        found = amina.post(f"/type/{task}/look-up", what="provider", text=INPE)
    assert "DR MODELE" in found.text
    assert re.search(TO_TYPE, rows_of(desk.database, "review_task")[0]["reasons"])
