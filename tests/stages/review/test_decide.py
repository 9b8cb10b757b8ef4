"""The decision law: what wins over what, and what a person must see."""

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

import pytest

from models.dossier import RequestKind
from models.finding import Effect, Finding, Signal, SignalEffect
from models.outcome import DecisionInput, DecisionOutcome, PricedLine
from tasks.review.decide import decide
from tasks.review.policy import POLICY_FILE, Policy, read_policy
from tests.builders import a_dossier, a_priced, a_validated

DAY = dt.date(2026, 11, 20)


def a_policy(**changes: Any) -> Policy:
    values: dict[str, Any] = {
        "automatic_max_minor": None,
        "review_working_days": 5,
        "agreement_validity_days": 180,
        "closed_weekdays": frozenset({6, 7}),
        "closed_every_year": frozenset({"11-18"}),
        "typing_doubtful_percent_min": 50,
        "typing_read_fields_min": 4,
        "double_keying_from_minor": 0,
    }
    return Policy(**(values | changes))


def a_case(**changes: Any) -> DecisionInput:
    values: dict[str, Any] = {
        "dossier": a_dossier(),
        "validated": a_validated(),
        "priced": a_priced(),
        "findings": (),
        "signals": (),
        "version_reason": "first",
        "previous_decided_by": "",
        "already_paid_minor": 0,
    }
    return DecisionInput(**(values | changes))


def a_finding(effect: Effect, code: str = "", line_no: int | None = None) -> Finding:
    return Finding(code or f"CODE_{effect.value}", effect, line_no)


def a_signal(effect: SignalEffect, rule_id: str = "F99") -> Signal:
    return Signal(rule_id, "1", effect, 50, None, {})


def test_a_clean_dossier_is_accepted_for_what_is_due() -> None:
    decision = decide(a_case(), a_policy())
    assert (decision.outcome, decision.due_minor) == (DecisionOutcome.ACCEPTED, 5600)
    assert (decision.decided_by, decision.reasons, decision.currency) == ("machine", (), "MAD")


@pytest.mark.parametrize(
    ("effect", "outcome", "kind"),
    [
        (Effect.NOTE, DecisionOutcome.ACCEPTED, ""),
        (Effect.REVIEW, DecisionOutcome.REVIEW, "finding"),
        (Effect.SUSPEND, DecisionOutcome.SUSPENDED, ""),
        (Effect.RETURN, DecisionOutcome.RETURNED, ""),
        (Effect.REFUSE, DecisionOutcome.REFUSED, ""),
    ],
)
def test_a_dossier_follows_its_finding(effect: Effect, outcome: DecisionOutcome, kind: str) -> None:
    decision = decide(a_case(findings=(a_finding(effect),)), a_policy())
    assert (decision.outcome, decision.review_kind) == (outcome, kind)


@pytest.mark.parametrize(
    ("effect", "outcome", "kind"),
    [
        (SignalEffect.NOTE, DecisionOutcome.ACCEPTED, ""),
        (SignalEffect.SCORE, DecisionOutcome.ACCEPTED, ""),
        (SignalEffect.HOLD, DecisionOutcome.REVIEW, "fraud"),
        (SignalEffect.BLOCK, DecisionOutcome.REFUSED, ""),
    ],
)
def test_a_dossier_follows_its_signal(
    effect: SignalEffect, outcome: DecisionOutcome, kind: str
) -> None:
    decision = decide(a_case(signals=(a_signal(effect),)), a_policy())
    assert (decision.outcome, decision.review_kind) == (outcome, kind)


def test_scores_however_many_never_refuse_or_hold() -> None:
    signals = tuple(a_signal(SignalEffect.SCORE, f"F{number}") for number in range(50))
    assert decide(a_case(signals=signals), a_policy()).outcome is DecisionOutcome.ACCEPTED


ORDER = [Effect.REFUSE, Effect.RETURN, Effect.SUSPEND, Effect.REVIEW, Effect.NOTE]


@pytest.mark.parametrize(("stronger", "weaker"), list(itertools.combinations(ORDER, 2)))
def test_the_strongest_finding_wins_and_gives_the_reason(stronger: Effect, weaker: Effect) -> None:
    both = (a_finding(weaker), a_finding(stronger))
    alone = decide(a_case(findings=both[1:]), a_policy())
    assert decide(a_case(findings=both), a_policy()) == alone
    assert alone.reasons == (both[1].code,)


def test_refusals_of_findings_and_of_rules_are_told_together_and_once() -> None:
    decision = decide(
        a_case(
            findings=(
                a_finding(Effect.REFUSE, "FORCLUSION"),
                a_finding(Effect.REFUSE, "FORCLUSION"),
            ),
            signals=(a_signal(SignalEffect.BLOCK, "F01"), a_signal(SignalEffect.HOLD, "F50")),
        ),
        a_policy(),
    )
    assert decision.reasons == ("FORCLUSION", "F01")
    assert decision.due_minor == 0


