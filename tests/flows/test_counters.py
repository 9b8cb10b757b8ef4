"""Dossiers that share a ceiling and come late, or leave, end as if they had come in order."""

import datetime as dt
import itertools
from pathlib import Path

import pytest

from flows.explain_dossier import explain, render
from infra.stores.audit_trail import verify
from infra.stores.balance import day_balance
from infra.stores.dossiers import DOSSIER
from models.messages import LANGUAGES
from tasks.doors import Doors
from tests.flows.ceilings import (
    ACCEPT,
    BASE,
    FIRST,
    REFUSE,
    SECOND,
    THIRD,
    a_crown_record,
    answer,
    crown,
    dossier,
    dues,
    reasons,
    send_and_settle,
    settle,
)
from tests.flows.world import AFTER, DAY, pay, rows, send

DAYS = (dt.date(2026, 11, 23), dt.date(2026, 11, 24), dt.date(2026, 11, 25))
#: Days before and after the crown that is in the books already.
EARLY, LATE, LATER = -9, 3, 5
#: Not the sum of the lines: a person looks at it before anything is paid.
WRONG_TOTAL = 225100


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_crowns_in_any_order_over_three_days_get_what_they_get_in_order(
    world: Doors, tmp_path: Path, order: tuple[int, ...]
) -> None:
    record = a_crown_record(world, tmp_path)
    crowns = [crown(record, str(days), days) for days in (EARLY, LATE, LATER)]
    for day, place in zip(DAYS, order, strict=True):
        settled = send_and_settle(world, tmp_path / "sent", day, crowns[place])
        assert settled.unsettled == 0
        assert day_balance(world.database, day).is_balanced
    first, *others = [one["public_number"] for one in crowns]
    assert dues(world, first, BASE) == [FIRST, SECOND]
    assert dues(world, *others) == [THIRD, THIRD]
    assert verify(world.database, world.storage) == []


def test_a_late_dossier_of_lower_rank_takes_the_room_of_one_that_is_not_paid_yet(
    world: Doors, tmp_path: Path
) -> None:
    record = a_crown_record(world, tmp_path)
    settled = send_and_settle(world, tmp_path / "sent", AFTER, crown(record, "EARLY", EARLY))
    assert (settled.rounds, settled.reopened) == (1, 1)
    assert reasons(world, BASE) == ["first", "counters_changed"]
    assert dues(world, "CROWN-EARLY", BASE) == [FIRST, SECOND]
    assert dossier(world, BASE).status == "approved"
    key = dossier(world, BASE).dossier_id
    pay(world, AFTER)
    (link,) = rows(world.database, "payment_obligation", dossier_id=key)
    assert (link.version, link.amount_minor) == (2, SECOND)


def test_a_paid_dossier_that_is_due_less_goes_to_a_person_and_is_listed(
    world: Doors, tmp_path: Path
) -> None:
    record = a_crown_record(world, tmp_path)
    pay(world, DAY)
    send_and_settle(world, tmp_path / "sent", AFTER, crown(record, "EARLY", EARLY))
    row = dossier(world, BASE)
    assert (row.status, row.version) == ("in_review", 2)
    (task,) = rows(world.database, "review_task", dossier_id=row.dossier_id, state="open")
    assert (task.kind, task.reasons) == ("overpaid", "DEJA_PAYE")
    answer(world, row.dossier_id, ACCEPT, "amina", AFTER)
    (listed,) = rows(world.database, "overpayment", dossier_id=row.dossier_id)
    assert listed.paid_minor == FIRST - SECOND
    assert dossier(world, BASE).status == "paid"
    assert settle(world, AFTER).reopened == 0
    assert pay(world, AFTER) == FIRST
    assert day_balance(world.database, AFTER).is_balanced


def test_a_refusal_at_the_desk_frees_room_and_the_paid_one_gets_the_difference(
    world: Doors, tmp_path: Path
) -> None:
    record = a_crown_record(world, tmp_path)
    waiting = crown(record, "EARLY", EARLY, total_minor=WRONG_TOTAL)
    send_and_settle(world, tmp_path / "sent", AFTER, waiting)
    early = dossier(world, "CROWN-EARLY")
    assert early.status == "in_review"
    assert dues(world, BASE) == [SECOND]
    pay(world, AFTER)
    answer(world, early.dossier_id, REFUSE, "amina", DAYS[1])
    settled = settle(world, DAYS[1])
    assert settled.reopened == 1
    assert dues(world, BASE) == [FIRST]
    assert pay(world, DAYS[1]) == FIRST - SECOND
    assert settle(world, DAYS[1]).reopened == 0
    assert day_balance(world.database, DAYS[1]).is_balanced


