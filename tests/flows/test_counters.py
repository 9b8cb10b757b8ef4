"""Dossiers that share a ceiling and come late, or leave, end as if they had come in order."""

import datetime as dt
import itertools
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows.explain_dossier import explain, render
from infra.clock import now_text
from infra.stores.audit_trail import export, verify
from infra.stores.balance import day_balance
from infra.stores.dossiers import DOSSIER
from infra.stores.lots import LotRef, make_lots
from models.messages import LANGUAGES
from models.records.all_tables import table
from models.stage import Stage
from tasks.doors import Doors
from tasks.lot_run import check_intake, run_stage
from tasks.review.desk import Signed
from tasks.review.store import release
from tasks.settling import ROUNDS_MAX, settle_counters
from tasks.urgent import STAGE_FUNCTIONS, run_all
from tests.flows.ceilings import (
    ACCEPT,
    BASE,
    FIRST,
    REFUSE,
    SECOND,
    THIRD,
    a_crown_record,
    answer,
    approved_records,
    crown,
    dental_record,
    dossier,
    dues,
    of_person,
    reasons,
    send_and_settle,
    settle,
)
from tests.flows.world import AFTER, DAY, lot_run, pay, process, receive, rows, send

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


def with_family_ceiling(doors: Doors, folder: Path) -> Doors:
    """The same payer under a scheme whose ceiling is the whole family's."""
    root = folder / "pricing"
    source = doors.settings.schemes_dir.parent
    for name in ("schemes", "national"):
        shutil.copytree(source / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(source / "sources.yaml", root)
    path = root / "national" / "ma" / "rules" / "prosthesis_ceiling.py"
    text = path.read_text(encoding="utf-8")
    for old, new in (
        ("(Charge(COUNTER, base),)", "(Charge(COUNTER, base, is_family=True),)"),
        ("use.counter == COUNTER", 'use.counter == f"family:{COUNTER}"'),
    ):
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    settings = doors.settings.model_copy(update={"schemes_dir": root / "schemes"})
    return replace(doors, settings=settings)


def test_a_family_s_ceiling_is_used_up_in_the_order_of_care_by_whoever_comes_first(
    world: Doors, tmp_path: Path
) -> None:
    doors = with_family_ceiling(world, tmp_path)
    dental = dental_record(doors)
    (person, *_) = approved_records(doors, relation="child") or approved_records(
        doors, relation="spouse"
    )
    (first, *_) = rows(doors.database, "dossier", public_number=person["public_number"])
    (known,) = rows(doors.database, "validated_dossier", dossier_id=first.dossier_id)
    (insured,) = rows(
        doors.database, "register_person", person_id=known.insured_person_id, known_to=None
    )
    own = {
        **{name: person[name] for name in person if name.startswith("insured")},
        "beneficiary_name": person["insured_name"],
        "beneficiary_birth_date": insured.birth_date.isoformat(),
        "beneficiary_sex": insured.sex,
    }
    later = crown(of_person(dental, person, "X"), "DEPENDANT", 3)
    earlier = crown(of_person(dental, own, "X"), "INSURED", -3)
    send_and_settle(doors, tmp_path / "sent", DAYS[0], later)
    assert dues(doors, "CROWN-DEPENDANT") == [FIRST]
    assert dossier(doors, "CROWN-DEPENDANT").status == "approved"
    settled = send_and_settle(doors, tmp_path / "sent", DAYS[1], earlier)
    assert settled.reopened == 1
    assert dues(doors, "CROWN-INSURED", "CROWN-DEPENDANT") == [FIRST, SECOND]
    # Whose dossiers they are: two people, one ceiling, kept under the insured person.
    uses = rows(doors.database, "counter_use", counter="family:ma.dental_prosthesis")
    assert {row.person_id for row in uses} == {known.insured_person_id}


def test_an_appeal_that_waits_stays_one_when_counters_decide_it_again(
    world: Doors, tmp_path: Path
) -> None:
    record = a_crown_record(world, tmp_path)
    pay(world, DAY)
    appeal = {**record, "kind_of_submission": "appeal"}
    assert send(world, tmp_path / "sent", DAY, appeal) == ["IN_APPEAL"]
    assert dossier(world, BASE).status == "under_appeal"
    send_and_settle(world, tmp_path / "sent", AFTER, crown(record, "EARLY", EARLY))
    row = dossier(world, BASE)
    assert (row.status, row.version) == ("under_appeal", 3)
    assert reasons(world, BASE) == ["first", "appeal", "appeal"]
    details = [event["detail"] for event in export(world.database, row.dossier_id)]
    assert "counters_changed" in details
    (task,) = rows(world.database, "review_task", dossier_id=row.dossier_id, state="open")
    assert (task.kind, task.version) == ("appeal", 3)


def test_a_run_that_dies_after_opening_versions_is_finished_by_the_next(
    world: Doors, tmp_path: Path
) -> None:
    record = a_crown_record(world, tmp_path)
    send(world, tmp_path / "sent", AFTER, crown(record, "EARLY", EARLY))

    def die(_lots: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        settle_counters(world, AFTER, die)
    assert dossier(world, BASE).status == "in_progress"
    process(world, AFTER)
    assert settle(world, AFTER).reopened == 0
    assert reasons(world, BASE) == ["first", "counters_changed"]
    assert dues(world, "CROWN-EARLY", BASE) == [FIRST, SECOND]
    assert day_balance(world.database, AFTER).is_balanced


def test_what_never_comes_to_rest_is_told_after_a_bounded_number_of_rounds(
    world: Doors, tmp_path: Path
) -> None:
    record = a_crown_record(world, tmp_path)
    send(world, tmp_path / "sent", AFTER, crown(record, "EARLY", EARLY))

    def spoil(lots: Sequence[LotRef]) -> None:
        """Decide again, then let the books say what no rule would say."""
        for lot in lots:
            run_all(lot_run(world, lot.lot_id, AFTER))
        lines = table("priced_line")
        with world.database.transaction() as connection:
            connection.execute(
                lines.update()
                .where(lines.c.dossier_id == dossier(world, BASE).dossier_id)
                .values(due_minor=1)
            )

    settled = settle_counters(world, AFTER, spoil)
    assert (settled.rounds, settled.unsettled) == (ROUNDS_MAX, 1)


def price_only(doors: Doors, folder: Path, day: dt.date, record: Mapping[str, Any]) -> str:
    """A dossier whose lot got as far as pricing and no further; returns the lot."""
    folder.mkdir(exist_ok=True)
    path = folder / "stuck.jsonl"
    path.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    receive(doors, path, day)
    (lot,) = make_lots(doors.database, doors.settings, day)
    run = lot_run(doors, lot.lot_id, day)
    check_intake(run)
    for stage, function in STAGE_FUNCTIONS:
        if stage.position <= Stage.PRICING.position:
            run_stage(run, stage, function)
    return lot.lot_id


def test_a_dossier_released_from_quarantine_is_looked_at_itself(
    world: Doors, tmp_path: Path
) -> None:
    record = a_crown_record(world, tmp_path)
    price_only(world, tmp_path / "sent", DAYS[0], crown(record, "HELD", LATE))
    held = dossier(world, "CROWN-HELD")
    with world.database.transaction() as connection:
        connection.execute(
            DOSSIER.update()
            .where(DOSSIER.c.dossier_id == held.dossier_id)
            .values(status="quarantined")
        )
    send_and_settle(world, tmp_path / "early", DAYS[1], crown(record, "EARLY", EARLY))
    assert dossier(world, "CROWN-HELD").version == 1
    assert dues(world, "CROWN-EARLY", BASE, "CROWN-HELD") == [FIRST, SECOND, SECOND]
    later = dt.date(2026, 12, 15)
    between = crown(record, "LATER", LATER)
    send_and_settle(world, tmp_path / "others", later - dt.timedelta(days=5), between)
    signed = Signed("amina", later, now_text())
    release(world.database, held.dossier_id, signed, reason="the stage was repaired")
    process(world, later)
    settle(world, later)
    assert dues(world, "CROWN-EARLY", BASE, "CROWN-HELD") == [FIRST, SECOND, THIRD]


def test_a_lot_finished_days_later_is_looked_at_itself(world: Doors, tmp_path: Path) -> None:
    record = a_crown_record(world, tmp_path)
    lot_id = price_only(world, tmp_path / "sent", DAYS[0], crown(record, "STUCK", LATE))
    early, other = crown(record, "EARLY", EARLY), crown(record, "LATER", LATER)
    for day, one in ((DAYS[1], early), (DAYS[2], other)):
        path = tmp_path / f"{day}.jsonl"
        path.write_text(json.dumps(one, ensure_ascii=False), encoding="utf-8")
        receive(world, path, day)
        for lot in make_lots(world.database, world.settings, day):
            run_all(lot_run(world, lot.lot_id, day))
        settle(world, day)
    assert dues(world, BASE, "CROWN-STUCK") == [SECOND, SECOND]
    last = dt.date(2026, 12, 15)
    run_all(lot_run(world, lot_id, last))
    runs = table("stage_run")
    with world.database.transaction() as connection:
        # The clock of the tests knows nothing of the days they speak of.
        connection.execute(
            runs.update().where(runs.c.lot_id == lot_id).values(finished_at=last.isoformat())
        )
    settle(world, last)
    assert dues(world, BASE, "CROWN-STUCK", "CROWN-LATER") == [SECOND, THIRD, THIRD]
