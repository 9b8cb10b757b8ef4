"""Two tabs, the back button, a press too many, numbers tried one after another, a twin account."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event, select

from infra.database import Database
from infra.stores.desk_accounts import (
    ADDRESS_FAILURES_MAX,
    LOGIN_FAILURES_MAX,
    add_account,
    all_accounts,
    change_account,
)
from models.desk import Role
from models.errors import UsageError
from models.finding import Effect, Finding
from models.records.all_tables import table
from tasks.desk_access import REFUSALS_PER_MINUTE
from tasks.desk_lookups import QUESTIONS_PER_MINUTE
from tests.builders import a_dossier
from tests.stages.review.desk_rows import a_waiting_dossier, dossier_row, rows_of
from tests.stages.review.desk_site import (
    AT,
    Browser,
    Desk,
    a_paper_dossier,
    account,
    desk_on_sqlite,
    open_desk,
    serving,
)
from tests.stages.review.test_web_access import events, signed_in
from tests.stages.review.test_web_work import DOUBTFUL, TOTAL


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_on_sqlite(tmp_path) as made:
        account(made.database, "amina", Role.PROCESSOR)
        account(made.database, "brahim", Role.PROCESSOR, Role.SUPERVISOR)
        account(made.database, "agent", Role.AGENCY)
        yield made


@pytest.fixture
def url(desk: Desk) -> Iterator[str]:
    with serving(desk) as address:
        yield address


def held(desk: Desk) -> list[str]:
    lease = table("desk_lease")
    with desk.database.reading() as connection:
        return list(connection.execute(select(lease.c.login)).scalars())


def test_what_was_typed_stands_on_the_page_that_says_why_it_was_not_kept(
    desk: Desk, url: str
) -> None:
    task = a_paper_dossier(desk)
    amina, brahim = signed_in(url), signed_in(url, "brahim")
    amina.get(f"/item/{task}?kind=reading")
    desk.clock.pass_by(601)
    brahim.get(f"/item/{task}")
    answer = amina.post(
        f"/item/{task}/correct", kind="reading", **DOUBTFUL, value__total_minor="126,00",
        was__total_minor="125,50",
    )  # fmt: skip
    assert answer.status == 400
    assert "Une autre personne travaille sur ce dossier" in answer.text
    assert 'value="126,00"' in answer.text
    assert 'name="ok:lines[2].amount_minor" value="1" tabindex="-1" checked' in answer.text
    assert rows_of(desk.database, "field_correction") == []


def test_a_remark_is_not_lost_when_an_answer_is_none(desk: Desk, url: str) -> None:
    task = a_waiting_dossier(desk.database)
    amina = signed_in(url)
    amina.get(f"/item/{task}")
    answer = amina.post(f"/item/{task}/answer", answer="refuse", code="", note='Vu avec "elle".')
    assert answer.status == 400
    assert "Choisissez un motif" in answer.text
    assert 'value="Vu avec &#34;elle&#34;."' in answer.text
    assert 'id="refuse" open' in answer.text


def test_an_answer_sent_twice_counts_once_and_leaves_nothing_held(desk: Desk, url: str) -> None:
    task = a_waiting_dossier(desk.database)
    amina = signed_in(url)
    amina.get(f"/item/{task}")
    assert amina.post(f"/item/{task}/answer", answer="accept").status == 303
    again = amina.post(f"/item/{task}/answer", answer="accept")
    assert again.status == 400
    assert "Cette tâche est close" in again.text
    assert dossier_row(desk.database)["status"] == "approved"
    assert held(desk) == []
    assert signed_in(url, "brahim").post(f"/item/{task}/take-over").where.endswith("overtaken")
    assert held(desk) == []


def test_a_second_tab_of_a_corrected_dossier_changes_nothing(desk: Desk, url: str) -> None:
    task = a_paper_dossier(desk)
    amina = signed_in(url)
    amina.get(f"/item/{task}")
    assert "said=corrected" in amina.post(f"/item/{task}/correct", **DOUBTFUL, **TOTAL).where
    late = amina.post(f"/item/{task}/correct", value__total_minor="99,00", was__total_minor="1,00")
    assert "Cette tâche est close" in late.text
    assert 'value="99,00"' in late.text
    assert dossier_row(desk.database)["version"] == 2
    assert held(desk) == []


def test_whoever_is_shut_out_holds_nothing_any_more(desk: Desk, url: str) -> None:
    task = a_paper_dossier(desk)
    signed_in(url).get(f"/item/{task}")
    assert held(desk) == ["amina"]
    change_account(desk.database, "amina", "test", AT, is_active=False)
    assert held(desk) == []


@pytest.mark.parametrize(
    "twin", ["Amina", "AMINA", "ａmina", "amina\u200b", "am\u00adina", "ami\tna"]
)
def test_nobody_gets_a_second_account_that_looks_like_the_first(
    database: Database, twin: str
) -> None:
    account(database, "amina", Role.PROCESSOR)
    made = replace(all_accounts(database)[0], login=twin)
    with pytest.raises(UsageError):
        add_account(database, made, "test", AT)
    assert [one.login for one in all_accounts(database)] == ["amina"]


def test_an_account_is_changed_by_a_form_that_says_how(desk: Desk, url: str) -> None:
    account(desk.database, "root", Role.ADMINISTRATOR)
    root = signed_in(url, "root")
    assert root.post("/accounts", login="amina").status == 400
    assert root.post("/accounts", login="amina", active="no").status == 400
    assert all(one.is_active for one in all_accounts(desk.database))


def test_one_right_password_does_not_wipe_out_the_wrong_ones_of_its_address(
    desk: Desk, url: str
) -> None:
    for number in range(ADDRESS_FAILURES_MAX):
        if number == ADDRESS_FAILURES_MAX - 1:
            assert Browser(url).sign_in("amina").status == 303
        assert Browser(url).sign_in(f"guess-{number}", "wrong password").status == 401
    assert Browser(url).sign_in("guess-x", "wrong password").status == 429


def test_a_known_login_and_an_unknown_one_cannot_be_told_apart_by_waiting(
    desk: Desk, url: str
) -> None:
    """Both wait after as many attempts; that both are hashed is the password door's own test."""
    for login in ("brahim", "nobody-of-that-name"):
        answers = [
            Browser(url, f"127.0.2.{number + 1}").sign_in(login, "wrong password").status
            for number in range(LOGIN_FAILURES_MAX + 1)
        ]
        assert answers == [401] * LOGIN_FAILURES_MAX + [429]