def test_a_withdrawn_dossier_gives_its_room_back_even_to_one_that_had_none(
    world: Doors, tmp_path: Path
) -> None:
    record = a_crown_record(world, tmp_path)
    early = crown(record, "EARLY", EARLY, total_minor=WRONG_TOTAL)
    later = crown(record, "LATE", LATE)
    send_and_settle(world, tmp_path / "sent", AFTER, early, later)
    assert dues(world, "CROWN-LATE") == [THIRD]
    withdrawal = {**early, "kind_of_submission": "withdrawal"}
    assert send(world, tmp_path / "sent", DAYS[1], withdrawal) == ["IN_WITHDRAWN"]
    settle(world, DAYS[1])
    assert dossier(world, "CROWN-EARLY").status == "withdrawn"
    assert dues(world, BASE, "CROWN-LATE") == [FIRST, SECOND]
    assert day_balance(world.database, DAYS[1]).is_balanced


def test_a_returned_dossier_that_is_completed_takes_its_place_in_the_order(
    world: Doors, tmp_path: Path
) -> None:
    record = a_crown_record(world, tmp_path)
    incomplete = crown(record, "EARLY", EARLY, pieces=[{"kind": "care_sheet"}])
    settled = send_and_settle(world, tmp_path / "sent", AFTER, incomplete)
    assert dossier(world, "CROWN-EARLY").status == "returned"
    assert (settled.reopened, dues(world, BASE)) == (0, [FIRST])
    whole = crown(record, "EARLY", EARLY, kind_of_submission="complement")
    send_and_settle(world, tmp_path / "sent", DAYS[1], whole)
    assert dues(world, "CROWN-EARLY", BASE) == [FIRST, SECOND]
    assert reasons(world, "CROWN-EARLY") == ["first", "complement"]


def test_a_family_s_dossiers_in_lots_of_their_own_and_of_two_channels_come_to_rest(
    world: Doors, tmp_path: Path
) -> None:
    record = a_crown_record(world, tmp_path)
    small = world.settings.model_copy(update={"lot_size_electronic": 1})
    doors = Doors(small, world.database, world.storage, world.pool)
    with world.database.transaction() as connection:
        values = {"channel": "paper"}
        connection.execute(DOSSIER.update().where(DOSSIER.c.public_number == BASE).values(**values))
    settled = send_and_settle(
        doors, tmp_path / "sent", AFTER, crown(record, "LATE", LATE), crown(record, "EARLY", EARLY)
    )
    assert settled.unsettled == 0
    assert dues(doors, "CROWN-EARLY", BASE, "CROWN-LATE") == [FIRST, SECOND, THIRD]
    assert day_balance(world.database, AFTER).is_balanced


def test_nobody_else_is_touched_and_a_second_run_changes_nothing(
    world: Doors, tmp_path: Path
) -> None:
    record = a_crown_record(world, tmp_path)
    before = {row.dossier_id: row.version for row in rows(world.database, "dossier")}
    send_and_settle(world, tmp_path / "sent", AFTER, crown(record, "EARLY", EARLY))
    after = {row.dossier_id: row.version for row in rows(world.database, "dossier")}
    moved = {key for key, version in before.items() if after[key] != version}
    assert moved == {dossier(world, BASE).dossier_id}
    events = len(rows(world.database, "audit_event"))
    assert settle(world, AFTER).reopened == 0
    assert len(rows(world.database, "audit_event")) == events
    assert len(rows(world.database, "dossier")) == len(after)


def test_a_dossier_in_its_order_opens_no_version_of_another(world: Doors, tmp_path: Path) -> None:
    record = a_crown_record(world, tmp_path)
    settled = send_and_settle(world, tmp_path / "sent", AFTER, crown(record, "LATE", LATE))
    assert (settled.rounds, settled.reopened) == (0, 0)
    assert dues(world, BASE, "CROWN-LATE") == [FIRST, SECOND]


@pytest.mark.parametrize(("language", "words"), list(zip(
    LANGUAGES,
    ("plafonds ou franchises modifiés", "تغير الأسقف", "ceilings or deductibles changed"),
    strict=True,
)))  # fmt: skip
def test_explain_tells_the_reason_and_takes_the_same_steps_again(
    world: Doors, tmp_path: Path, language: str, words: str
) -> None:
    record = a_crown_record(world, tmp_path)
    send_and_settle(world, tmp_path / "sent", AFTER, crown(record, "EARLY", EARLY))
    told = explain(world.database, world.storage, world.settings, BASE, language)
    assert words in render(told, language)
    (only,) = told["dossiers"]
    assert [one["reason"] for one in only["versions"]] == ["first", "counters_changed"]
    assert all(one["amounts"]["recomputed"]["is_same"] for one in only["versions"])
