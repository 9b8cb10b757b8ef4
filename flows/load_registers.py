"""``tasfiya register``: the registers for the first time, and their daily deltas."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from flows.show_result import AsJson, Day, day_of, show
from infra.stores.register_delta import load_delta, load_registers, reopen_for_rights
from models.errors import UsageError
from tasks.doors import open_doors
from tasks.overpayments import list_overpayments

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def _root() -> None:
    """Load the registers and their daily deltas."""


@app.command()
def load(
    path: Annotated[Path, typer.Argument(help="A folder of <register>.jsonl, or one delta file.")],
    day: Day = "",
    by: Annotated[str, typer.Option(help="Who loads it, for the audit trail.")] = "register-load",
    as_json: AsJson = False,
) -> None:
    """Load a folder for the first time, or a delta; a delta re-decides whom it concerns."""
    doors = open_doors()
    date = day_of(day, doors.settings)
    if path.is_dir():
        count = load_registers(doors.database, lines_of(path), date)
        show({"rows": count}, as_json, f"{count:,} register rows loaded")
        return
    if not path.is_file():
        raise UsageError(f"{path.name}: there is no such file or folder")
    report = load_delta(doors.database, path.read_bytes(), date, by)
    reopened = reopen_for_rights(doors.database, report.concerned, date, by)
    overpaid = list_overpayments(doors.database, doors.settings, report.narrowed, date, by)
    result = {
        "rows": report.row_count,
        "is_new": report.is_new,
        "persons_concerned": len(report.concerned),
        "dossiers_to_decide_again": len(reopened),
        "overpaid_dossiers": len(overpaid),
    }
    text = (
        f"{report.row_count} rows; {len(reopened)} dossiers will be decided again, "
        f"{len(overpaid)} were overpaid"
        if report.is_new
        else "this delta was loaded before; nothing changed"
    )
    show(result, as_json, text)


def lines_of(folder: Path) -> Iterator[str]:
    """The lines of all register files of a folder."""
    for path in sorted(folder.glob("*.jsonl")):
        with path.open(encoding="utf-8") as file:
            yield from file
