"""``tasfiya urgent``: one urgent dossier decided now, without lots and without Prefect."""

from pathlib import Path
from typing import Annotated

import typer

from flows.show_result import NEEDS_PERSON, AsJson, Day, day_of, show
from models.money import format_minor
from models.outcome import DecisionOutcome
from tasks.doors import open_doors
from tasks.urgent import decide_urgent

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def run(
    path: Annotated[Path, typer.Argument(help="A file that holds one dossier.")],
    day: Day = "",
    as_json: AsJson = False,
) -> None:
    """Receive one file and take its dossier through all stages at once, outside the lots."""
    doors = open_doors()
    decided = decide_urgent(doors, path, day_of(day, doors.settings))
    amount = format_minor(decided.due_minor, decided.currency)
    reasons = "".join(f" {reason}" for reason in decided.reasons)
    text = f"{decided.public_number}: {decided.status} {decided.outcome} {amount}{reasons}"
    show(decided, as_json, text if decided.dossier_id else " ".join(decided.codes))
    if decided.outcome != DecisionOutcome.ACCEPTED:
        raise typer.Exit(NEEDS_PERSON)
