"""``tasfiya tariff import``: a full official list taken into a dated table."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from flows.show_result import AsJson, day_of, show
from infra.settings import Settings
from models.errors import UsageError
from tasks.pricing.importers import all_importers
from tasks.pricing.lists.list_import import Wish
from tasks.pricing.lists.list_import import import_list as take


def import_list(
    name: Annotated[str, typer.Argument(metavar="LIST", help="cnops, cnss, bdpm or nabm.")],
    file: Annotated[Path, typer.Argument(help="The list's file as the authority publishes it.")],
    valid_from: Annotated[
        str, typer.Option(help="The list's first day, YYYY-MM-DD; its own date when left out.")
    ] = "",
    is_extract: Annotated[
        bool, typer.Option("--extract", help="A part of the list: close no code it lacks.")
    ] = False,
    may_close_many: Annotated[
        bool, typer.Option("--close-many", help="The list is whole, though most codes are gone.")
    ] = False,
    reviewed_until: Annotated[
        str,
        typer.Option(help="The day until which this list was checked to be the one in force."),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Take an official list into its table; say what was taken, closed and refused, and why.

    Raises:
        UsageError: when there is no such list, or the file is not that list.
    """
    settings = Settings()
    importers = all_importers()
    if name not in importers:
        raise UsageError(f"there is no list {name}; the lists are {', '.join(importers)}")
    report = take(
        file,
        importers[name],
        Wish(
            today=settings.business_day(),
            valid_from=_day(valid_from, settings),
            is_extract=is_extract,
            may_close_many=may_close_many,
            reviewed_until=_day(reviewed_until, settings),
        ),
        national_dir=settings.schemes_dir.parent / "national",
        imported_dir=settings.imported_tariffs(),
    )
    show(report.as_data(), as_json, report.as_text())


def _day(text: str, settings: Settings) -> dt.date | None:
    return day_of(text, settings) if text else None
