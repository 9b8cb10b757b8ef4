"""``tasfiya calibration``: how likely a reading is wrong, by kind of field, evidence and page."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from flows.show_result import AsJson, columns, show
from infra.clock import now_text
from infra.settings import Settings
from infra.simulation.paper_scores import (
    ScoredField,
    calibration_error,
    reliability,
    risk_coverage,
)
from infra.stores.calibrations import (
    activate_version,
    active_version,
    all_labels,
    all_versions,
    keep_version,
)
from models.bounds import exact_upper_95
from models.errors import UsageError
from tasks.doors import open_doors
from tasks.extraction.calibration.calibration import (
    Calibration,
    from_document,
    shipped_calibration,
    to_document,
)
from tasks.extraction.calibration.cells import ANY, read_limits
from tasks.extraction.calibration.compare import SINGLE, accepts, changes
from tasks.extraction.calibration.fit import (
    Label,
    Made,
    count_labels,
    fit_calibration,
)
from tasks.extraction.calibration.labels import desk_labels
from tasks.extraction.chunk import ExtractionContext
from tasks.paper_labels import label_folder

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)

Folders = Annotated[
    list[Path] | None,
    typer.Option("--from", help="Readings kept by bench ocr --keep.", exists=True),
]
By = Annotated[str, typer.Option("--by", help="Your name; it is recorded.")]
Version = Annotated[str, typer.Argument(help="The version's name, from the list.")]


@app.callback()
def _root() -> None:
    """See, refit and put in force how sure a reading has to be."""


@app.command("show")
def show_one(
    version: Annotated[str, typer.Option(help="A version; the one in force when left out.")] = "",
    from_: Folders = None,
    bands: Annotated[bool, typer.Option("--bands", help="Each quality band apart.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show a version: its cells, what the desk's labels say of it, how it does on readings."""
    doors = open_doors()
    with doors.database.reading() as connection:
        versions = all_versions(connection)
        labels = desk_labels(all_labels(connection))
        active = active_version(connection)
    calibration = _chosen(version, versions, active)
    answer = {
        "version": calibration.version,
        "is_active": calibration.version
        == (active[0] if active else shipped_calibration().version),
        "origin": calibration.origin,
        "made_by": calibration.made_by,
        "made_at": calibration.made_at,
        "sha256": calibration.sha256,
        "labels": calibration.labels,
        "wrong": calibration.wrong,
        "cells": _cells(calibration, bands=bands),
        "versions": [_version(row) for row in versions],
        "desk": {**_figures(labels.sample), "noticed_wrong": len(labels.noticed)},
        "readings": {
            str(folder): _figures(_labelled(folder, doors.settings, calibration))
            for folder in from_ or ()
        },
    }
    show(answer, as_json, _text(answer))


