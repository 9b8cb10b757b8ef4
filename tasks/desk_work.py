"""Opens the desk's doors to tasks: list, open, hold, correct, answer, hand over, show pages.

The law is the desk's own (``tasks/review``); what is added here is that a dossier is worked on by
the one colleague who holds it, and that every look at one leaves an event.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from infra.audit import append_events
from infra.database import Database
from infra.storage import Storage
from infra.stores.desk_accounts import access_chain, find_account
from infra.stores.desk_figures import team_figures
from infra.stores.desk_leases import give_back, hand_over_task, handed_to, holder_of, take
from infra.stores.desk_queue import next_task_id, queue_page
from infra.stores.dossier_status import find_statuses
from infra.stores.dossiers import DOSSIER, heads_where, load_dossiers, rows_of_content
from infra.stores.review_tasks import task_row
from infra.stores.typing_entries import waiting_entries
from models.audit import AuditEvent
from models.desk import (
    READERS,
    WORKERS,
    Account,
    DossierStatus,
    HandedTo,
    Holder,
    QueuePage,
    QueueView,
    Role,
    TeamFigures,
    Times,
)
from models.errors import ApprovalRefused, UnknownDossier, UsageError
from models.finding import Effect
from tasks.desk_labels import correct_and_label
from tasks.desk_lookups import QUESTIONS_PER_MINUTE, Turnstile
from tasks.extraction.correct import Refused, correct_dossier
from tasks.review.content import CorrectionResult, Corrector
from tasks.review.desk import DeskAnswer, Signed, Verdict
from tasks.review.policy import POLICY_FILE, read_policy
from tasks.review.store import answer_task, show_task
from tasks.review.views import Sentences
from tasks.review.web.ports import Arithmetic, OpenItem, PagePicture

#: Most fields that one request may carry.
FIELDS_MAX = 2_000


@dataclass(frozen=True, slots=True)
class DeskLaw:
    """What the desk's answers are judged by: limits, codes, correction, sentences, the day."""

    four_eyes_above_minor: int
    codes: Mapping[str, Effect]
    correct: Corrector
    sentences: Callable[[str], Sentences]
    today: Callable[[], dt.date]


