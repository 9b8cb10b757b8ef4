"""``tasfiya price``: one dossier file priced without a database."""

from pathlib import Path
from typing import Annotated

import typer

from flows.show_result import AsJson, show
from infra.settings import Settings
from tasks.pricing.catalogue import load_catalogue
from tasks.pricing.single import Circumstances, facts_of_words
from tasks.pricing.single import price_file as price

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def run(
    file: Annotated[Path, typer.Argument(help="A native electronic dossier in JSON.")],
    sector: Annotated[str, typer.Option(help="private or public.")] = "private",
    ald_code: Annotated[str, typer.Option(help="A recognised long-term condition.")] = "",
    fact: Annotated[
        list[str] | None,
        typer.Option(help="What the registers know: name=value, or name=value@first..last."),
    ] = None,
    language: Annotated[str, typer.Option(help="fr, ar or en.")] = "fr",
    as_json: AsJson = False,
) -> None:
    """Price a dossier and say why: rule, figure, source, amount."""
    settings = Settings()
    found = price(
        file,
        load_catalogue(settings.schemes_dir, settings.imported_tariffs()),
        circumstances=Circumstances(
            sector=sector, ald_code=ald_code, facts=facts_of_words(fact or ())
        ),
        language=language,
        production=settings.environment == "production",
    )
    show(found, as_json, str(found["text"]))
