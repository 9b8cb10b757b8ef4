"""The Prefect door of the fraud stage."""

import datetime as dt

from prefect import task

from models.stage import Stage
from models.work import StageReport
from tasks.doors import open_doors
from tasks.fraud.lot import score_lot_chunk
from tasks.lot_run import is_machine_error, run_stage


@task(
    name="fraud",
    task_run_name="fraud · {lot_id}",
    description="Runs the fraud rules on the priced dossiers and their history.",
    retries=2,
    retry_delay_seconds=[1, 10],
    retry_condition_fn=is_machine_error,
    persist_result=False,
)
def score_lot(lot_id: str, day: dt.date) -> StageReport:
    """Take one lot through the fraud stage."""
    return run_stage(open_doors().lot_run(lot_id, day), Stage.FRAUD, score_lot_chunk)
