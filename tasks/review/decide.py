"""Everything said about one version of a dossier → a decision; the strongest word wins."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import StrEnum

from models.dossier import RequestKind
from models.finding import Effect, SignalEffect
from models.outcome import Decision, DecisionInput, DecisionOutcome
from models.stage import VersionReason
from tasks.review.policy import Policy

#: Who decides when no person does.
MACHINE = "machine"
#: Reason code: earlier versions were paid more than this one owes.
PAID_MORE = "DEJA_PAYE"
#: Reason code: above what the machine may accept by itself.
ABOVE_LIMIT = "MONTANT_A_CONFIRMER"


class ReviewKind(StrEnum):
    """Why a dossier waits for a person."""

    APPEAL = "appeal"
    AGREEMENT = "agreement"
    FRAUD = "fraud"
    FINDING = "finding"
    OVERPAID = "overpaid"
    AMOUNT = "amount"


def decide(inputs: DecisionInput, policy: Policy) -> Decision:
    """Return the decision the machine may take, or the kind of review the dossier waits for.

    ``due_minor`` is what the version owes in all, before what was already paid; under review it
    is what the machine would propose, and 0 for a request for agreement. Scores and notes alone
    never decide anything.
    """
    decision = _strongest(inputs, policy)
    is_against = decision.outcome in (
        DecisionOutcome.REFUSED,
        DecisionOutcome.RETURNED,
        DecisionOutcome.SUSPENDED,
    )
    if is_against and inputs.already_paid_minor > 0:
        # Money has left on an earlier version: a person decides what becomes of it.
        reasons = (*decision.reasons, PAID_MORE)
        return _review(inputs, ReviewKind.OVERPAID, reasons, due_minor=0)
    return decision


def _strongest(inputs: DecisionInput, policy: Policy) -> Decision:
    is_request = inputs.dossier.request_kind is RequestKind.PRIOR_AGREEMENT
    due_minor = 0 if is_request else payable_minor(inputs)
    if inputs.version_reason == VersionReason.APPEAL:
        return _review(inputs, ReviewKind.APPEAL, _all_reasons(inputs), due_minor)
    if refusals := _said(inputs, Effect.REFUSE, SignalEffect.BLOCK):
        return _final(inputs, DecisionOutcome.REFUSED, refusals)
    if is_request:
        return _review(inputs, ReviewKind.AGREEMENT, _all_reasons(inputs), due_minor)
    if returns := _said(inputs, Effect.RETURN):
        return _final(inputs, DecisionOutcome.RETURNED, returns)
    if suspensions := _said(inputs, Effect.SUSPEND):
        return _final(inputs, DecisionOutcome.SUSPENDED, suspensions)
    return _review_or_accept(inputs, policy, due_minor)


def _review_or_accept(inputs: DecisionInput, policy: Policy, due_minor: int) -> Decision:
    doubts = _said(inputs, Effect.REVIEW, SignalEffect.HOLD)
    if any(signal.effect is SignalEffect.HOLD for signal in inputs.signals):
        return _review(inputs, ReviewKind.FRAUD, doubts, due_minor)
    if doubts:
        return _review(inputs, ReviewKind.FINDING, doubts, due_minor)
    if due_minor < inputs.already_paid_minor:
        return _review(inputs, ReviewKind.OVERPAID, (PAID_MORE,), due_minor)
    if policy.automatic_max_minor is not None and due_minor > policy.automatic_max_minor:
        return _review(inputs, ReviewKind.AMOUNT, (ABOVE_LIMIT,), due_minor)
    accepted = _final(inputs, DecisionOutcome.ACCEPTED, _accepted_reasons(inputs, due_minor))
    return replace(accepted, due_minor=due_minor)


def payable_minor(inputs: DecisionInput) -> int:
    """Return what is due without the lines a finding refuses, in minor units."""
    refused = {
        finding.line_no for finding in inputs.findings if finding.effect is Effect.REFUSE_LINE
    }
    if not refused:
        return inputs.priced.due_minor
    return inputs.priced.due_minor - sum(
        line.due_minor for line in inputs.priced.lines if line.line_no in refused
    )


def _accepted_reasons(inputs: DecisionInput, due_minor: int) -> tuple[str, ...]:
    """Refused lines always say why; notes do where nothing at all is due."""
    refused = _said(inputs, Effect.REFUSE_LINE)
    return refused if due_minor else _once((*refused, *_said(inputs, Effect.NOTE)))


def _all_reasons(inputs: DecisionInput) -> tuple[str, ...]:
    """Everything a person should look at, strongest first, without notes and scores."""
    strong = (Effect.REFUSE, Effect.REFUSE_LINE, Effect.RETURN, Effect.SUSPEND, Effect.REVIEW)
    codes = [code for effect in strong for code in _said(inputs, effect)]
    rules = [
        signal.rule_id
        for effect in (SignalEffect.BLOCK, SignalEffect.HOLD)
        for signal in inputs.signals
        if signal.effect is effect
    ]
    return _once((*codes, *rules))


def _said(
    inputs: DecisionInput, effect: Effect, signal_effect: SignalEffect | None = None
) -> tuple[str, ...]:
    """The codes and rule ids that ask for one effect, each once, in the order of the stages."""
    return _once(tuple(_names(inputs, effect, signal_effect)))


def _names(
    inputs: DecisionInput, effect: Effect, signal_effect: SignalEffect | None
) -> Iterator[str]:
    yield from (finding.code for finding in inputs.findings if finding.effect is effect)
    yield from (signal.rule_id for signal in inputs.signals if signal.effect is signal_effect)


def _once(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _final(inputs: DecisionInput, outcome: DecisionOutcome, reasons: tuple[str, ...]) -> Decision:
    return Decision(
        dossier_id=inputs.dossier.dossier_id,
        version=inputs.dossier.version,
        outcome=outcome,
        due_minor=0,
        currency=inputs.dossier.currency,
        decided_by=MACHINE,
        reasons=reasons,
        review_kind="",
    )


def _review(
    inputs: DecisionInput, kind: ReviewKind, reasons: tuple[str, ...], due_minor: int
) -> Decision:
    waiting = _final(inputs, DecisionOutcome.REVIEW, reasons)
    return replace(waiting, due_minor=due_minor, review_kind=kind.value)
