"""Makes the table rows, ledger entries and audit events of a proposal; reads and writes nothing."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from models.audit import AuditEvent
from models.money import format_minor
from models.stage import Status
from tasks.payment.approval import BatchReport
from tasks.payment.bank_file import FileHead, FileSums
from tasks.payment.events import audit_chain, batch_event
from tasks.payment.ledger import Entry, Posted, accrue
from tasks.payment.profile import BankProfile
from tasks.payment.propose import (
    BatchDraft,
    OwedAmount,
    PaymentDraft,
    Proposal,
    end_to_end_id,
    payment_id,
)
from tasks.payment.states import BatchState, ObligationState, PaymentState

#: Kind of the review task opened when the fraud recheck just before payment hits.
PREPAYMENT_KIND = "prepayment"
#: Kind of the review task opened when a version owes less than was already paid.
DIFFERENCE_KIND = "payment_difference"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Preparation:
    """Who prepares a proposal, when, for which day, with which bank; times are ISO text in UTC."""

    pay_date: dt.date
    prepared_by: str
    prepared_at: str
    profile: BankProfile
    review_days_max: int

    @property
    def chain(self) -> str:
        """The audit chain of the day's payments."""
        return audit_chain(self.pay_date)


@dataclass(slots=True)
class ProposalRows:
    """All that a proposal writes, table by table.

    ``dossiers`` are (dossier, version, status) of those that leave the payable stock.
    """

    new_obligations: list[Row] = field(default_factory=list)
    changed_obligations: list[Row] = field(default_factory=list)
    batches: list[Row] = field(default_factory=list)
    payments: list[Row] = field(default_factory=list)
    links: list[Row] = field(default_factory=list)
    review_tasks: list[Row] = field(default_factory=list)
    overpayments: list[Row] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    events: list[AuditEvent] = field(default_factory=list)
    dossiers: list[tuple[str, int, Status]] = field(default_factory=list)


def batch_id_of(pay_date: dt.date, currency: str, sequence: int) -> str:
    """The id of the day's batch of that number: ``20261120-mad-001``."""
    return f"{pay_date:%Y%m%d}-{currency.lower()}-{sequence:03d}"


def message_id_of(batch_id: str) -> str:
    """The message id of a batch's file; the same in every rebuild."""
    return f"TASFIYA-{batch_id.upper()}"


def file_head(batch: BatchReport, profile: BankProfile) -> FileHead:
    """The head of a batch's file, made of the batch's row and the bank's calendar alone."""
    return FileHead(
        message_id=message_id_of(batch.batch_id),
        created_at=f"{batch.prepared_at[:19]}Z",
        execution_date=profile.calendar.next_open_day(batch.pay_date),
        currency=batch.currency,
        payment_count=batch.payment_count,
        total_minor=batch.total_minor,
        debit_account=batch.debit_account,
        debit_name=batch.debit_name,
    )


def file_sums(batch: BatchReport) -> FileSums:
    """What the bytes of a batch's file must say."""
    return FileSums(
        message_id_of(batch.batch_id),
        batch.payment_count,
        batch.total_minor,
        batch.currency,
        batch.debit_account,
    )


def proposal_rows(proposal: Proposal, prepared: Preparation, last_sequence: int) -> ProposalRows:
    """Return everything a proposal writes; batches are numbered from ``last_sequence`` + 1."""
    rows = ProposalRows()
    for number, draft in enumerate(proposal.batches, start=last_sequence + 1):
        _add_batch(rows, draft, prepared, number)
    for owed in proposal.owed:
        _add_obligation(rows, owed, prepared)
    for decision in proposal.stopped:
        _add_review(rows, decision.key, PREPAYMENT_KIND, decision.recheck_reasons, prepared)
    return rows


def _add_obligation(rows: ProposalRows, owed: OwedAmount, prepared: Preparation) -> None:
    decision = owed.decision
    row = {
        "dossier_id": decision.dossier_id,
        "version": decision.version,
        "insured_person_id": decision.insured_person_id,
        "payee_kind": owed.payee.kind.value,
        "payee_id": owed.payee.payee_id,
        "amount_minor": owed.amount_minor,
        "currency": decision.currency,
        "scheme": decision.scheme,
        "state": owed.state.value,
        "waits_for": str(owed.payee.waits_for) if owed.state is ObligationState.WAITING else "",
        "created_on": prepared.pay_date,
    }
    if decision.known_state:
        del row["created_on"]
        rows.changed_obligations.append(row)
    else:
        rows.new_obligations.append(row)
    if decision.known_state != row["state"]:
        rows.events.append(_event(prepared, "obligation", owed.key, decision.known_state, row))
    is_payable = owed.state in (ObligationState.WAITING, ObligationState.PROPOSED)
    if is_payable and not decision.is_settled:
        posted = Posted(
            owed.amount_minor,
            decision.currency,
            prepared.pay_date,
            f"{decision.dossier_id}:{decision.version}",
        )
        rows.entries.extend(accrue(decision.dossier_id, decision.version, posted))
    _add_outcome(rows, owed, prepared)


