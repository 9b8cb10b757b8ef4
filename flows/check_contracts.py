"""``tasfiya contract``: check the contracts themselves, and publish what they said of a day."""

import typer

from contracts.contract import read_contract
from flows.show_result import AsJson, Day, columns, day_of, show
from infra.settings import Settings
from infra.stores.contract_results import lot_results
from models.stage import Stage
from tasks.day_report import publish_day_docs
from tasks.doors import open_doors

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def _root() -> None:
    """Check the contracts, publish the Data Docs."""


@app.command()
def check(as_json: AsJson = False) -> None:
    """Compile every contract; what is not understood is an error, never dropped."""
    folder = Settings().contracts_dir
    rows = []
    for stage in Stage:
        contract = read_contract(folder, stage)
        rules = sum(len(table.rules) for table in contract.tables)
        rows.append((stage.value, contract.contract_id, contract.version, rules))
    heads = ("stage", "contract", "version", "rules")
    show([dict(zip(heads, row, strict=True)) for row in rows], as_json, columns(rows, heads))


@app.command()
def docs(day: Day = "", as_json: AsJson = False) -> None:
    """Publish the Data Docs of a day: rules and counts, never a value."""
    doors = open_doors()
    date = day_of(day, doors.settings)
    page = publish_day_docs(doors.settings, date, lot_results(doors.database, date))
    show({"page": str(page)}, as_json, str(page))
