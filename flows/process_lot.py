"""One lot through all stages, top to bottom: the table of contents of the project."""

import datetime as dt
import logging

from prefect import flow
from prefect.artifacts import create_table_artifact

from infra.stores.contract_results import gates_of_lot
from infra.stores.lots import close_lot
from models.work import StageReport
from tasks.doors import open_doors
from tasks.extraction.task import extract_lot
from tasks.fraud.task import score_lot
from tasks.intake.task import check_intake_of_lot
from tasks.ocr.task import read_lot
from tasks.pricing.task import price_lot
from tasks.review.task import decide_lot
from tasks.validation.task import validate_lot

logger = logging.getLogger(__name__)


@flow(
    name="process lot",
    flow_run_name="{title}",
    description="Takes one lot of dossiers through all stages, a contract gate after each.",
    validate_parameters=False,
)
def process_lot(lot_id: str, day: dt.date, title: str) -> list[StageReport]:
    """Take a lot through its stages; what is already done is not done again.

    Raises:
        LotBusy: when another run works on the same lot.
    """
    reports = [
        check_intake_of_lot(lot_id, day),
        read_lot(lot_id, day),
        extract_lot(lot_id, day),
        validate_lot(lot_id, day),
        price_lot(lot_id, day),
        score_lot(lot_id, day),
        decide_lot(lot_id, day),
    ]
    close_lot(open_doors().database, lot_id)
    publish_report(lot_id, title, reports)
    publish_gates(lot_id, title)
    return reports


def publish_report(lot_id: str, title: str, reports: list[StageReport]) -> None:
    """Show what each stage did with the lot, in counts, as log lines and an artifact."""
    for report in reports:
        logger.info(
            "stage_done lot_id=%s stage=%s dossiers=%d stopped=%d quarantined=%d seconds=%.2f",
            lot_id,
            report.stage.value,
            report.dossier_count,
            report.stopped_count,
            report.quarantined_count,
            report.seconds,
        )
    create_table_artifact(
        key=f"lot-{lot_id.replace('/', '-')}",
        description=f"**{title}**: each stage with what its contract said",
        table=[
            {
                "stage": report.stage.value,
                "dossiers": report.dossier_count,
                "rows": report.row_count,
                "stopped": report.stopped_count,
                "quarantined": report.quarantined_count,
                "seconds": round(report.seconds, 2),
                "contract seconds": round(report.contract_seconds, 2),
            }
            for report in reports
        ],
    )


def publish_gates(lot_id: str, title: str) -> None:
    """Show what the contract of each boundary said of the lot, in counts, as an artifact."""
    create_table_artifact(
        key=f"contracts-{lot_id.replace('/', '-')}",
        description=f"**{title}**: the contracts, each checked once for the lot",
        table=[
            {
                "stage": said.stage,
                "contract": f"{said.contract} {said.version}",
                "rows": said.rows,
                "rules": said.rules,
                "rules broken": said.rules_broken,
                "dossiers quarantined": said.quarantined,
            }
            for said in gates_of_lot(open_doors().database, lot_id)
        ],
    )
