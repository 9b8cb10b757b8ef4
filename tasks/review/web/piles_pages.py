"""The page on which a colleague splits a dossier at a page, or joins two: drag, keys, or forms."""

from starlette.responses import Response

from tasks.review.web.picture import webp_of
from tasks.review.web.piles_port import PageTable
from tasks.review.web.visit import Visit

#: Longest list of page names that a form may carry, in characters.
LIST_LENGTH_MAX = 8_000


def _table(visit: Visit) -> PageTable:
    return visit.site.doors.pages


def show_piles(visit: Visit) -> Response:
    """Both piles with their pages; opening takes the dossier where that may be."""
    beside = visit.request.query_params.get("beside", "")
    table = _table(visit).lay_out(visit.task_id, beside, visit.account)
    return visit.html("piles", table=table)


def lay_beside(visit: Visit) -> Response:
    """Find the other dossier by its number, which stands in no address."""
    number = visit.form.get("number", "").strip().upper()
    key = _table(visit).find_beside(number, visit.account)
    return visit.go(f"/item/{visit.task_id}/pages", beside=key)


def show_page(visit: Visit) -> Response:
    """The picture of a page of either dossier."""
    dossier_id = str(visit.request.path_params["dossier_id"])
    stored = _table(visit).shown_page(dossier_id, visit.page_no, visit.account)
    return Response(webp_of(stored), media_type="image/webp")


def move_pages(visit: Visit) -> Response:
    """Lay the pages anew: in the order a script gives, or pile by pile as plain forms say it."""
    form = visit.form
    order = form.get("order", "")[:LIST_LENGTH_MAX].split()
    pile_of = {key.removeprefix("pile:"): form[key] for key in form if key.startswith("pile:")}
    if sorted(order) != sorted(pile_of):
        order = list(pile_of)
    first = [key for key in order if pile_of[key] != "2"]
    second = [key for key in order if pile_of[key] == "2"]
    beside = form.get("beside", "")
    number = _table(visit).move(visit.task_id, beside, (first, second), visit.account)
    said = "pages_split" if number else "pages_moved"
    return visit.go("/queue", said=said)
