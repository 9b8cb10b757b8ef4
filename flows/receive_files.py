"""``tasfiya intake``: receive a folder, an S3 prefix or one file, and answer every sender."""

from typing import Annotated

import typer

from flows.show_result import NEEDS_PERSON, AsJson, Day, columns, day_of, show
from tasks.doors import open_doors
from tasks.receiving import receive_all

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def run(
    source: Annotated[str, typer.Argument(help="A folder, s3://bucket/prefix, or one file.")],
    day: Day = "",
    as_json: AsJson = False,
) -> None:
    """Keep, read and acknowledge files; acknowledgements lie in the object store."""
    doors = open_doors()
    date = day_of(day, doors.settings)
    report = receive_all(doors.database, doors.storage, doors.settings, source, date)
    rows = sorted(report.codes.items())
    show(
        {"files": report.files, "answers": report.answers, "codes": report.codes},
        as_json,
        f"{report.files} files\n{columns(rows, ('answer', 'count'))}",
    )
    if report.answers.get("refused") or report.answers.get("duplicate"):
        raise typer.Exit(NEEDS_PERSON)