@app.command()
def fit(
    from_: Folders = None,
    labels: Annotated[bool, typer.Option("--labels", help="Take the desk's labels.")] = False,
    by: By = "",
    write: Annotated[
        Path | None, typer.Option(help="Write a file and keep nothing in the database.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a new version from labels and say how it differs; it is not put in force."""
    if not from_ and not labels:
        raise UsageError("name readings with --from, or take the desk's labels with --labels")
    if not by.strip():
        raise UsageError("a version is made in somebody's name: --by")
    settings = Settings()
    found: list[Label] = []
    origins: list[str] = []
    for folder in from_ or ():
        own = label_folder(folder, ExtractionContext(settings.forms_dir))
        found += own
        origins.append(f"simulated paper {folder.name}: {len(own)} labels")
    before = shipped_calibration()
    if labels or write is None:
        with open_doors().database.reading() as connection:
            desk = desk_labels(all_labels(connection)) if labels else None
            active = active_version(connection)
        before = from_document(active[1]) if active else before
        if desk is not None:
            found += desk.sample
            origins.append(f"desk: {len(desk.sample)} labels")
    if not found:
        raise UsageError("there are no labels yet; nothing was made")
    calibration = _made(found, by, "; ".join(origins))
    if write is not None:
        write.write_text(to_document(calibration), encoding="utf-8", newline="\n")
    else:
        _keep(calibration)
    _show_difference(before, calibration, as_json)


@app.command()
def activate(version: Version, by: By, as_json: AsJson = False) -> None:
    """Put a version in force, in your name; the audit trail says which one it replaced."""
    if not by.strip():
        raise UsageError("a version is put in force in somebody's name: --by")
    doors = open_doors()
    chain = f"desk:{doors.settings.business_day().isoformat()}"
    before = activate_version(doors.database, version, by=by, at=now_text(), chain=chain)
    shipped = shipped_calibration().version
    show(
        {"version": version, "before": before or shipped},
        as_json,
        f"in force: {version} (before: {before or shipped})",
    )


def _chosen(version: str, versions: Sequence[Any], active: tuple[str, str] | None) -> Calibration:
    shipped = shipped_calibration()
    if not version:
        return from_document(active[1]) if active else shipped
    if version == shipped.version:
        return shipped
    for row in versions:
        if row.version == version:
            return from_document(row.body)
    raise UsageError("no version has that name; list them with tasfiya calibration show")


def _made(labels: Sequence[Label], by: str, origin: str) -> Calibration:
    """A calibration named after its own fingerprint: the same labels make the same name."""
    made = fit_calibration(count_labels(labels), Made("", now_text(), by, origin))
    return replace(made, version=f"{made.made_at[:10]}-{made.sha256[:8]}")


def _keep(calibration: Calibration) -> None:
    doors = open_doors()
    row = {
        "version": calibration.version,
        "made_at": calibration.made_at,
        "made_by": calibration.made_by,
        "origin": calibration.origin,
        "label_count": calibration.labels,
        "wrong_count": calibration.wrong,
        "sha256": calibration.sha256,
        "body": to_document(calibration),
    }
    keep_version(doors.database, row, f"desk:{doors.settings.business_day().isoformat()}")


def _show_difference(before: Calibration, after: Calibration, as_json: bool) -> None:
    limits = read_limits()
    changed = list(changes(before, after, limits))
    rows = [
        (
            one.cell.field_type,
            one.cell.evidence,
            one.cell.band,
            f"{one.before.chance:.5f}",
            f"{one.after.chance:.5f}",
            f"{one.after.upper:.5f}",
            "accepted" if one.is_accepted else "to a person",
        )
        for one in changed
    ]
    heads = ("type", "evidence", "band", "chance before", "chance", "bound 95 %", "now")
    text = [
        f"{after.version}: {after.labels} labels, {after.wrong} wrong (before: {before.version})",
        columns(rows, heads) if rows else "it accepts what the version before accepts",
        f"put it in force with: tasfiya calibration activate {after.version} --by NAME",
    ]
    answer = {
        "version": after.version,
        "before": before.version,
        "labels": after.labels,
        "wrong": after.wrong,
        "sha256": after.sha256,
        "changed": changed,
    }
    show(answer, as_json, "\n".join(text))


def _cells(calibration: Calibration, *, bands: bool) -> list[dict[str, Any]]:
    limits = read_limits()
    return [
        {
            "type": cell.field_type,
            "evidence": cell.evidence,
            "band": cell.band,
            "labels": one.labels,
            "wrong": one.wrong,
            "chance": one.chance,
            "upper_95": one.upper,
            "judged_by": one.group,
            "is_accepted": accepts(one, cell, limits),
        }
        for cell, one in sorted(calibration.cells.items())
        if one.labels and cell.field_type != ANY and (bands or cell.band == ANY)
    ]


def _version(row: Any) -> dict[str, Any]:
    return {
        "version": row.version,
        "made_at": row.made_at,
        "made_by": row.made_by,
        "origin": row.origin,
        "labels": row.label_count,
        "is_active": bool(row.is_active),
        "activated_by": row.activated_by,
        "activated_at": row.activated_at,
    }


def _labelled(folder: Path, settings: Settings, calibration: Calibration) -> list[Label]:
    """The labels of readings with the chance and the verdict that this version gives each field."""
    limits = read_limits()
    return [
        replace(
            label,
            stated=calibration.of(label.cell).chance,
            is_accepted=label.is_accepted
            and accepts(calibration.of(label.cell), label.cell, limits),
        )
        for label in label_folder(folder, ExtractionContext(settings.forms_dir))
        if label.cell.evidence != SINGLE
    ]


def _figures(labels: Sequence[Label]) -> dict[str, Any]:
    """Reliability, expected calibration error, risk and coverage of labelled fields."""
    fields = [
        ScoredField("", one.cell.field_type, not one.is_wrong, one.is_accepted, one.stated, "", "")
        for one in labels
    ]
    accepted = [one for one in fields if one.is_accepted]
    wrong = sum(not one.is_right for one in accepted)
    return {
        "labels": len(fields),
        "accepted": len(accepted),
        "accepted_wrong": wrong,
        "accepted_wrong_upper_95": round(exact_upper_95(wrong, len(accepted)), 6),
        "calibration_error": calibration_error(fields),
        "reliability": reliability(fields),
        "risk_coverage": risk_coverage(fields) if fields else [],
    }


def _text(answer: dict[str, Any]) -> str:
    """The version as a table, and what the labels say of it."""
    heads = ("type", "evidence", "band", "labels", "wrong", "chance", "bound 95 %", "now")
    rows = [
        (
            one["type"],
            one["evidence"],
            one["band"],
            one["labels"],
            one["wrong"],
            f"{one['chance']:.5f}",
            f"{one['upper_95']:.5f}",
            "accepted" if one["is_accepted"] else "to a person",
        )
        for one in answer["cells"]
    ]
    state = "in force" if answer["is_active"] else "not in force"
    lines = [
        f"{answer['version']} ({state}), made by {answer['made_by']} on {answer['made_at']}",
        f"from {answer['origin']}: {answer['labels']} labels, {answer['wrong']} wrong",
        columns(rows, heads),
    ]
    desk = {"labels of the desk": answer["desk"], **answer["readings"]}
    for name, figures in desk.items():
        lines.append(f"{name}: {figures['labels']} labels")
        if figures["labels"]:
            lines += _figure_lines(figures)
    return "\n".join(lines)


def _figure_lines(figures: dict[str, Any]) -> list[str]:
    rows = [
        (
            f"{one['from']:g} to {one['below']:g}",
            one["count"],
            f"{one['stated']:.5f}",
            one["wrong"],
            f"{one['observed']:.5f}",
            f"{one['observed_upper_95']:.5f}",
        )
        for one in figures["reliability"]
    ]
    heads = ("stated chance", "fields", "mean stated", "wrong", "observed", "bound 95 %")
    return [
        f"accepted {figures['accepted']}, wrong among them {figures['accepted_wrong']}"
        f" (bound 95 % {figures['accepted_wrong_upper_95']:.5f}),"
        f" calibration error {figures['calibration_error']:.5f}",
        columns(rows, heads),
    ]
