"""The Prefect door of the validation stage."""

import datetime as dt

from prefect import task

from models.stage import Stage
from models.work import StageReport
from tasks.doors import open_doors
from tasks.lot_run import is_machine_error, run_stage
from tasks.validation.lot import validate_lot_chunk


@task(
    name="validation",
    task_run_name="validation · {lot_id}",
    description="Checks the dossiers against themselves and the registers.",
    retries=2,
    retry_delay_seconds=[1, 10],
    retry_condition_fn=is_machine_error,
    persist_result=False,
)
def validate_lot(lot_id: str, day: dt.date) -> StageReport:
    """Take one lot through the validation stage."""
    return run_stage(open_doors().lot_run(lot_id, day), Stage.VALIDATION, validate_lot_chunk)
