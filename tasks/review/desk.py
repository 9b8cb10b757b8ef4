"""The rules of the desk: who may answer a task, who must confirm, and what follows from it."""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from models.errors import ApprovalRefused, UsageError
from models.finding import Effect
from models.outcome import DecisionOutcome, PricedDossier
from models.review_task import READING
from models.stage import Status
from tasks.review.chunk import accepted_status
from tasks.review.decide import MACHINE, ReviewKind

#: Longest remark a person may add to an answer, in characters.
NOTE_MAX = 500


class Answer(StrEnum):
    """What a person may answer; return asks the sender for a complement."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class Signed:
    """Who acts at the desk, on which day and at which moment (ISO text, UTC)."""

    by: str
    day: dt.date
    at: str


@dataclass(frozen=True, slots=True)
class DeskAnswer:
    """A person's answer: refusals and returns name a code, an acceptance may set the amount.

    ``due_minor`` None accepts the proposed amount, in minor units; for a request for agreement it
    is the amount agreed to, None the estimate.
    """

    answer: Answer
    code: str = ""
    due_minor: int | None = None

    def as_text(self) -> str:
        """The answer as it is kept until a second person confirms it."""
        return json.dumps([self.answer.value, self.code, self.due_minor])


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """What the desk's rules need to know of an open task; amounts in minor units.

    ``barred`` decided earlier versions; ``first_by`` and ``first_answer`` are empty until a first
    person answered a task that needs two. ``estimated_minor`` is what a request for agreement
    would cost the payer, None where no tariff is known. ``beside_minor`` is what the other parts of
    a divided dossier owe: two decide on all of it, however it was divided.
    """

    kind: str
    is_agreement: bool
    asked_minor: int
    proposed_minor: int
    already_paid_minor: int
    first_by: str
    first_answer: str
    barred: frozenset[str]
    estimated_minor: int | None = None
    beside_minor: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer leads to; not final means that a second person has to confirm it.

    ``agreed_minor`` is the amount of the prior agreement that an accepted request becomes.
    """

    is_final: bool
    outcome: DecisionOutcome
    status: Status
    due_minor: int
    overpaid_minor: int
    reasons: tuple[str, ...]
    agreed_minor: int | None = None


def judge(facts: TaskFacts, given: DeskAnswer, by: str, four_eyes_above_minor: int) -> Verdict:
    """Return what follows from a person's answer.

    Raises:
        ApprovalRefused: when this person may not answer, or may not be the second of two.
        UsageError: when the amount cannot be accepted.
    """
    _check_person(facts, by)
    verdict = _verdict(facts, given)
    if not _needs_two(facts, given, verdict, four_eyes_above_minor):
        return verdict
    if facts.first_by == by:
        raise ApprovalRefused("the same person has answered already; another must confirm")
    if facts.first_answer == given.as_text():
        return verdict
    return Verdict(
        False, DecisionOutcome.REVIEW, Status.IN_REVIEW, verdict.due_minor, 0, verdict.reasons
    )


def estimate_of(priced: PricedDossier | None) -> int | None:
    """What a request would cost the payer; None when a line has no known tariff."""
    if priced is None or any(line.tariff_minor is None for line in priced.lines):
        return None
    return priced.due_minor


def check_answer(
    given: DeskAnswer, codes: Iterable[tuple[str, Effect]], said: Iterable[str], note: str
) -> None:
    """Refuse an answer whose code is neither the desk's nor one said about the dossier.

    Raises:
        UsageError: names what is missing.
    """
    if len(note) > NOTE_MAX:
        raise UsageError(f"a remark has at most {NOTE_MAX} characters")
    if given.answer is Answer.ACCEPT:
        if given.code:
            raise UsageError("an acceptance takes no refusal code; leave it out")
        return
    wanted = Effect.REFUSE if given.answer is Answer.REFUSE else Effect.RETURN
    allowed = {code for code, effect in codes if effect is wanted} | set(said)
    if given.code not in allowed:
        raise UsageError(f"{given.answer.value} needs one of these codes: {sorted(allowed)}")
    if given.due_minor is not None:
        raise UsageError("only an acceptance sets an amount")


def _check_person(facts: TaskFacts, by: str) -> None:
    if not by.strip() or by == MACHINE:
        raise ApprovalRefused("an answer needs the name of the person who gives it")
    if facts.kind == ReviewKind.APPEAL and by in facts.barred:
        raise ApprovalRefused("an appeal is answered by somebody who did not decide before")


def _needs_two(
    facts: TaskFacts, given: DeskAnswer, verdict: Verdict, four_eyes_above_minor: int
) -> bool:
    """A return can be undone by the sender; whatever pays or refuses much takes two people."""
    if given.answer is Answer.RETURN:
        return False
    at_stake = max(facts.proposed_minor, verdict.due_minor, facts.already_paid_minor)
    at_stake += facts.beside_minor
    if facts.is_agreement:
        at_stake = facts.asked_minor
    return at_stake > four_eyes_above_minor


def _verdict(facts: TaskFacts, given: DeskAnswer) -> Verdict:
    reasons = (given.code,) if given.code else ()
    if given.answer is Answer.ACCEPT:
        if facts.kind == READING:
            raise UsageError("this dossier was not read to its end; correct its fields instead")
        due_minor = _accepted_minor(facts, given)
        if facts.kind not in list(ReviewKind):
            # Payment asked: it takes the dossier up again where it left it, overpaid or not.
            return Verdict(True, DecisionOutcome.ACCEPTED, Status.APPROVED, due_minor, 0, reasons)
        status = accepted_status(due_minor, facts.already_paid_minor)
        overpaid_minor = max(0, facts.already_paid_minor - due_minor)
        outcome = DecisionOutcome.ACCEPTED
        agreed_minor = _agreed_minor(facts, given) if facts.is_agreement else None
        return Verdict(True, outcome, status, due_minor, overpaid_minor, reasons, agreed_minor)
    if given.answer is Answer.REFUSE:
        overpaid_minor = facts.already_paid_minor
        return Verdict(True, DecisionOutcome.REFUSED, Status.REFUSED, 0, overpaid_minor, reasons)
    return Verdict(True, DecisionOutcome.RETURNED, Status.RETURNED, 0, 0, reasons)


def _accepted_minor(facts: TaskFacts, given: DeskAnswer) -> int:
    if facts.is_agreement:
        return 0  # whatever is agreed to, the request itself is never paid
    due_minor = facts.proposed_minor if given.due_minor is None else given.due_minor
    if not 0 <= due_minor <= facts.asked_minor:
        raise UsageError(f"the amount must lie between 0 and what is asked, {facts.asked_minor}")
    return due_minor


def _agreed_minor(facts: TaskFacts, given: DeskAnswer) -> int:
    agreed_minor = facts.estimated_minor if given.due_minor is None else given.due_minor
    if agreed_minor is None:
        raise UsageError("no tariff is known for this request; name the amount agreed to")
    if not 0 < agreed_minor <= facts.asked_minor:
        raise UsageError(
            f"an agreement is for more than 0 and at most what is asked, {facts.asked_minor}; "
            "name the amount, or refuse"
        )
    return agreed_minor
