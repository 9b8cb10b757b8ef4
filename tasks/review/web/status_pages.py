"""Where is my dossier: state, reason, next step and date, in French and Arabic, and nothing else.

Whoever asks at a counter is told no name, no care and no amount, and of a fraud rule only that the
dossier is being examined.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.responses import Response

from models.desk import DESK_LANGUAGES, READERS, DossierStatus
from models.errors import UsageError
from models.messages import Code, render
from models.stage import Status
from tasks.review.web.visit import Visit
from tasks.review.web.wording import Wording, error_key

ASKED_MAX = 60
#: Parameters of a sentence that may be told at a counter: days, pieces, pages, counts. An act, a
#: drug, an amount, a scheme's condition and whatever comes to be known later is left out.
TOLD_PARAMS = frozenset(
    {"care", "deposit", "last_day", "first", "second", "piece", "page", "pages", "count",
     "counted", "stated"}
)  # fmt: skip
#: States that a person or the next run changes on a day that can be told.
_NEXT_WORKING_DAY = frozenset({Status.IN_PROGRESS, Status.APPROVED, Status.QUARANTINED})
_BY_A_PERSON = frozenset({Status.IN_REVIEW, Status.UNDER_APPEAL})


@dataclass(frozen=True, slots=True)
class Told:
    """What is said about one dossier in one language."""

    words: Wording
    state: str
    reasons: tuple[str, ...]
    step: str
    expected: str

    @property
    def language(self) -> str:
        """The language it is said in."""
        return self.words.language


def show_status(visit: Visit) -> Response:
    """The form, and what was found; the number is sent in the form, never in the address."""
    asked = "".join(visit.form.get("asked", "").split())[:ASKED_MAX]
    queue = visit.site.doors.queue
    wrong = ""
    try:
        found = queue.statuses(asked, visit.account) if asked else ()
    except UsageError as error:
        found, wrong = (), visit.wording(f"wrong.{error_key(str(error))}")
    told = [
        (one, [_told(one, visit.site.all_codes, Wording(name), queue.today(), queue.working_day)
               for name in DESK_LANGUAGES])
        for one in found
    ]  # fmt: skip
    # The PDF shows everything: it is offered to those alone who may open dossiers.
    ids = [one.dossier_id for one in found] if visit.account.may(READERS) else []
    archived = visit.site.doors.archives.with_pages(ids) if ids else frozenset()
    return visit.html(
        "status",
        status=400 if wrong else 200,
        told=told,
        is_asked=bool(asked) and not wrong,
        asked=asked,
        archived=archived,
        wrong=wrong,
    )


def _told(
    status: DossierStatus,
    codes: Mapping[str, Code],
    wording: Wording,
    today: dt.date,
    working_day: Callable[[dt.date], dt.date],
) -> Told:
    return Told(
        wording,
        wording(f"status.{status.status}"),
        reasons_of(status, codes, wording),
        wording(f"step.{status.status}"),
        expected_of(status, wording, today, working_day),
    )


def reasons_of(
    status: DossierStatus, codes: Mapping[str, Code], wording: Wording
) -> tuple[str, ...]:
    """The sentences of the codes; what has none in public is one sentence for all."""
    if status.status in {Status.IN_PROGRESS, Status.QUARANTINED, Status.WITHDRAWN}:
        return ()
    said = [
        render(codes[code], _told_params(params), wording.language)
        if code in codes
        else wording("other_reason")
        for code, params in status.codes
    ]
    return tuple(dict.fromkeys(said))


def _told_params(params: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in params.items() if name in TOLD_PARAMS}


def expected_of(
    status: DossierStatus,
    wording: Wording,
    today: dt.date,
    working_day: Callable[[dt.date], dt.date],
) -> str:
    """The day on which something happens next, as far as one can be told."""
    if status.status == Status.PAID and status.pay_date:
        return wording.day(status.pay_date)
    if status.status in _BY_A_PERSON and status.due_on:
        return wording.day(status.due_on) if status.due_on >= today else wording("delayed")
    if status.status == Status.APPROVED and status.pay_date:
        return wording.day(status.pay_date)
    if status.status in _NEXT_WORKING_DAY:
        return wording.day(working_day(today))
    return wording("no_date")
