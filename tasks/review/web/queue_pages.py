"""The list of what waits, by age, amount or reason, and the way to the next dossier."""

from starlette.responses import Response

from models.desk import WORKERS, QueueView
from tasks.review.web.visit import Visit

#: Kinds of tasks that the list can be narrowed to.
KINDS = (
    "reading", "finding", "fraud", "agreement", "appeal", "amount", "overpaid",
    "payment_difference", "prepayment",
)  # fmt: skip
ORDERS = ("age", "amount", "reason")


def view_of(visit: Visit) -> QueueView:
    """Which list the colleague works through, from the address or the form."""
    given = {**visit.request.query_params, **visit.form}
    order, kind = given.get("order", ""), given.get("kind", "")
    return QueueView(
        order=order if order in ORDERS else "age",
        kind=kind if kind in KINDS else "",
        reason=given.get("reason", "").strip()[:60],
        is_mine=given.get("mine", "") == "1",
        is_second=given.get("second", "") == "1",
        is_typing=given.get("typing", "") == "1",
    )


def view_query(view: QueueView) -> dict[str, str]:
    """A view as the query of an address; what is usual is left out."""
    query = {
        "order": view.order if view.order != "age" else "",
        "kind": view.kind,
        "reason": view.reason,
        "mine": "1" if view.is_mine else "",
        "second": "1" if view.is_second else "",
        "typing": "1" if view.is_typing else "",
    }
    return {name: value for name, value in query.items() if value}


def show_queue(visit: Visit) -> Response:
    """One page of the list."""
    view = view_of(visit)
    after = visit.request.query_params.get("after", "")
    found = visit.site.doors.queue.page(view, visit.account, after)
    return visit.html(
        "queue",
        page=found,
        codes=sorted({code for row in found.rows for code in row.reasons}),
        view=view,
        kinds=KINDS,
        orders=ORDERS,
        query=view_query(view),
        is_first=not after,
        today=visit.site.doors.queue.today(),
        reasons=visit.site.reasons[visit.wording.language],
    )


def go_next(visit: Visit) -> Response:
    """Open the next task of the view, or the list when there is none."""
    view, query = view_of(visit), view_query(view_of(visit))
    said = visit.request.query_params.get("said", "")
    behind = visit.request.query_params.get("behind", "")
    task_id = visit.site.doors.queue.next_task(view, visit.account, behind)
    if task_id:
        page = "type" if view.is_typing else "item"
        return visit.go(f"/{page}/{task_id}", said=said, **query)
    return visit.go("/queue", said=said or "none_left", **query)


def go_home(visit: Visit) -> Response:
    """Where a colleague begins: at the list, at the accounts, or at the question where."""
    if visit.account.may(WORKERS) or "auditor" in visit.account.roles:
        return visit.go("/queue")
    return visit.go("/accounts" if "administrator" in visit.account.roles else "/status")


def set_language(visit: Visit) -> Response:
    """Remember the language a colleague works in."""
    visit.site.doors.registrar.set_language(visit.account.login, visit.form.get("language", ""))
    back = visit.form.get("back", "/")
    # Only a path of ours: an address that begins with two slashes is another site.
    is_ours = back.startswith("/") and not back.startswith(("//", "/\\"))
    return visit.go(back if is_ours else "/")
