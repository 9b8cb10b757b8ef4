"""What is done at the desk: one dossier in one pair of hands, from the list to the answer."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from infra.database import Database
from infra.stores.desk_leases import take
from models.desk import Role
from models.records.all_tables import table
from tests.builders import a_dossier
from tests.stages.review.desk_rows import LIMIT, a_waiting_dossier, dossier_row, rows_of
from tests.stages.review.desk_site import (
    AT,
    Answer,
    Browser,
    Desk,
    a_paper_dossier,
    account,
    open_desk,
    serving,
)
from tests.stages.review.test_web_access import events, signed_in

DOUBTFUL = {"value__lines[2].amount_minor": "45,50", "ok__lines[2].amount_minor": "1"}
TOTAL = {"value__total_minor": "125,50", "ok__total_minor": "1"}


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    made = open_desk(database, tmp_path)
    account(database, "amina", Role.PROCESSOR)
    account(database, "brahim", Role.PROCESSOR, Role.APPROVER)
    account(database, "chadia", Role.PROCESSOR, Role.SUPERVISOR)
    return made


@pytest.fixture
def url(desk: Desk) -> Iterator[str]:
    with serving(desk) as address:
        yield address


def check(browser: Browser, task: str, **values: str) -> dict[str, Any]:
    browser.headers = {"x-csrf-token": browser.csrf()}
    body = json.dumps({name.replace("__", ":", 1): value for name, value in values.items()})
    answer = browser.ask("POST", f"/item/{task}/check", body, "application/json")
    browser.headers = {}
    found: dict[str, Any] = json.loads(answer.text)
    return found


def test_fields_in_doubt_are_confirmed_and_the_dossier_goes_on_by_itself(
    desk: Desk, url: str
) -> None:
    task = a_paper_dossier(desk)
    browser = signed_in(url)
    page = browser.get(f"/item/{task}").text
    assert page.index("lines[2].amount_minor") < page.index("insured_number")
    answer = browser.post(f"/item/{task}/correct", **DOUBTFUL, was__x="", value__x="")
    assert "said=left" in answer.where
    answer = browser.post(f"/item/{task}/correct", **TOTAL)
    assert "said=corrected" in answer.where
    dossier = dossier_row(desk.database)
    assert (dossier["stage"], dossier["status"], dossier["version"]) == (
        "extraction", "in_progress", 2,
    )  # fmt: skip
    assert [row["field"] for row in rows_of(desk.database, "field_correction")] == [
        "lines[2].amount_minor", "total_minor",
    ]  # fmt: skip
    assert rows_of(desk.database, "field_correction")[0]["corrected_by"] == "amina"


def test_a_value_that_is_none_is_told_and_nothing_is_kept(desk: Desk, url: str) -> None:
    task = a_paper_dossier(desk)
    browser = signed_in(url)
    answer = browser.post(f"/item/{task}/correct", value__total_minor="12S,50", was__total_minor="")
    assert answer.status == 400
    assert "ne convient pas" in answer.text
    assert 'value="12S,50"' in answer.text
    assert rows_of(desk.database, "field_correction") == []


def test_the_total_is_computed_with_what_is_typed_and_nothing_is_kept(desk: Desk, url: str) -> None:
    task = a_paper_dossier(desk)
    browser = signed_in(url)
    as_read = check(browser, task)
    assert as_read["is_closed"] is True
    typed = {"value__lines[2].amount_minor": "43,50", "ok__lines[2].amount_minor": "1"}
    found = check(browser, task, **typed)
    assert (found["lines"], found["total"], found["difference"]) == ("123,50", "125,50", "2,00")
    found = check(browser, task, value__total_minor="12S", ok__total_minor="1")
    assert (found["is_closed"], found["unfit"]) == (False, ["total_minor"])
    assert rows_of(desk.database, "field_correction") == []


def test_two_people_at_once_are_one_who_works_and_one_who_looks(desk: Desk, url: str) -> None:
    task = a_paper_dossier(desk)
    amina, brahim = signed_in(url), signed_in(url, "brahim")
    assert 'data-mine="1"' in amina.get(f"/item/{task}").text
    seen = brahim.get(f"/item/{task}").text
    assert 'data-mine="0"' in seen
    assert "Lecture seule" in seen
    answer = brahim.post(f"/item/{task}/correct", **DOUBTFUL, **TOTAL)
    assert is_held(answer)
    assert "said=corrected" in amina.post(f"/item/{task}/correct", **DOUBTFUL, **TOTAL).where
    assert {row["corrected_by"] for row in rows_of(desk.database, "field_correction")} == {"amina"}


def test_a_dossier_that_nobody_works_on_any_more_comes_free(desk: Desk, url: str) -> None:
    task = a_paper_dossier(desk)
    amina, brahim = signed_in(url), signed_in(url, "brahim")
    amina.get(f"/item/{task}")
    desk.clock.pass_by(601)
    assert 'data-mine="1"' in brahim.get(f"/item/{task}").text
    assert is_held(amina.post(f"/item/{task}/correct", **DOUBTFUL))


def test_of_two_who_take_a_dossier_at_one_moment_one_has_it(database: Database) -> None:
    first = take(database, "D0001", "amina", AT, 600)
    second = take(database, "D0001", "brahim", AT, 600)
    assert (first.login, second.login) == ("amina", "amina")
    assert take(database, "D0001", "brahim", "2026-11-20T09:10:00.000000Z", 600).login == "brahim"


def test_of_many_who_take_a_dossier_in_the_same_instant_one_has_it(database: Database) -> None:
    people = [f"colleague-{number}" for number in range(8)]
    with ThreadPoolExecutor(len(people)) as pool:
        found = pool.map(lambda login: take(database, "D0001", login, AT, 600).login, people)
        assert len(set(found)) == 1


def test_a_supervisor_takes_a_dossier_over_and_it_is_written_who_had_it(
    desk: Desk, url: str
) -> None:
    task = a_paper_dossier(desk)
    amina, brahim, chadia = signed_in(url), signed_in(url, "brahim"), signed_in(url, "chadia")
    amina.get(f"/item/{task}")
    assert brahim.post(f"/item/{task}/take-over").where.endswith("wrong=supervisor")
    assert chadia.post(f"/item/{task}/take-over").status == 303
    assert 'data-mine="1"' in chadia.get(f"/item/{task}").text
    assert is_held(amina.post(f"/item/{task}/correct", **DOUBTFUL))
    source = table("audit_event")
    with desk.database.reading() as connection:
        event = connection.execute(select(source).where(source.c.action == "desk_taken_over")).one()
    assert (event.actor, event.before, event.after) == ("chadia", "amina", "chadia")


def test_a_dossier_handed_over_is_for_the_colleague_named(desk: Desk, url: str) -> None:
    task = a_paper_dossier(desk)
    amina, brahim, chadia = signed_in(url), signed_in(url, "brahim"), signed_in(url, "chadia")
    amina.get(f"/item/{task}")
    assert "said=handed" in amina.post(f"/item/{task}/hand-over", to="brahim").where
    assert 'data-mine="0"' in chadia.get(f"/item/{task}").text
    assert task in brahim.get("/queue?mine=1").text
    assert task not in chadia.get("/queue?mine=1").text
    assert chadia.get("/next").where.startswith("/queue")
    assert brahim.get("/next").where == f"/item/{task}"
    assert 'data-mine="1"' in brahim.get(f"/item/{task}").text


def test_a_dossier_is_handed_to_a_role_but_not_to_one_that_does_not_work_at_the_desk(
    desk: Desk, url: str
) -> None:
    task = a_paper_dossier(desk)
    account(desk.database, "zohra", Role.AUDITOR)
    amina, brahim = signed_in(url), signed_in(url, "brahim")
    amina.get(f"/item/{task}")
    for wrong in ("role:auditor", "zohra", "role:", "nobody", ""):
        answer = amina.post(f"/item/{task}/hand-over", to=wrong)
        assert answer.where.endswith("wrong=target"), wrong
    assert amina.post(f"/item/{task}/hand-over", to="role:approver").status == 303
    assert 'data-mine="0"' in amina.get(f"/item/{task}").text
    assert 'data-mine="1"' in brahim.get(f"/item/{task}").text


def test_a_refusal_needs_a_code_and_is_recorded_in_the_person_s_name(desk: Desk, url: str) -> None:
    task = a_waiting_dossier(desk.database)
    browser = signed_in(url)
    browser.get(f"/item/{task}")
    assert "Choisissez un motif" in browser.post(f"/item/{task}/answer", answer="refuse").text
    answer = browser.post(f"/item/{task}/answer", answer="refuse", code="SOINS_NON_JUSTIFIES")
    assert "said=decided" in answer.where
    assert dossier_row(desk.database)["status"] == "refused"
    assert rows_of(desk.database, "decision")[0]["decided_by"] == "amina"
    (event,) = rows_of(desk.database, "audit_event")
    assert (event["actor"], event["before"], event["after"]) == (
        "amina", "review/in_review", "review/refused",
    )  # fmt: skip


def is_held(answer: Answer) -> bool:
    """Whether it was said that somebody else works on the dossier."""
    return answer.status == 400 and "Une autre personne travaille sur ce dossier" in answer.text


def large(desk: Desk, number: int = 1) -> str:
    content = a_dossier(total_minor=2 * LIMIT)
    return a_waiting_dossier(desk.database, number, due_minor=LIMIT + 1, dossier=content)


def test_above_the_limit_a_second_person_confirms_and_one_of_the_two_is_an_approver(
    desk: Desk, url: str
) -> None:
    task = large(desk)
    amina, brahim, chadia = signed_in(url), signed_in(url, "brahim"), signed_in(url, "chadia")
    assert "said=second_needed" in amina.post(f"/item/{task}/answer", answer="accept").where
    assert "une autre personne" in amina.post(f"/item/{task}/answer", answer="accept").text
    amina.post(f"/item/{task}/leave")
    assert "est approbateur" in chadia.post(f"/item/{task}/answer", answer="accept").text
    chadia.post(f"/item/{task}/leave")
    assert task in brahim.get("/queue?second=1").text
    assert task not in amina.get("/queue?second=1").text
    assert 'id="confirm"' in brahim.get(f"/item/{task}").text
    assert "said=decided" in brahim.post(f"/item/{task}/answer", answer="accept").where
    assert dossier_row(desk.database)["status"] == "approved"


def test_the_second_person_confirms_the_first_one_s_amount_as_the_page_shows_it(
    desk: Desk, url: str
) -> None:
    task = large(desk)
    amina, brahim = signed_in(url), signed_in(url, "brahim")
    amina.post(f"/item/{task}/answer", answer="accept", due="1 234,50")
    page = brahim.get(f"/item/{task}").text
    shown = page.partition('name="due" value="')[2].partition('"')[0]
    assert shown == "1\u202f234,50"
    answer = brahim.post(f"/item/{task}/answer", answer="accept", due=shown)
    assert "said=decided" in answer.where
    assert rows_of(desk.database, "decision")[0]["due_minor"] == 123450
    wrong = brahim.post(f"/item/{large(desk, 2)}/answer", answer="accept", due="1234")
    assert "ne convient pas" in wrong.text


def test_the_page_never_chooses_a_value_by_itself(desk: Desk, url: str) -> None:
    task = a_paper_dossier(desk)
    with desk.database.transaction() as connection:
        evidence = table("field_evidence")
        connection.execute(
            evidence.update()
            .where(evidence.c.field == "insured_name")
            .values(field="relation", value="", is_doubtful=True)
        )
    page = signed_in(url).get(f"/item/{task}").text
    choices = page.partition('name="value:relation"')[2].partition("</select>")[0]
    assert 'value="" selected' in choices


def test_the_next_dossier_is_neither_a_colleague_s_nor_one_s_own_first_answer(
    desk: Desk, url: str
) -> None:
    first, second = large(desk, 1), large(desk, 2)
    amina, brahim = signed_in(url), signed_in(url, "brahim")
    order = [amina.get("/next").where.rpartition("/")[2]]
    amina.get(f"/item/{order[0]}")
    other = brahim.get("/next").where.rpartition("/")[2]
    assert {order[0], other} == {first, second}
    amina.post(f"/item/{order[0]}/answer", answer="accept")
    assert amina.get("/next").where.rpartition("/")[2] == other


def test_a_dossier_that_is_passed_over_comes_free_and_comes_again_at_the_end_of_the_list(
    desk: Desk, url: str
) -> None:
    tasks = {a_waiting_dossier(desk.database, number) for number in range(1, 4)}
    amina = signed_in(url)
    where, seen = amina.get("/next?kind=finding").where, []
    for _ in range(4):
        seen.append(where.partition("/item/")[2].partition("?")[0])
        amina.get(where)
        onward = amina.post(f"/item/{seen[-1]}/skip", kind="finding").where
        where = amina.get(onward).where
        assert "kind=finding" in where
    assert set(seen[:3]) == tasks
    assert seen[3] == seen[0]
    with desk.database.reading() as connection:
        assert connection.execute(select(table("desk_lease"))).all() == []


def test_the_list_is_turned_page_by_page_without_a_gap_or_a_repetition(
    desk: Desk, url: str
) -> None:
    for number in range(1, 121):
        a_waiting_dossier(desk.database, number, due_minor=number % 7 * 100)
    browser = signed_in(url)
    for order in ("age", "amount", "reason"):
        path, seen = f"/queue?order={order}", []
        while path:
            page = browser.get(path).text
            seen += [part.partition("?")[0] for part in page.split('class="row" href="/item/')[1:]]
            path = page.partition('id="more" href="')[2].partition('"')[0].replace("&amp;", "&")
        assert (len(seen), len(set(seen))) == (120, 120), order


@pytest.mark.parametrize("after", ["x", "W10=", "WyJhZ2UiLDEsMiwzXQ==", "bnVsbA=="])
def test_a_page_that_begins_nowhere_is_an_error_of_the_one_who_asks(url: str, after: str) -> None:
    assert signed_in(url).get(f"/queue?after={after}").status == 400


def test_an_address_cannot_put_words_on_the_page(url: str) -> None:
    page = signed_in(url).get("/queue?said=<b>pay+me</b>&wrong=trust_me").text
    assert "pay me" not in page
    assert "trust me" not in page


def test_the_language_form_leads_to_a_page_of_ours_alone(url: str) -> None:
    browser = signed_in(url)
    for back in ("https://evil.example", "//evil.example", "/\\evil.example"):
        assert browser.post("/language", language="ar", back=back).where == "/"
    assert 'dir="rtl"' in browser.get("/queue").text


def test_a_page_is_sent_as_webp_to_those_who_may_see_it_and_each_look_is_noted(
    desk: Desk, url: str
) -> None:
    task = a_paper_dossier(desk)
    account(desk.database, "agent", Role.AGENCY)
    answer = signed_in(url).get(f"/item/{task}/page/1")
    assert answer.headers["content-type"] == "image/webp"
    assert answer.body[8:12] == b"WEBP"
    assert signed_in(url).get(f"/item/{task}/page/2").status == 404
    assert signed_in(url, "agent").get(f"/item/{task}/page/1").status == 403
    assert events(desk, "desk_page_shown") == [("amina", "page 1 of D0001")]


def test_supervisors_see_load_people_and_how_often_two_agreed(desk: Desk, url: str) -> None:
    agreed, contradicted = large(desk, 1), large(desk, 2)
    a_waiting_dossier(desk.database, 3)
    amina, brahim = signed_in(url), signed_in(url, "brahim")
    for task in (agreed, contradicted):
        amina.post(f"/item/{task}/answer", answer="accept")
    brahim.post(f"/item/{agreed}/answer", answer="accept")
    brahim.post(f"/item/{contradicted}/answer", answer="refuse", code="SOINS_NON_JUSTIFIES")
    page = signed_in(url, "chadia").get("/team").text
    assert "50 %" in page
    assert "1 sur 2" in page
    row = page.partition("<bdi>brahim</bdi>")[2].partition("</tr>")[0]
    numbers = [part.partition("<")[0] for part in row.split('class="number">')[1:]]
    assert numbers == ["1", "0", "0", "1", "0", "0", "0", "1", "1"]


def test_an_agency_asks_by_public_number_or_cin_and_is_told_state_reason_step_and_day(
    desk: Desk, url: str
) -> None:
    a_waiting_dossier(desk.database, 1, dossier=a_dossier(insured_cin="AB123456"))
    account(desk.database, "agent", Role.AGENCY)
    browser = signed_in(url, "agent")
    for asked in ("AMO-000001", "ab123456", "AB 123456"):
        page = browser.post("/status", asked=asked).text
        assert "En cours d&#39;examen" in page
        assert "قيد الدراسة" in page
        assert "ne correspond pas à nos registres" in page
        assert "20/11/2026" in page
        assert "Essai" not in page
    assert "Aucun dossier" in browser.post("/status", asked="ZZ999999").text
    assert [who for who, _ in events(desk, "status_asked")] == ["agent"] * 4


def test_an_agency_is_not_told_which_fraud_rule_holds_a_dossier(desk: Desk, url: str) -> None:
    a_waiting_dossier(desk.database, 1, kind="fraud", reasons="F19", findings=())
    account(desk.database, "agent", Role.AGENCY)
    page = signed_in(url, "agent").post("/status", asked="AMO-000001").text
    assert "examen complémentaire" in page
    assert "F19" not in page
