"""The Prefect doors of payment: propose, build, publish; approval is a person's and has none."""

import datetime as dt

from prefect import task
from prefect.cache_policies import NO_CACHE

from infra.clock import now_text
from models.errors import ContractBreach
from models.stage import Stage
from tasks.doors import open_doors, open_gate
from tasks.lot_run import is_machine_error
from tasks.payment.approval import BatchReport
from tasks.payment.events import MACHINE
from tasks.payment.profile import load_profile
from tasks.payment.propose import Recheck
from tasks.payment.states import BatchState
from tasks.payment.store import (
    batch_tables,
    build_file,
    find_batch,
    propose_batch,
    publish,
    reject,
)


@task(
    name="payment proposal",
    task_run_name="payment proposal · {pay_date}",
    description="Proposes payment of everything that is approved and unpaid.",
    retries=2,
    retry_delay_seconds=[1, 10],
    retry_condition_fn=is_machine_error,
    cache_policy=NO_CACHE,
    persist_result=False,
)
def propose_payments(pay_date: dt.date, prepared_by: str, recheck: Recheck) -> list[BatchReport]:
    """Propose the day's payments; a second run proposes only what is new."""
    doors = open_doors()
    return propose_batch(
        doors.database,
        pay_date=pay_date,
        prepared_by=prepared_by,
        prepared_at=now_text(),
        profile=load_profile(doors.settings.bank_profile),
        recheck=recheck,
        review_days_max=doors.settings.review_days_max,
    )


@task(
    name="payment file",
    task_run_name="payment file · {batch_id}",
    description="Checks a batch against its contract and builds its file, unpublished.",
    retries=2,
    retry_delay_seconds=[1, 10],
    retry_condition_fn=is_machine_error,
    cache_policy=NO_CACHE,
    persist_result=False,
)
def build_payment_file(batch_id: str) -> BatchReport:
    """Build a batch's file; a batch that breaks the contract is rejected as a whole.

    Raises:
        ContractBreach: names the rules that failed; the obligations may be proposed anew.
    """
    doors = open_doors()
    batch = find_batch(doors.database, batch_id)
    if batch.state != BatchState.PROPOSED:
        return batch
    result = open_gate().check(Stage.PAYMENT, batch_tables(doors.database, batch_id))
    if result.failed:
        rules = " ".join(sorted({rule for rules in result.failed.values() for rule in rules}))
        reject(doors.database, batch_id, rejected_by=MACHINE, reason=rules, at=now_text())
        raise ContractBreach(f"batch {batch_id} breaks its contract and was rejected: {rules}")
    profile = load_profile(doors.settings.bank_profile)
    return build_file(doors.database, doors.storage, batch_id, profile=profile, at=now_text())


@task(
    name="payment publication",
    task_run_name="payment publication · {batch_id}",
    description="Publishes an approved file and books its payments as sent.",
    retries=2,
    retry_delay_seconds=[1, 10],
    retry_condition_fn=is_machine_error,
    cache_policy=NO_CACHE,
    persist_result=False,
)
def publish_payments(batch_id: str) -> BatchReport:
    """Publish a batch that a person approved; what a killed run left is finished."""
    doors = open_doors()
    return publish(doors.database, doors.storage, batch_id, at=now_text())
