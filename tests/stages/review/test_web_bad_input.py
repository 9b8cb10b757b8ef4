"""What is no request: malformed, huge, half a character, a NUL. A clear answer, nothing told."""

import base64
import json
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.database import Database
from models.desk import Role
from tests.stages.review.desk_rows import rows_of
from tests.stages.review.desk_site import (
    Answer,
    Browser,
    Desk,
    a_paper_dossier,
    account,
    open_desk,
    serving,
)
from tests.stages.review.test_web_roles import WHO, entered, filled

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
#: What somebody typed and must not stand in any log.
SECRET = "typed-in-the-wrong-field"
NUL, HALF = f"{SECRET}\0", f"{SECRET}\ud800"


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    made = open_desk(database, tmp_path)
    account(database, "amina", *Role)
    return made


@pytest.fixture
def url(desk: Desk) -> Iterator[str]:
    with serving(desk) as address:
        yield address


def raw(
    browser: Browser, method: str, path: str, body: bytes = b"", media_type: str = ""
) -> Answer:
    """A request as it stands: nothing is quoted, nothing is added."""
    line = HTTPConnection(browser.host, int(browser.port), timeout=30)
    line.putrequest(method, path, skip_accept_encoding=True)
    for name, value in browser.headers.items():
        line.putheader(name, value)
    if browser.cookies:
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        line.putheader("cookie", cookie)
    if media_type:
        line.putheader("content-type", media_type)
    if method != "GET":
        line.putheader("content-length", str(len(body)))
    line.endheaders(body or None)
    answer = line.getresponse()
    data = answer.read()
    line.close()
    found = {name.lower(): value for name, value in answer.getheaders()}
    return Answer(answer.status, data.decode(errors="replace"), data, found)


def seal(browser: Browser) -> str:
    return browser.get("/sign-in").text.partition('name="seal" value="')[2].partition('"')[0]


def is_whole(answer: Answer) -> bool:
    """Whether an answer is one of ours: no error of a machine, and closed like every other."""
    policy = answer.headers.get("content-security-policy", "")
    return answer.status < 500 and "default-src 'none'" in policy


def part(headers: str) -> bytes:
    return f"--b\r\n{headers}\r\n\r\nx\r\n--b--\r\n".encode()


MULTIPART = "multipart/form-data; boundary=b"
ANONYMOUS: Mapping[str, tuple[str, bytes]] = {
    "nul": (FORM, urlencode({"login": NUL, "password": "x"}).encode()),
    "half a character": (JSON, json.dumps({"login": HALF, "password": "x"}).encode()),
    "half a password": (JSON, json.dumps({"login": "amina", "password": HALF}).encode()),
    "no JSON": (JSON, b"{" + SECRET.encode()),
    "deep JSON": (JSON, b"[" * 100_000),
    "a list": (JSON, b"[1]"),
    "a nested field": (JSON, b'{"login": {"a": 1}}'),
    "a long number": (JSON, b'{"login": ' + b"9" * 5_000 + b"}"),
    "no UTF-8": (JSON, b'{"login": "\xff\xfe"}'),
    "no boundary": ("multipart/form-data", b"x"),
    "no parts": (MULTIPART, b"--b\r\nrubbish\r\n\r\n\0\0"),
    "no name": (MULTIPART, part("content-disposition: form-data")),
    "a file": (MULTIPART, part('content-disposition: form-data; name="login"; filename="x"')),
    "an odd charset": (
        f"{MULTIPART}; charset=base64", part('content-disposition: form-data; name="login"'),
    ),
    "many fields": (FORM, urlencode({f"a{number}": "" for number in range(5_000)}).encode()),
    "long fields": (FORM, urlencode({"login": "a" * 200_000, "password": "b" * 9_000}).encode()),
}  # fmt: skip


