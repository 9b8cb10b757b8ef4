"""``tasfiya archive``: the searchable PDF of each paper dossier, made, shown and verified."""

import datetime as dt
import logging
from pathlib import Path
from typing import Annotated

import typer
from prefect import flow

from flows.name_runs import named_by_day
from flows.show_result import NEEDS_PERSON, AsJson, columns, show
from infra.clock import now_text
from infra.stores.dossier_history import find_dossiers
from models.errors import UnknownDossier
from tasks.archiving import Archive, ArchiveReport
from tasks.doors import Doors, open_doors

logger = logging.getLogger(__name__)
app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def _root() -> None:
    """Make, show and verify the searchable PDF of what was read from paper."""


def open_archive(doors: Doors) -> Archive:
    """The archive behind these doors."""
    return Archive(doors.database, doors.storage, doors.settings, now_text)


@flow(
    name="archive documents",
    flow_run_name=named_by_day("archive"),
    description="Makes the searchable PDF of every paper dossier that has none yet.",
    validate_parameters=False,
)
def archive_documents(day: dt.date | None = None) -> int:
    """Make what is missing; returns the documents made. ``day`` only names the run.

    It runs beside the day and not in it: nobody waits for an archived document, and the desk
    makes one at once when it is asked for.
    """
    doors = open_doors()
    day = day or doors.settings.business_day()
    report = open_archive(doors).make_missing(doors.pool)
    dossier_count, stopped_count = report.documents, len(report.failed)
    logger.info("archived day=%s documents=%d failed=%d", day, dossier_count, stopped_count)
    return report.documents


@app.command()
def make(
    key: Annotated[
        str, typer.Argument(help="A dossier's id or public number; everything when left out.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Make what is missing; a dossier that is named is made anew."""
    doors = open_doors()
    archive = open_archive(doors)
    if key:
        report = archive.make_again(doors.pool, find_dossiers(doors.database, key))
    else:
        report = archive.make_missing(doors.pool)
    doors.pool.close()
    show(report, as_json, _told(report))
    if report.failed:
        raise typer.Exit(NEEDS_PERSON)


@app.command("show")
def show_one(
    key: Annotated[str, typer.Argument(help="A dossier's id or public number.")],
    content: Annotated[int, typer.Option(min=0, help="Which content; 0 for the latest.")] = 0,
    out: Annotated[
        Path | None, typer.Option(help="Write the PDF to this file.", dir_okay=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say where a dossier's PDF is kept, or write it to a file; it is made when it is missing.

    Raises:
        UnknownDossier: when the key means no dossier, or nothing of it was read from paper.
    """
    doors = open_doors()
    ids = find_dossiers(doors.database, key)
    if len(ids) != 1:
        raise UnknownDossier("that payment settles several dossiers; name one of them")
    archive = open_archive(doors)
    entry = archive.found(ids[0], content)
    if out:
        out.write_bytes(archive.bytes_of(entry))
    lines = [
        f"{entry.dossier_id} · content {entry.content_version}",
        f"  {entry.storage_key}",
        f"  SHA-256 {entry.sha256}",
        f"  {entry.page_count} pages · {entry.byte_count:,} B · {entry.made_at}",
    ]
    show(entry, as_json, "\n".join(lines))


@app.command()
def verify(as_json: AsJson = False) -> None:
    """Hash every archived document again; say which are missing or changed, or not made yet."""
    count, faults = open_archive(open_doors()).verify()
    rows = [(one.dossier_id, one.content_version, one.problem) for one in faults]
    text = f"{count} documents, {len(faults)} faults"
    if rows:
        text += f"\n{columns(rows, ('dossier', 'content', 'problem'))}"
    show({"documents": count, "faults": faults}, as_json, text)
    if faults:
        raise typer.Exit(NEEDS_PERSON)


def _told(report: ArchiveReport) -> str:
    lines = [f"{report.documents} documents, {report.pages} pages, {report.byte_count:,} B"]
    lines += [
        f"  not made: {one.dossier_id}, content {one.content_version}: {one.problem}"
        for one in report.failed
    ]
    return "\n".join(lines)
