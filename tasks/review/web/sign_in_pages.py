"""Signing in by password and signing out; behind a proxy that knows who it is there is no form."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from tasks.review.web.page import html_of
from tasks.review.web.sent import is_from_here
from tasks.review.web.tokens import FORM_SECONDS_MAX
from tasks.review.web.visit import SIGN_IN, Site, Visit, problem
from tasks.review.web.wording import Wording

#: Longest text that is looked at in a field of the form.
TYPED_MAX = 200


def show_sign_in(site: Site, request: Request, *, wrong: str = "", status: int = 200) -> Response:
    """The sign-in page with a form that this browser alone can send."""
    if site.options.proxy_header:
        return problem(Wording(""), request, "proxy", 403)
    wording = Wording(request.query_params.get("language", ""))
    name = _form_cookie(site)
    nonce = request.cookies.get(name, "") or site.seal.nonce()
    values = {"seal": site.seal.seal(nonce), "wrong": wording(f"wrong.{wrong}") if wrong else ""}
    response = HTMLResponse(html_of("sign_in", wording, values), status_code=status)
    response.set_cookie(
        name, nonce, max_age=FORM_SECONDS_MAX, path="/", httponly=True,
        samesite="strict", secure=site.options.is_https,
    )  # fmt: skip
    return response


def _form_cookie(site: Site) -> str:
    """The cookie's name; with HTTPS one that no other host of the domain can set."""
    return "__Host-tasfiya-form" if site.options.is_https else "tasfiya_form"


def sign_in(site: Site, request: Request, form: dict[str, str]) -> Response:
    """Begin a session under a new token, or say that it was wrong, never what of it."""
    if site.options.proxy_header:
        return problem(Wording(""), request, "proxy", 403)
    nonce = request.cookies.get(_form_cookie(site), "")
    if not is_from_here(request) or not site.seal.is_sealed(nonce, form.get("seal", "")):
        site.doors.registrar.note_refusal("", "sign-in form")
        return show_sign_in(site, request, wrong="form", status=403)
    address = request.client.host if request.client else ""
    old = request.cookies.get(site.cookie, "")
    login = form.get("login", "").strip()[:TYPED_MAX]
    # One character more than a password can have: what is longer is wrong, not cut to fit.
    password = form.get("password", "")[: TYPED_MAX + 1]
    done = site.doors.gatekeeper.sign_in(login, password, address, old)
    if done.is_too_many:
        return show_sign_in(site, request, wrong="too_many", status=429)
    if not done.token:
        return show_sign_in(site, request, wrong="sign_in", status=401)
    response = RedirectResponse("/", status_code=303)
    site.set_token(response, done.token)
    return response


def sign_out(visit: Visit) -> Response:
    """End the session and give back what was open."""
    token = visit.request.cookies.get(visit.site.cookie, "")
    visit.site.doors.gatekeeper.sign_out(token, visit.account.login)
    response = RedirectResponse(SIGN_IN, status_code=303)
    response.delete_cookie(visit.site.cookie, path="/")
    return response
