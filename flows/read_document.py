"""``tasfiya read``: what the machine reads in one document, without a database."""

from pathlib import Path
from typing import Annotated

import typer

from flows.show_result import AsJson, show
from infra.clock import today
from infra.settings import Settings
from tasks.extraction.document import describe_pages
from tasks.ocr.document import read_document_pages
from tasks.ocr.engines.choice import EngineChoice

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def run(
    file: Annotated[Path, typer.Argument(help="A PDF, TIFF, JPEG or PNG.")],
    as_json: AsJson = False,
) -> None:
    """Read one document: pages, form, fields with box, readings and doubt."""
    settings = Settings()
    engine = EngineChoice(settings.ocr_engine, settings.tessdata_dir)
    pages = read_document_pages(file, settings.forms_dir, engine=engine)
    show(describe_pages(pages, settings.forms_dir, today()), as_json)
