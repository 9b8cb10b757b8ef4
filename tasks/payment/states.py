"""The states of obligations, payments and batches, each written here and nowhere else."""

from enum import StrEnum


class ObligationState(StrEnum):
    """Where an obligation stands.

    ``open`` may be paid; ``waiting`` lacks something named in ``waits_for``; ``proposed`` lies in
    a batch; ``superseded`` was replaced by a later version or a later decision before payment.
    """

    OPEN = "open"
    WAITING = "waiting"
    PROPOSED = "proposed"
    PAID = "paid"
    REVIEW = "review"
    CLOSED = "closed"
    TO_RECOVER = "to_recover"
    SUPERSEDED = "superseded"


class WaitsFor(StrEnum):
    """What an obligation waits for; its sentence stands in ``codes.yaml`` under the same name."""

    ACCOUNT = "account"
    ACCOUNT_KEY = "account_key"
    PAYEE = "payee"
    PAYEE_NAME = "payee_name"
    HEIR = "heir"
    DEBIT_ACCOUNT = "debit_account"
    BANK_LIMIT = "bank_limit"


class PaymentState(StrEnum):
    """Where a payment stands with the bank; reconciliation takes it further than ``sent``."""

    PROPOSED = "proposed"
    SENT = "sent"
    ACCEPTED = "accepted"
    SETTLED = "settled"
    REJECTED = "rejected"
    RETURNED = "returned"
    CANCELLED = "cancelled"


#: States in which money has left, or is about to by a published file.
SENT_STATES: frozenset[PaymentState] = frozenset(
    {PaymentState.SENT, PaymentState.ACCEPTED, PaymentState.SETTLED}
)


class BatchState(StrEnum):
    """Where a batch stands; from ``publishing`` on nothing about it may change."""

    PROPOSED = "proposed"
    BUILT = "built"
    APPROVED = "approved"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    REJECTED = "rejected"


#: States of a batch that has an approval and was not rejected.
APPROVED_STATES: frozenset[BatchState] = frozenset(
    {BatchState.APPROVED, BatchState.PUBLISHING, BatchState.PUBLISHED}
)
