"""Pages of dossiers split and joined at the desk, on both databases, by plain forms."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.database import Database
from infra.stores.desk_leases import take
from models.desk import Role
from models.finding import Effect, Finding
from models.records.all_tables import table
from tests.stages.review.desk_site import AT, Answer, Browser, Desk, account, open_desk, serving
from tests.stages.review.scanned_dossiers import a_scanned_dossier, rows_of
from tests.stages.review.test_web_access import events, signed_in


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    made = open_desk(database, tmp_path)
    account(database, "amina", Role.PROCESSOR)
    account(database, "brahim", Role.PROCESSOR)
    account(database, "idris", Role.AUDITOR)
    return made


@pytest.fixture
def url(desk: Desk) -> Iterator[str]:
    with serving(desk) as address:
        yield address


def lay(browser: Browser, task: str, piles: dict[str, str], beside: str = "") -> Answer:
    """Say of each page in which pile it lies."""
    form = {f"pile:{key}": pile for key, pile in piles.items()}
    return browser.post(f"/item/{task}/pages", beside=beside, order=" ".join(piles), **form)


def files(desk: Desk, key: str) -> list[tuple[int, str, int, int]]:
    found = [row for row in rows_of(desk, "dossier_file") if row["dossier_id"] == key]
    found.sort(key=lambda row: (row["content_version"], row["file_no"]))
    return [
        (row["content_version"], row["sha256"][-1], row["first_page"], row["last_page"])
        for row in found
    ]


def dossiers(desk: Desk) -> dict[str, Any]:
    return {row["dossier_id"]: row for row in rows_of(desk, "dossier")}


def split(desk: Desk, url: str) -> Answer:
    task = a_scanned_dossier(desk)
    amina = signed_in(url, "amina")
    amina.get(f"/item/{task}/pages")
    return lay(amina, task, {"D0001.1": "1", "D0001.2": "2", "D0001.3": "2"})


def test_a_dossier_is_split_at_a_page_and_both_are_read_again(desk: Desk, url: str) -> None:
    assert split(desk, url).where == "/queue?said=pages_split"
    found = dossiers(desk)
    (new,) = set(found) - {"D0001"}
    assert files(desk, "D0001") == [(1, "1", 1, 3), (2, "1", 1, 1)]
    assert files(desk, new) == [(1, "1", 2, 3)]
    for key, version in (("D0001", 2), (new, 1)):
        row = found[key]
        assert (row["stage"], row["status"], row["version"], row["lot_id"]) == (
            "intake", "in_progress", version, "",
        )  # fmt: skip
    assert found[new]["public_number"].startswith("AMO-P-")
    assert found[new]["agency"] == found["D0001"]["agency"]
    tasks = rows_of(desk, "review_task")
    assert [row["state"] for row in tasks] == ["overtaken"]


def test_a_split_leaves_its_events(desk: Desk, url: str) -> None:
    split(desk, url)
    found = [row for row in rows_of(desk, "audit_event") if row["object_kind"] == "dossier"]
    said = {(row["action"], row["before"], row["after"], row["actor"]) for row in found}
    assert said == {
        ("version_opened", "review/in_review", "intake/in_progress", "amina"),
        ("split_off", "", "intake/in_progress", "amina"),
    }


def test_two_dossiers_are_joined_and_the_second_ends(desk: Desk, url: str) -> None:
    task = a_scanned_dossier(desk, 1, 2)
    a_scanned_dossier(desk, 2, 1, status="returned")
    amina = signed_in(url, "amina")
    amina.get(f"/item/{task}/pages")
    where = amina.post(f"/item/{task}/pages/beside", number="amo-000002").where
    assert where == f"/item/{task}/pages?beside=D0002"
    assert "AMO-000002" in amina.get(where).text
    lay(amina, task, {"D0001.1": "1", "D0002.1": "1", "D0001.2": "1"}, beside="D0002")
    found = dossiers(desk)
    assert files(desk, "D0001")[1:] == [(2, "1", 1, 1), (2, "2", 1, 1), (2, "1", 2, 2)]
    assert found["D0002"]["status"] == "withdrawn"
    assert ("joined", "D0001") in {
        (row["action"], row["detail"]) for row in rows_of(desk, "audit_event")
    }


def test_a_page_goes_to_the_dossier_beside(desk: Desk, url: str) -> None:
    task = a_scanned_dossier(desk, 1, 2)
    a_scanned_dossier(desk, 2, 1)
    amina = signed_in(url, "amina")
    amina.get(f"/item/{task}/pages?beside=D0002")
    lay(amina, task, {"D0001.1": "1", "D0001.2": "2", "D0002.1": "2"}, beside="D0002")
    assert files(desk, "D0001")[1:] == [(2, "1", 1, 1)]
    assert files(desk, "D0002")[1:] == [(2, "1", 2, 2), (2, "2", 1, 1)]


@pytest.mark.parametrize("status", ["paid", "approved", "refused", "in_progress"])
def test_what_was_decided_is_not_touched_beside(desk: Desk, url: str, status: str) -> None:
    task = a_scanned_dossier(desk, 1, 2)
    a_scanned_dossier(desk, 2, 1, status=status)
    amina = signed_in(url, "amina")
    page = amina.get(f"/item/{task}/pages?beside=D0002")
    assert '<p class="wrong" role="alert">' in page.text
    assert 'id="move"' not in page.text
    answer = lay(amina, task, {"D0001.1": "1", "D0001.2": "1", "D0002.1": "1"}, beside="D0002")
    assert answer.where.endswith("wrong=piles_state")
    assert dossiers(desk)["D0002"]["status"] == status


def test_a_dossier_once_accepted_is_not_split(desk: Desk, url: str) -> None:
    task = a_scanned_dossier(desk, outcome="accepted")
    amina = signed_in(url, "amina")
    assert "décidé ou payé" in amina.get(f"/item/{task}/pages").text
    answer = lay(amina, task, {"D0001.1": "1", "D0001.2": "2", "D0001.3": "2"})
    assert answer.where.endswith("wrong=piles_decided")
    assert len(dossiers(desk)) == 1


def test_pages_are_moved_by_who_holds_the_dossier_and_nobody_else(desk: Desk, url: str) -> None:
    task = a_scanned_dossier(desk)
    amina, brahim = signed_in(url, "amina"), signed_in(url, "brahim", address="127.0.0.2")
    amina.get(f"/item/{task}/pages")
    assert 'id="move"' not in brahim.get(f"/item/{task}/pages").text
    answer = lay(brahim, task, {"D0001.1": "1", "D0001.2": "2", "D0001.3": "2"})
    assert answer.where.endswith("wrong=held")
    assert len(dossiers(desk)) == 1


def test_a_dossier_that_a_colleague_works_on_is_not_emptied(desk: Desk, url: str) -> None:
    task = a_scanned_dossier(desk, 1, 1)
    a_scanned_dossier(desk, 2, 1)
    take(desk.database, "D0002", "brahim", AT, 600)
    amina = signed_in(url, "amina")
    amina.get(f"/item/{task}/pages?beside=D0002")
    answer = lay(amina, task, {"D0001.1": "1", "D0002.1": "1"}, beside="D0002")
    assert answer.where.endswith("wrong=held")
    assert dossiers(desk)["D0002"]["status"] == "in_review"


def test_a_form_of_another_session_moves_nothing(desk: Desk, url: str) -> None:
    task = a_scanned_dossier(desk)
    amina = signed_in(url, "amina")
    amina.get(f"/item/{task}/pages")
    assert amina.send(f"/item/{task}/pages", order="D0001.1").status == 403
    assert len(dossiers(desk)) == 1


def test_an_auditor_looks_and_moves_nothing(desk: Desk, url: str) -> None:
    task = a_scanned_dossier(desk)
    idris = signed_in(url, "idris")
    assert 'id="move"' not in idris.get(f"/item/{task}/pages").text
    assert idris.get(f"/item/{task}/pages/D0001/2").headers["content-type"] == "image/webp"
    assert events(desk, "desk_page_shown")
    assert lay(idris, task, {"D0001.1": "2"}).status == 403


@pytest.mark.parametrize("number", ["", "AMO-999999", "AMO-000001"])
def test_a_number_that_names_no_other_dossier_is_said(desk: Desk, url: str, number: str) -> None:
    task = a_scanned_dossier(desk)
    amina = signed_in(url, "amina")
    amina.get(f"/item/{task}/pages")
    answer = amina.post(f"/item/{task}/pages/beside", number=number)
    if number == "AMO-000001":
        answer = lay(amina, task, {"D0001.1": "1", "D0001.2": "2", "D0001.3": "2"}, "D0001")
    assert answer.where.endswith("wrong=piles_number")


def test_a_second_care_sheet_is_proposed_as_the_split(desk: Desk, url: str) -> None:
    task = a_scanned_dossier(desk)
    readings = table("page_reading")
    with desk.database.transaction() as connection:
        connection.execute(
            readings.update().where(readings.c.page_no.in_([1, 2])).values(form_id="a_form")
        )
        finding = Finding("PLUSIEURS_FEUILLES", Effect.REVIEW)
        row = {
            "dossier_id": "D0001", "version": 1, "stage": "extraction", "sequence": 1,
            "code": finding.code, "effect": "review", "line_no": 0, "params": "{}",
        }  # fmt: skip
        desk.database.insert_rows(connection, table("finding"), [row])
    page = signed_in(url, "amina").get(f"/item/{task}/pages").text
    assert 'data-split-at="2"' in page
    assert 'id="proposal"' in page


def test_the_page_is_there_in_arabic(desk: Desk, url: str) -> None:
    account(desk.database, "omar", Role.PROCESSOR, language="ar")
    task = a_scanned_dossier(desk)
    page = signed_in(url, "omar").get(f"/item/{task}/pages").text
    assert 'dir="rtl"' in page
    assert "صفحات الملف" in page