def test_a_request_for_agreement_goes_to_a_person_and_proposes_no_money() -> None:
    request = a_dossier(request_kind=RequestKind.PRIOR_AGREEMENT)
    findings = (
        a_finding(Effect.RETURN, "PIECE_MANQUANTE"),
        a_finding(Effect.REVIEW, "ENTENTE_DEMANDE"),
    )
    decision = decide(a_case(dossier=request, findings=findings), a_policy())
    assert (decision.review_kind, decision.due_minor) == ("agreement", 0)
    assert decision.reasons == ("PIECE_MANQUANTE", "ENTENTE_DEMANDE")


def test_a_request_for_agreement_without_rights_is_refused() -> None:
    request = a_dossier(request_kind=RequestKind.PRIOR_AGREEMENT)
    decision = decide(a_case(dossier=request, findings=(a_finding(Effect.REFUSE),)), a_policy())
    assert decision.outcome is DecisionOutcome.REFUSED


def test_a_hold_and_a_doubt_go_to_one_person_together() -> None:
    decision = decide(
        a_case(findings=(a_finding(Effect.REVIEW),), signals=(a_signal(SignalEffect.HOLD),)),
        a_policy(),
    )
    assert (decision.review_kind, decision.reasons) == ("fraud", ("CODE_review", "F99"))
    assert decision.due_minor == 5600


@pytest.mark.parametrize("effect", list(Effect))
def test_an_appeal_always_goes_to_a_person(effect: Effect) -> None:
    decision = decide(a_case(version_reason="appeal", findings=(a_finding(effect),)), a_policy())
    assert (decision.outcome, decision.review_kind) == (DecisionOutcome.REVIEW, "appeal")


def test_a_blocked_appeal_shows_its_person_the_block() -> None:
    decision = decide(
        a_case(version_reason="appeal", signals=(a_signal(SignalEffect.BLOCK, "F01"),)), a_policy()
    )
    assert decision.reasons == ("F01",)


@pytest.mark.parametrize(("paid", "kind"), [(5599, ""), (5600, ""), (5601, "overpaid")])
def test_owing_less_than_was_paid_goes_to_a_person(paid: int, kind: str) -> None:
    decision = decide(a_case(version_reason="correction", already_paid_minor=paid), a_policy())
    assert decision.review_kind == kind


@pytest.mark.parametrize("effect", [Effect.REFUSE, Effect.RETURN, Effect.SUSPEND])
def test_nothing_is_taken_back_from_a_paid_dossier_without_a_person(effect: Effect) -> None:
    decision = decide(a_case(findings=(a_finding(effect),), already_paid_minor=1), a_policy())
    assert decision.review_kind == "overpaid"
    assert decision.reasons == (f"CODE_{effect.value}", "DEJA_PAYE")


@pytest.mark.parametrize(("limit", "kind"), [(5600, ""), (5599, "amount"), (None, "")])
def test_the_machine_accepts_up_to_its_limit(limit: int | None, kind: str) -> None:
    assert decide(a_case(), a_policy(automatic_max_minor=limit)).review_kind == kind


def test_a_refused_line_is_not_due_and_says_why() -> None:
    lines = tuple(
        PricedLine(number, 8000, 8000, 8000, Decimal("0.70"), 5600, "letters", ())
        for number in (1, 2)
    )
    priced = a_priced(lines=lines, due_minor=11200)
    refused = a_finding(Effect.REFUSE_LINE, "NON_COUVERT", 2)
    decision = decide(a_case(priced=priced, findings=(refused,)), a_policy())
    assert (decision.outcome, decision.due_minor) == (DecisionOutcome.ACCEPTED, 5600)
    assert decision.reasons == ("NON_COUVERT",)


def test_a_dossier_of_nothing_reimbursable_is_accepted_at_zero_with_its_reason() -> None:
    note = a_finding(Effect.NOTE, "NON_REMBOURSABLE", 1)
    decision = decide(a_case(priced=a_priced(due_minor=0), findings=(note,)), a_policy())
    assert (decision.outcome, decision.due_minor) == (DecisionOutcome.ACCEPTED, 0)
    assert decision.reasons == ("NON_REMBOURSABLE",)


@pytest.mark.parametrize(
    ("opened", "due"),
    [
        (dt.date(2026, 11, 20), dt.date(2026, 11, 27)),  # a Friday
        (dt.date(2026, 11, 21), dt.date(2026, 11, 27)),  # a Saturday
        (dt.date(2026, 11, 13), dt.date(2026, 11, 23)),  # the feast of 18 November lies between
    ],
)
def test_a_task_is_due_after_five_working_days(opened: dt.date, due: dt.date) -> None:
    assert a_policy().due_on(opened) == due


def test_the_policy_of_the_project_sets_no_limit_to_the_machine() -> None:
    policy = read_policy(POLICY_FILE, DAY)
    assert policy.automatic_max_minor is None
    assert policy.review_working_days == 5