def _add_outcome(rows: ProposalRows, owed: OwedAmount, prepared: Preparation) -> None:
    """A dossier whose obligation is not to be paid leaves the stock, or goes to a person."""
    if owed.state is ObligationState.REVIEW:
        _add_review(rows, owed.key, DIFFERENCE_KIND, (owed.review_code,), prepared)
    elif owed.state is ObligationState.CLOSED:
        # A version that changes nothing leaves a paid dossier paid.
        status = Status.PAID if owed.already_paid_minor else Status.CLOSED_AT_ZERO
        rows.dossiers.append((*owed.key, status))
    elif owed.state is ObligationState.TO_RECOVER:
        rows.dossiers.append((*owed.key, Status.PAID))
        rows.overpayments.append(
            {
                "dossier_id": owed.decision.dossier_id,
                "version": owed.decision.version,
                "person_id": owed.payee.payee_id,
                "paid_minor": -owed.amount_minor,
                "currency": owed.decision.currency,
                "cause": owed.review_code,
                "listed_on": prepared.pay_date,
            }
        )


def _add_review(
    rows: ProposalRows,
    key: tuple[str, int],
    kind: str,
    reasons: Sequence[str],
    prepared: Preparation,
) -> None:
    dossier_id, version = key
    rows.dossiers.append((dossier_id, version, Status.IN_REVIEW))
    name = f"{dossier_id}\n{version}\n{kind}\n{' '.join(reasons)}"
    rows.review_tasks.append(
        {
            "task_id": hashlib.sha256(name.encode()).hexdigest()[:32],
            "dossier_id": dossier_id,
            "version": version,
            "kind": kind,
            "reasons": " ".join(reasons),
            "state": "open",
            "opened_on": prepared.pay_date,
            "due_on": prepared.pay_date + dt.timedelta(days=prepared.review_days_max),
            "first_by": "",
            "first_answer": "",
            "decided_by": "",
            "answer": "",
            "reason": "",
            "decided_at": "",
            "amount_minor": 0,
        }
    )


def _add_batch(rows: ProposalRows, draft: BatchDraft, prepared: Preparation, sequence: int) -> None:
    batch_id = batch_id_of(prepared.pay_date, draft.currency, sequence)
    debit = prepared.profile.debit_accounts[draft.currency]
    total_minor = sum(payment.amount_minor for payment in draft.payments)
    rows.batches.append(
        {
            "batch_id": batch_id,
            "pay_date": prepared.pay_date,
            "sequence": sequence,
            "currency": draft.currency,
            "format_id": prepared.profile.format_id,
            "debit_account": debit.account,
            "debit_name": debit.name,
            "state": BatchState.PROPOSED.value,
            "payment_count": len(draft.payments),
            "total_minor": total_minor,
            "prepared_by": prepared.prepared_by,
            "prepared_at": prepared.prepared_at,
        }
        | dict.fromkeys(
            ("file_sha256", "file_key", "approved_by", "approved_at", "published_at"), ""
        )
        | {"published_key": ""}
    )
    rows.events.append(
        batch_event(
            prepared.pay_date, prepared.prepared_by, prepared.prepared_at, batch_id,
            ("", BatchState.PROPOSED),
            f"{len(draft.payments)} payments, {format_minor(total_minor, draft.currency)}",
        )
    )  # fmt: skip
    for payment in draft.payments:
        _add_payment(rows, payment, batch_id, prepared)


def _add_payment(
    rows: ProposalRows, payment: PaymentDraft, batch_id: str, prepared: Preparation
) -> None:
    id_of_payment = payment_id(batch_id, payment.payee)
    rows.payments.append(
        {
            "payment_id": id_of_payment,
            "batch_id": batch_id,
            "payee_kind": payment.payee.kind.value,
            "payee_id": payment.payee.payee_id,
            "payee_name": payment.payee.name,
            "account": payment.payee.account,
            "amount_minor": payment.amount_minor,
            "currency": payment.currency,
            "state": PaymentState.PROPOSED.value,
            "end_to_end_id": end_to_end_id(id_of_payment),
        }
    )
    rows.links.extend(
        {
            "payment_id": id_of_payment,
            "dossier_id": owed.decision.dossier_id,
            "version": owed.decision.version,
            "amount_minor": owed.amount_minor,
            "is_live": True,
        }
        for owed in payment.owed
    )
    rows.events.append(
        AuditEvent(
            prepared.chain, prepared.prepared_by, "payment_proposed", prepared.prepared_at,
            "payment", id_of_payment, 0, "", PaymentState.PROPOSED.value,
            f"batch {batch_id} settles "
            + " ".join(f"{dossier_id}:{version}" for dossier_id, version in _keys(payment)),
        )
    )  # fmt: skip


def _keys(payment: PaymentDraft) -> list[tuple[str, int]]:
    return [owed.key for owed in payment.owed]


def _event(
    prepared: Preparation, kind: str, key: tuple[str, int], before: str, row: Row
) -> AuditEvent:
    return AuditEvent(
        prepared.chain, prepared.prepared_by, f"{kind}_{row['state']}", prepared.prepared_at,
        kind, key[0], key[1], before, row["state"], row["waits_for"],
    )  # fmt: skip
