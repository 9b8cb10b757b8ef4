"""The desk's door to the database: tasks in, answers and corrections out, each with its audit."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Table, select

from infra.audit import append_events
from infra.database import Database
from infra.stores.agreements import write_agreement
from infra.stores.by_hand import due_of_parts
from infra.stores.contents import carry_pages, content_rows
from infra.stores.decision_versions import next_content, reason_of_change, write_version
from infra.stores.dossiers import (
    Head,
    heads_where,
    load_dossiers,
    load_findings,
    load_paid,
    load_priced,
    load_signals,
    load_validated,
    rows_of_content,
)
from infra.stores.overpayments import list_overpaid_version
from infra.stores.review_tasks import (
    WAITING,
    close_overtaken,
    find_task,
    open_task_rows,
    people_before,
)
from infra.stores.typing_entries import drop_entries, waiting_entries
from models.audit import AuditEvent
from models.dossier import Dossier, RequestKind
from models.errors import UnknownDossier, UsageError
from models.finding import Effect, Finding
from models.outcome import DecisionOutcome
from models.reading import FieldEvidence
from models.records.all_tables import table
from models.stage import Stage, Status
from tasks.review.agreement import agreement_rows
from tasks.review.content import (
    CorrectionResult,
    Corrector,
    CountAgain,
    adds_line,
    correction_rows,
    new_evidence,
    nothing_again,
    still_in_doubt,
    tuples_of_content,
    values_before,
)
from tasks.review.decide import MACHINE, PAID_MORE
from tasks.review.desk import (
    DeskAnswer,
    Signed,
    TaskFacts,
    Verdict,
    check_answer,
    estimate_of,
    judge,
)
from tasks.review.policy import POLICY_FILE, read_policy
from tasks.review.views import (
    Said,
    Sentences,
    TaskSummary,
    TaskView,
    correction_of,
    decision_of,
    evidence_of,
    summary_of,
)

TASK = table("review_task")
DOSSIER = table("dossier")
DECISION = table("decision")
EVIDENCE = table("field_evidence")
CORRECTION = table("field_correction")
QUARANTINE = table("quarantine")


def open_tasks(
    database: Database, *, order: str = "age", reason: str = "", limit: int = 100, offset: int = 0
) -> list[TaskSummary]:
    """Return the open tasks by age (due first), amount (largest first) or reason.

    Tasks of versions that were overtaken, and of dossiers that do not wait, are not listed.

    Raises:
        UsageError: when there is no such order, or more than ``TASKS_MAX`` are asked for.
    """
    with database.reading() as connection:
        rows = open_task_rows(connection, order=order, reason=reason, limit=limit, offset=offset)
        return [summary_of(row) for row in rows]


def show_task(database: Database, task_id: str, sentences: Sentences) -> TaskView:
    """Return one task with everything said about its dossier's present version.

    Raises:
        UnknownDossier: when there is no such task.
    """
    with database.reading() as connection:
        row = find_task(connection, task_id)
        if row is None:
            raise UnknownDossier("no review task has that id; list the open ones")
        head = _head(connection, row.dossier_id)
        key = head.dossier_id
        corrections = _rows(connection, CORRECTION, "correction_id", key)
        decisions = _rows(connection, DECISION, "version", key)
        return TaskView(
            summary=summary_of(row),
            is_current=head.version == row.version,
            dossier=load_dossiers(connection, [head]).get(key),
            priced=load_priced(connection, [head]).get(key),
            findings=tuple(
                Said(one.code, one.effect.value, one.line_no or 0, sentences(one))
                for one in load_findings(connection, [head]).get(key, ())
            ),
            signals=tuple(
                Said(one.rule_id, one.effect.value, one.line_no or 0, sentences(one))
                for one in load_signals(connection, [head]).get(key, ())
            ),
            evidence=_evidence(connection, head),
            corrections=tuple(map(correction_of, corrections)),
            decisions=tuple(map(decision_of, decisions)),
        )


def _head(connection: Connection, dossier_id: str) -> Head:
    heads = heads_where(connection, DOSSIER.c.dossier_id == dossier_id)
    if not heads:
        raise UnknownDossier("no dossier has that id")
    return heads[0]


def _evidence(connection: Connection, head: Head) -> tuple[FieldEvidence, ...]:
    """The evidence of the present content, doubtful fields first."""
    rows = rows_of_content(connection, "field_evidence", [head], "field")
    return tuple(map(evidence_of, sorted(rows, key=lambda one: not one.is_doubtful)))


def _rows(connection: Connection, source: Table, order: str, dossier_id: str) -> Sequence[Any]:
    query = select(source).where(source.c.dossier_id == dossier_id)
    return connection.execute(query.order_by(source.c[order])).all()


def answer_task(
    database: Database,
    task_id: str,
    given: DeskAnswer,
    signed: Signed,
    *,
    four_eyes_above_minor: int,
    codes: Mapping[str, Effect],
    note: str = "",
) -> Verdict:
    """Answer a task in a person's name; what takes two people waits for the second.

    ``codes`` are the desk's own refusal and return codes with their effects.

    Raises:
        ApprovalRefused: when this person may not answer.
        UsageError: when the task is not open any more, or the answer is none.
        UnknownDossier: when there is no such task.
    """
    with database.transaction() as connection:
        task, head = lock_task(connection, task_id)
        said = [*task.reasons.split(), *_codes_said(connection, head)]
        check_answer(given, codes.items(), said, note)
        facts = _facts(connection, task, head)
        verdict = judge(facts, given, signed.by, four_eyes_above_minor)
        if verdict.is_final:
            _write_decision(database, connection, head, verdict, signed)
            _close_task(connection, task, given.answer.value, signed, _reason(given, note))
            if verdict.overpaid_minor > 0:
                list_overpaid_version(
                    database, connection, head, verdict.overpaid_minor, cause=PAID_MORE,
                    day=signed.day,
                )  # fmt: skip
            drop_entries(database, connection, [task_id])
            if facts.is_agreement:
                _write_agreement(database, connection, head, verdict, signed)
        else:
            connection.execute(
                TASK.update()
                .where(TASK.c.task_id == task_id)
                .values(first_by=signed.by, first_answer=given.as_text(), reason=note)
            )
        action = f"desk_{given.answer.value}" if verdict.is_final else "desk_first_answer"
        after = verdict.status.value if verdict.is_final else head.status
        event = _event(head, signed, action, f"{head.stage}/{after}", given.code)
        append_events(database, connection, [event])
    return verdict


def lock_task(connection: Connection, task_id: str) -> tuple[Row[Any], Head]:
    """The open task and its dossier, locked, as long as the task is still the present question.

    Raises:
        UnknownDossier: when there is no such task.
        UsageError: when the task is not open any more.
    """
    task = connection.execute(
        select(TASK).where(TASK.c.task_id == task_id).with_for_update()
    ).one_or_none()
    if task is None:
        raise UnknownDossier("no review task has that id; list the open ones")
    connection.execute(
        select(DOSSIER).where(DOSSIER.c.dossier_id == task.dossier_id).with_for_update()
    )
    head = _head(connection, task.dossier_id)
    if task.state != "open" or head.status not in WAITING or head.version != task.version:
        raise UsageError("this task is closed or was overtaken by a newer version; list them again")
    return task, head


def _codes_said(connection: Connection, head: Head) -> list[str]:
    findings = load_findings(connection, [head]).get(head.dossier_id, ())
    signals = load_signals(connection, [head]).get(head.dossier_id, ())
    return [*(one.code for one in findings), *(one.rule_id for one in signals)]


def _facts(connection: Connection, task: Row[Any], head: Head) -> TaskFacts:
    priced = load_priced(connection, [head]).get(head.dossier_id)
    dossier = load_dossiers(connection, [head]).get(head.dossier_id)
    decision = _decision_of(connection, head)
    proposed = decision.due_minor if decision else priced.due_minor if priced else 0
    asked = dossier.total_minor if dossier else 0
    return TaskFacts(
        kind=task.kind,
        is_agreement=bool(dossier and dossier.request_kind is RequestKind.PRIOR_AGREEMENT),
        asked_minor=max(asked, priced.asked_minor if priced else 0),
        proposed_minor=proposed,
        already_paid_minor=load_paid(connection, [head.dossier_id]).get(head.dossier_id, 0),
        first_by=task.first_by,
        first_answer=task.first_answer,
        barred=people_before(connection, head.dossier_id, head.version) - {MACHINE},
        estimated_minor=estimate_of(priced),
        beside_minor=due_of_parts(connection, head),
    )


def _decision_of(connection: Connection, head: Head) -> Row[Any] | None:
    return connection.execute(
        select(DECISION).where(
            DECISION.c.dossier_id == head.dossier_id, DECISION.c.version == head.version
        )
    ).one_or_none()


def _write_decision(
    database: Database, connection: Connection, head: Head, verdict: Verdict, signed: Signed
) -> None:
    """Give the decision its final outcome, exactly once for each question put to the desk."""
    known = _decision_of(connection, head)
    values = {
        "outcome": verdict.outcome.value,
        "due_minor": verdict.due_minor,
        "decided_by": signed.by,
        "decided_on": signed.day,
        "reasons": json.dumps(list(verdict.reasons)),
    }
    if known is None:
        key = {"dossier_id": head.dossier_id, "version": head.version, "currency": head.currency}
        database.insert_rows(connection, DECISION, [{**key, **values}])
    else:
        # A payment check may ask again about a decision that was final; it is locked as well.
        changed = connection.execute(
            DECISION.update()
            .where(
                DECISION.c.dossier_id == head.dossier_id,
                DECISION.c.version == head.version,
                DECISION.c.outcome == known.outcome,
                DECISION.c.outcome.in_(
                    [DecisionOutcome.REVIEW.value, DecisionOutcome.ACCEPTED.value]
                ),
            )
            .values(**values)
        )
        if changed.rowcount != 1:
            raise UsageError("the decision is final already; an appeal opens it again")
    _set_dossier(connection, head, {"status": verdict.status.value, "decision_date": signed.day})


def _set_dossier(connection: Connection, head: Head, values: Mapping[str, Any]) -> None:
    connection.execute(
        DOSSIER.update().where(DOSSIER.c.dossier_id == head.dossier_id).values(**values)
    )


def _close_task(
    connection: Connection, task: Row[Any], answer: str, signed: Signed, reason: str
) -> None:
    connection.execute(
        TASK.update()
        .where(TASK.c.task_id == task.task_id, TASK.c.state == "open")
        .values(
            state="answered",
            decided_by=signed.by,
            answer=answer,
            reason=reason,
            decided_at=signed.at,
        )
    )


def _reason(given: DeskAnswer, note: str) -> str:
    return " ".join(part for part in (given.code, note) if part)


def _write_agreement(
    database: Database, connection: Connection, head: Head, verdict: Verdict, signed: Signed
) -> None:
    """Put the answer to a request into the register of agreements; a return is no answer yet."""
    if verdict.outcome not in (DecisionOutcome.ACCEPTED, DecisionOutcome.REFUSED):
        return
    dossier = load_dossiers(connection, [head])[head.dossier_id]
    validated = load_validated(connection, [head]).get(head.dossier_id)
    person_id = validated.beneficiary_person_id if validated else ""
    if not person_id:
        if verdict.outcome is DecisionOutcome.REFUSED:
            return
        raise UsageError("the register does not know who the agreement is for; return the request")
    policy = read_policy(POLICY_FILE, signed.day)
    rows = agreement_rows(dossier, person_id, verdict.agreed_minor, signed.day, policy)
    write_agreement(database, connection, rows, signed.day)
    event = AuditEvent(
        f"desk:{signed.day.isoformat()}", signed.by, f"agreement_{rows[0].decision}", signed.at,
        "agreement", rows[0].agreement_number, head.version, "", rows[0].decision,
        head.dossier_id,
    )  # fmt: skip
    append_events(database, connection, [event])


def _event(
    head: Head, signed: Signed, action: str, after: str, detail: str, version: int = 0
) -> AuditEvent:
    return AuditEvent(
        f"desk:{signed.day.isoformat()}", signed.by, action, signed.at, "dossier",
        head.dossier_id, version or head.version, f"{head.stage}/{head.status}", after, detail,
    )  # fmt: skip


def correct_fields(
    database: Database,
    task_id: str,
    values: Mapping[str, str],
    signed: Signed,
    *,
    correct: Corrector,
    count_again: CountAgain = nothing_again,
    reason: str = "",
) -> CorrectionResult:
    """Keep what a person read; when no field is in doubt any more, send the dossier on.

    The corrected dossier becomes a new content and a new version, and is validated, priced and
    decided again in the next lot. A field confirmed as read is a correction to the same value.

    Raises:
        UsageError: when the task is closed, nothing is corrected, or a value is none.
        UnknownDossier: when there is no such task.
    """
    with database.transaction() as connection:
        task, head = lock_task(connection, task_id)
        if waiting_entries(connection, task_id) or any(map(adds_line, values)):
            raise UsageError("this dossier is typed by two colleagues; go on in typing mode")
        return correct_within(
            database, connection, (task, head), values, signed,
            correct=correct, count_again=count_again, reason=reason,
        )  # fmt: skip


def correct_within(
    database: Database,
    connection: Connection,
    locked: tuple[Row[Any], Head],
    values: Mapping[str, str],
    signed: Signed,
    *,
    correct: Corrector,
    count_again: CountAgain = nothing_again,
    reason: str = "",
    is_whole: bool = False,
) -> CorrectionResult:
    """Keep corrections in a transaction that holds the task; ``is_whole`` leaves nothing in doubt.

    Raises:
        UsageError: when nothing is corrected, or a value is none.
    """
    if not values:
        raise UsageError("name at least one field and its value")
    task, head = locked
    dossier = load_dossiers(connection, [head]).get(head.dossier_id)
    if dossier is None:
        raise UsageError("nothing was extracted from this dossier; return it to its sender")
    evidence = content_rows(connection, "field_evidence", head)
    earlier = {row["field"]: row["after"] for row in _own_corrections(connection, head)}
    merged = {**earlier, **values}
    corrected = correct(dossier, merged)
    remaining = () if is_whole else still_in_doubt(evidence, corrected, merged)
    before = values_before(dossier, evidence) | earlier
    rows = correction_rows(head.dossier_id, head.content_version, values, before, signed)
    database.insert_rows(connection, CORRECTION, [{**row, "reason": reason} for row in rows])
    state = f"{head.stage}/{head.status}"
    events = [_event(head, signed, "field_corrected", state, " ".join(sorted(values)))]
    result = CorrectionResult(remaining, head.version, head.content_version)
    if result.is_complete:
        said = load_findings(connection, [head]).get(head.dossier_id, ())
        again = count_again(said, dossier, corrected)
        result = _write_content(database, connection, head, (corrected, again), merged, signed)
        _close_task(connection, task, "corrected", signed, reason)
        close_overtaken(
            database, connection, [head.dossier_id],
            chain=f"desk:{signed.day.isoformat()}", actor=signed.by, at=signed.at,
        )  # fmt: skip
        after = f"{Stage.EXTRACTION.value}/{Status.IN_PROGRESS.value}"
        events.append(_event(head, signed, "version_opened", after, "correction", result.version))
    append_events(database, connection, events)
    return result


def _own_corrections(connection: Connection, head: Head) -> list[dict[str, Any]]:
    return content_rows(connection, "field_correction", head, "correction_id")


def _write_content(
    database: Database,
    connection: Connection,
    head: Head,
    now: tuple[Dossier, Sequence[Finding]],
    values: Mapping[str, str],
    signed: Signed,
) -> CorrectionResult:
    """Write a corrected dossier with what is said of it already, and open its next version."""
    corrected = now[0]
    content, version = next_content(connection, head.dossier_id), head.version + 1
    for name, names, rows in tuples_of_content(*now, content, version):
        database.insert_tuples(connection, table(name), names, rows)
    evidence = content_rows(connection, "field_evidence", head)
    for found in new_evidence(evidence, corrected, values, content):
        database.insert_rows(connection, EVIDENCE, found)
    carry_pages(database, connection, head, (head.dossier_id, content))
    opened, reason = (head.dossier_id, version, content), reason_of_change(head)
    write_version(database, connection, opened, reason, by=signed.by, on=signed.day)
    progress = {"stage": Stage.EXTRACTION.value, "status": Status.IN_PROGRESS.value}
    # What outlives every content stands with the dossier itself: the stamp's day, its scheme.
    stamp = {name: getattr(corrected, name) for name in ("deposit_date", "scheme", "currency")}
    _set_dossier(connection, head, {**progress, **stamp, "version": version, "lot_id": ""})
    return CorrectionResult((), version, content)


def release(database: Database, dossier_id: str, signed: Signed, *, reason: str) -> Stage:
    """Let a quarantined dossier go on after the stage was repaired; return where it stands.

    It stands after the last stage it passed, so the repaired stage takes it in its next lot.

    Raises:
        UsageError: when it is not quarantined, or no reason is given.
        UnknownDossier: when there is no such dossier.
    """
    if not reason.strip():
        raise UsageError("say what was repaired; the reason is kept in the audit trail")
    with database.transaction() as connection:
        connection.execute(
            select(DOSSIER).where(DOSSIER.c.dossier_id == dossier_id).with_for_update()
        )
        head = _head(connection, dossier_id)
        if head.status != Status.QUARANTINED.value:
            raise UsageError("this dossier is not quarantined; nothing was released")
        connection.execute(
            QUARANTINE.update()
            .where(QUARANTINE.c.dossier_id == dossier_id, QUARANTINE.c.state == "held")
            .values(state="released", released_by=signed.by, released_at=signed.at)
        )
        _set_dossier(connection, head, {"status": Status.IN_PROGRESS.value, "lot_id": ""})
        after = f"{head.stage}/{Status.IN_PROGRESS.value}"
        append_events(database, connection, [_event(head, signed, "released", after, reason)])
    return Stage(head.stage)
