"""The random audit at the desk: a person reads an accepted field without the machine's reading.

Nothing waits for the answer. A field that was read wrong sends its dossier to review while that is
still possible; where money is paid or on its way, a supervisor is told.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from infra.audit import append_events
from infra.database import Database
from infra.storage import Storage
from infra.stores.desk_accounts import access_chain
from infra.stores.dossiers import Head
from infra.stores.field_labels import evidence_rows, write_labels
from infra.stores.reading_audits import (
    audit_figures,
    disputes,
    find_question,
    is_on_its_way,
    lock_dossier,
    lock_question,
    next_question,
    open_review,
    picture_of,
    set_doubtful,
    set_state,
)
from models.audit import AuditEvent
from models.desk import WORKERS, Account, Role
from models.errors import ApprovalRefused, UsageError
from models.reading_audit import AuditDispute, AuditFigures, AuditQuestion, AuditState
from models.review_task import READING, TASK_NAMES, open_task, task_id
from models.stage import Status
from tasks.desk_labels import label_row
from tasks.extraction.calibration.labels import AUDIT
from tasks.extraction.calibration.values import is_same, is_value
from tasks.review.desk import Signed
from tasks.review.policy import POLICY_FILE, read_policy

#: Why a dossier goes to review; its sentence stands in extraction's codes.
REASON = "LECTURE_CONTREDITE"
#: Days back that the figures cover.
FIGURES_DAYS = 31
#: States from which a dossier can go to review by itself.
_CAN_BE_REVIEWED = (Status.IN_PROGRESS.value, Status.APPROVED.value)
_IS_REVIEWED = (Status.IN_REVIEW.value, Status.UNDER_APPEAL.value)


@dataclass(frozen=True, slots=True)
class AuditWork:
    """The questions of a database, at the moments a clock says."""

    database: Database
    storage: Storage
    clock: Callable[[], str]
    today: Callable[[], dt.date]

    def next_audit(self, behind: str) -> str:
        """The next question behind the one just left; empty when none waits."""
        with self.database.reading() as connection:
            return next_question(connection, behind)

    def figures(self) -> AuditFigures:
        """How many questions of the last days wait, and how the answered ones came out."""
        with self.database.reading() as connection:
            since = self.today() - dt.timedelta(days=FIGURES_DAYS)
            return audit_figures(connection, since)

    def disputes(self) -> Sequence[AuditDispute]:
        """The wrong readings that wait for a supervisor."""
        with self.database.reading() as connection:
            return disputes(connection)

    def question(self, audit_id: str) -> AuditQuestion:
        """A question; what the machine read is not in it.

        Raises:
            UnknownDossier: when there is none.
        """
        with self.database.reading() as connection:
            return find_question(connection, audit_id)

    def picture(self, audit_id: str, account: Account) -> bytes:
        """The stored picture of the page; each look leaves an event.

        Raises:
            UnknownDossier: when there is none.
        """
        at = self.clock()
        with self.database.transaction() as connection:
            dossier_id, key = picture_of(connection, audit_id)
            event = AuditEvent(
                access_chain(at), account.login, "audit_page_shown", at, "reading_audit",
                audit_id, 0, "", "", dossier_id,
            )  # fmt: skip
            append_events(self.database, connection, [event])
        return self.storage.get(key)

    def answer(
        self, audit_id: str, typed: str, account: Account, *, is_unreadable: bool = False
    ) -> AuditState:
        """Keep whether the machine had read the field as this colleague reads it.

        ``typed`` is written as on paper, and empty where nothing stands there.

        Raises:
            ApprovalRefused: when the colleague may not work on dossiers.
            UsageError: when the text is no value of the field, or somebody else answered first.
            UnknownDossier: when there is no such question.
        """
        if not account.may(WORKERS):
            raise ApprovalRefused("only those who work on dossiers answer")
        signed = Signed(account.login, self.today(), self.clock())
        with self.database.transaction() as connection:
            row = lock_question(connection, audit_id)
            if row.state != AuditState.OPEN.value:
                raise UsageError("this audit question was answered by somebody else")
            content = (row.dossier_id, row.content_version)
            evidence = evidence_rows(connection, *content, [row.field])[0]
            if is_unreadable:
                state = AuditState.UNREADABLE
            else:
                if not is_value(evidence.field_type, typed):
                    raise UsageError("what is typed is no value of this field: write as on paper")
                is_wrong = not is_same(evidence.field_type, evidence.value, typed)
                label = label_row(evidence, content, is_wrong=is_wrong, signed=signed, origin=AUDIT)
                write_labels(self.database, connection, [label])
                state = self._contradict(connection, row, signed) if is_wrong else AuditState.RIGHT
            set_state(
                connection, audit_id, state=state.value, answered_by=signed.by,
                answered_at=signed.at,
            )  # fmt: skip
            self._note(connection, signed, row, "reading_audited", state.value)
        return state

    def settle(self, audit_id: str, account: Account) -> None:
        """Note that a supervisor has followed up a dispute.

        Raises:
            ApprovalRefused: for anybody else.
            UsageError: when it is no open dispute.
        """
        if Role.SUPERVISOR not in account.roles:
            raise ApprovalRefused("only a supervisor settles a wrong reading")
        signed = Signed(account.login, self.today(), self.clock())
        with self.database.transaction() as connection:
            row = lock_question(connection, audit_id)
            if row.state != AuditState.DISPUTED.value:
                raise UsageError("this audit question was settled by somebody else")
            set_state(
                connection, audit_id, state=AuditState.SETTLED.value, settled_by=signed.by,
                settled_at=signed.at,
            )  # fmt: skip
            self._note(connection, signed, row, "audit_settled", AuditState.SETTLED.value)

    def _contradict(self, connection: Any, row: Any, signed: Signed) -> AuditState:
        """Send the dossier to review where that can be done; else leave it to a supervisor."""
        head = lock_dossier(connection, row.dossier_id)
        is_current = head.content_version == row.content_version
        is_late = is_on_its_way(connection, row.dossier_id)
        if not is_current or is_late or head.status not in (*_CAN_BE_REVIEWED, *_IS_REVIEWED):
            return AuditState.DISPUTED
        set_doubtful(connection, row)
        if head.status in _CAN_BE_REVIEWED:
            self._send_to_review(connection, head, row, signed)
        return AuditState.REVIEWED

    def _send_to_review(self, connection: Any, head: Head, row: Any, signed: Signed) -> None:
        due_on = read_policy(POLICY_FILE, signed.day).due_on(signed.day)
        task = list(
            open_task((head.dossier_id, head.version), READING, [REASON], signed.day, due_on)
        )
        # A question of its own, beside one about the whole reading that may have been answered.
        key = f"{READING} {row.field}"
        task[TASK_NAMES.index("task_id")] = task_id(head.dossier_id, head.version, key)
        values = dict(zip(TASK_NAMES, task, strict=True))
        open_review(self.database, connection, values)
        event = AuditEvent(
            f"desk:{signed.day.isoformat()}", signed.by, "sent_to_review", signed.at, "dossier",
            head.dossier_id, head.version, f"{head.stage}/{head.status}",
            f"{head.stage}/{Status.IN_REVIEW.value}", REASON,
        )  # fmt: skip
        append_events(self.database, connection, [event])

    def _note(self, connection: Any, signed: Signed, row: Any, action: str, after: str) -> None:
        event = AuditEvent(
            f"desk:{signed.day.isoformat()}", signed.by, action, signed.at, "reading_audit",
            row.audit_id, row.content_version, row.state, after, row.dossier_id,
        )  # fmt: skip
        append_events(self.database, connection, [event])
