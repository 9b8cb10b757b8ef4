"""What a person approves, and why an approval may not be given."""

import datetime as dt
from dataclasses import dataclass

from tasks.payment.states import BatchState


@dataclass(frozen=True, slots=True)
class BatchReport:
    """A batch as its approver sees it; the hash and keys are empty until the file is built."""

    batch_id: str
    pay_date: dt.date
    sequence: int
    currency: str
    format_id: str
    debit_account: str
    debit_name: str
    state: str
    payment_count: int
    total_minor: int
    prepared_by: str
    prepared_at: str
    file_sha256: str
    file_key: str
    approved_by: str
    approved_at: str
    published_at: str
    published_key: str


@dataclass(frozen=True, slots=True)
class SignedApproval:
    """What a person approves: exactly this file of exactly this count, sum and debit account.

    ``approved_at`` is ISO text in UTC; ``from_where`` names the machine or screen it came from.
    """

    batch_id: str
    approver: str
    approved_at: str
    from_where: str
    file_sha256: str
    payment_count: int
    total_minor: int
    debit_account: str
    is_demo: bool = False


def approval_problem(batch: BatchReport, given: SignedApproval, kept: bool) -> str:
    """Return why an approval may not be given, or nothing.

    ``kept`` says that the same person's approval of the same file is already there: giving it
    again is no fault.
    """
    if not given.approver.strip():
        return "an approval needs an approver's name"
    if _same_person(given.approver, batch.prepared_by):
        return "the preparer may not approve; another person must"
    wrong = [
        name
        for name in ("file_sha256", "payment_count", "total_minor", "debit_account")
        if getattr(given, name) != getattr(batch, name)
    ]
    if batch.state != BatchState.BUILT and not kept:
        return f"it is {batch.state}, not built; only a built file can be approved"
    if wrong:
        return f"the approval differs from the batch in {', '.join(wrong)}; look at it again"
    return ""


def _same_person(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()
