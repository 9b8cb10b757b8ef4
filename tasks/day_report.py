"""What is shown of a day: its balance as a table, its contracts as Data Docs."""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

from contracts.documentation import LotResult, publish_docs
from infra.settings import Settings
from infra.stores.balance import DayBalance, Part
from models.money import MINOR_UNITS
from models.stage import Stage, Status

_LABELS: Mapping[str, str] = {
    Status.PAID.value: "paid",
    Status.CLOSED_AT_ZERO.value: "closed at zero",
    Status.REFUSED.value: "refused",
    Status.RETURNED.value: "returned",
    Status.WITHDRAWN.value: "withdrawn",
    Status.IN_REVIEW.value: "in review",
    Status.SUSPENDED.value: "suspended",
    Status.QUARANTINED.value: "quarantined",
    Status.APPROVED.value: "approved and unpaid",
    Status.IN_PROGRESS.value: "in progress",
    Status.UNDER_APPEAL.value: "under appeal",
}


def publish_day_docs(
    settings: Settings, day: dt.date, results: Sequence[tuple[str, str, str]]
) -> Path:
    """Publish the Data Docs of a day; return their first page."""
    return publish_docs(
        settings.home / "data-docs",
        settings.contracts_dir,
        day,
        [LotResult(lot_id, Stage(stage), summary) for lot_id, stage, summary in results],
    )


def balance_rows(balance: DayBalance) -> list[tuple[str, str, Part]]:
    """The balance line by line: side, label, part; lines of nothing are left out."""
    rows = [
        ("in", "opening stock", balance.opening),
        ("in", "received", balance.received),
        ("in", "reopened", balance.reopened),
        ("in", "restated by new versions", balance.restated),
    ]
    rows += [("out", _LABELS[name], part) for name, part in balance.exits.items()]
    rows += [("stock", _LABELS[name], part) for name, part in balance.closing.items()]
    always = {"opening stock", "received", "paid"}
    return [row for row in rows if row[2] != Part() or row[1] in always]


def balance_table(balance: DayBalance) -> str:
    """The balance as a Markdown table, amounts in major units."""
    lines = [
        "| | | dossiers | asked | due |",
        "|---|---|---:|---:|---:|",
    ]
    for side, label, part in balance_rows(balance):
        lines.append(
            f"| {side} | {label} | {part.dossier_count:,} | {amount(part.asked_minor)} | "
            f"{amount(part.due_minor)} |"
        )
    verdict = "balanced" if balance.is_balanced else "**NOT BALANCED**"
    lines.append(
        f"\n{verdict}; apart: {balance.duplicates} duplicates, "
        f"{balance.intake_refused} refused at intake"
    )
    return "\n".join(lines)


def amount(minor: int) -> str:
    """An amount in major units with thousands apart: ``1,234.50``."""
    sign = "-" if minor < 0 else ""
    major, rest = divmod(abs(minor), MINOR_UNITS)
    return f"{sign}{major:,}.{rest:02d}"
