"""The desk's addresses, who may use each, and what stands around all of them."""

from collections.abc import Callable, Mapping
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from models.desk import ASKERS, READERS, WORKERS, Role
from models.messages import Code
from tasks.review.web import (
    archive_pages,
    audit_pages,
    item_pages,
    piles_pages,
    queue_pages,
    scheme_pages,
    sign_in_pages,
    status_pages,
    team_pages,
    typing_pages,
)
from tasks.review.web.guard import Guard
from tasks.review.web.ports import DeskDoors, DeskOptions
from tasks.review.web.reasons import Reasons
from tasks.review.web.sent import UnreadableForm, read_form
from tasks.review.web.tokens import FormSeal
from tasks.review.web.visit import Handler, Site, page, problem
from tasks.review.web.wording import Wording

STATIC = Path(__file__).parent / "static"
SUPERVISORS = frozenset({Role.SUPERVISOR, Role.AUDITOR})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
EVERYBODY = frozenset(Role)

#: Method, address, what answers it, and who may ask.
PAGES: tuple[tuple[str, str, Handler, frozenset[Role]], ...] = (
    ("GET", "/", queue_pages.go_home, EVERYBODY),
    ("GET", "/queue", queue_pages.show_queue, READERS),
    ("GET", "/next", queue_pages.go_next, WORKERS),
    ("GET", "/item/{task_id}", item_pages.show_item, READERS),
    ("GET", "/item/{task_id}/page/{page_no}", item_pages.show_picture, READERS),
    ("GET", "/item/{task_id}/pages", piles_pages.show_piles, READERS),
    ("POST", "/item/{task_id}/pages", piles_pages.move_pages, WORKERS),
    ("POST", "/item/{task_id}/pages/beside", piles_pages.lay_beside, WORKERS),
    ("GET", "/item/{task_id}/pages/{dossier_id}/{page_no}", piles_pages.show_page, READERS),
    ("POST", "/item/{task_id}/check", item_pages.check_fields, READERS),
    ("POST", "/item/{task_id}/keep", item_pages.keep_item, WORKERS),
    ("POST", "/item/{task_id}/correct", item_pages.correct_item, WORKERS),
    ("POST", "/item/{task_id}/answer", item_pages.answer_item, WORKERS),
    ("POST", "/item/{task_id}/scheme", scheme_pages.choose_scheme, WORKERS),
    ("POST", "/item/{task_id}/hand-over", item_pages.hand_over_item, WORKERS),
    ("POST", "/item/{task_id}/take-over", item_pages.take_over_item, WORKERS),
    ("POST", "/item/{task_id}/skip", item_pages.skip_item, WORKERS),
    ("POST", "/item/{task_id}/leave", item_pages.leave_item, WORKERS),
    ("GET", "/audit", audit_pages.show_audits, READERS),
    ("GET", "/audit/next", audit_pages.next_audit, WORKERS),
    ("GET", "/audit/{audit_id}", audit_pages.show_audit, WORKERS),
    ("GET", "/audit/{audit_id}/page", audit_pages.show_audit_picture, WORKERS),
    ("POST", "/audit/{audit_id}", audit_pages.answer_audit, WORKERS),
    ("POST", "/audit/{audit_id}/settle", audit_pages.settle_audit, WORKERS),
    ("GET", "/archive/{dossier_id}", archive_pages.show_archive, READERS),
    ("GET", "/type/{task_id}", typing_pages.show_typing, WORKERS),
    ("POST", "/type/{task_id}/look-up", typing_pages.look_up, WORKERS),
    ("POST", "/type/{task_id}/keep", typing_pages.keep_typed, WORKERS),
    ("GET", "/team", team_pages.show_team, SUPERVISORS),
    ("GET", "/accounts", team_pages.show_accounts, ADMINISTRATORS),
    ("POST", "/accounts", team_pages.change_account, ADMINISTRATORS),
    ("GET", "/status", status_pages.show_status, ASKERS),
    ("POST", "/status", status_pages.show_status, ASKERS),
    ("POST", "/language", queue_pages.set_language, EVERYBODY),
    ("POST", "/sign-out", sign_in_pages.sign_out, EVERYBODY),
)


def make_app(
    doors: DeskDoors,
    options: DeskOptions,
    desk_codes: Mapping[str, Code],
    all_codes: Mapping[str, Code],
    reasons: Reasons,
) -> Starlette:
    """The desk as an application that a server can run."""
    site = Site(doors, options, desk_codes, all_codes, FormSeal(options.secret), reasons)
    routes: list[BaseRoute] = [
        Route(path, page(site, handle, roles), methods=[method])
        for method, path, handle, roles in PAGES
    ]
    routes += [
        Route("/sign-in", _sign_in(site, sign_in_pages.show_sign_in), methods=["GET"]),
        Route("/sign-in", _sign_in(site, sign_in_pages.sign_in), methods=["POST"]),
        Route("/health", _health, methods=["GET"]),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]
    return Starlette(
        routes=routes,
        middleware=[
            Middleware(Guard, is_https=options.is_https),
            Middleware(TrustedHostMiddleware, allowed_hosts=list(options.names)),
        ],
        exception_handlers={404: _unknown, 405: _no_method},
    )


def _sign_in(site: Site, handle: Callable[..., Response]) -> Callable[[Request], object]:
    async def endpoint(request: Request) -> Response:
        try:
            sent = [dict(await read_form(request))] if request.method == "POST" else []
        except UnreadableForm:
            return problem(Wording(""), request, "unreadable", 400)
        return await run_in_threadpool(handle, site, request, *sent)

    return endpoint


async def _health(_request: Request) -> Response:
    return PlainTextResponse("ok")


async def _unknown(request: Request, _error: Exception) -> Response:
    return problem(Wording(""), request, "unknown", 404)


async def _no_method(request: Request, _error: Exception) -> Response:
    return problem(Wording(""), request, "method", 405)
