"""``tasfiya conform``: language-neutral case files, ours and other payers', run by our stages."""

from functools import cache
from pathlib import Path
from typing import Annotated

import typer

from flows.show_result import NEEDS_PERSON, AsJson, show
from infra.settings import Settings
from tasks.conform import Verdict, as_table, as_text, run_files, summary_of
from tasks.pricing.catalogue import Catalogue, load_catalogue

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def run(
    files: Annotated[
        list[Path],
        typer.Argument(help="Case files in YAML (tasfiya-cases/1) or JSON (a peer's), or folders."),
    ],
    as_json: AsJson = False,
    table: Annotated[bool, typer.Option("--table", help="Print a table in Markdown.")] = False,
) -> None:
    """Run conformance cases; exit code 1 when one differs on the side we take."""

    @cache
    def catalogue() -> Catalogue:
        return load_catalogue(Settings().schemes_dir)

    results = run_files(files, catalogue)
    found = {"summary": summary_of(results), "cases": results}
    show(found, as_json, as_table(results) if table else as_text(results))
    if any(result.verdict is Verdict.DIFFERS for result in results):
        raise typer.Exit(NEEDS_PERSON)
