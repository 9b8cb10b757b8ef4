"""Typing mode: a dossier typed from its picture, look-ups while typing, what was typed kept."""

from urllib.parse import urlencode

from starlette.responses import JSONResponse, Response

from models.desk import WORKERS
from tasks.review.desk import Answer
from tasks.review.typing import Keying
from tasks.review.web.item import codes_for
from tasks.review.web.queue_pages import view_of, view_query
from tasks.review.web.typing_form import ZONE_OF, form_of, in_words, sheet_of
from tasks.review.web.visit import Visit

#: What is said after each outcome, by its word in texts.yaml.
_SAID = {
    Keying.SETTLED: "typed",
    Keying.SECOND_NEEDED: "typed_second",
    Keying.THIRD_NEEDED: "typed_third",
}


def show_typing(visit: Visit) -> Response:
    """The page on which a dossier is typed; opening it takes the dossier where that may be."""
    form_id, _, scheme = visit.request.query_params.get("form", "").partition("|")
    typing = visit.site.doors.typing.open_typing(
        visit.task_id, visit.account, visit.wording.language, {"form": form_id, "scheme": scheme}
    )
    item, view = typing.item, typing.item.view
    if not item.view.is_current or not item.pages:
        return visit.go(f"/item/{visit.task_id}", **view_query(view_of(visit)))
    language, codes = visit.wording.language, visit.site.desk_codes
    colleagues = [
        one
        for one in visit.site.doors.registrar.accounts()
        if one.is_active and one.may(WORKERS) and one.login != visit.account.login
    ]
    return visit.html(
        "typing",
        item=item,
        summary=view.summary,
        form=form_of(typing, visit.wording),
        may_type=item.is_mine and not typing.barred,
        barred=typing.barred,
        zone_of=ZONE_OF,
        refusals=codes_for(Answer.REFUSE, view, codes, language),
        returns=codes_for(Answer.RETURN, view, codes, language),
        colleagues=colleagues,
        roles=sorted(WORKERS),
        query=view_query(view_of(visit)),
        lease_seconds=visit.site.options.lease_seconds,
    )


def look_up(visit: Visit) -> Response:
    """What registers and tariff say of a provider, household, drug or act; asked in the body."""
    what, text = visit.form.get("what", ""), visit.form.get("text", "")
    beside = {name: visit.form.get(name, "") for name in ("form", "scheme", "insured")}
    found = visit.site.doors.typing.look_up(visit.task_id, what, text, visit.account, beside)
    return JSONResponse(in_words(found, visit.wording))


def keep_typed(visit: Visit) -> Response:
    """Keep what was typed, and say where to go on."""
    answer = visit.site.doors.typing.keep_typed(visit.task_id, sheet_of(visit.form), visit.account)
    if answer.keying is None:
        return JSONResponse(
            {"wrong": visit.wording("wrong.value"), "unfit": list(answer.unfit)}, status_code=400
        )
    query = view_query(view_of(visit))
    asked = {"said": _SAID[answer.keying], "behind": visit.task_id, **query}
    return JSONResponse({"go": f"/next?{urlencode(asked)}"})