def test_two_names_from_the_proxy_are_none(database: Database, tmp_path: Path) -> None:
    desk = open_desk(
        database, tmp_path, desk_proxy_header="X-Desk-User", desk_proxy_addresses="127.0.0.7"
    )
    account(database, "amina", Role.PROCESSOR)
    with serving(desk) as url:
        proxy = Browser(url, "127.0.0.7")
        for headers in (
            {"x-desk-user": "amina", "X-Desk-User": "brahim"},
            {"x-desk-user": "brahim", "X-Desk-User": "amina"},
            {"x-desk-user": "amina, brahim"},
            {"x_desk_user": "amina"},
            {"x-desk-user": ""},
        ):
            proxy.headers = headers
            assert proxy.get("/queue").status == 403, headers
        proxy.headers = {"X-DESK-USER": "amina"}
        assert proxy.get("/queue").status == 200
        liar = Browser(url, "127.0.0.8")
        liar.headers = {
            "x-desk-user": "amina", "x-forwarded-for": "127.0.0.7", "x-real-ip": "127.0.0.7",
            "forwarded": "for=127.0.0.7",
        }  # fmt: skip
        assert liar.get("/queue").status == 403


def test_who_tries_numbers_at_the_counter_has_to_wait(desk: Desk, url: str) -> None:
    a_waiting_dossier(desk.database, 1)
    agent = signed_in(url, "agent")
    for number in range(QUESTIONS_PER_MINUTE):
        assert agent.post("/status", asked=f"ZZ{number:06d}").status == 200
    refused = agent.post("/status", asked="AMO-000001")
    assert refused.status == 400
    assert "Trop de recherches" in refused.text
    assert "AMO-000001" in refused.text
    assert "Prochaine étape" not in refused.text
    desk.clock.pass_by(60)
    assert "Prochaine étape" in agent.post("/status", asked="AMO-000001").text


