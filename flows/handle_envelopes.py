"""``tasfiya envelope``: cover sheets to print, bordereaux, boxes of originals and their end."""

import secrets
from pathlib import Path
from typing import Annotated

import typer

from flows.show_result import NEEDS_PERSON, AsJson, Day, columns, day_of, show
from infra.clock import now_text
from infra.cover_sheets import sheets_pdf
from infra.settings import Settings
from infra.stores.boxes import BoxState, Hand, list_boxes, note_destroyed, put_in_box
from infra.stores.envelopes import envelopes_of, list_bordereaux, settle_bordereau
from models.cover_sheet import STATED_MAX, CoverSheet, SheetKind, code_of
from models.errors import UsageError
from tasks.doors import Doors, open_doors
from tasks.retention import rule_named

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)

By = Annotated[str, typer.Option("--by", help="Your name; it is recorded.")]
BoxName = Annotated[str, typer.Argument(help="What stands on the box.")]
#: Sheets that one call prints.
SHEETS_MAX = 500


@app.callback()
def _root() -> None:
    """Print cover sheets, follow bordereaux, keep the boxes of paper originals."""


@app.command("print")
def print_sheets(
    out: Annotated[Path, typer.Option(help="The PDF to write.")],
    agency: Annotated[str, typer.Option(help="The agency that uses the sheets.")] = "",
    count: Annotated[int, typer.Option(min=1, max=SHEETS_MAX, help="Separator sheets.")] = 1,
    add_to: Annotated[str, typer.Option(help="Public number that late pieces are for.")] = "",
    bordereau: Annotated[str, typer.Option(help="Number of a bordereau to head.")] = "",
    dossiers: Annotated[
        int, typer.Option(min=0, max=STATED_MAX, help="Dossiers that the bordereau states.")
    ] = 0,
    day: Day = "",
) -> None:
    """Print separator sheets, a sheet for late pieces, or the cover of a bordereau."""
    if bordereau and not dossiers:
        raise UsageError("a bordereau states how many dossiers follow: give --dossiers")
    if add_to:
        sheets = [CoverSheet(SheetKind.ADDITION, add_to, agency)]
    elif bordereau:
        sheets = [CoverSheet(SheetKind.BORDEREAU, bordereau, agency, dossiers)]
    else:
        # A serial of its own tells people which sheet they hold; nothing depends on it.
        sheets = [
            CoverSheet(SheetKind.SEPARATOR, secrets.token_hex(6).upper(), agency)
            for _number in range(count)
        ]
    try:
        for sheet in sheets:
            code_of(sheet)
    except ValueError as error:
        raise UsageError(str(error)) from error
    out.write_bytes(sheets_pdf(sheets, day_of(day, Settings())))
    typer.echo(f"{len(sheets)} sheet(s) in {out}")


@app.command("bordereaux")
def show_bordereaux(
    every: Annotated[bool, typer.Option("--all", help="Those that agree as well.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the bordereaux that state another number of dossiers than came."""
    found = list_bordereaux(open_doors().database, only_open=not every)
    rows = [
        (one.bordereau_id, one.agency, one.number, str(one.arrived_on), one.stated_count,
         one.counted, one.state)
        for one in found
    ]  # fmt: skip
    heads = ("bordereau", "agency", "number", "arrived", "states", "came", "state")
    show(found, as_json, columns(rows, heads) if rows else "every bordereau agrees")
    if any(one.state == "differs" for one in found):
        raise typer.Exit(NEEDS_PERSON)


@app.command("settle")
def settle(
    bordereau: Annotated[str, typer.Argument(help="The bordereau's id, from the list.")],
    note: Annotated[str, typer.Option(help="What became of the difference.")],
    by: By,
    day: Day = "",
) -> None:
    """Close the difference of a bordereau, with what became of it."""
    doors = open_doors()
    settle_bordereau(doors.database, bordereau, note, by, day_of(day, doors.settings), now_text())
    typer.echo(f"settled: {bordereau}")


@app.command("box")
def box(
    name: BoxName,
    by: By,
    dossier: Annotated[
        list[str] | None, typer.Option(help="Public number of a dossier whose envelope goes in.")
    ] = None,
    arrived: Annotated[
        str, typer.Option(help="All envelopes of a day, YYYY-MM-DD, that have no box.")
    ] = "",
    rule: Annotated[str, typer.Option(help="The retention rule.")] = "ma-originals",
    day: Day = "",
    as_json: AsJson = False,
) -> None:
    """Put the originals of envelopes into a box, which is opened when it is new."""
    doors = open_doors()
    if bool(dossier) == bool(arrived):
        raise UsageError("name dossiers by --dossier, or a day by --arrived")
    day_arrived = day_of(arrived, doors.settings) if arrived else None
    ids = envelopes_of(doors.database, public_numbers=dossier or [], arrived_on=day_arrived)
    found = put_in_box(
        doors.database, name, ids, rule, rule_named(rule).ends, _hand(doors, by, day)
    )
    show(found, as_json, _table([found]))


@app.command("boxes")
def show_boxes(as_json: AsJson = False) -> None:
    """List every box with its envelopes, its dossiers and its destruction date."""
    found = list_boxes(open_doors().database, lambda name: rule_named(name).ends)
    show(found, as_json, _table(found))


@app.command("due")
def due(
    on: Annotated[str, typer.Option(help="The day, YYYY-MM-DD; today when left out.")] = "",
    as_json: AsJson = False,
) -> None:
    """List the boxes whose originals may be destroyed: time is over, and nobody waits."""
    doors = open_doors()
    day = day_of(on, doors.settings)
    found = list_boxes(doors.database, lambda name: rule_named(name).ends, due_on=day)
    show(found, as_json, _table(found))


@app.command("destroyed")
def destroyed(name: BoxName, by: By, day: Day = "") -> None:
    """Record that the originals of a box were destroyed; refused before their time."""
    doors = open_doors()
    boxes = {
        one.box_id: one for one in list_boxes(doors.database, lambda key: rule_named(key).ends)
    }
    if name not in boxes:
        raise UsageError("there is no box of that name")
    keeps = rule_named(boxes[name].rule).ends
    note_destroyed(doors.database, name, keeps, _hand(doors, by, day))
    typer.echo(f"destroyed: {name}")


def _hand(doors: Doors, by: str, day: str) -> Hand:
    if not by.strip():
        raise UsageError("give your name; it is recorded")
    return Hand(by, day_of(day, doors.settings), now_text())


def _table(boxes: list[BoxState]) -> str:
    rows = [
        (one.box_id, one.state, str(one.destroy_on), one.rule, one.envelope_count,
         one.dossier_count, one.waiting_count)
        for one in boxes
    ]  # fmt: skip
    heads = ("box", "state", "destroy on", "rule", "envelopes", "dossiers", "waiting")
    return columns(rows, heads) if rows else "no box"
