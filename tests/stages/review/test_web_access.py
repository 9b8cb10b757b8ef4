"""Who gets into the desk, how long, how often they may try, and what each role may do."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select

from infra.database import Database
from infra.passwords import hash_password
from infra.stores.desk_accounts import (
    ADDRESS_FAILURES_MAX,
    LOGIN_FAILURES_MAX,
    WINDOW_SECONDS,
    begin_attempt,
    change_account,
)
from models.desk import Role
from models.records.all_tables import table
from tests.stages.review.desk_rows import a_waiting_dossier, rows_of
from tests.stages.review.desk_site import (
    AT,
    PASSWORD,
    Browser,
    Desk,
    a_paper_dossier,
    account,
    open_desk,
    serving,
)


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    made = open_desk(database, tmp_path)
    account(database, "amina", Role.PROCESSOR)
    return made


@pytest.fixture
def url(desk: Desk) -> Iterator[str]:
    with serving(desk) as address:
        yield address


def signed_in(url: str, login: str = "amina", address: str = "127.0.0.1") -> Browser:
    browser = Browser(url, address)
    assert browser.sign_in(login).status == 303
    return browser


def events(desk: Desk, action: str) -> list[tuple[str, str]]:
    source = table("audit_event")
    with desk.database.reading() as connection:
        found = connection.execute(
            select(source.c.actor, source.c.detail)
            .where(source.c.action == action)
            .order_by(source.c.sequence)
        ).all()
    return [(row.actor, row.detail) for row in found]


def test_nobody_sees_anything_before_signing_in(url: str) -> None:
    for path in ("/", "/queue", "/team", "/status", "/accounts", "/item/x", "/item/x/page/1"):
        assert (Browser(url).get(path).status, Browser(url).get(path).where) == (303, "/sign-in")
    assert Browser(url).send("/language", language="ar").status == 401


def test_a_right_password_opens_the_desk_and_leaves_an_event(desk: Desk, url: str) -> None:
    browser = signed_in(url)
    assert browser.get("/queue").status == 200
    assert events(desk, "signed_in") == [("amina", "password")]


def test_a_wrong_password_an_unknown_login_and_a_disabled_account_are_answered_alike(
    desk: Desk, url: str
) -> None:
    account(desk.database, "gone", Role.PROCESSOR)
    change_account(desk.database, "gone", "test", AT, is_active=False)
    answers = [
        Browser(url).sign_in("amina", "not the password"),
        Browser(url).sign_in("nobody-of-that-name"),
        Browser(url).sign_in("gone"),
    ]
    assert {answer.status for answer in answers} == {401}
    pages = {answer.text.partition('name="seal"')[0] for answer in answers}
    assert len(pages) == 1
    assert [who for who, _ in events(desk, "sign_in_failed")] == ["amina", "nobody", "gone"]


def test_a_password_is_kept_as_argon2id_and_a_token_as_its_digest(desk: Desk, url: str) -> None:
    account(desk.database, "karim", Role.PROCESSOR, hashed=hash_password(PASSWORD))
    browser = signed_in(url, "karim")
    token = browser.cookies["tasfiya_desk"]
    accounts = table("desk_account")
    with desk.database.reading() as connection:
        kept = connection.execute(select(accounts).where(accounts.c.login == "karim")).one()
        session = connection.execute(select(table("desk_session"))).one()
    assert kept.password_hash.startswith("$argon2id$")
    assert PASSWORD not in str(kept)
    assert token not in str(session)


def test_signing_in_gives_a_new_token_and_ends_the_old_one(url: str) -> None:
    browser = signed_in(url)
    old = dict(browser.cookies)
    browser.sign_in("amina")
    assert browser.cookies["tasfiya_desk"] != old["tasfiya_desk"]
    thief = Browser(url)
    thief.cookies = old
    assert thief.get("/queue").status == 303


def test_a_token_that_the_browser_brings_along_is_not_taken_over(url: str) -> None:
    browser = Browser(url)
    browser.cookies["tasfiya_desk"] = "chosen-by-somebody-else"
    browser.sign_in("amina")
    assert browser.cookies["tasfiya_desk"] != "chosen-by-somebody-else"


def test_an_unused_session_ends_and_a_used_one_goes_on_to_its_last_hour(
    desk: Desk, url: str
) -> None:
    browser = signed_in(url)
    for _ in range(10):
        desk.clock.pass_by(800)
        assert browser.get("/queue").status == 200
    desk.clock.pass_by(901)
    assert browser.get("/queue").where == "/sign-in"


def test_a_session_ends_at_its_last_hour_however_much_it_is_used(desk: Desk, url: str) -> None:
    browser = signed_in(url)
    for _ in range(40):
        desk.clock.pass_by(890)
        browser.get("/queue")
    desk.clock.pass_by(600)
    assert browser.get("/queue").where == "/sign-in"


def test_signing_out_ends_the_session_and_gives_back_what_was_open(desk: Desk, url: str) -> None:
    task = a_paper_dossier(desk)
    browser = signed_in(url)
    browser.get(f"/item/{task}")
    kept = dict(browser.cookies)
    assert browser.post("/sign-out").where == "/sign-in"
    browser.cookies = kept
    assert browser.get("/queue").where == "/sign-in"
    with desk.database.reading() as connection:
        assert connection.execute(select(table("desk_lease"))).all() == []


def test_a_disabled_account_is_out_at_once(desk: Desk, url: str) -> None:
    browser = signed_in(url)
    change_account(desk.database, "amina", "test", AT, is_active=False)
    assert browser.get("/queue").where == "/sign-in"


def test_a_login_that_fails_too_often_waits_even_with_the_right_password(
    desk: Desk, url: str
) -> None:
    for number in range(LOGIN_FAILURES_MAX):
        browser = Browser(url, f"127.0.0.{number + 2}")
        assert browser.sign_in("amina", "wrong password").status == 401
    assert Browser(url, "127.0.1.1").sign_in("amina").status == 429
    assert events(desk, "sign_in_refused") == [("amina", "too many attempts")]
    desk.clock.pass_by(WINDOW_SECONDS + 1)
    assert Browser(url).sign_in("amina").status == 303


def test_attempts_that_come_at_once_are_counted_as_well(desk: Desk) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(
            lambda number: begin_attempt(desk.database, "amina", f"10.0.0.{number}", AT), range(16)
        )
        looked_at = [attempt for attempt in found if attempt is not None]
    assert len(looked_at) <= LOGIN_FAILURES_MAX


def test_an_address_that_fails_too_often_waits_whatever_login_it_tries(
    desk: Desk, url: str
) -> None:
    browser = Browser(url, "127.0.0.9")
    for number in range(ADDRESS_FAILURES_MAX):
        assert browser.sign_in(f"guess-{number}", "wrong password").status == 401
    assert browser.sign_in("amina").status == 429
    assert Browser(url, "127.0.0.10").sign_in("amina").status == 303


def test_what_was_typed_as_a_login_is_not_kept(desk: Desk, url: str) -> None:
    Browser(url).sign_in("my-secret-in-the-wrong-field", "x")
    with desk.database.reading() as connection:
        kept = connection.execute(select(table("desk_attempt"))).all()
        told = connection.execute(select(table("audit_event"))).all()
    assert "my-secret" not in str(kept) + str(told)


def test_a_form_without_the_session_s_token_is_refused_and_noted(desk: Desk, url: str) -> None:
    task = a_waiting_dossier(desk.database)
    browser = signed_in(url)
    browser.get(f"/item/{task}")
    for csrf in ("", "guessed"):
        answer = browser.send(f"/item/{task}/answer", csrf=csrf, answer="accept")
        assert answer.status == 403
    other = signed_in(url)
    assert browser.send("/language", csrf=other.csrf(), language="ar").status == 403
    assert rows_of(desk.database, "decision")[0]["outcome"] == "review"
    assert [detail for _, detail in events(desk, "desk_refused")] == ["csrf"] * 3


def test_every_address_that_changes_something_needs_the_token(url: str) -> None:
    browser = signed_in(url)
    for path in (
        "/language", "/sign-out", "/accounts", "/status", "/item/x/check", "/item/x/keep",
        "/item/x/correct", "/item/x/answer", "/item/x/hand-over", "/item/x/take-over",
        "/item/x/skip",
        "/item/x/leave",
    ):  # fmt: skip
        assert browser.send(path).status == 403, path


def test_the_sign_in_form_of_another_browser_is_refused(url: str) -> None:
    seal = Browser(url).get("/sign-in").text.partition('name="seal" value="')[2].partition('"')[0]
    victim = Browser(url)
    victim.get("/sign-in")
    assert victim.send("/sign-in", seal=seal, login="amina", password=PASSWORD).status == 403
    assert Browser(url).send("/sign-in", login="amina", password=PASSWORD).status == 403


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.PROCESSOR, {"/queue", "/status"}),
        (Role.APPROVER, {"/queue", "/status"}),
        (Role.SUPERVISOR, {"/queue", "/status", "/team"}),
        (Role.AUDITOR, {"/queue", "/status", "/team"}),
        (Role.ADMINISTRATOR, {"/accounts"}),
        (Role.AGENCY, {"/status"}),
    ],
)
def test_a_role_opens_its_own_pages_alone(
    desk: Desk, url: str, role: Role, allowed: set[str]
) -> None:
    account(desk.database, "one", role)
    browser = signed_in(url, "one")
    pages = ("/queue", "/status", "/team", "/accounts")
    assert {path for path in pages if browser.get(path).status == 200} == allowed


def test_an_auditor_looks_and_changes_nothing(desk: Desk, url: str) -> None:
    task = a_paper_dossier(desk)
    account(desk.database, "zohra", Role.AUDITOR)
    browser = signed_in(url, "zohra")
    assert browser.get(f"/item/{task}").status == 200
    assert browser.get(f"/item/{task}/page/1").status == 200
    answer = browser.post(f"/item/{task}/answer", answer="refuse", code="SOINS_NON_JUSTIFIES")
    assert answer.status == 403
    with desk.database.reading() as connection:
        assert connection.execute(select(table("desk_lease"))).all() == []


def test_an_administrator_disables_others_but_never_themselves(desk: Desk, url: str) -> None:
    account(desk.database, "root", Role.ADMINISTRATOR)
    browser = signed_in(url, "root")
    assert browser.post("/accounts", login="amina", active="0").status == 303
    assert Browser(url).sign_in("amina").status == 401
    assert browser.post("/accounts", login="root", active="0").status == 400


def test_the_proxy_s_word_is_taken_from_the_proxy_s_address_alone(
    database: Database, tmp_path: Path
) -> None:
    desk = open_desk(
        database, tmp_path, desk_proxy_header="x-desk-user", desk_proxy_addresses="127.0.0.7"
    )
    account(database, "amina", Role.PROCESSOR)
    account(database, "brahim", Role.PROCESSOR)
    with serving(desk) as url:
        proxy, liar = Browser(url, "127.0.0.7"), Browser(url, "127.0.0.8")
        proxy.headers = liar.headers = {"x-desk-user": "amina"}
        assert liar.get("/queue").status == 403
        assert proxy.get("/queue").status == 200
        # A cookie alone is worth nothing without the proxy's word, and the word changes who it is.
        liar.cookies = dict(proxy.cookies)
        assert liar.get("/queue").status == 403
        proxy.headers = {"x-desk-user": "brahim"}
        assert "Brahim" in proxy.get("/queue").text
        proxy.headers = {"x-desk-user": "stranger"}
        assert proxy.get("/queue").status == 403
        assert proxy.get("/sign-in").status == 403
    assert events(desk, "signed_in") == [("amina", "proxy"), ("brahim", "proxy")]


def test_every_answer_closes_the_page_to_others(url: str) -> None:
    for path in ("/sign-in", "/static/desk.js", "/nowhere"):
        headers = Browser(url).get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
    cookie = Browser(url).get("/sign-in").headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie


def test_behind_https_the_cookie_is_bound_to_the_host(database: Database, tmp_path: Path) -> None:
    desk = open_desk(database, tmp_path, desk_is_https=True)
    account(database, "amina", Role.PROCESSOR)
    with serving(desk) as url:
        answer = Browser(url).sign_in("amina")
    assert answer.headers["set-cookie"].startswith("__Host-tasfiya=")
    assert "Secure" in answer.headers["set-cookie"]
    assert "max-age" in answer.headers["strict-transport-security"]


def test_another_host_name_and_a_huge_body_are_refused(url: str) -> None:
    browser = Browser(url)
    browser.headers = {"host": "evil.example"}
    assert browser.get("/sign-in").status == 400
    assert Browser(url).send("/sign-in", login="x" * 300_000).status == 413


def test_a_broken_page_says_nothing_of_what_it_was_about(
    desk: Desk, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    task = a_paper_dossier(desk)
    desk.storage.put("pages/d0001/1/1.jpg", b"Essai Premier is no picture")
    answer = signed_in(url).get(f"/item/{task}/page/1")
    assert answer.status == 500
    assert "Essai" not in answer.text + caplog.text
    assert task not in caplog.text
