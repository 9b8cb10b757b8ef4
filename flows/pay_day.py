"""A payment day: publish what people approved, propose and build what is owed, wait for nobody."""

import datetime as dt
import logging
import time
from collections.abc import Mapping, Sequence

from prefect import flow, pause_flow_run
from prefect.artifacts import create_table_artifact
from prefect.input import RunInput
from pydantic import Field

from flows.name_runs import named_by_day
from infra.clock import now_text
from infra.stores.dossiers import DOSSIER, heads_where
from infra.stores.facts import record_payment
from models.errors import SettingsError
from models.money import format_minor
from tasks.doors import open_doors
from tasks.fraud.prepayment import RecheckRequest, recheck_chunk
from tasks.lot_run import chunk_requests
from tasks.payment.approval import BatchReport, SignedApproval
from tasks.payment.states import BatchState
from tasks.payment.store import approve, list_batches, open_batches
from tasks.payment.task import build_payment_file, propose_payments, publish_payments
from tasks.validation.lot import uncovered_of_chunk

logger = logging.getLogger(__name__)

#: Who proposes where nobody does: the scheduled run.
PREPARER = "payment-run"


class DemoApproval(RunInput):
    """The form of a paused demo run; production approves with ``tasfiya pay approve`` alone."""

    approver: str = Field(description="Your name; it is recorded as typed", max_length=60)
    file_sha256: str = Field(description="The file's hash, as shown", max_length=64)


@flow(
    name="pay day",
    flow_run_name=named_by_day("payments"),
    description="Publishes approved files, then proposes and builds what is owed today.",
    validate_parameters=False,
)
def pay_day(day: dt.date | None = None, ask: bool = False) -> list[BatchReport]:
    """Run the payments of a day; a second run proposes only what is new.

    An approved file of an earlier day is published first. The files built today wait for a
    person's approval outside this run, which ends: nothing waiting blocks the next day's run.
    ``ask`` pauses the run for a form; it is for the demo, because Prefect records no identity.

    Raises:
        SettingsError: when ``ask`` is used in production.
    """
    doors = open_doors()
    if ask and doors.settings.environment == "production":
        raise SettingsError("a paused run approves nothing in production; use tasfiya pay approve")
    day, started = day or doors.settings.business_day(), time.monotonic()
    for batch in open_batches(doors.database):
        if batch.state in (BatchState.APPROVED, BatchState.PUBLISHING):
            publish_payments(batch.batch_id)
    propose_payments(day, PREPARER, lambda keys: recheck(keys, day))
    waiting = list_batches(doors.database, day)
    built = [
        build_payment_file(batch.batch_id)
        for batch in waiting
        if batch.state in (BatchState.PROPOSED, BatchState.BUILT)
    ]
    new = [batch.batch_id for batch in waiting if batch.state == BatchState.PROPOSED]
    record_payment(doors.database, day, new, time.monotonic() - started)
    show_batches(day, built)
    if ask:
        for batch in built:
            _ask(batch)
    return list_batches(doors.database, day)


def recheck(keys: Sequence[tuple[str, int]], day: dt.date) -> Mapping[str, tuple[str, ...]]:
    """Which dossiers the registers of this moment keep from being paid, and by which rules."""
    doors = open_doors()
    wanted = dict(keys)
    with doors.database.reading() as connection:
        heads = [
            head
            for head in heads_where(connection, DOSSIER.c.status == "approved")
            if wanted.get(head.dossier_id) == head.version
        ]
    if not heads:
        return {}
    run = doors.lot_run(f"{day.isoformat()}/pay", day)
    chunks = chunk_requests(run, heads, doors.settings.chunk_size)
    uncovered = doors.pool.map(uncovered_of_chunk, chunks)
    requests = [RecheckRequest(chunk, days) for chunk, days in zip(chunks, uncovered, strict=True)]
    found: dict[str, tuple[str, ...]] = {}
    for answer in doors.pool.map(recheck_chunk, requests):
        found |= answer
    return found


def show_batches(day: dt.date, batches: Sequence[BatchReport]) -> None:
    """Show what waits for approval as an artifact: hash, count and sum, no payee."""
    create_table_artifact(
        key=f"payments-{day.isoformat()}",
        description=f"Payment files of {day} waiting for approval",
        table=[
            {
                "batch": batch.batch_id,
                "state": batch.state,
                "payments": batch.payment_count,
                "total": format_minor(batch.total_minor, batch.currency),
                "sha256": batch.file_sha256,
            }
            for batch in batches
        ],
    )


def _ask(batch: BatchReport) -> None:
    doors = open_doors()
    question = (
        f"Batch **{batch.batch_id}**: {batch.payment_count} payments, "
        f"{format_minor(batch.total_minor, batch.currency)}, file `{batch.file_sha256}`"
    )
    answer = pause_flow_run(
        wait_for_input=DemoApproval.with_initial_data(description=question),
        timeout=doors.settings.approval_timeout_seconds,
    )
    approve(
        doors.database,
        SignedApproval(
            batch_id=batch.batch_id,
            approver=answer.approver,
            approved_at=now_text(),
            from_where="Prefect form of a demo run",
            file_sha256=answer.file_sha256,
            payment_count=batch.payment_count,
            total_minor=batch.total_minor,
            debit_account=batch.debit_account,
            is_demo=True,
        ),
    )
    publish_payments(batch.batch_id)
