"""``tasfiya explain``: why a dossier got what it got, under which rule, from which scan."""

from typing import Annotated

import typer

from flows.explain_dossier import explain, render
from flows.show_result import AsJson, show
from tasks.doors import open_doors

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def run(
    key: Annotated[str, typer.Argument(help="A dossier's id or public number, or a payment's id.")],
    language: Annotated[str, typer.Option(help="fr, ar or en.")] = "en",
    as_json: AsJson = False,
) -> None:
    """Tell the whole history: fields, findings, amounts, rules, sources, decisions, payments."""
    doors = open_doors()
    told = explain(doors.database, doors.storage, doors.settings, key, language)
    show(told, as_json, render(told, language))
