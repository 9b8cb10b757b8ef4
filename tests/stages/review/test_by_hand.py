"""The limit of two holds for what one hand wrote or divided, in a lot as at the desk."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.database import Database
from infra.stores.by_hand import due_beside
from infra.stores.dossiers import DOSSIER, heads_where
from models.desk import Role
from models.records.all_tables import table
from tasks.review.decide import MACHINE
from tests.builders import a_dossier, a_priced
from tests.stages.review.desk_rows import LIMIT, a_waiting_dossier, dossier_row, put, rows_of
from tests.stages.review.desk_site import Desk, a_paper_dossier, account, open_desk, serving
from tests.stages.review.scanned_dossiers import a_scanned_dossier
from tests.stages.review.scanned_dossiers import rows_of as all_rows
from tests.stages.review.test_web_access import signed_in
from tests.stages.review.test_web_piles import lay
from tests.stages.review.test_web_work import DOUBTFUL, TOTAL


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    made = open_desk(database, tmp_path)
    account(database, "amina", Role.PROCESSOR)
    return made


@pytest.fixture
def url(desk: Desk) -> Iterator[str]:
    with serving(desk) as address:
        yield address


def beside(desk: Desk) -> dict[str, int]:
    with desk.database.reading() as connection:
        heads = heads_where(connection, DOSSIER.c.dossier_id != "")
        return due_beside(desk.database, connection, heads, MACHINE)


def price(desk: Desk, dossier_id: str, version: int, due_minor: int) -> None:
    priced = a_priced(dossier_id=dossier_id, version=version, due_minor=due_minor)
    values = {name: getattr(priced, name) for name in ("asked_minor", "due_minor")}
    row = rows_of(desk.database, "priced_dossier", "D0001")[0]
    put(
        desk.database, "priced_dossier",
        **{**row, **values, "dossier_id": dossier_id, "version": version},
    )  # fmt: skip


def test_a_corrected_dossier_is_one_hand_s_and_an_untouched_one_is_nobody_s(
    desk: Desk, url: str
) -> None:
    task = a_paper_dossier(desk)
    a_waiting_dossier(desk.database, 2)
    assert beside(desk) == {}
    amina = signed_in(url)
    amina.get(f"/item/{task}")
    assert "said=corrected" in amina.post(f"/item/{task}/correct", **DOUBTFUL, **TOTAL).where
    assert beside(desk) == {"D0001": 0}


def test_parts_of_a_divided_dossier_count_what_the_others_owe(desk: Desk, url: str) -> None:
    task = a_scanned_dossier(desk)
    amina = signed_in(url)
    amina.get(f"/item/{task}/pages")
    lay(amina, task, {"D0001.1": "1", "D0001.2": "2", "D0001.3": "2"})
    (new,) = {row["dossier_id"] for row in all_rows(desk, "dossier")} - {"D0001"}
    assert beside(desk) == {"D0001": 0, new: 0}
    price(desk, "D0001", 2, 700_000)
    price(desk, new, 1, 600_000)
    assert beside(desk) == {"D0001": 600_000, new: 700_000}


def test_a_part_below_the_limit_is_not_decided_by_one_person_alone(desk: Desk, url: str) -> None:
    task = a_waiting_dossier(
        desk.database, 1, due_minor=LIMIT - 1, dossier=a_dossier(total_minor=LIMIT)
    )
    a_waiting_dossier(desk.database, 2, due_minor=2)
    with desk.database.transaction() as connection:
        dossier = table("dossier")
        connection.execute(
            dossier.update().where(dossier.c.dossier_id == "D0002").values(order_key="000001/D0002")
        )
        file = {
            "content_version": 1, "file_no": 1, "sha256": "a" * 64, "media_type": "image/tiff",
            "page_count": 2,
        }  # fmt: skip
        desk.database.insert_rows(
            connection, table("dossier_file"),
            [{**file, "dossier_id": key, "first_page": no, "last_page": no}
             for no, key in enumerate(("D0001", "D0002"), start=1)],
        )  # fmt: skip
    amina = signed_in(url)
    amina.get(f"/item/{task}")
    assert "said=second_needed" in amina.post(f"/item/{task}/answer", answer="accept").where
    assert dossier_row(desk.database)["status"] == "in_review"
