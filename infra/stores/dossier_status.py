"""Where dossiers stand, for those who ask by public number or by identity card number."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, or_, select

from models.desk import DossierStatus
from models.records.all_tables import table

DOSSIER = table("dossier")
EXTRACTED = table("extracted_dossier")
PERSON = table("register_person")
VALIDATED = table("validated_dossier")
TASK = table("review_task")
FINDING = table("finding")
DECISION = table("decision")
PAYMENT = table("payment")
LINK = table("payment_obligation")
BATCH = table("payment_batch")

#: Dossiers told about one person, the newest first.
DOSSIERS_MAX = 20
#: Effects of findings that say why a dossier stands where it does; notes do not.
_TELLING = ("refuse", "refuse_line", "return", "suspend", "review")


def find_statuses(connection: Connection, asked: str) -> list[DossierStatus]:
    """The dossier of a public number, or the newest dossiers of the holder of a CIN."""
    spellings = sorted({asked, asked.upper()})
    by_number = select(DOSSIER).where(DOSSIER.c.public_number.in_(spellings))
    rows = list(connection.execute(by_number))
    if not rows:
        rows = _of_cin(connection, asked.upper())
    return [_status(connection, row) for row in rows]


def _of_cin(connection: Connection, cin: str) -> list[Any]:
    written = select(EXTRACTED.c.dossier_id).where(
        or_(EXTRACTED.c.insured_cin == cin, EXTRACTED.c.beneficiary_cin == cin)
    )
    people = list(
        connection.execute(
            select(PERSON.c.person_id).where(PERSON.c.cin == cin).distinct()
        ).scalars()
    )
    resolved = select(VALIDATED.c.dossier_id).where(
        or_(
            VALIDATED.c.insured_person_id.in_(people),
            VALIDATED.c.beneficiary_person_id.in_(people),
        )
    )
    ids = {*connection.execute(written).scalars(), *connection.execute(resolved).scalars()}
    query = select(DOSSIER).where(DOSSIER.c.dossier_id.in_(sorted(ids)))
    newest = query.order_by(DOSSIER.c.deposit_date.desc(), DOSSIER.c.public_number)
    return list(connection.execute(newest.limit(DOSSIERS_MAX)))


def _status(connection: Connection, row: Any) -> DossierStatus:
    task = connection.execute(
        select(TASK.c.due_on)
        .where(TASK.c.dossier_id == row.dossier_id, TASK.c.state == "open")
        .order_by(TASK.c.due_on)
    ).first()
    pay_date = connection.execute(
        select(BATCH.c.pay_date)
        .join(PAYMENT, PAYMENT.c.batch_id == BATCH.c.batch_id)
        .join(LINK, LINK.c.payment_id == PAYMENT.c.payment_id)
        .where(LINK.c.dossier_id == row.dossier_id, LINK.c.is_live)
        .order_by(BATCH.c.pay_date.desc())
    ).first()
    return DossierStatus(
        row.dossier_id, row.public_number, row.status, row.deposit_date, row.decision_date,
        task.due_on if task else None, pay_date.pay_date if pay_date else None,
        _codes(connection, row),
    )  # fmt: skip


def _codes(connection: Connection, row: Any) -> tuple[tuple[str, dict[str, str]], ...]:
    """The codes that say why, each once: those of the decision, with their findings' parameters."""
    findings = connection.execute(
        select(FINDING)
        .where(FINDING.c.dossier_id == row.dossier_id, FINDING.c.version == row.version)
        .order_by(FINDING.c.sequence)
    ).all()
    decision = connection.execute(
        select(DECISION.c.reasons).where(
            DECISION.c.dossier_id == row.dossier_id, DECISION.c.version == row.version
        )
    ).scalar_one_or_none()
    params = {one.code: json.loads(one.params or "{}") for one in findings}
    telling = [one.code for one in findings if one.effect in _TELLING]
    decided: Sequence[str] = json.loads(decision) if decision else ()
    return tuple((code, params.get(code, {})) for code in dict.fromkeys([*decided, *telling]))
