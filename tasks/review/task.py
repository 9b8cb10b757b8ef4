"""The Prefect door of the review stage."""

import datetime as dt

from prefect import task

from models.stage import Stage
from models.work import StageReport
from tasks.doors import open_doors
from tasks.lot_run import is_machine_error, run_stage
from tasks.review.lot import decide_lot_chunk


@task(
    name="review",
    task_run_name="review · {lot_id}",
    description="Decides what a machine may decide, and asks people for the rest.",
    retries=2,
    retry_delay_seconds=[1, 10],
    retry_condition_fn=is_machine_error,
    persist_result=False,
)
def decide_lot(lot_id: str, day: dt.date) -> StageReport:
    """Take one lot through the review stage."""
    return run_stage(open_doors().lot_run(lot_id, day), Stage.REVIEW, decide_lot_chunk)
