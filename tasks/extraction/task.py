"""The Prefect door of the extraction stage."""

import datetime as dt

from prefect import task

from infra.clock import now_text
from models.stage import Stage
from models.work import StageReport
from tasks.doors import open_doors
from tasks.extraction.lot import extract_lot_chunk
from tasks.extraction.store import Hand, settle_heads
from tasks.lot_run import is_machine_error, run_stage


@task(
    name="extraction",
    task_run_name="extraction · {lot_id}",
    description="Turns records and pages into typed fields and lines.",
    retries=2,
    retry_delay_seconds=[1, 10],
    retry_condition_fn=is_machine_error,
    persist_result=False,
)
def extract_lot(lot_id: str, day: dt.date) -> StageReport:
    """Take one lot through the extraction stage; what paper says of itself reaches its head."""
    run = open_doors().lot_run(lot_id, day)
    report = run_stage(run, Stage.EXTRACTION, extract_lot_chunk)
    settle_heads(run.database, lot_id, Hand(run.actor, day, now_text()))
    return report
