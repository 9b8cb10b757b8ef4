"""The Prefect doors of intake: receive what waits at a source, check what intake left of a lot."""

import datetime as dt
import time
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE

from infra.database import Database
from infra.settings import Settings
from infra.storage import open_storage
from infra.stores.facts import record_receiving
from models.work import StageReport
from tasks.doors import open_doors
from tasks.intake.report import IntakeReport
from tasks.lot_run import check_intake, is_machine_error
from tasks.receiving import receive_all


@task(
    name="receive source",
    description="Keeps, reads and acknowledges every file that waits at a source.",
    retries=3,
    retry_delay_seconds=[1, 5, 20],
    retry_condition_fn=is_machine_error,
    persist_result=False,
    cache_policy=NO_CACHE,
)
def receive_source(
    settings: Settings, source: str, business_day: dt.date, set_aside: Path | None = None
) -> IntakeReport:
    """Receive a source as a step of a flow; what an earlier try answered stays answered."""
    database = Database(settings.database())
    try:
        storage = open_storage(settings.storage(), settings.s3_endpoint_url)
        started = time.monotonic()
        report = receive_all(database, storage, settings, source, business_day, set_aside=set_aside)
        record_receiving(
            database,
            business_day,
            dossiers=len(set(report.dossier_ids)),
            submissions=sum(report.answers.values()),
            seconds=time.monotonic() - started,
        )
        return report
    finally:
        database.close()


@task(
    name="intake contract",
    task_run_name="intake contract · {lot_id}",
    description="Checks what intake left of the lot's dossiers against its contract.",
    retries=2,
    retry_delay_seconds=[1, 10],
    retry_condition_fn=is_machine_error,
    persist_result=False,
)
def check_intake_of_lot(lot_id: str, day: dt.date) -> StageReport:
    """Pass the intake gate of one lot."""
    return check_intake(open_doors().lot_run(lot_id, day))
