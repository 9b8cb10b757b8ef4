"""A processor's correction at the desk's page is decided and paid by the next run."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from flows.open_desk import desk_app
from infra.clock import now_text
from infra.stores.desk_accounts import add_account
from models.desk import Account, Role
from models.records.all_tables import table
from models.review_task import READING, TASK_NAMES, open_task
from tasks.doors import Doors
from tests.flows.world import DAY, pay, process, rows
from tests.stages.review.desk_site import Browser, Desk, Moment, password_hash, serving

FIELD = "lines[1].amount_minor"


@pytest.fixture
def url(world: Doors) -> Iterator[str]:
    roles = frozenset({Role.PROCESSOR.value})
    amina = Account("amina", "Amina", roles, password_hash(), "fr", True)
    add_account(world.database, amina, "test", now_text())
    settings = world.settings.model_copy(update={"desk_names": "127.0.0.1"})
    app = desk_app(settings, world.database, world.storage, today=lambda: DAY)
    with serving(Desk(app, world.database, world.storage, Moment())) as address:
        yield address


def doubt_an_amount(world: Doors) -> tuple[Any, int]:
    """Let one approved dossier of one line be one whose amount nobody could read.

    What was read is a tenth of what was asked. Return the dossier and the amount on the paper.
    """
    lines, extracted = table("extracted_line"), table("extracted_dossier")
    dossier, evidence, task = table("dossier"), table("field_evidence"), table("review_task")
    several = select(lines.c.dossier_id).where(lines.c.line_no > 1)
    with world.database.transaction() as connection:
        row = connection.execute(
            select(dossier.c.dossier_id, lines.c.amount_minor)
            .join(lines, lines.c.dossier_id == dossier.c.dossier_id)
            .where(
                dossier.c.status == "approved",
                dossier.c.version == 1,
                lines.c.line_no == 1,
                lines.c.quantity == 1,
                dossier.c.dossier_id.not_in(several),
            )
            .order_by(dossier.c.dossier_id)
        ).first()
        assert row is not None
        key, asked = row
        connection.execute(
            lines.update()
            .where(lines.c.dossier_id == key)
            .values(amount_minor=asked // 10, unit_amount_minor=None)
        )
        connection.execute(
            extracted.update().where(extracted.c.dossier_id == key).values(total_minor=asked // 10)
        )
        connection.execute(
            dossier.update()
            .where(dossier.c.dossier_id == key)
            .values(stage="extraction", status="in_review")
        )
        for field in (FIELD, "total_minor"):
            doubt = {
                "dossier_id": key, "content_version": 1, "field": field, "page_no": 1,
                "box_left": 0, "box_top": 0, "box_width": 0, "box_height": 0, "reading": "?",
                "second_reading": "", "value": str(asked // 10), "error_probability": 0.5,
                "is_doubtful": True, "source": "doubtful",
            }  # fmt: skip
            world.database.insert_rows(connection, evidence, [doubt])
        due = DAY + dt.timedelta(days=5)
        opened = open_task((key, 1), READING, ["CHAMP_DOUTEUX"], DAY, due)
        world.database.insert_tuples(connection, task, TASK_NAMES, [opened])
    return key, asked


def test_what_a_processor_corrects_is_paid_on_the_next_run(world: Doors, url: str) -> None:
    key, asked = doubt_an_amount(world)
    before = {row.version: row for row in rows(world.database, "priced_dossier", dossier_id=key)}
    amina = Browser(url)
    assert amina.sign_in("amina").status == 303
    where = amina.get("/next?kind=reading").where
    task = where.partition("/item/")[2].partition("?")[0]
    assert amina.get(where).status == 200
    text = f"{asked // 100},{asked % 100:02d}"
    form = {f"value__{FIELD}": text, "value__total_minor": text}
    answer = amina.post(f"/item/{task}/correct", **form)
    assert "said=corrected" in answer.where
    assert rows(world.database, "payment_obligation", dossier_id=key) == []
    process(world, DAY)
    pay(world, DAY)
    (dossier,) = rows(world.database, "dossier", dossier_id=key)
    assert (dossier.version, dossier.status) == (2, "paid")
    (link,) = rows(world.database, "payment_obligation", dossier_id=key)
    assert (link.version, link.amount_minor) == (2, before[1].due_minor)
    (kept, _) = rows(world.database, "field_correction", dossier_id=key)
    assert (kept.corrected_by, kept.after) == ("amina", text)
