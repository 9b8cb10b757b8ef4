"""The Prefect door of the pricing stage."""

import datetime as dt

from prefect import task

from models.stage import Stage
from models.work import StageReport
from tasks.doors import open_doors
from tasks.lot_run import is_machine_error, run_stage
from tasks.pricing.lot import price_lot_chunk


@task(
    name="pricing",
    task_run_name="pricing · {lot_id}",
    description="Prices each line at the date that counts for it.",
    retries=2,
    retry_delay_seconds=[1, 10],
    retry_condition_fn=is_machine_error,
    persist_result=False,
)
def price_lot(lot_id: str, day: dt.date) -> StageReport:
    """Take one lot through the pricing stage."""
    return run_stage(open_doors().lot_run(lot_id, day), Stage.PRICING, price_lot_chunk)
