"""The Prefect door of the ocr stage."""

import datetime as dt
import functools

from prefect import task

from models.stage import Stage
from models.work import StageReport
from tasks.doors import open_doors
from tasks.lot_run import is_machine_error, run_stage
from tasks.ocr.lot import read_lot_chunk
from tasks.reading_policy import sparing_of


@task(
    name="ocr",
    task_run_name="ocr · {lot_id}",
    description="Reads the pages of the lot's paper dossiers.",
    retries=2,
    retry_delay_seconds=[1, 10],
    retry_condition_fn=is_machine_error,
    persist_result=False,
)
def read_lot(lot_id: str, day: dt.date) -> StageReport:
    """Take one lot through the ocr stage."""
    doors = open_doors()
    read = functools.partial(read_lot_chunk, sparing=sparing_of(doors.settings, doors.database))
    return run_stage(doors.lot_run(lot_id, day), Stage.OCR, read)
