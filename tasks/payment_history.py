"""Tells one payment: its batch and file, who approved it, what it settles; accounts are masked."""

from typing import Any

from infra.stores.dossier_history import DossierHistory
from tasks.teller import Teller, Told, is_intact, text_of

#: Digits of a bank account that are shown.
ACCOUNT_DIGITS_SHOWN = 4


def masked(account: str) -> str:
    """An account as it may be shown: its last four digits."""
    return f"…{account[-ACCOUNT_DIGITS_SHOWN:]}" if account else ""


def payment_told(teller: Teller, history: DossierHistory, row: Any) -> Told:
    """One payment with its batch, its approvals and what it settles of this dossier."""
    settled = [
        {"version": link.version, "amount_minor": link.amount_minor, "is_live": bool(link.is_live)}
        for link in history.rows["payment_obligation"]
        if link.payment_id == row.payment_id
    ]
    approvals = [
        {
            "approver": one.approver,
            "approved_at": one.approved_at,
            "from_where": one.from_where,
            "file_sha256": one.file_sha256,
            "is_demo": bool(one.is_demo),
        }
        for one in history.rows["approval"]
        if one.batch_id == row.batch_id
    ]
    has_file = bool(row.file_key)
    return {
        "payment_id": row.payment_id,
        "end_to_end_id": row.end_to_end_id,
        "state": row.state,
        "payee_kind": row.payee_kind,
        "account": masked(row.account),
        "amount_minor": row.amount_minor,
        "currency": row.currency,
        "settles": settled,
        "batch": {
            "batch_id": row.batch_id,
            "state": row.batch_state,
            "pay_date": text_of(row.pay_date),
            "format_id": row.format_id,
            "prepared_by": row.prepared_by,
            "prepared_at": row.prepared_at,
            "published_at": row.published_at,
            "file_sha256": row.file_sha256,
            "is_intact": has_file and is_intact(teller.storage, row.file_key, row.file_sha256),
            "approvals": approvals,
        },
    }
