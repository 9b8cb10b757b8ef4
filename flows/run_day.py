"""``tasfiya process``: waiting dossiers through all stages."""

from typing import Annotated

import typer

from flows.process_day import process_day
from flows.show_result import AsJson, Day, day_of, show
from infra.stores.balance import day_balance
from models.errors import MachineError
from tasks.day_report import balance_table
from tasks.doors import open_doors

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def run(
    day: Day = "",
    inbox: Annotated[str, typer.Option(help="Receive this folder or S3 prefix first.")] = "",
    as_json: AsJson = False,
) -> None:
    """Make lots of what waits, take them through the stages, close the day.

    Raises:
        MachineError: when a lot failed; the others were processed.
    """
    doors = open_doors()
    date = day_of(day, doors.settings)
    failed = process_day(date, inbox)
    balance = day_balance(doors.database, date)
    show(balance, as_json, balance_table(balance))
    if failed:
        raise MachineError(f"{failed} lots failed; run the same command again")
