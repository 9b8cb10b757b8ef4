"""The audit events and ledger entries of what happens to a batch after it was proposed."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from models.audit import AuditEvent
from models.stage import Stage, Status
from tasks.payment.ledger import Entry, Posted, reverse_accrual, send
from tasks.payment.states import ObligationState, PaymentState

#: Who acts where no person does.
MACHINE = "machine"


def audit_chain(pay_date: dt.date) -> str:
    """The audit chain of one day's payments."""
    return f"pay:{pay_date.isoformat()}"


def batch_event(
    pay_date: dt.date,
    actor: str,
    at: str,
    batch_id: str,
    states: tuple[str, str],
    detail: str = "",
) -> AuditEvent:
    """The audit event of a batch that goes from one state to another."""
    before, after = states
    return AuditEvent(
        audit_chain(pay_date), actor, f"batch_{after}", at, "batch", batch_id, 0,
        before, after, detail,
    )  # fmt: skip


def payment_event(
    pay_date: dt.date, actor: str, at: str, id_of_payment: str, states: tuple[str, str]
) -> AuditEvent:
    """The audit event of a payment that goes from one state to another."""
    before, after = states
    return AuditEvent(
        audit_chain(pay_date), actor, f"payment_{after}", at, "payment", id_of_payment, 0,
        before, after,
    )  # fmt: skip


def dossier_event(
    pay_date: dt.date,
    actor: str,
    at: str,
    dossier: tuple[str, int, str, str],
    after: Status,
    detail: str = "",
) -> AuditEvent:
    """The audit event of a dossier (id, version, stage, status) that payment moves on."""
    dossier_id, version, stage, status = dossier
    is_exit = after in (Status.PAID, Status.CLOSED_AT_ZERO)
    new_stage = Stage.PAYMENT.value if is_exit else stage
    return AuditEvent(
        audit_chain(pay_date), actor, f"payment_{after.value}", at, "dossier", dossier_id,
        version, f"{stage}/{status}", f"{new_stage}/{after.value}", detail,
    )  # fmt: skip


def payment_events(
    pay_date: dt.date, actor: str, at: str, payments: Iterable[Any], states: tuple[str, str]
) -> list[AuditEvent]:
    """The audit events of a batch's payments, which all go from one state to another."""
    return [payment_event(pay_date, actor, at, row.payment_id, states) for row in payments]


def sent_entries(pay_date: dt.date, payments: Iterable[Any]) -> list[Entry]:
    """The ledger entries of published payments, given as rows of ``payment``."""
    return [
        entry
        for row in payments
        for entry in send(
            row.payment_id, Posted(row.amount_minor, row.currency, pay_date, row.payment_id)
        )
    ]


def sent_events(
    pay_date: dt.date, at: str, payments: Iterable[Any], dossiers: Iterable[Any]
) -> list[AuditEvent]:
    """The audit events of a publication: every payment sent, every dossier paid by which."""
    states = (PaymentState.PROPOSED, PaymentState.SENT)
    events = payment_events(pay_date, MACHINE, at, payments, states)
    for dossier_id, version, stage, status, payment_id in dossiers:
        before = (dossier_id, version, stage, status)
        events.append(dossier_event(pay_date, MACHINE, at, before, Status.PAID, payment_id))
    return events


def replaced_entries(pay_date: dt.date, obligations: Iterable[Any]) -> list[Entry]:
    """The reversals of obligations that a later decision replaces; one in review was not posted."""
    return [
        entry
        for row in obligations
        if row.state != ObligationState.REVIEW
        for entry in reverse_accrual(
            row.dossier_id,
            row.version,
            Posted(row.amount_minor, row.currency, pay_date, f"{row.dossier_id}:{row.version}"),
        )
    ]


def replaced_events(
    pay_date: dt.date, actor: str, at: str, obligations: Sequence[Any]
) -> list[AuditEvent]:
    """The audit events of obligations that a later decision replaces."""
    after = ObligationState.SUPERSEDED
    return [
        AuditEvent(
            audit_chain(pay_date), actor, f"obligation_{after}", at, "obligation",
            row.dossier_id, row.version, row.state, after.value,
        )
        for row in obligations
    ]  # fmt: skip
