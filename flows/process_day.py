"""A day's dossiers: receive, make lots, take them through the stages, settle counters, close."""

import datetime as dt
import logging
from collections.abc import Sequence
from typing import cast
from uuid import UUID

from prefect import flow, tags
from prefect.artifacts import (
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    update_progress_artifact,
)

from flows.name_runs import named_by_day
from flows.process_lot import process_lot
from infra.stores.audit_trail import seal_day
from infra.stores.balance import DayBalance, day_balance, has_later_day, keep_balance
from infra.stores.contract_results import lot_results
from infra.stores.lots import LotRef, make_lots, unfinished_lots
from models.errors import CountersUnsettled
from tasks.day_report import balance_table, publish_day_docs
from tasks.doors import open_doors
from tasks.intake.task import receive_source
from tasks.settling import settle_counters

logger = logging.getLogger(__name__)


@flow(
    name="process day",
    flow_run_name=named_by_day("day"),
    description="Receives what waits, makes lots, takes them through the stages, settles counters.",
    validate_parameters=False,
)
def process_day(day: dt.date | None = None, inbox: str = "", close: bool = True) -> int:
    """Process a day; a lot that fails does not stop the others. Returns the lots that failed.

    After the lots, what they changed for other dossiers through counters is decided again.
    ``day`` None is the present day, as the schedule wants it; ``inbox`` empty is the one of the
    settings, if there is one;
    ``close`` False leaves the closing to a later call.

    Raises:
        CountersUnsettled: after the closing, when deciding again never came to rest.
    """
    doors = open_doors()
    day = day or doors.settings.business_day()
    if inbox:
        receive_source(doors.settings, inbox, day)
    elif doors.settings.inbox:
        received = doors.settings.home / "received" / day.isoformat()
        receive_source(doors.settings, doors.settings.inbox, day, received)
    make_lots(doors.database, doors.settings, day)
    lots = unfinished_lots(doors.database, day)
    failed = run_lots(lots, day)
    settled = settle_counters(doors, day, lambda again: failed.extend(run_lots(again, day)))
    if close and not has_later_day(doors.database, day):
        close_day(day)
    if settled.unsettled:
        raise CountersUnsettled(
            f"{settled.unsettled} dossiers still differ after {settled.rounds} rounds; a rule that "
            "uses counters does not give the same result twice"
        )
    return len(failed)


def run_lots(lots: Sequence[LotRef], day: dt.date) -> list[str]:
    """Run lot after lot; return the ids of those that failed, which the next run takes again."""
    failed: list[str] = []
    progress = cast(
        UUID,
        create_progress_artifact(
            progress=0.0, key=f"day-{day.isoformat()}-progress", description=f"Lots of {day}"
        ),
    )
    for number, lot in enumerate(lots, start=1):
        try:
            with tags(day.isoformat(), lot.channel):
                process_lot(lot.lot_id, day, lot.title)
        except Exception as error:
            # One lot must not stop the day: the run shows as failed, the next one takes it again.
            logger.exception("lot_failed lot_id=%s error=%s", lot.lot_id, type(error).__name__)
            failed.append(lot.lot_id)
        update_progress_artifact(progress, progress=100.0 * number / len(lots))
    return failed


@flow(
    name="close day",
    flow_run_name=named_by_day("closing of"),
    description="Counts the day's balance, seals its audit trail, publishes its Data Docs.",
    validate_parameters=False,
)
def close_day(day: dt.date, with_docs: bool = True) -> DayBalance:
    """Count the day's balance, seal its audit trail, publish its Data Docs."""
    doors = open_doors()
    balance = day_balance(doors.database, day)
    keep_balance(doors.database, balance)
    seal = seal_day(doors.database, doors.storage, day)
    create_markdown_artifact(
        key=f"day-{day.isoformat()}-balance",
        description=f"Balance of {day}",
        markdown=f"{balance_table(balance)}\n\nSeal of the audit trail: `{seal}`",
    )
    if with_docs:
        page = publish_day_docs(doors.settings, day, lot_results(doors.database, day))
        create_link_artifact(
            key=f"day-{day.isoformat()}-data-docs",
            description=f"Data Docs of {day}: what the contracts checked",
            link=page.as_uri(),
            link_text="Data Docs",
        )
    if not balance.is_balanced:
        logger.error("day_not_balanced day=%s", day)
    return balance
