"""The choice of a scheme on the desk's page: who sees it, who may, what is said."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.database import Database
from models.desk import Role
from models.finding import Effect, Finding
from tests.stages.review.desk_rows import a_waiting_dossier, dossier_row, put, rows_of
from tests.stages.review.desk_site import Answer, Browser, Desk, account, open_desk, serving
from tests.stages.review.test_web_access import signed_in

CHOICE = 'id="scheme"'


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    made = open_desk(database, tmp_path)
    account(database, "amina", Role.PROCESSOR)
    account(database, "brahim", Role.PROCESSOR)
    account(database, "samira", Role.APPROVER)
    account(database, "idris", Role.AUDITOR)
    account(database, "omar", Role.PROCESSOR, language="ar")
    return made


@pytest.fixture
def url(desk: Desk) -> Iterator[str]:
    with serving(desk) as address:
        yield address


def choose(browser: Browser, task: str, scheme: str = "ma-cnops") -> Answer:
    return browser.post(f"/item/{task}/scheme", scheme=scheme)


def test_who_holds_a_dossier_chooses_among_the_schemes_of_its_country(desk: Desk, url: str) -> None:
    task = a_waiting_dossier(desk.database)
    amina = signed_in(url)
    page = amina.get(f"/item/{task}").text
    offered = page.partition(CHOICE)[2].partition("</select>")[0]
    assert "AMO du secteur public (CNOPS)" in offered
    assert 'value="ma-amo-tns"' in offered
    for other in ("fr-cpam", "cn-cq-employee", "ma-amo-salaries"):
        assert f'value="{other}"' not in offered
    assert "said=scheme_moved" in choose(amina, task).where
    assert dossier_row(desk.database)["scheme"] == "ma-cnops"


def test_nobody_else_sees_the_choice_or_may_make_it(desk: Desk, url: str) -> None:
    task = a_waiting_dossier(desk.database)
    amina, brahim = signed_in(url), signed_in(url, "brahim", "127.0.0.2")
    idris = signed_in(url, "idris", "127.0.0.3")
    assert CHOICE in amina.get(f"/item/{task}").text
    for other in (brahim, idris):
        page = other.get(f"/item/{task}").text
        assert "AMO des salariés (CNSS)" in page
        assert CHOICE not in page
    assert choose(brahim, task).where == f"/item/{task}?wrong=held"
    assert choose(idris, task).status == 403
    assert amina.send(f"/item/{task}/scheme", scheme="ma-cnops").status == 403
    assert dossier_row(desk.database)["scheme"] == "ma-amo-salaries"


@pytest.mark.parametrize(
    ("scheme", "key", "sentence"),
    [
        ("fr-cpam", "scheme_currency", "autre monnaie"),
        ("ma-amo-salaries", "scheme_same", "relève déjà"),
        ("x" * 300, "scheme_unknown", "Aucun régime connu"),
    ],
)
def test_a_scheme_that_cannot_be_is_answered_in_words(
    desk: Desk, url: str, scheme: str, key: str, sentence: str
) -> None:
    task = a_waiting_dossier(desk.database)
    amina = signed_in(url)
    where = choose(amina, task, scheme).where
    assert where == f"/item/{task}?wrong={key}"
    assert sentence in amina.get(where).text
    assert dossier_row(desk.database)["version"] == 1


def test_a_paid_dossier_offers_no_choice(desk: Desk, url: str) -> None:
    task = a_waiting_dossier(desk.database, version=2)
    put(
        desk.database, "obligation", dossier_id="D0001", version=1, insured_person_id="P1",
        payee_kind="insured", payee_id="P1", amount_minor=5600, currency="MAD",
        scheme="ma-amo-salaries", state="paid", waits_for="",
        created_on=dossier_row(desk.database)["receipt_date"],
    )  # fmt: skip
    amina = signed_in(url)
    assert CHOICE not in amina.get(f"/item/{task}").text
    where = choose(amina, task).where
    assert where == f"/item/{task}?wrong=scheme_paid"
    assert "payé ou en cours de paiement" in amina.get(where).text


def test_what_is_still_in_doubt_is_opened_at_once(desk: Desk, url: str) -> None:
    uncertain = Finding("REGIME_INCERTAIN", Effect.REVIEW, None, {"given": "a", "taken": "b"})
    task = a_waiting_dossier(
        desk.database, kind="reading", stage="extraction", findings=(uncertain,),
        reasons="REGIME_INCERTAIN CHAMP_DOUTEUX",
    )  # fmt: skip
    omar = signed_in(url, "omar")
    page = omar.get(f"/item/{task}").text
    assert "النظام الحالي، للتأكيد" in page
    where = choose(omar, task, "ma-amo-salaries").where
    assert "said=scheme_left" in where
    new = {one["version"]: one for one in rows_of(desk.database, "review_task")}[2]
    assert where.startswith(f"/item/{new['task_id']}?")
    assert new["reasons"] == "CHAMP_DOUTEUX"
    assert "ولا تزال في هذا الملف نقط للتحقق" in omar.get(where).text


def test_above_the_limit_an_approver_confirms_the_same_scheme(
    database: Database, tmp_path: Path
) -> None:
    desk = open_desk(database, tmp_path, four_eyes_above_minor=1_000)
    for login, role in (("amina", Role.PROCESSOR), ("brahim", Role.PROCESSOR)):
        account(database, login, role)
    account(database, "samira", Role.APPROVER, Role.SUPERVISOR)
    task = a_waiting_dossier(database)
    with serving(desk) as url:
        amina = signed_in(url)
        assert "said=second_needed" in choose(amina, task).where
        brahim = signed_in(url, "brahim", "127.0.0.2")
        assert choose(brahim, task).where == f"/item/{task}?wrong=approver"
        brahim.post(f"/item/{task}/leave")
        samira = signed_in(url, "samira", "127.0.0.3")
        page = samira.get(f"/item/{task}").text
        confirm = page.partition('id="confirm"')[0].rpartition("<form")[2]
        assert f'action="/item/{task}/scheme"' in confirm
        assert 'name="scheme" value="ma-cnops"' in confirm
        assert "said=scheme_moved" in choose(samira, task).where
        assert "100 %" in samira.get("/team").text
    assert dossier_row(database)["scheme"] == "ma-cnops"