def test_a_sign_in_form_that_is_none_is_answered_and_not_written_down(
    url: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    for name, (media_type, written) in ANONYMOUS.items():
        browser, body = Browser(url), written
        sealed = seal(browser)
        if media_type == FORM:
            body += b"&" + urlencode({"seal": sealed}).encode()
        if media_type == JSON and body.startswith(b'{"login": "'):
            body = body[:-1] + b', "seal": ' + json.dumps(sealed).encode() + b"}"
        answer = raw(browser, "POST", "/sign-in", body, media_type)
        assert is_whole(answer), name
        assert answer.status in {400, 401, 403}, name
    told = caplog.text + "".join(capfd.readouterr())
    assert SECRET not in told
    assert "Traceback" not in told


def bad_cursors() -> Iterator[str]:
    for values in (
        ["amount", 10**30, "x"], ["amount", 1, NUL], ["amount", True, "x"], ["amount"], {}, 1,
        ["reason", "", "", "2026-11-20", HALF], ["reason", NUL, "", "2026-11-20", "x"],
        ["age", "2026-02-30", "2026-11-20", "x"],
    ):  # fmt: skip
        order = values[0] if isinstance(values, list) else "age"
        text = base64.urlsafe_b64encode(json.dumps(values).encode()).decode()
        yield f"/queue?order={order}&after={text}"
    deep = base64.urlsafe_b64encode(b"[" * 30_000).decode()
    yield f"/queue?after={deep}"


def test_addresses_that_are_none_are_told_and_wake_no_machine(
    desk: Desk, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    task = a_paper_dossier(desk)
    browser, _ = entered(desk, url, "amina")
    for path in (
        "/item/%00", "/queue?reason=%00", "/next?behind=%00", f"/item/{task}/pages?beside=%00",
        "/archive/%00", "/audit/%00", "/audit/next?behind=%00", "/item/%ff%fe",
        "/item/%ed%a0%80", f"/item/{task}/page/{'9' * 5_000}", f"/item/{task}/page/-1",
        f"/item/{task}/page/{quote('²')}", f"/item/{task}/pages/D0001/{'9' * 40}",
        "/archive/..%2f..%2fetc%2fpasswd", "/static/..%2f..%2fapp.py", "/static/../app.py",
        "/static/%00", f"/static/{'a' * 5_000}", "/item/..%2f..%2fqueue", *bad_cursors(),
    ):  # fmt: skip
        answer = raw(browser, "GET", path)
        assert is_whole(answer), path[:80]
        assert answer.status in {400, 404}, path[:80]
    assert caplog.text == ""


def test_a_page_number_of_thousands_of_digits_is_no_error_before_signing_in_either(
    url: str,
) -> None:
    answer = raw(Browser(url), "GET", f"/item/x/page/{'9' * 5_000}")
    assert (answer.status, answer.where) == (303, "/sign-in")


@pytest.mark.parametrize("text", [NUL, HALF])
def test_a_text_that_no_database_keeps_is_refused_at_every_form(
    desk: Desk, url: str, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    task = a_paper_dossier(desk)
    for method, address in WHO:
        if method != "POST":
            continue
        browser, csrf = entered(desk, url, "amina")
        names = ("asked", "note", "to", "number", "value:insured_name", "login", "language")
        body = json.dumps({"csrf": csrf, **dict.fromkeys(names, text)}).encode()
        answer = raw(browser, "POST", filled(address, task), body, JSON)
        assert answer.status == 400, address
        assert "rien n&#39;a été enregistré" in answer.text
    assert caplog.text == ""
    assert rows_of(desk.database, "field_correction") == []


def test_an_address_puts_no_words_of_its_own_on_a_page(desk: Desk, url: str) -> None:
    browser, _ = entered(desk, url, "amina")
    for text in ("x.PAY+ME", "PAY+ME", "wrong.PAY+ME", "said.x.PAY+ME", "decided.PAY+ME"):
        for name in ("said", "wrong"):
            assert "PAY ME" not in browser.get(f"/queue?{name}={text}").text


def test_a_new_line_in_an_address_begins_no_header(desk: Desk, url: str) -> None:
    browser, csrf = entered(desk, url, "amina")
    for path in ("/item/%0d%0aset-cookie:x=1/skip", "/item/%0d%0aset-cookie:x=1/answer"):
        answer = raw(browser, "POST", path, urlencode({"csrf": csrf}).encode(), FORM)
        assert answer.status in {303, 404}
        assert "set-cookie" not in answer.headers
    for back in ("/\r\nset-cookie: x=1", "/\t/evil.example", "/./\\evil", "/%0d%0aset-cookie:x"):
        form = {"csrf": csrf, "language": "fr", "back": back}
        answer = raw(browser, "POST", "/language", urlencode(form).encode(), FORM)
        assert "set-cookie" not in answer.headers
        assert "\t" not in answer.where
        assert answer.where.startswith("/")


def test_a_body_of_unknown_or_false_size_is_refused(url: str) -> None:
    for headers in ({"content-length": "300000"}, {"transfer-encoding": "chunked"}):
        browser = Browser(url)
        line = HTTPConnection(browser.host, int(browser.port), timeout=30)
        line.putrequest("POST", "/sign-in")
        for name, value in headers.items():
            line.putheader(name, value)
        line.endheaders()
        assert line.getresponse().status == 413
        line.close()


def test_a_machine_that_breaks_outside_of_any_page_says_its_class_alone(
    desk: Desk, url: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    def broken(*_: Any) -> None:
        raise ValueError(SECRET)

    monkeypatch.setattr(type(desk.doors.gatekeeper), "sign_in", broken)
    answer = Browser(url).sign_in("amina")
    assert answer.status == 500
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    told = answer.text + caplog.text + "".join(capfd.readouterr())
    assert SECRET not in told
    assert "error=ValueError" in caplog.text


FIELDS = st.sampled_from(
    ["csrf", "answer", "code", "due", "note", "to", "asked", "number", "beside", "order", "typed",
     "unreadable", "login", "active", "language", "back", "what", "text", "pass", "version",
     "fields", "keystrokes", "seconds", "value:total_minor", "value:insured_name", "value:pieces",
     "value:lines[1].amount_minor", "value:lines[+3].code", "value:facts.x", "was:total_minor",
     "ok:total_minor", "pile:D0001/1", "kind", "reason", "mine"]
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=40), st.integers().map(str), st.sampled_from(
        ["accept", "refuse", "return", "ILLISIBLE", "role:approver", "amina", "1", "0", "fr", "ar",
         "household", "drug", "act", "provider", "18/11/2026", "12,50", "9" * 400, "<b>", "'", "%",
         "\u202e", "../..", "[", "lines[1]"]
    )
)  # fmt: skip


def test_whatever_is_sent_no_form_breaks_a_machine(desk: Desk, url: str) -> None:
    task = a_paper_dossier(desk)
    posts = sorted(address for method, address in WHO if method == "POST")
    sent = st.tuples(st.sampled_from(posts), st.dictionaries(FIELDS, TEXTS, max_size=8))

    @settings(
        max_examples=60, deadline=None, database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )  # fmt: skip
    @given(sent, st.booleans())
    def try_one(case: tuple[str, dict[str, str]], is_json: bool) -> None:
        address, form = case
        browser, csrf = entered(desk, url, "amina")
        form = {**form, "csrf": csrf}
        body = json.dumps(form) if is_json else urlencode(form)
        answer = browser.ask("POST", filled(address, task), body, JSON if is_json else FORM)
        assert is_whole(answer), (address, form)

    try_one()


def test_whatever_is_asked_no_page_breaks_a_machine(desk: Desk, url: str) -> None:
    task = a_paper_dossier(desk)
    gets = sorted(address for method, address in WHO if method == "GET")
    names = st.sampled_from(
        ["order", "kind", "reason", "after", "behind", "beside", "said", "wrong", "typing", "mine"]
    )

    @settings(
        max_examples=40, deadline=None, database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )  # fmt: skip
    @given(st.sampled_from(gets), st.dictionaries(names, TEXTS, max_size=4), TEXTS)
    def try_one(address: str, query: dict[str, str], key: str) -> None:
        browser, _ = entered(desk, url, "amina")
        for value in (task, quote(key, safe="") or "x"):
            answer = raw(browser, "GET", f"{filled(address, value)}?{urlencode(query)}")
            is_missing = "/archive/" in address and answer.status == 500
            assert is_whole(answer) or is_missing, (address, query, key)

    try_one()
