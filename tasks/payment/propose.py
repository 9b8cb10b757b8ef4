"""Turns approved decisions into obligations, and obligations into payments split over files.

An obligation is what one decision version owes: its amount due less what earlier versions already
paid. A payment is one for each payee, account and file; a payee is never in two files of one
proposal. Nothing here reads a database or a clock.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from models.registers import PayeeKind
from tasks.payment.charset import to_bank_text
from tasks.payment.payee import Payee, PayeeRegister, find_payee
from tasks.payment.profile import BankProfile
from tasks.payment.states import SENT_STATES, ObligationState, WaitsFor

OVERPAID_CODE = "TROP_VERSE"
CURRENCY_CODE = "DEVISE_CHANGEE"

#: Says which dossiers the fraud rules stop just before payment, and by which codes.
Recheck = Callable[[Sequence[tuple[str, int]]], Mapping[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class ApprovedDecision:
    """A decision that may be paid, and its obligation if it has one already.

    ``provider_id`` names a provider paid in the insured person's place (third-party payment);
    ``recheck_reasons`` are the codes of the fraud rules that hit just before payment. The amount
    of an obligation that is open or waiting is settled: it was posted to the ledger.
    """

    dossier_id: str
    version: int
    scheme: str
    currency: str
    due_minor: int
    insured_person_id: str
    provider_id: str = ""
    known_state: str = ""
    known_amount_minor: int = 0
    recheck_reasons: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, int]:
        """The dossier and its decision version."""
        return (self.dossier_id, self.version)

    @property
    def is_settled(self) -> bool:
        """Whether its obligation is in the books and only waits to be paid."""
        return self.known_state in (ObligationState.OPEN, ObligationState.WAITING)


@dataclass(frozen=True, slots=True)
class EarlierPayments:
    """What earlier versions of a dossier were paid, by currency, and whether one is on its way.

    ``owed_minor`` is what an earlier version still owes by itself, because its payment came back
    from the bank after a later one was paid its difference.
    """

    paid_minor: Mapping[str, int] = field(default_factory=dict)
    owed_minor: Mapping[str, int] = field(default_factory=dict)
    has_unsent: bool = False


@dataclass(frozen=True, slots=True)
class OwedAmount:
    """An obligation as it is to be kept, with the payee and account found for it."""

    decision: ApprovedDecision
    payee: Payee
    amount_minor: int
    already_paid_minor: int
    state: ObligationState = ObligationState.OPEN
    review_code: str = ""

    @property
    def key(self) -> tuple[str, int]:
        """The dossier and its decision version."""
        return self.decision.key


@dataclass(frozen=True, slots=True)
class PaymentDraft:
    """One transfer to one payee and account, before it belongs to a batch."""

    payee: Payee
    currency: str
    owed: tuple[OwedAmount, ...]

    @property
    def amount_minor(self) -> int:
        """The sum of what it settles."""
        return sum(one.amount_minor for one in self.owed)

    @property
    def order(self) -> tuple[str, str, str]:
        """The place in its file; the same on every run."""
        return (self.payee.kind.value, self.payee.payee_id, self.payee.account)


@dataclass(frozen=True, slots=True)
class BatchDraft:
    """The payments of one file: one currency, within the bank's limits."""

    currency: str
    payments: tuple[PaymentDraft, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a proposal makes of the approved decisions.

    ``held_back`` are versions whose predecessor lies in a batch not yet sent: they are looked at
    again when it is known whether that one was paid. ``stopped`` were hit by the recheck.
    """

    owed: tuple[OwedAmount, ...]
    batches: tuple[BatchDraft, ...]
    held_back: tuple[tuple[str, int], ...]
    stopped: tuple[ApprovedDecision, ...]


def propose(
    decisions: Iterable[ApprovedDecision],
    earlier: Mapping[str, EarlierPayments],
    register: PayeeRegister,
    profile: BankProfile,
    pay_date: dt.date,
) -> Proposal:
    """Return the obligations of the decisions and the batches that pay those that can be paid."""
    owed: list[OwedAmount] = []
    held_back: list[tuple[str, int]] = []
    stopped: list[ApprovedDecision] = []
    none_earlier = EarlierPayments()
    for decision in decisions:
        before = earlier.get(decision.dossier_id, none_earlier)
        if decision.recheck_reasons:
            stopped.append(decision)
        elif before.has_unsent and not decision.is_settled:
            held_back.append(decision.key)
        else:
            owed.append(owe(decision, before, register, profile, pay_date))
    batches, too_large = make_batches(owed, profile)
    owed = [
        replace(
            one,
            state=ObligationState.WAITING,
            payee=replace(one.payee, waits_for=WaitsFor.BANK_LIMIT),
        )
        if one.key in too_large
        else one
        for one in owed
    ]
    return Proposal(tuple(owed), batches, tuple(held_back), tuple(stopped))


def approved_decisions(
    rows: Iterable[Any],
    rechecked: Iterable[tuple[str, int]],
    hits: Mapping[str, tuple[str, ...]],
    answered: Iterable[Any],
) -> list[ApprovedDecision]:
    """Return the decisions that were rechecked, with the codes that stop them.

    ``answered`` are review tasks that a person has decided: what they looked at stops no more.
    """
    looked_at: dict[str, set[str]] = {}
    for task in answered:
        looked_at.setdefault(task.dossier_id, set()).update(task.reasons.split())
    wanted = frozenset(rechecked)
    return [
        ApprovedDecision(
            **row._mapping,
            recheck_reasons=tuple(
                sorted(set(hits.get(row.dossier_id, ())) - looked_at.get(row.dossier_id, set()))
            ),
        )
        for row in rows
        if (row.dossier_id, row.version) in wanted
    ]


def earlier_payments(
    versions: Mapping[str, int], paid_rows: Iterable[Any], owed_rows: Iterable[Any]
) -> dict[str, EarlierPayments]:
    """Return what was paid and is owed before the given version of each dossier.

    ``paid_rows`` have dossier_id, currency, state and amount_minor of live payments; ``owed_rows``
    dossier_id, version, currency and amount_minor of obligations not yet in a payment.
    """
    paid: dict[str, dict[str, int]] = {key: {} for key in versions}
    owed: dict[str, dict[str, int]] = {key: {} for key in versions}
    unsent: set[str] = set()
    for row in paid_rows:
        if row.state in SENT_STATES:
            sums = paid[row.dossier_id]
            sums[row.currency] = sums.get(row.currency, 0) + int(row.amount_minor)
        else:
            unsent.add(row.dossier_id)
    for row in owed_rows:
        if row.version < versions[row.dossier_id]:
            sums = owed[row.dossier_id]
            sums[row.currency] = sums.get(row.currency, 0) + int(row.amount_minor)
    return {key: EarlierPayments(paid[key], owed[key], key in unsent) for key in versions}


def owe(
    decision: ApprovedDecision,
    before: EarlierPayments,
    register: PayeeRegister,
    profile: BankProfile,
    pay_date: dt.date,
) -> OwedAmount:
    """Return what one decision version owes to whom, and whether it can be paid now."""
    payee = find_payee(decision.insured_person_id, decision.provider_id, register, pay_date)
    paid = before.paid_minor.get(decision.currency, 0)
    if decision.is_settled:
        return _to_pay(OwedAmount(decision, payee, decision.known_amount_minor, paid), profile)
    # Approved again after a review: the person who did so has seen what is asked here.
    is_reviewed = decision.known_state == ObligationState.REVIEW
    still_owed = before.owed_minor.get(decision.currency, 0)
    owed = OwedAmount(decision, payee, decision.due_minor - paid - still_owed, paid)
    has_other_currency = any(
        amount for name, amount in before.paid_minor.items() if name != decision.currency
    )
    if has_other_currency and not is_reviewed:
        return replace(owed, state=ObligationState.REVIEW, review_code=CURRENCY_CODE)
    if owed.amount_minor < 0:
        state = ObligationState.TO_RECOVER if is_reviewed else ObligationState.REVIEW
        return replace(owed, state=state, review_code=OVERPAID_CODE)
    if owed.amount_minor == 0:
        return replace(owed, state=ObligationState.CLOSED)
    return _to_pay(owed, profile)


def _to_pay(owed: OwedAmount, profile: BankProfile) -> OwedAmount:
    payee = _payable(owed.payee, owed.decision.currency, profile)
    state = ObligationState.WAITING if payee.waits_for else ObligationState.PROPOSED
    return replace(owed, payee=payee, state=state)


def _payable(payee: Payee, currency: str, profile: BankProfile) -> Payee:
    if payee.waits_for:
        return payee
    if currency not in profile.debit_accounts:
        return replace(payee, waits_for=WaitsFor.DEBIT_ACCOUNT)
    if not to_bank_text(payee.name, profile.characters, profile.name_length_max):
        return replace(payee, waits_for=WaitsFor.PAYEE_NAME)
    return payee


def make_batches(
    owed: Sequence[OwedAmount], profile: BankProfile
) -> tuple[tuple[BatchDraft, ...], frozenset[tuple[str, int]]]:
    """Return batches within the bank's limits, and the keys too large for any file.

    Payments stand in the order of payee and account, so that the same obligations give the same
    batches on every run.
    """
    groups: dict[tuple[str, PayeeKind, str, str], list[OwedAmount]] = {}
    for one in owed:
        if one.state is ObligationState.PROPOSED:
            payee = one.payee
            key = (one.decision.currency, payee.kind, payee.payee_id, payee.account)
            groups.setdefault(key, []).append(one)
    too_large: set[tuple[str, int]] = set()
    drafts: dict[str, list[PaymentDraft]] = {}
    for (currency, _, _, _), members in groups.items():
        members.sort(key=lambda one: one.key)
        draft = PaymentDraft(members[0].payee, currency, tuple(members))
        if draft.amount_minor > profile.max_amount_file_minor:
            too_large.update(one.key for one in members)
        else:
            drafts.setdefault(currency, []).append(draft)
    batches = [
        BatchDraft(currency, payments)
        for currency in sorted(drafts)
        for payments in _split(sorted(drafts[currency], key=lambda one: one.order), profile)
    ]
    return tuple(batches), frozenset(too_large)


def _split(
    drafts: Sequence[PaymentDraft], profile: BankProfile
) -> Iterator[tuple[PaymentDraft, ...]]:
    current: list[PaymentDraft] = []
    total = 0
    for draft in drafts:
        amount = draft.amount_minor
        is_full = len(current) == profile.max_tx_file
        if current and (is_full or total + amount > profile.max_amount_file_minor):
            yield tuple(current)
            current, total = [], 0
        current.append(draft)
        total += amount
    if current:
        yield tuple(current)


def payment_id(batch_id: str, payee: Payee) -> str:
    """Return the id of the payment to a payee and account in a batch; the same on every run."""
    text = "\n".join((batch_id, payee.kind.value, payee.payee_id, payee.account))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def end_to_end_id(id_of_payment: str) -> str:
    """Return the reference that travels with the transfer: 34 of at most 35 characters."""
    return f"TF{id_of_payment.upper()}"
