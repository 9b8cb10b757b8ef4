"""One request of somebody who is signed in: who they are, what they sent, how they are answered.

Whoever is not signed in, sends a form that is not theirs or lacks the role is turned away here.
"""

import hmac
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from models.desk import READERS, WORKERS, Account, OpenSession, Role
from models.errors import TasfiyaError, UnknownDossier, UsageError
from models.messages import Code
from tasks.review.web.page import html_of
from tasks.review.web.ports import DeskDoors, DeskOptions
from tasks.review.web.reasons import Reasons
from tasks.review.web.sent import UnreadableForm, is_address, is_from_here, read_form
from tasks.review.web.tokens import FormSeal
from tasks.review.web.wording import Wording, error_key

log = logging.getLogger(__name__)

SIGN_IN = "/sign-in"
#: Longest number of a page that is looked at, in digits.
PAGE_DIGITS_MAX = 6
CSRF_HEADER = "x-csrf-token"
#: What says which list a colleague works through, in addresses and forms.
VIEW_FIELDS = ("order", "kind", "reason", "mine", "second", "typing")


@dataclass(frozen=True, slots=True)
class Site:
    """What all pages share: doors, options, the desk's own codes and those of all stages."""

    doors: DeskDoors
    options: DeskOptions
    desk_codes: Mapping[str, Code]
    all_codes: Mapping[str, Code]
    seal: FormSeal
    reasons: Reasons

    @property
    def cookie(self) -> str:
        """The session cookie's name; with HTTPS one that no other host can set."""
        return "__Host-tasfiya" if self.options.is_https else "tasfiya_desk"

    def set_token(self, response: Response, token: str) -> None:
        """Give the browser its session's token; no script and no other site gets at it."""
        response.set_cookie(
            self.cookie, token, max_age=self.options.session_seconds, path="/", httponly=True,
            samesite="strict", secure=self.options.is_https,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of a colleague who is signed in."""

    site: Site
    request: Request
    session: OpenSession
    form: Mapping[str, str]
    wording: Wording

    @property
    def account(self) -> Account:
        """Who it is."""
        return self.session.account

    @property
    def task_id(self) -> str:
        """The task the address names."""
        return str(self.request.path_params["task_id"])

    @property
    def page_no(self) -> int:
        """The page of a dossier that the address names.

        Raises:
            UnknownDossier: when it is no number of a page.
        """
        text = str(self.request.path_params["page_no"])
        if not (text.isascii() and text.isdigit() and len(text) <= PAGE_DIGITS_MAX):
            raise UnknownDossier("this dossier has no such page")
        return int(text)

    def html(self, name: str, *, status: int = 200, **values: Any) -> Response:
        """A page with what every page shows."""
        shown = {
            "csrf": self.session.csrf_token,
            "account": self.account,
            "is_worker": self.account.may(WORKERS),
            "is_reader": self.account.may(READERS),
            "is_supervisor": Role.SUPERVISOR in self.account.roles,
            "is_administrator": Role.ADMINISTRATOR in self.account.roles,
            "said": _known(self.wording, "said", self.request.query_params.get("said", "")),
            "wrong": _known(self.wording, "wrong", self.request.query_params.get("wrong", "")),
            **values,
        }
        return HTMLResponse(html_of(name, self.wording, shown), status_code=status)

    def go(self, path: str, **query: str) -> Response:
        """Send the browser on, so that a reload sends nothing twice."""
        asked = {name: value for name, value in query.items() if value}
        return RedirectResponse(f"{path}?{urlencode(asked)}" if asked else path, status_code=303)


def _known(wording: Wording, group: str, name: str) -> str:
    """A message by its name; an address cannot put words of its own on the page."""
    key = f"{group}.{name}"
    return wording(key) if wording.has(key) else ""


Handler = Callable[[Visit], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def page(site: Site, handle: Handler, roles: frozenset[Role]) -> Endpoint:
    """An address that answers those who are signed in and have one of the roles."""

    async def endpoint(request: Request) -> Response:
        if not is_address(request):
            return problem(Wording(""), request, "unknown", 404)
        try:
            form = await read_form(request) if request.method == "POST" else {}
        except UnreadableForm:
            return problem(Wording(""), request, "unreadable", 400)
        return await run_in_threadpool(_serve, site, handle, roles, request, form)

    return endpoint


def _serve(
    site: Site, handle: Handler, roles: frozenset[Role], request: Request, form: Mapping[str, str]
) -> Response:
    route = _route(request)
    try:
        session, new_token = _session(site, request)
        if session is None:
            return _turned_away(site, request)
        visit = Visit(site, request, session, form, Wording(session.account.language))
        response = _checked(visit, handle, roles)
    except TasfiyaError as error:
        log.error("desk.failed route=%s error=%s", route, type(error).__name__)
        return problem(Wording(""), request, "machine", 500)
    except Exception as error:  # an error's own words may quote a dossier; its class says enough
        log.error("desk.failed route=%s error=%s", route, type(error).__name__)
        return problem(Wording(""), request, "machine", 500)
    if new_token:
        site.set_token(response, new_token)
    return response


def _session(site: Site, request: Request) -> tuple[OpenSession | None, str]:
    """Who asks, and the token of a session that the proxy's word began just now."""
    token = request.cookies.get(site.cookie, "")
    session = site.doors.gatekeeper.session(token)
    if not site.options.proxy_header:
        return session, ""
    login = proxied_login(site, request)
    if not login:
        return None, ""
    if session is not None and session.account.login == login:
        return session, ""
    token = site.doors.gatekeeper.sign_in_proxied(login, token)
    return site.doors.gatekeeper.session(token), token


def proxied_login(site: Site, request: Request) -> str:
    """Whom the proxy names; a header that comes from anywhere else says nothing.

    Of two headers one may be what a browser sent and the proxy added to: neither counts.
    """
    address = request.client.host if request.client else ""
    named = request.headers.getlist(site.options.proxy_header)
    if address not in site.options.proxy_addresses or len(named) != 1:
        return ""
    return named[0].strip()


def _turned_away(site: Site, request: Request) -> Response:
    if site.options.proxy_header:
        return problem(Wording(""), request, "proxy", 403)
    if request.method == "POST" or CSRF_HEADER in request.headers:
        return problem(Wording(""), request, "ended", 401)
    return RedirectResponse(SIGN_IN, status_code=303)


def _checked(visit: Visit, handle: Handler, roles: frozenset[Role]) -> Response:
    if visit.request.method == "POST" and not _is_own_form(visit):
        visit.site.doors.registrar.note_refusal(visit.account.login, "csrf")
        return problem(visit.wording, visit.request, "form", 403)
    if not visit.account.may(roles):
        visit.site.doors.registrar.note_refusal(visit.account.login, _route(visit.request))
        return problem(visit.wording, visit.request, "role", 403)
    try:
        return handle(visit)
    except UnknownDossier:
        return problem(visit.wording, visit.request, "unknown", 404)
    except UsageError as error:
        key = error_key(str(error))
        is_script = CSRF_HEADER in visit.request.headers
        is_post = visit.request.method == "POST" and not is_script
        if is_post and "task_id" in visit.request.path_params:
            # Back to where they were, in the list they work through.
            is_pages = "/pages" in _route(visit.request)
            names = ("beside",) if is_pages else VIEW_FIELDS
            kept = {name: visit.form.get(name, "") for name in names}
            path = f"/item/{visit.task_id}/pages" if is_pages else f"/item/{visit.task_id}"
            return visit.go(path, **kept, wrong=key)
        return problem(visit.wording, visit.request, key, 400)


def _is_own_form(visit: Visit) -> bool:
    sent = visit.request.headers.get(CSRF_HEADER) or visit.form.get("csrf", "")
    if not is_from_here(visit.request):
        return False
    return hmac.compare_digest(sent.encode(), visit.session.csrf_token.encode())


def _route(request: Request) -> str:
    """The route's pattern, which names no task."""
    route = request.scope.get("route")
    return str(getattr(route, "path", "unknown"))


def problem(wording: Wording, request: Request, key: str, status: int) -> Response:
    """An answer that says what is wrong: as JSON to a script, as a page to a person."""
    text = wording(f"wrong.{key}")
    if CSRF_HEADER in request.headers:
        return JSONResponse({"wrong": text}, status_code=status)
    return HTMLResponse(html_of("problem", wording, {"wrong": text}), status_code=status)
