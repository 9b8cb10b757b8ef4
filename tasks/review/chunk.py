"""Decides a chunk of dossiers: decisions, tasks for people, and the states that follow."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from models.agreement import AgreementLimit
from models.outcome import Decision, DecisionInput, DecisionOutcome
from models.review_task import TASK_NAMES, open_task
from models.rows import FINDING_NAMES, finding_rows
from models.stage import Stage, Status
from models.work import ChunkOutput, Stop, TableRows
from tasks.review.agreement import AgreementsInUse
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

_STATUS = {
    DecisionOutcome.REFUSED: Status.REFUSED,
    DecisionOutcome.RETURNED: Status.RETURNED,
    DecisionOutcome.SUSPENDED: Status.SUSPENDED,
}


@dataclass(frozen=True, slots=True)
class ReviewContext:
    """The day of the decisions, where the policy stands, and what is left of prior agreements.

    ``limits`` says by dossier id what a dossier finds of the agreement it stands on.
    ``due_beside`` names the dossiers whose content somebody at the desk made, with what the other
    parts of each owe: above ``four_eyes_above_minor`` no machine accepts what one hand wrote.
    """

    day: dt.date
    policy_file: Path = POLICY_FILE
    limits: Mapping[str, AgreementLimit] = field(default_factory=dict)
    due_beside: Mapping[str, int] = field(default_factory=dict)
    four_eyes_above_minor: int = 0

    def policy_for(self, entry: DecisionInput, policy: Policy) -> Policy:
        """The policy for one dossier: what one hand made has a limit, whatever others have.

        What was paid of it already was decided by as many as it takes, and is not asked again.
        """
        beside = self.due_beside.get(entry.dossier.dossier_id)
        if beside is None:
            return policy
        most = max(0, self.four_eyes_above_minor - beside, entry.already_paid_minor)
        if policy.automatic_max_minor is not None:
            most = min(most, policy.automatic_max_minor)
        return replace(policy, automatic_max_minor=most)


def decide_chunk(inputs: Sequence[DecisionInput], context: ReviewContext) -> ChunkOutput:
    """Return a decision for each dossier; every dossier leaves the lot here with a state.

    Under review the decision row says ``review`` until a person at the desk answers. Dossiers that
    stand on one agreement are decided in their order, each on what the ones before it left.
    """
    policy = read_policy(context.policy_file, context.day)
    agreements = AgreementsInUse(context.limits)
    found: list[tuple[Any, ...]] = []
    decisions: list[tuple[Any, ...]] = []
    tasks: list[tuple[Any, ...]] = []
    stops: dict[str, Stop] = {}
    for entry in inputs:
        over = agreements.findings(entry)
        found += finding_rows(
            entry.dossier.dossier_id, entry.dossier.version, Stage.REVIEW.value, over
        )
        in_force = context.policy_for(entry, policy)
        decision = decide(replace(entry, findings=(*entry.findings, *over)), in_force)
        agreements.take(entry, decision)
        decisions.append(decision_row(decision, context.day))
        if decision.outcome is DecisionOutcome.REVIEW:
            key, due_on = (decision.dossier_id, decision.version), policy.due_on(context.day)
            kind, reasons = decision.review_kind, decision.reasons
            amount = entry.priced.due_minor
            tasks.append(open_task(key, kind, reasons, context.day, due_on, amount))
        status = status_of(decision, entry.already_paid_minor)
        stops[decision.dossier_id] = Stop(status, decision.reasons)
    return ChunkOutput(
        tables={
            "decision": TableRows(DECISION_NAMES, decisions),
            "review_task": TableRows(TASK_NAMES, tasks),
            "finding": TableRows(FINDING_NAMES, found),
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