def test_no_care_and_no_amount_is_told_at_a_counter(desk: Desk, url: str) -> None:
    said = (
        Finding("TOTAL_INCOHERENT", Effect.REVIEW, None, {"total": "4321,00", "computed": "12,34"}),
        Finding("MEDICAMENT_INCONNU", Effect.REVIEW, 1, {"ean": "6118000012345"}),
        Finding("ACTE_INCONNU", Effect.REVIEW, 1, {"act": "ABCD001"}),
        Finding("ENTENTE_PREALABLE", Effect.RETURN, 1, {"act": "ABCD002"}),
        Finding("FORCLUSION", Effect.REVIEW, None, {"deposit": "18/11/2026", "last_day": "x"}),
    )
    a_waiting_dossier(
        desk.database, 1, reasons=" ".join(one.code for one in said), findings=said,
        dossier=a_dossier(insured_name="SECRET NAME", insured_cin="AB123456"),
    )  # fmt: skip
    page = signed_in(url, "agent").post("/status", asked="AB123456").text
    for hidden in ("4321", "12,34", "6118000012345", "ABCD00", "SECRET NAME"):
        assert hidden not in page
    assert "…" in page


def test_whoever_is_refused_without_end_does_not_fill_the_audit_trail(desk: Desk) -> None:
    access = desk.doors.gatekeeper
    for _ in range(REFUSALS_PER_MINUTE + 20):
        access.note_refusal("", "sign-in form")
    access.note_refusal("amina", "csrf")
    found = [who for who, _ in events(desk, "desk_refused")]
    assert found == ["nobody"] * REFUSALS_PER_MINUTE + ["amina"]
    desk.clock.pass_by(60)
    access.note_refusal("", "sign-in form")
    assert len(events(desk, "desk_refused")) == REFUSALS_PER_MINUTE + 2


STRANGE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>{{7*7}}\u202e'


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_stored_text_becomes_a_part_of_a_page(desk: Desk, url: str, language: str) -> None:
    names = dict.fromkeys(("insured_name", "beneficiary_name"), STRANGE)
    task = a_paper_dossier(desk, read=STRANGE, content=names)
    with desk.database.transaction() as connection:
        for name, values in (
            ("dossier", {"agency": STRANGE, "public_number": STRANGE}),
            ("desk_account", {"shown_name": STRANGE, "language": language}),
            ("field_evidence", {"second_reading": STRANGE}),
            ("review_task", {"reasons": "CHAMP_DOUTEUX A_SAISIR"}),
        ):
            connection.execute(table(name).update().values(**values))
    amina, brahim = signed_in(url), signed_in(url, "brahim")
    pages = [
        amina.get("/queue"), amina.get(f"/item/{task}"), amina.get(f"/item/{task}/pages"),
        amina.get(f"/type/{task}"), brahim.get("/team"), amina.get("/audit"),
        amina.post("/status", asked=STRANGE), amina.get(f"/queue?reason={'%3Cb%3E'}"),
        amina.post(f"/item/{task}/answer", answer="refuse", code="", note=STRANGE),
    ]  # fmt: skip
    for page in pages:
        assert page.status in {200, 400}
        for part in ("<script>alert", "<img", "<b>", "49\u202e"):
            is_picture = part == "<img" and "<img src=x" not in page.text
            assert part not in page.text or is_picture
        assert f'lang="{language}"' in page.text
    assert sum("&lt;script&gt;" in page.text for page in pages) >= 5


def test_nothing_of_a_person_stands_in_an_address(desk: Desk, url: str) -> None:
    task = a_paper_dossier(desk, content={"insured_cin": "AB123456"})
    amina = signed_in(url)
    for page in (amina.get("/queue"), amina.get(f"/item/{task}"), amina.get(f"/type/{task}")):
        addresses = [part.partition('"')[0] for part in page.text.split('href="')[1:]]
        addresses += [part.partition('"')[0] for part in page.text.split('action="')[1:]]
        assert addresses
        for hidden in ("AB123456", "ESSAI", "100000001", "AMO-000001"):
            assert not any(hidden in address for address in addresses)


def test_a_list_of_tens_of_thousands_is_read_page_by_page(desk: Desk, url: str) -> None:
    """What the database is asked for has an end, however many tasks wait."""
    for number in range(1, 60):
        a_waiting_dossier(desk.database, number)
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(" ".join(statement.split()))

    amina = signed_in(url)
    event.listen(desk.database.engine, "before_cursor_execute", note)
    amina.get("/queue")
    amina.get("/next")
    event.remove(desk.database.engine, "before_cursor_execute", note)
    lists = [one for one in asked if "FROM review_task" in one and "ORDER BY" in one]
    assert lists
    assert all("LIMIT" in one for one in lists)
