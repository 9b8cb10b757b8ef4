"""The choice of the scheme that a dossier is worked under."""

from starlette.responses import Response

from tasks.review.web.item_pages import go_on
from tasks.review.web.queue_pages import view_of, view_query
from tasks.review.web.visit import Visit


def choose_scheme(visit: Visit) -> Response:
    """Put the dossier under the chosen scheme; what is still in doubt is opened at once."""
    scheme, note = visit.form.get("scheme", ""), visit.form.get("note", "").strip()
    done = visit.site.doors.schemes.choose(visit.task_id, scheme, note, visit.account)
    if done.next_task:
        query = view_query(view_of(visit))
        return visit.go(f"/item/{done.next_task}", said="scheme_left", **query)
    return go_on(visit, said="scheme_moved" if done.is_final else "second_needed")
