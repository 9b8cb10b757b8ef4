"""A dossier of which no machine read anything is typed at the desk and paid by the next run."""

import datetime as dt
from typing import Any

from sqlalchemy import select

from flows.open_desk import desk_doors
from models.desk import Account, Role
from models.records.all_tables import table
from models.review_task import READING, TASK_NAMES, TO_TYPE, open_task
from tasks.doors import Doors
from tasks.review.typing import Keying
from tasks.review.web.ports import TypingSheet
from tests.flows.world import DAY, pay, process, rows


def unread_dossier(world: Doors) -> tuple[Any, Any, Any]:
    """Let one approved dossier of one line be paper of no known form; return what was on it."""
    lines, extracted = table("extracted_line"), table("extracted_dossier")
    dossier, task = table("dossier"), table("review_task")
    several = select(lines.c.dossier_id).where(lines.c.line_no > 1)
    with world.database.transaction() as connection:
        key = connection.execute(
            select(dossier.c.dossier_id)
            .join(lines, lines.c.dossier_id == dossier.c.dossier_id)
            .join(extracted, extracted.c.dossier_id == dossier.c.dossier_id)
            .where(
                dossier.c.status == "approved",
                dossier.c.version == 1,
                lines.c.letter != "",
                extracted.c.care_kind == "ambulatory",
                dossier.c.dossier_id.not_in(several),
            )
            .order_by(dossier.c.dossier_id)
        ).scalars().first()  # fmt: skip
        head = connection.execute(select(extracted).where(extracted.c.dossier_id == key)).one()
        line = connection.execute(select(lines).where(lines.c.dossier_id == key)).one()
        connection.execute(lines.delete().where(lines.c.dossier_id == key))
        connection.execute(
            extracted.update()
            .where(extracted.c.dossier_id == key)
            .values(
                insured_number="", insured_name="", beneficiary_number="", beneficiary_name="",
                beneficiary_birth_date=None, provider_inpe="", pieces="[]", total_minor=0,
            )
        )  # fmt: skip
        connection.execute(
            dossier.update()
            .where(dossier.c.dossier_id == key)
            .values(channel="paper", stage="extraction", status="in_review")
        )
        due = DAY + dt.timedelta(days=5)
        opened = open_task((str(key), 1), READING, ["FORMULAIRE_INCONNU", TO_TYPE], DAY, due)
        world.database.insert_tuples(connection, task, TASK_NAMES, [opened])
    return key, head, line


def who(login: str) -> Account:
    return Account(login, login, frozenset({Role.PROCESSOR.value}), "", "fr", True)


def test_what_two_colleagues_typed_is_paid_on_the_next_run(world: Doors) -> None:
    key, head, line = unread_dossier(world)
    before = {row.version: row for row in rows(world.database, "priced_dossier", dossier_id=key)}
    (task,) = rows(world.database, "review_task", dossier_id=key, kind=READING)
    desk = desk_doors(world.settings, world.database, world.storage, today=lambda: DAY)
    # The register fills in what the number leads to, as the page does.
    found: Any = desk.typing.look_up(task.task_id, "household", head.insured_number, who("amina"))
    (person,) = [one for one in found["members"] if one["name"] == head.beneficiary_name]
    amount = f"{line.amount_minor // 100},{line.amount_minor % 100:02d}"
    money = {"lines[+1].amount_minor": amount, "total_minor": amount}
    typed = {
        "provider_inpe": head.provider_inpe, "prescriber_inpe": head.prescriber_inpe,
        "insured_number": person["insured_number"], "insured_name": person["insured_name"],
        "insured_cin": person["insured_cin"], "relation": person["relation"],
        "beneficiary_name": person["name"], "beneficiary_birth_date": person["birth_date"],
        "beneficiary_sex": person["sex"], "beneficiary_cin": person["cin"],
        "beneficiary_number": person["insured_number"] if person["relation"] == "self" else "",
        "care_kind": head.care_kind, "pieces": "care_sheet", "lines[+1].letter": line.letter,
        "lines[+1].coefficient": str(line.coefficient), "lines[+1].quantity": str(line.quantity),
        "lines[+1].care_date": f"{line.care_date:%d/%m/%Y}",
    }  # fmt: skip
    first = TypingSheet(1, 1, {**typed, **money}, 20, 70, 60)
    assert desk.typing.keep_typed(task.task_id, first, who("amina")).keying is Keying.SECOND_NEEDED
    process(world, DAY)
    assert rows(world.database, "dossier", dossier_id=key)[0].status == "in_review"
    second = TypingSheet(2, 1, money, 2, 12, 10)
    assert desk.typing.keep_typed(task.task_id, second, who("brahim")).keying is Keying.SETTLED
    process(world, DAY)
    pay(world, DAY)
    (dossier,) = rows(world.database, "dossier", dossier_id=key)
    assert (dossier.version, dossier.status) == (2, "paid")
    (link,) = rows(world.database, "payment_obligation", dossier_id=key)
    assert (link.version, link.amount_minor) == (2, before[1].due_minor)
