"""The random audit: one field's place is shown, and a colleague types what stands there."""

from starlette.responses import Response

from models.errors import UsageError
from tasks.review.web.item import around, crop_of, label_of
from tasks.review.web.picture import webp_of
from tasks.review.web.visit import Visit
from tasks.review.web.wording import error_key


def show_audits(visit: Visit) -> Response:
    """How many questions wait, how they came out, and what a supervisor has to follow up."""
    audits = visit.site.doors.audits
    return visit.html(
        "audits",
        figures=audits.figures(),
        disputes=[(one, label_of(one.field, visit.wording)) for one in audits.disputes()],
    )


def next_audit(visit: Visit) -> Response:
    """Open the next question, or the overview when none waits."""
    behind = visit.request.query_params.get("behind", "")
    said = visit.request.query_params.get("said", "")
    audit_id = visit.site.doors.audits.next_audit(behind)
    return visit.go(f"/audit/{audit_id}" if audit_id else "/audit", said=said)


def show_audit(visit: Visit) -> Response:
    """One question: the crop, and an empty field."""
    question = visit.site.doors.audits.question(_audit_id(visit))
    box = around(question.box)
    return visit.html(
        "audit",
        question=question,
        label=label_of(question.field, visit.wording),
        box=box,
        crop=crop_of(box),
    )


def show_audit_picture(visit: Visit) -> Response:
    """The picture of the question's page."""
    stored = visit.site.doors.audits.picture(_audit_id(visit), visit.account)
    return Response(webp_of(stored), media_type="image/webp")


def answer_audit(visit: Visit) -> Response:
    """Keep the answer and open the next question; whether it was right is not told."""
    try:
        visit.site.doors.audits.answer(
            _audit_id(visit),
            visit.form.get("typed", ""),
            visit.account,
            is_unreadable=visit.form.get("unreadable", "") == "1",
        )
    except UsageError as error:
        return visit.go(f"/audit/{_audit_id(visit)}", wrong=error_key(str(error)))
    return visit.go("/audit/next", said="audited")


def settle_audit(visit: Visit) -> Response:
    """Note that a wrong reading was followed up."""
    visit.site.doors.audits.settle(_audit_id(visit), visit.account)
    return visit.go("/audit", said="settled")


def _audit_id(visit: Visit) -> str:
    return str(visit.request.path_params["audit_id"])
