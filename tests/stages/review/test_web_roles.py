"""Every address of the desk × every role × nobody: who is let in stands here as data.

An address that the desk has and the table has not fails, and so does one the other way round.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from starlette.routing import Mount, Route

from models.desk import Role
from tests.stages.review.desk_site import (
    Browser,
    Desk,
    a_paper_dossier,
    account,
    desk_on_sqlite,
    serving,
)

P, A, S = Role.PROCESSOR, Role.APPROVER, Role.SUPERVISOR
AUDITOR, ADMINISTRATOR, AGENCY = Role.AUDITOR, Role.ADMINISTRATOR, Role.AGENCY
WORK = frozenset({P, A, S})
LOOK = WORK | {AUDITOR}
ASK = LOOK | {AGENCY}
ALL = frozenset(Role)

#: Method and address → the roles that are let in.
WHO: Mapping[tuple[str, str], frozenset[Role]] = {
    ("GET", "/"): ALL,
    ("POST", "/language"): ALL,
    ("POST", "/sign-out"): ALL,
    ("GET", "/queue"): LOOK,
    ("GET", "/next"): WORK,
    ("GET", "/item/{task_id}"): LOOK,
    ("GET", "/item/{task_id}/page/{page_no}"): LOOK,
    ("POST", "/item/{task_id}/check"): LOOK,
    ("POST", "/item/{task_id}/keep"): WORK,
    ("POST", "/item/{task_id}/correct"): WORK,
    ("POST", "/item/{task_id}/answer"): WORK,
    ("POST", "/item/{task_id}/scheme"): WORK,
    ("POST", "/item/{task_id}/hand-over"): WORK,
    ("POST", "/item/{task_id}/take-over"): WORK,
    ("POST", "/item/{task_id}/skip"): WORK,
    ("POST", "/item/{task_id}/leave"): WORK,
    ("GET", "/item/{task_id}/pages"): LOOK,
    ("GET", "/item/{task_id}/pages/{dossier_id}/{page_no}"): LOOK,
    ("POST", "/item/{task_id}/pages"): WORK,
    ("POST", "/item/{task_id}/pages/beside"): WORK,
    ("GET", "/audit"): LOOK,
    ("GET", "/audit/next"): WORK,
    ("GET", "/audit/{audit_id}"): WORK,
    ("GET", "/audit/{audit_id}/page"): WORK,
    ("POST", "/audit/{audit_id}"): WORK,
    ("POST", "/audit/{audit_id}/settle"): WORK,
    ("GET", "/archive/{dossier_id}"): LOOK,
    ("GET", "/type/{task_id}"): WORK,
    ("POST", "/type/{task_id}/look-up"): WORK,
    ("POST", "/type/{task_id}/keep"): WORK,
    ("GET", "/team"): frozenset({S, AUDITOR}),
    ("GET", "/accounts"): frozenset({ADMINISTRATOR}),
    ("POST", "/accounts"): frozenset({ADMINISTRATOR}),
    ("GET", "/status"): ASK,
    ("POST", "/status"): ASK,
}
#: What is there for people who are not signed in.
OPEN = {("GET", "/sign-in"), ("POST", "/sign-in"), ("GET", "/health"), ("GET", "/static")}
#: What a role that is not let in is told.
TURNED_AWAY = "Votre rôle ne permet pas cette action."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_on_sqlite(tmp_path) as made:
        yield made


@pytest.fixture
def url(desk: Desk) -> Iterator[str]:
    with serving(desk) as address:
        yield address


def addresses(desk: Desk) -> set[tuple[str, str]]:
    """Every method and address of the application, whatever it is made of."""
    found = set()
    for route in desk.app.routes:
        if isinstance(route, Mount):
            found.add(("GET", route.path))
            continue
        assert isinstance(route, Route), "an address of a kind this test cannot walk"
        found |= {(method, route.path) for method in (route.methods or set()) - {"HEAD"}}
    return found


def filled(address: str, task_id: str) -> str:
    values = {"task_id": task_id, "dossier_id": "D0001", "page_no": "1", "audit_id": "A1"}
    return address.format_map(values)


def entered(desk: Desk, url: str, login: str) -> tuple[Browser, str]:
    """A browser with a session of its own, and the token of its forms."""
    browser = Browser(url)
    token = desk.doors.gatekeeper.sign_in_proxied(login, "")
    browser.cookies["tasfiya_desk"] = token
    return browser, desk.doors.gatekeeper.session(token).csrf_token


def test_every_address_stands_in_the_table_and_none_else(desk: Desk) -> None:
    assert addresses(desk) == {*WHO, *OPEN}


@pytest.mark.parametrize("role", list(Role))
def test_a_role_is_let_in_where_the_table_says_and_nowhere_else(
    desk: Desk, url: str, role: Role
) -> None:
    task = a_paper_dossier(desk)
    account(desk.database, "one", role)
    for (method, address), roles in WHO.items():
        browser, csrf = entered(desk, url, "one")
        path = filled(address, task)
        answer = browser.get(path) if method == "GET" else browser.send(path, csrf=csrf)
        is_let_in = answer.status != 403
        assert is_let_in == (role in roles), (method, address, answer.status)
        assert (TURNED_AWAY in answer.text) != is_let_in, (method, address)


def test_nobody_is_let_in_who_is_not_signed_in(desk: Desk, url: str) -> None:
    task = a_paper_dossier(desk)
    for method, address in WHO:
        path = filled(address, task)
        answer = Browser(url).get(path) if method == "GET" else Browser(url).send(path)
        wanted = (303, "/sign-in") if method == "GET" else (401, "")
        assert (answer.status, answer.where) == wanted, (method, address)


def test_every_form_is_refused_without_its_token_or_from_another_site(desk: Desk, url: str) -> None:
    task = a_paper_dossier(desk)
    account(desk.database, "all", *Role)
    browser, csrf = entered(desk, url, "all")
    for method, address in WHO:
        if method != "POST":
            continue
        path = filled(address, task)
        for token in ("", "guessed", csrf[:-1]):
            assert browser.send(path, csrf=token).status == 403, address
        for site in ("cross-site", "same-site"):
            browser.headers = {"sec-fetch-site": site}
            assert browser.send(path, csrf=csrf).status == 403, (address, site)
        browser.headers = {}


def test_no_other_method_opens_an_address(desk: Desk, url: str) -> None:
    task = a_paper_dossier(desk)
    account(desk.database, "all", *Role)
    browser, csrf = entered(desk, url, "all")
    browser.headers = {"x-csrf-token": csrf}
    known = addresses(desk)
    for address in {address for _, address in WHO}:
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO"):
            # An audit question may have any id: "next" is one that there is not.
            if (method, address) in {*known, ("POST", "/audit/next")}:
                continue
            answer = browser.ask(method, filled(address, task), "{}", "application/json")
            assert answer.status == 405, (method, address)
            assert "default-src 'none'" in answer.headers["content-security-policy"]
