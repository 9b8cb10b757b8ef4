"""``tasfiya audit``: prove that the trail was not touched; hand it out."""

from typing import Annotated

import typer

from flows.show_result import AsJson, Day, day_of, show
from infra.stores.audit_trail import export, seal_day, verify
from models.errors import AuditBroken, UnknownDossier
from tasks.doors import open_doors

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def _root() -> None:
    """Verify, seal and export the audit trail."""


@app.command("verify")
def verify_all(as_json: AsJson = False) -> None:
    """Recompute every chain and seal; name each row that was changed, removed or cut off.

    Raises:
        AuditBroken: when anything does not verify.
    """
    doors = open_doors()
    faults = verify(doors.database, doors.storage)
    show(
        {"faults": faults},
        as_json,
        "\n".join(f"{fault.chain} #{fault.sequence}: {fault.problem}" for fault in faults)
        or "every chain and seal verifies",
    )
    if faults:
        raise AuditBroken(f"{len(faults)} places do not verify")


@app.command("seal")
def seal(day: Day = "", as_json: AsJson = False) -> None:
    """Seal a day: tie every chain's head and count to the seal before."""
    doors = open_doors()
    value = seal_day(doors.database, doors.storage, day_of(day, doors.settings))
    show({"seal": value}, as_json, value)


@app.command("export")
def export_one(
    key: Annotated[str, typer.Argument(help="A dossier's, payment's or batch's id.")],
) -> None:
    """Print the whole history of one dossier or payment as JSON.

    Raises:
        UnknownDossier: when nothing ever happened under that id.
    """
    events = export(open_doors().database, key)
    if not events:
        raise UnknownDossier("nothing ever happened under that id")
    show(events, True)
