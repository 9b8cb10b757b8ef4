"""Decides a chunk of dossiers: decisions, tasks for people, and the states that follow."""

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.outcome import Decision, DecisionInput, DecisionOutcome
from models.rows import FINDING_NAMES
from models.stage import Status
from models.work import ChunkOutput, Stop, TableRows
from tasks.review.decide import ReviewKind, decide
from tasks.review.policy import POLICY_FILE, Policy, read_policy

DECISION_NAMES = (
    "dossier_id",
    "version",
    "outcome",
    "due_minor",
    "currency",
    "decided_by",
    "decided_on",
    "reasons",
)

TASK_NAMES = (
    "dossier_id",
    "task_id",
    "version",
    "kind",
    "reasons",
    "state",
    "opened_on",
    "due_on",
    "first_by",
    "first_answer",
    "decided_by",
    "answer",
    "reason",
    "decided_at",
)

_STATUS = {
    DecisionOutcome.REFUSED: Status.REFUSED,
    DecisionOutcome.RETURNED: Status.RETURNED,
    DecisionOutcome.SUSPENDED: Status.SUSPENDED,
}


@dataclass(frozen=True, slots=True)
class ReviewContext:
    """The day of the decisions and where the policy stands."""

    day: dt.date
    policy_file: Path = POLICY_FILE


def decide_chunk(inputs: Sequence[DecisionInput], context: ReviewContext) -> ChunkOutput:
    """Return a decision for each dossier; every dossier leaves the lot here with a state.

    Under review the decision row says ``review`` until a person at the desk answers.
    """
    policy = read_policy(context.policy_file, context.day)
    decisions: list[tuple[Any, ...]] = []
    tasks: list[tuple[Any, ...]] = []
    stops: dict[str, Stop] = {}
    for entry in inputs:
        decision = decide(entry, policy)
        decisions.append(decision_row(decision, context.day))
        if decision.outcome is DecisionOutcome.REVIEW:
            tasks.append(task_row(decision, context.day, policy))
        status = status_of(decision, entry.already_paid_minor)
        stops[decision.dossier_id] = Stop(status, decision.reasons)
    return ChunkOutput(
        tables={
            "decision": TableRows(DECISION_NAMES, decisions),
            "review_task": TableRows(TASK_NAMES, tasks),
            "finding": TableRows(FINDING_NAMES, ()),
        },
        stops=stops,
    )


def status_of(decision: Decision, already_paid_minor: int) -> Status:
    """Return the state a decision leaves its dossier in."""
    if decision.outcome is DecisionOutcome.REVIEW:
        is_appeal = decision.review_kind == ReviewKind.APPEAL
        return Status.UNDER_APPEAL if is_appeal else Status.IN_REVIEW
    if decision.outcome is DecisionOutcome.ACCEPTED:
        return accepted_status(decision.due_minor, already_paid_minor)
    return _STATUS[decision.outcome]


def accepted_status(due_minor: int, already_paid_minor: int) -> Status:
    """Return where an accepted dossier stands: to be paid, or with nothing more to pay."""
    if due_minor > already_paid_minor:
        return Status.APPROVED
    return Status.PAID if already_paid_minor else Status.CLOSED_AT_ZERO


def decision_row(decision: Decision, day: dt.date) -> tuple[Any, ...]:
    """A decision as a row of ``decision``."""
    return (
        decision.dossier_id,
        decision.version,
        decision.outcome.value,
        decision.due_minor,
        decision.currency,
        decision.decided_by,
        day,
        json.dumps(list(decision.reasons)),
    )


def task_id(dossier_id: str, version: int, kind: str) -> str:
    """Return the id of a dossier's review task; the same on every run."""
    return hashlib.sha256(f"{dossier_id}\n{version}\n{kind}".encode()).hexdigest()[:32]


def task_row(decision: Decision, day: dt.date, policy: Policy) -> tuple[Any, ...]:
    """An open row of ``review_task`` for a decision that waits for a person."""
    return (
        decision.dossier_id,
        task_id(decision.dossier_id, decision.version, decision.review_kind),
        decision.version,
        decision.review_kind,
        " ".join(decision.reasons),
        "open",
        day,
        policy.due_on(day),
        *("",) * 6,
    )
