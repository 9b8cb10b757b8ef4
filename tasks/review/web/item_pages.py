"""One dossier: shown, held, corrected, answered, handed over; its pages come through here alone."""

import re

from starlette.responses import JSONResponse, Response

from models.desk import WORKERS
from models.errors import UnknownDossier, UsageError
from models.review_task import READING
from tasks.review.desk import Answer, DeskAnswer, Verdict
from tasks.review.web.item import (
    changed_fields,
    codes_for,
    corrections_of,
    fields_of,
    first_answer_of,
    with_unsaved,
)
from tasks.review.web.picture import webp_of
from tasks.review.web.ports import Arithmetic
from tasks.review.web.queue_pages import view_of, view_query
from tasks.review.web.visit import Visit
from tasks.review.web.wording import error_key

_AMOUNT = re.compile(r"^(\d{1,12})[.,](\d{2})$")


def show_item(visit: Visit) -> Response:
    """The page of one task; opening it takes the dossier where that may be."""
    return _item(visit)


def _not_kept(visit: Visit, error: UsageError) -> Response:
    """The page again, with why it was not kept and with everything that was typed."""
    if isinstance(error, UnknownDossier):
        raise error
    return _item(visit, wrong=error_key(str(error)))


def _item(visit: Visit, wrong: str = "") -> Response:
    if visit.account.may(WORKERS) and visit.site.doors.typing.is_being_typed(visit.task_id):
        # Amounts are typed blind: whoever types them next sees no reading of them here either.
        return visit.go(f"/type/{visit.task_id}", wrong=wrong, **view_query(view_of(visit)))
    language = visit.wording.language
    item = visit.site.doors.holding.open_item(visit.task_id, visit.account, language)
    fields = with_unsaved(fields_of(item, visit.wording), visit.form)
    colleagues = [
        one
        for one in visit.site.doors.registrar.accounts()
        if one.is_active and one.may(WORKERS) and one.login != visit.account.login
    ]
    view, codes = item.view, visit.site.desk_codes
    first, schemes = first_answer_of(item.first_answer), visit.site.doors.schemes
    current = next((one for one in fields if one.is_doubtful and not one.is_done), None)
    said = {"wrong": visit.wording(f"wrong.{wrong}")} if wrong else {}
    return visit.html(
        "item",
        status=400 if wrong else 200,
        unsaved={name: visit.form.get(name, "") for name in ("answer", "code", "due", "note")},
        **said,
        item=item,
        summary=view.summary,
        view=view,
        fields=fields,
        current=current or next(iter(fields), None),
        is_below=bool(item.pages) and view.summary.kind == READING,
        may_accept=view.summary.kind != READING,
        may_confirm=bool(item.first_answer) and view.summary.first_by != visit.account.login,
        first=first,
        first_scheme=schemes.name(first.code, language) if first else "",
        offer=schemes.offer(item, language),
        refusals=codes_for(Answer.REFUSE, view, codes, language),
        returns=codes_for(Answer.RETURN, view, codes, language),
        corrections=corrections_of(view.corrections, visit.wording),
        reasons=visit.site.reasons[language],
        colleagues=colleagues,
        roles=sorted(WORKERS),
        query=view_query(view_of(visit)),
        arithmetic=_arithmetic(visit),
        lease_seconds=visit.site.options.lease_seconds,
        may_type=view.summary.channel == "paper" and item.is_mine,
    )


def _arithmetic(visit: Visit) -> Arithmetic | None:
    try:
        return visit.site.doors.work.check(visit.task_id, {}, visit.account)
    except UsageError:
        return None  # nothing was extracted, so nothing adds up


def show_picture(visit: Visit) -> Response:
    """The picture of one page; the store has no address of its own for it."""
    stored = visit.site.doors.work.picture(visit.task_id, visit.page_no, visit.account)
    return Response(webp_of(stored), media_type="image/webp")


def check_fields(visit: Visit) -> Response:
    """Whether the lines add up to the total with what is typed; computed here, kept nowhere."""
    values = changed_fields(visit.form)
    found = visit.site.doors.work.check(visit.task_id, values, visit.account)
    return JSONResponse(
        {
            "lines": visit.wording.amount(found.lines_minor),
            "total": visit.wording.amount(found.total_minor),
            "difference": visit.wording.amount(found.total_minor - found.lines_minor),
            "is_closed": found.is_closed,
            "unfit": list(found.unfit),
        }
    )


def keep_item(visit: Visit) -> Response:
    """Hold the dossier longer while its colleague works on it."""
    is_held = visit.site.doors.holding.keep(visit.task_id, visit.account)
    if is_held:
        return JSONResponse({"is_held": True})
    return JSONResponse({"is_held": False, "wrong": visit.wording("wrong.held")}, status_code=409)


def correct_item(visit: Visit) -> Response:
    """Keep the confirmed and changed fields; a whole dossier goes on by itself."""
    values = changed_fields(visit.form)
    try:
        result = visit.site.doors.work.correct(visit.task_id, values, visit.account)
    except UsageError as error:
        return _not_kept(visit, error)
    if not result.is_complete:
        return visit.go(f"/item/{visit.task_id}", said="left", **view_query(view_of(visit)))
    return go_on(visit, said="corrected")


def answer_item(visit: Visit) -> Response:
    """Answer the task: accept, refuse with a code, or ask for a piece."""
    try:
        verdict = _answer(visit)
    except UsageError as error:
        return _not_kept(visit, error)
    said = "decided" if verdict.is_final else "second_needed"
    return go_on(visit, said=said)


def _answer(visit: Visit) -> Verdict:
    answer = visit.form.get("answer", "")
    if answer not in list(Answer):
        raise UsageError("answer needs one of these codes: accept, refuse, return")
    given = DeskAnswer(
        Answer(answer), visit.form.get("code", ""), _minor(visit.form.get("due", ""))
    )
    note = visit.form.get("note", "").strip()
    return visit.site.doors.work.answer(visit.task_id, given, note, visit.account)


def _minor(text: str) -> int | None:
    """An amount as typed, in minor units; None where none was."""
    typed = re.sub(r"\s", "", text)
    if not typed:
        return None
    match = _AMOUNT.match(typed)
    if match is None:
        raise UsageError("due: write an amount with two decimals, such as 1234,50")
    return int(match[1] + match[2])


def hand_over_item(visit: Visit) -> Response:
    """Hand the task over to a colleague or a role."""
    visit.site.doors.work.hand_over(visit.task_id, visit.form.get("to", ""), visit.account)
    return go_on(visit, said="handed")


def take_over_item(visit: Visit) -> Response:
    """Take the dossier from whoever holds it."""
    visit.site.doors.holding.take_over(visit.task_id, visit.account)
    return visit.go(f"/item/{visit.task_id}")


def skip_item(visit: Visit) -> Response:
    """Give the dossier back and open the next one behind it."""
    visit.site.doors.holding.leave(visit.task_id, visit.account)
    return go_on(visit)


def go_on(visit: Visit, said: str = "") -> Response:
    """To the next dossier of the list the colleague works through."""
    return visit.go("/next", said=said, behind=visit.task_id, **view_query(view_of(visit)))


def leave_item(visit: Visit) -> Response:
    """Give the dossier back and return to the list."""
    visit.site.doors.holding.leave(visit.task_id, visit.account)
    return visit.go("/queue", said="left_open", **view_query(view_of(visit)))