@dataclass(frozen=True, slots=True)
class DeskWork:
    """The tasks of a database, at the moments a clock says."""

    database: Database
    storage: Storage
    clock: Callable[[], str]
    times: Times
    law: DeskLaw
    turnstile: Turnstile = field(default_factory=Turnstile)

    def page(self, view: QueueView, account: Account, after: str) -> QueuePage:
        """One page of the list."""
        with self.database.reading() as connection:
            return queue_page(connection, view, account, self.clock(), after)

    def next_task(self, view: QueueView, account: Account, behind: str) -> str:
        """The task a colleague may take behind the one they come from; empty when none is."""
        with self.database.reading() as connection:
            return next_task_id(connection, view, account, self.clock(), behind)

    def team(self, days: int) -> TeamFigures:
        """The figures of the desk and its people."""
        with self.database.reading() as connection:
            return team_figures(connection, self.law.today(), days, self.clock())

    def today(self) -> dt.date:
        """The present business day."""
        return self.law.today()

    def working_day(self, after: dt.date) -> dt.date:
        """The first working day after a day, by the calendar of the review policy."""
        policy = read_policy(POLICY_FILE, after)
        day = after + dt.timedelta(days=1)
        while not policy.is_working_day(day):
            day += dt.timedelta(days=1)
        return day

    def statuses(self, asked: str, account: Account) -> Sequence[DossierStatus]:
        """Where the dossiers of a public number or CIN stand; each look leaves an event.

        Raises:
            UsageError: when one colleague asks more often than anybody at a counter is asked.
        """
        self.turnstile.pass_one(account.login, "status", self.clock(), QUESTIONS_PER_MINUTE)
        with self.database.reading() as connection:
            found = find_statuses(connection, asked)
        # Asking in vain is noted too: somebody may be trying numbers.
        ids = [one.dossier_id for one in found] or ["none"]
        self.note(account, "status_asked", "desk_question", ids)
        return found

    def open_item(self, task_id: str, account: Account, language: str) -> OpenItem:
        """Open a task, and take its dossier where that may be: it is free, and anybody's or mine.

        Raises:
            UnknownDossier: when there is no such task.
        """
        view = show_task(self.database, task_id, self.law.sentences(language))
        key, at = view.summary.dossier_id, self.clock()
        with self.database.reading() as connection:
            row = task_row(connection, task_id)
            given = handed_to(connection, task_id)
            holder = holder_of(connection, key, at)
            heads = heads_where(connection, DOSSIER.c.dossier_id == key)
            pages = rows_of_content(connection, "page_reading", heads, "page_no")
        is_open = row.state == "open" and view.is_current
        if is_open and account.may(WORKERS) and _may_take(account, given, holder):
            holder = take(self.database, key, account.login, at, self.times.lease_seconds)
        self.note(account, "desk_opened", "review_task", [task_id], key)
        return OpenItem(
            view=view,
            pages=tuple(
                PagePicture(one.page_no, one.width, one.height) for one in pages if one.image_key
            ),
            holder=holder,
            handed_to=given,
            is_mine=is_open and holder is not None and holder.login == account.login,
            first_answer=row.first_answer,
            content_version=heads[0].content_version,
        )

    def keep(self, task_id: str, account: Account) -> bool:
        """Hold a dossier longer; False when somebody else has it."""
        with self.database.reading() as connection:
            key = task_row(connection, task_id).dossier_id
            holder = holder_of(connection, key, self.clock())
        if holder is None or holder.login != account.login:
            return False
        self._take(key, account)
        return True

    def take_over(self, task_id: str, account: Account) -> None:
        """Take a dossier from whoever has it; for supervisors.

        Raises:
            ApprovalRefused: for anybody else.
        """
        if Role.SUPERVISOR not in account.roles:
            raise ApprovalRefused("only a supervisor takes a dossier from a colleague")
        with self.database.reading() as connection:
            task = task_row(connection, task_id)
        if task.state != "open":
            raise UsageError("this task is closed or was overtaken by a newer version")
        self._take(task.dossier_id, account, by_force=True)

    def leave(self, task_id: str, account: Account) -> None:
        """Give a dossier back."""
        with self.database.reading() as connection:
            key = task_row(connection, task_id).dossier_id
        give_back(self.database, key, account.login)

    def check(self, task_id: str, values: Mapping[str, str], account: Account) -> Arithmetic:
        """Compute lines and total with typed values; nothing is kept.

        Raises:
            UsageError: when nothing was extracted, too many fields come at once, or colleagues type
                its amounts blind.
        """
        if not account.may(READERS) or len(values) > FIELDS_MAX:
            raise UsageError("too many fields at once")
        with self.database.reading() as connection:
            key = task_row(connection, task_id).dossier_id
            heads = heads_where(connection, DOSSIER.c.dossier_id == key)
            dossier = load_dossiers(connection, heads).get(key)
            if waiting_entries(connection, task_id):
                raise UsageError("this dossier is typed by two colleagues; go on in typing mode")
        if dossier is None:
            raise UsageError("nothing was extracted from this dossier; return it to its sender")
        result = correct_dossier(dossier, values)
        if isinstance(result, Refused):
            return Arithmetic(0, 0, tuple(sorted(result.errors)))
        return Arithmetic(sum(line.amount_minor for line in result.lines), result.total_minor)

    def correct(
        self, task_id: str, values: Mapping[str, str], account: Account
    ) -> CorrectionResult:
        """Keep what the colleague read; when nothing is in doubt, the dossier goes on by itself."""
        key = self.hold(task_id, account)
        result = correct_and_label(
            self.database, task_id, values, self._signed(account), correct=self.law.correct
        )
        if result.is_complete:
            give_back(self.database, key, account.login)
        return result

    def answer(self, task_id: str, given: DeskAnswer, note: str, account: Account) -> Verdict:
        """Answer the task; of two people who decide together, one is an approver.

        Raises:
            ApprovalRefused: when this colleague may not answer.
        """
        key = self.hold(task_id, account)
        self.check_second(task_id, account)
        verdict = answer_task(
            self.database,
            task_id,
            given,
            self._signed(account),
            four_eyes_above_minor=self.law.four_eyes_above_minor,
            codes=self.law.codes,
            note=note,
        )
        give_back(self.database, key, account.login)
        return verdict

    def hand_over(self, task_id: str, to: str, account: Account) -> None:
        """Hand the task over to ``login`` or ``role:<role>``.

        Raises:
            UsageError: when nobody of that name works at the desk.
        """
        key = self.hold(task_id, account)
        is_role, role = to.startswith("role:"), to.removeprefix("role:")
        with self.database.reading() as connection:
            colleague = find_account(connection, to)
        is_colleague = colleague and colleague.is_active and colleague.may(WORKERS)
        if role not in list(WORKERS) if is_role else not is_colleague:
            raise UsageError("hand it over to a colleague or a role that works at the desk")
        target = HandedTo("" if is_role else to, role if is_role else "", account.login)
        hand_over_task(self.database, task_id, key, target, self.clock())

    def picture(self, task_id: str, page_no: int, account: Account) -> bytes:
        """The stored picture of a page; each look at a page leaves an event.

        Raises:
            UnknownDossier: when the dossier has no such page.
        """
        with self.database.reading() as connection:
            key = task_row(connection, task_id).dossier_id
            heads = heads_where(connection, DOSSIER.c.dossier_id == key)
            pages = rows_of_content(connection, "page_reading", heads, "page_no")
        found = next((one for one in pages if one.page_no == page_no and one.image_key), None)
        if found is None:
            raise UnknownDossier("this dossier has no such page")
        detail = f"page {page_no} of {key}"
        self.note(account, "desk_page_shown", "review_task", [task_id], detail)
        return self.storage.get(found.image_key)

    def hold(self, task_id: str, account: Account) -> str:
        """The dossier of an open task, held by this colleague until what they do is done.

        Raises:
            ApprovalRefused: when somebody else has it.
            UsageError: when the task is not open any more: nobody is to hold its dossier for it.
        """
        with self.database.reading() as connection:
            task = task_row(connection, task_id)
            key = str(task.dossier_id)
            given = handed_to(connection, task_id)
            holder = holder_of(connection, key, self.clock())
        has_it = holder is not None and holder.login == account.login
        if task.state != "open":
            raise UsageError("this task is closed or was overtaken by a newer version")
        if not account.may(WORKERS) or not (has_it or _may_take(account, given, holder)):
            raise ApprovalRefused("somebody else works on this dossier; open it again")
        if self._take(key, account).login != account.login:
            raise ApprovalRefused("somebody else works on this dossier; open it again")
        return key

    def _take(self, key: str, account: Account, *, by_force: bool = False) -> Holder:
        seconds = self.times.lease_seconds
        return take(self.database, key, account.login, self.clock(), seconds, by_force=by_force)

    def check_second(self, task_id: str, account: Account) -> None:
        """Refuse a second person where neither of the two is an approver.

        Raises:
            ApprovalRefused: says so.
        """
        with self.database.reading() as connection:
            first_by = task_row(connection, task_id).first_by
            first = find_account(connection, first_by) if first_by else None
        roles = account.roles | (first.roles if first else frozenset())
        if first_by and first_by != account.login and Role.APPROVER not in roles:
            raise ApprovalRefused("of two people who decide together one is an approver")

    def _signed(self, account: Account) -> Signed:
        return Signed(account.login, self.law.today(), self.clock())

    def note(
        self, account: Account, action: str, kind: str, ids: Sequence[str], detail: str = ""
    ) -> None:
        """Leave an event in the chain of who looked at what; never a value."""
        at = self.clock()
        events = [
            AuditEvent(access_chain(at), account.login, action, at, kind, one, 0, "", "", detail)
            for one in ids
        ]
        with self.database.transaction() as connection:
            append_events(self.database, connection, events)


def _may_take(account: Account, given: HandedTo | None, holder: Holder | None) -> bool:
    is_free = holder is None or holder.login == account.login
    return is_free and (given is None or given.is_for(account))
